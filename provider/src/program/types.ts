/**
 * The arguments and outputs that a program sees and that all services share. Each service's module adds its own.
 */
import type { Input } from "@pulumi/pulumi";
import type {
  ExecutionStatus,
  ExecutionStep,
  FailedTarget,
  TargetCounts,
  ExecutionSummary,
} from "../execution/snapshot";
import type { Failure } from "../lifecycle/state";

export type { ExecutionStatus, ExecutionStep, ExecutionSummary, FailedTarget, Failure, TargetCounts };

/** Outcomes after which the next deployment runs the workflow again. */
export type RerunOn = ("failed" | "timedOut" | "stopped" | "always")[] | "always";

/** Arguments of an execution on any service. */
export interface CommonExecutionArgs {
  /**
   * Run key, 1 to 256 characters: one key stands for one execution, even if a deployment is interrupted. Give each run
   * a new key and keep the key in the stack's state, for example as a `random.RandomUuid7` whose keepers are the
   * triggers. A change runs the workflow again.
   * @default derived from the resource and its arguments. An interrupted run is then found again on the same machine,
   *   and on another machine while it is running
   */
  executionKey?: Input<string>;
  /**
   * A change runs the workflow again. Any values that JSON can represent, and Dates (sent as RFC 3339 text). The preview
   * names the key that changed.
   * @default {} (no triggers)
   */
  triggers?: Input<Record<string, Input<unknown>>>;
  /**
   * `"destroy"` makes the resource a teardown runbook: the workflow runs when the resource is destroyed, not when the
   * resource is replaced. The destroy waits for the execution; if the execution fails, the resource stays. Until then
   * there is no `executionId`.
   * @default "create"
   */
  runOn?: Input<"create" | "destroy">;
  /**
   * The moment at which the resource is ready: after the execution has finished (`"settled"`), or after it has
   * `"started"` (fire and forget).
   * @default "settled"
   */
  waitFor?: Input<"settled" | "started">;
  /**
   * The time limit of one deployment's wait for the execution, in seconds: more than 0, at most a year. After the time
   * limit, the deployment fails, the execution keeps running, and the next deployment resumes waiting. The resource
   * option `customTimeouts` takes precedence: `create` limits the first wait, `update` a resumed one, `delete` a
   * teardown runbook.
   * @default 3600
   */
  timeoutSeconds?: Input<number>;
  /**
   * The action when the wait times out: leave the execution running (the next deployment resumes waiting), or stop it.
   * @default "leave"
   */
  onTimeout?: Input<"leave" | "stop">;
  /**
   * The effect of an unsuccessful execution: the deployment fails, or continues with the failure as data in the outputs
   * `status`, `failure` and `steps`.
   * @default "fail"
   */
  onFailure?: Input<"fail" | "continue">;
  /**
   * The action on a running execution when the resource is deleted or replaced: stop it, or leave it running.
   * @default "stop"
   */
  onDelete?: Input<"stop" | "leave">;
  /**
   * Outcomes after which the next deployment runs the workflow again. `"always"` runs it in every deployment.
   * @default ["failed", "timedOut", "stopped"]
   */
  rerunOn?: Input<RerunOn>;
  /**
   * The action when the workflow already has a running execution: start a second one (`"allow"`), take over the running one
   * (`"adopt"`), wait until it finishes and then start (`"queue"`, at most `timeoutSeconds`), or fail (`"reject"`).
   * @default "allow". On AOM, whose executions do not show their run key, a running execution that may belong to this
   *   resource leads to an error that lists the candidates; an explicit `"allow"` starts a second one
   */
  concurrency?: Input<"allow" | "adopt" | "queue" | "reject">;
  /**
   * Takes over an existing execution, by its id, instead of starting a new one.
   * @default a new execution is started
   */
  adoptExecutionId?: Input<string>;
}

/** Outputs of an execution on any service. An absent value is null in an output of a resource, undefined in the result of a function. */
export interface ExecutionOutputs {
  /** The region in which the execution ran; absent if only an endpoint was given. */
  region: string | undefined;
  /** The service's id of the execution; also the resource's id. Absent for a teardown runbook, which has none. */
  executionId: string | undefined;
  /** The outcome, in the words of this package. */
  status: ExecutionStatus;
  /** The outcome in the service's own word. */
  rawStatus: string;
  /** RFC 3339; absent if the service does not give it. */
  startedAt: string | undefined;
  /** RFC 3339; absent until settled. */
  settledAt: string | undefined;
  /** From start to end in milliseconds; absent until settled. */
  durationMs: number | undefined;
  /**
   * The output of the workflow, as JSON. An integer beyond 2^53 is text: `altered` names it. An output of more than
   * 256 Ki characters, or 100 levels, is not kept: `output` is then `{ truncated: "…" }`, which says why.
   */
  output: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- the workflow's author decides its shape
  /** The steps that have begun, in their order; at most the last 200. */
  steps: ExecutionStep[];
  /** The number of steps of the workflow; absent if the service does not give the number. */
  stepsTotal: number | undefined;
  /** The first step that failed; absent if none did. */
  failure: Failure | undefined;
  /** The console's page; absent if its address is not known, as on Huawei Cloud and Alibaba Cloud's international site. */
  consoleUrl: string | undefined;
  /** True if the service no longer knows the execution; the last known outcome is kept. */
  expired: boolean;
  /** Paths of the values that were cut to keep the state small; empty if there are none. */
  truncated: string[];
  /**
   * Paths of the values in `output` that differ from the workflow's own: integers beyond 2^53 as text, texts and keys
   * without control characters, values that Pulumi would misread as JSON text. Empty if there are none.
   */
  altered: string[];
  /** Version of the stored shape. */
  stateVersion: number;
}

/** The filter of a list of executions, on any service. */
export interface ExecutionListArgs {
  /**
   * Only executions with this status.
   * @default all of them
   */
  status?: ExecutionStatus;
  /**
   * Only executions that began at this time or later, RFC 3339.
   * @default from the oldest that the service knows
   */
  startedAfter?: string;
  /**
   * Only executions that began at this time or earlier, RFC 3339.
   * @default up to now
   */
  startedBefore?: string;
}

/** The part of a list to read, on any service. */
export interface ExecutionPageArgs {
  /**
   * The maximum number of executions, newest first. The provider reads as many pages as necessary.
   * @default 100
   */
  limit?: number;
  /**
   * Continues after an earlier result: the `nextToken` of that result.
   * @default from the newest
   */
  nextToken?: string;
}

/** A list of executions, or part of one. */
export interface ExecutionListResult {
  /** Newest first. */
  executions: ExecutionSummary[];
  /** The place of the next result; undefined if there are no more executions. */
  nextToken?: string;
  /** True if the list may be incomplete: the service did not give its end, or some rows cannot be read. */
  isIncomplete?: boolean;
}

/** Arguments with values of other resources allowed in them. */
export type InputOf<T> = { [K in keyof T]: Input<T[K]> };
