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

/** Past outcomes by which the next deployment runs an execution again. */
export type RerunOn = ("failed" | "timedOut" | "stopped" | "always")[] | "always";

/** Arguments of an execution on any service. */
export interface CommonExecutionArgs {
  /**
   * Names the wanted run, 1 to 256 characters: one key, one execution, whatever happens to a deployment in between.
   * Give each wanted run a new one and keep it in the stack's state: a `random.RandomUuid7` whose keepers are the
   * triggers. A change runs the workflow again.
   * @default derived from the resource and its arguments, which finds a cut-short run again on the same machine, and
   *   on another one as long as it runs
   */
  executionKey?: Input<string>;
  /**
   * A change here runs the workflow again. Any values that JSON can represent, and Dates (sent as RFC 3339 text); the
   * preview names the key that changed.
   * @default {} (no triggers)
   */
  triggers?: Input<Record<string, Input<unknown>>>;
  /**
   * `"destroy"` makes it a teardown runbook: nothing runs until the resource is destroyed (not when it is replaced);
   * then it is run and awaited, and its failure keeps the resource. Until then it has no `executionId`.
   * @default "create"
   */
  runOn?: Input<"create" | "destroy">;
  /**
   * When the resource counts as created: once the execution has `"settled"`, or once it has `"started"`
   * (fire and forget).
   * @default "settled"
   */
  waitFor?: Input<"settled" | "started">;
  /**
   * How long one deployment waits for the execution, in seconds: more than 0, at most a year. When it runs out the
   * deployment fails, the execution goes on, and the next deployment goes on waiting for it. The resource option
   * `customTimeouts` counts more: `create` for the first wait, `update` for one that is resumed, `delete` for a teardown
   * runbook.
   * @default 3600
   */
  timeoutSeconds?: Input<number>;
  /**
   * What happens to an execution for which this deployment has waited too long: it is left running
   * (the next deployment goes on waiting) or stopped.
   * @default "leave"
   */
  onTimeout?: Input<"leave" | "stop">;
  /**
   * What an execution that ended badly does to the deployment: it fails, or it continues with the failure as data
   * in the outputs `status`, `failure` and `steps`.
   * @default "fail"
   */
  onFailure?: Input<"fail" | "continue">;
  /**
   * What happens to an execution that still runs when the resource is deleted or replaced.
   * @default "stop"
   */
  onDelete?: Input<"stop" | "leave">;
  /**
   * Past outcomes that make the next deployment run the workflow again; `"always"` runs it in every deployment.
   * @default ["failed", "timedOut", "stopped"]
   */
  rerunOn?: Input<RerunOn>;
  /**
   * What to do when the workflow has a running execution: start beside it (`"allow"`), take it over instead of
   * starting one (`"adopt"`), wait for its end and then start (`"queue"`, at most `timeoutSeconds`), or fail
   * (`"reject"`).
   * @default "allow"; on AOM, whose executions bear no mark, a running one that could be this resource's, from a
   *   deployment that was cut short elsewhere, is asked about first: `"allow"` in so many words starts beside it
   */
  concurrency?: Input<"allow" | "adopt" | "queue" | "reject">;
  /**
   * Takes over an execution that exists already, by its id, instead of starting one.
   * @default a new execution is started
   */
  adoptExecutionId?: Input<string>;
}

/** Outputs of an execution on any service. */
export interface ExecutionOutputs {
  /** Where it ran; undefined where only an endpoint was given. */
  region: string | undefined;
  /** The service's id of the execution; also the resource's id. Undefined for a teardown runbook, which has none. */
  executionId: string | undefined;
  /** What became of it, in the words of this package. */
  status: ExecutionStatus;
  /** The same in the service's own word. */
  rawStatus: string;
  /** RFC 3339; undefined where the service did not say. */
  startedAt: string | undefined;
  /** RFC 3339; undefined until settled. */
  settledAt: string | undefined;
  /** From start to end in milliseconds; undefined until settled. */
  durationMs: number | undefined;
  /**
   * What the workflow produced, as JSON. An integer beyond 2^53 is text: `altered` names it. An output of more than
   * 256 Ki characters, or 100 levels, is not kept: it is then `{ truncated: "…" }`, which says why.
   */
  output: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- the workflow's author decides its shape
  /** The steps that have begun, in their order; at most the last 200. */
  steps: ExecutionStep[];
  /** How many steps the workflow has; undefined where the service does not say. */
  stepsTotal: number | undefined;
  /** The first step that failed; undefined where none did. */
  failure: Failure | undefined;
  /** The page for people; undefined where its address is not known, as on Huawei Cloud and Alibaba Cloud's international site. */
  consoleUrl: string | undefined;
  /** True where the service has forgotten the execution; the last known outcome is kept. */
  expired: boolean | undefined;
  /** Paths of what was cut to keep the state small; undefined where nothing was. */
  truncated: string[] | undefined;
  /**
   * Paths of what is in `output` otherwise than the workflow gave it: integers beyond 2^53 as text, texts and keys
   * without control characters, what Pulumi would misread as JSON text; undefined where nothing is.
   */
  altered: string[] | undefined;
  /** Version of the stored shape. */
  stateVersion: number;
}

/** Which executions to list, on any service. */
export interface ExecutionListArgs {
  /**
   * Only executions with this status.
   * @default all of them
   */
  status?: ExecutionStatus;
  /**
   * Only executions that began at this time or later, RFC 3339.
   * @default from the first that the service knows
   */
  startedAfter?: string;
  /**
   * Only executions that began at this time or earlier, RFC 3339.
   * @default up to now
   */
  startedBefore?: string;
}

/** Which part of a list to get, on any service. */
export interface ExecutionPageArgs {
  /**
   * How many at the most, the newest first. Gotten in as many pages as that takes.
   * @default 100
   */
  limit?: number;
  /**
   * Goes on where an earlier result ended: its `nextToken`.
   * @default from the newest
   */
  nextToken?: string;
}

/** A list of executions, or part of one. */
export interface ExecutionListResult {
  /** Newest first. */
  executions: ExecutionSummary[];
  /** Where to go on; undefined where there are no more. */
  nextToken?: string;
  /** True where the service did not give the list to its end, or some of its rows can't be read: there may be more. */
  isIncomplete?: boolean;
}

/** Arguments with values of other resources allowed in them. */
export type InputOf<T> = { [K in keyof T]: Input<T[K]> };
