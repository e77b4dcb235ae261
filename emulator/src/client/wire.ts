/**
 * The requests and answers of the control API, as a test reads them. Times in epoch milliseconds of the emulated clock.
 */
import type { Caller } from "../accounts/principal";
import type { FaultAction } from "../http/faults";

/** A running emulator, as its health shows it. */
export interface EmulatorHealth {
  readonly status: "ok";
  /** Version of the package. */
  readonly version: string;
  /** Emulated time, RFC 3339. */
  readonly time: string;
  /** In the order in which they are asked whether a request is theirs. */
  readonly services: readonly {
    /** Name in faults and filters, such as `aom`. */
    readonly name: string;
    /** The vendor's name, such as `Huawei Cloud AOM workflows`. */
    readonly title: string;
  }[];
}

/** The place of a scripted workflow. */
export interface WorkflowPlace {
  readonly service: string;
  readonly projectId: string;
  readonly workflowId: string;
}

/** The state of the emulated clock. */
export interface EmulatedClock {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The same time, RFC 3339. */
  readonly time: string;
  /** Emulated milliseconds per real millisecond; 0 = stopped. */
  readonly rate: number;
}

/** A change of the clock: one of the first four, with or without `rate`; or `rate` alone. */
export interface ClockChange {
  /** Moves the clock forward, or back if negative; keeps its speed. */
  readonly advanceMs?: number;
  /** Sets the time (epoch milliseconds, or RFC 3339) and stops the clock. */
  readonly now?: number | string;
  /** Keeps the clock this far ahead of the machine's clock. */
  readonly offsetMs?: number;
  /** Returns to the machine's clock. */
  readonly realtime?: true;
  /** Emulated milliseconds per real millisecond, 0 to 1,000,000; 0 stops the clock. */
  readonly rate?: number;
}

/** A fault to plan. Durations are in real time. */
export interface FaultToPlan {
  readonly action: FaultAction;
  /** An operation, `service:operation`, or `*`. @default "*" */
  readonly operation?: string;
  /** Hits only requests whose path has this text, such as a workflow's id. */
  readonly pathIncludes?: string;
  /** HTTP status; required with the action `status`. */
  readonly status?: number;
  /** Body of the answer. @default the one that the vendor documents for the status */
  readonly body?: unknown;
  /** Headers of the answer, in addition to its own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Goes out as `Retry-After`: seconds, or an HTTP date. */
  readonly retryAfter?: number | string;
  /** Milliseconds before the request is handled; required with the action `delay`. @default 0 */
  readonly delayMs?: number;
  /** True if the operation takes effect before the fault does. @default false */
  readonly afterHandling?: boolean;
  /** Matching requests that pass before the first one is hit. @default 0 */
  readonly skip?: number;
  /** Number of requests that the fault hits; `null` = all. @default 1, or all with `probability` */
  readonly count?: number | null;
  /** Chance of each matching request to be hit, 0 to 1. @default 1 */
  readonly probability?: number;
  /** Makes random faults repeatable. @default 1 */
  readonly seed?: number;
}

/** A choice of executions or requests to list. */
export interface ExecutionFilter {
  readonly workflowId?: string;
  /** Such as `aom`. */
  readonly service?: string;
}

/** A choice of requests to list. */
export interface RequestFilter {
  /** The vendor's name of the operation, such as `ExecuteWorkflow`. */
  readonly operation?: string;
  /** Such as `aom`. */
  readonly service?: string;
}

/** An execution to start as if someone else had started it. */
export interface ForeignExecution {
  /** @default "aom" */
  readonly service?: string;
  /** @default the first project of the first account */
  readonly projectId?: string;
  /** @default a new one */
  readonly executionId?: string;
  /** Epoch milliseconds, or RFC 3339; may be in the past. @default now */
  readonly startedAt?: number | string;
  /** @default "someone-else" */
  readonly startedBy?: string;
  /** Of FunctionGraph and CloudFlow. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** Headers of a start on FunctionGraph. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A node or step of an execution. */
export interface EmulatedNode {
  readonly id: string;
  /** The phase, or the outcome when the node has ended. */
  readonly status: string;
  /** From 1. */
  readonly attempt: number;
  /** Of a task that waits for a report. */
  readonly taskToken?: string;
}

/** An execution, of the services or of the control API. */
export interface EmulatedExecution {
  readonly service: string;
  readonly projectId: string;
  readonly workflowId: string;
  /** Of CloudFlow `flow:name`, because names are unique within their flow only. */
  readonly executionId: string;
  /** The phase, or the outcome when the execution has ended. */
  readonly status: string;
  readonly startedAt: number;
  readonly startedBy: string;
  /** The sender of the request that started the execution; absent when the control API started it. */
  readonly caller?: Readonly<Caller>;
  /** `null` while the execution is running. */
  readonly endedAt: number | null;
  /** Index of this run in the runs of the workflow's script, from 0. */
  readonly runNumber: number;
  readonly nodes: readonly EmulatedNode[];
  /** Interventions in the execution, such as a `stop`. */
  readonly interventions: readonly { readonly kind: string; readonly at: number }[];
}
