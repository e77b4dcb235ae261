/**
 * An execution at one moment, in neutral words. Backends make snapshots from the vendors' answers; lifecycle turns them
 * into outputs.
 */

/** Status of an execution or of one of its steps, in the words of this package. */
export type ExecutionStatus =
  | "running"
  | "succeeded"
  | "failed"
  | "timedOut"
  | "stopped"
  /** Waits for somebody or something: an approval, a pause, a queue. */
  | "waiting"
  /** The service's status is unknown to this version; the execution may still be running. */
  | "unknown";

// A record: one that lacks a status does not compile.
const known: Readonly<Record<ExecutionStatus, true>> = {
  running: true,
  succeeded: true,
  failed: true,
  timedOut: true,
  stopped: true,
  waiting: true,
  unknown: true,
};

/** All statuses. */
export const executionStatuses = Object.keys(known) as readonly ExecutionStatus[];

/** A target (machine, workload) on which a step did not succeed. */
export interface FailedTarget {
  /** The service's id of the target; absent if it gives none. */
  readonly id?: string;
  /** Name of the machine or workload; absent if the service gives none. */
  readonly name?: string;
  /** Address of a machine, or namespace of a workload. */
  readonly address?: string;
  /** Text, as the services write it, e.g. `"126"`. */
  readonly exitCode?: string;
  /** The service's message about the failure on this target. */
  readonly message?: string;
  /** The end of the target's log. */
  readonly log?: string;
}

/** The number of targets of a step in each state. */
export interface TargetCounts {
  /** Targets on which the step succeeded. */
  readonly succeeded: number;
  /** Targets on which the step failed. */
  readonly failed: number;
  /** Targets on which the step is still running. */
  readonly running: number;
  /** Targets on which the step has not run. */
  readonly notPerformed: number;
}

/** One step of an execution that has begun. */
export interface ExecutionStep {
  /** The service's id of the step. */
  readonly id: string;
  /** The step's name in the workflow; absent if the service gives only ids. */
  readonly name?: string;
  /** The status of the step, in the words of this package. */
  readonly status: ExecutionStatus;
  /** The vendor's own word. */
  readonly rawStatus: string;
  /** RFC 3339. */
  readonly startedAt?: string;
  /** Milliseconds; absent while the step is running. */
  readonly durationMs?: number;
  /** The service's error text for this step. */
  readonly error?: string;
  /** Absent for steps without targets. */
  readonly targets?: TargetCounts;
  /** The targets on which the step did not succeed; absent if there are none. */
  readonly failedTargets?: readonly FailedTarget[];
}

/** An execution at one moment. */
export interface ExecutionSnapshot {
  readonly executionId: string;
  readonly status: ExecutionStatus;
  /** The vendor's own word. */
  readonly rawStatus: string;
  /** RFC 3339. */
  readonly startedAt?: string;
  /** RFC 3339; absent until settled. */
  readonly settledAt?: string;
  /** The output of the workflow, as JSON; absent until there is an output. */
  readonly output?: unknown;
  /** The service's error text for the execution as a whole. */
  readonly error?: string;
  /** Steps that have begun, in the order of their beginning. */
  readonly steps: readonly ExecutionStep[];
  /** True if the steps were not read, to spare the service: there may be more than `steps` has. */
  readonly stepsOmitted?: true;
  /** The reason why an output could not be read; absent if it was read, or there is none. */
  readonly outputOmitted?: string;
  /** The total number of steps in the workflow; absent if the service does not give it. */
  readonly stepsTotal?: number;
}

/** One line of an execution list. */
export interface ExecutionSummary {
  /** The service's id of the execution. */
  readonly executionId: string;
  /** The status of the execution, in the words of this package. */
  readonly status: ExecutionStatus;
  /** The vendor's own word. */
  readonly rawStatus: string;
  /** RFC 3339. */
  readonly startedAt?: string;
  /** RFC 3339; absent until settled. */
  readonly settledAt?: string;
  /** Milliseconds; absent until settled. */
  readonly durationMs?: number;
  /** The person or system that started the execution. */
  readonly createdBy?: string;
}

const settledStatuses: ReadonlySet<ExecutionStatus> = new Set(["succeeded", "failed", "timedOut", "stopped"]);

/** True once the status can't change any more. An unknown status counts as not settled. */
export function isSettled(status: ExecutionStatus): boolean {
  return settledStatuses.has(status);
}

/** The first step that did not succeed, if any. */
export function firstFailedStep(snapshot: ExecutionSnapshot): ExecutionStep | undefined {
  const find = (...statuses: ExecutionStatus[]): ExecutionStep | undefined =>
    snapshot.steps.find(({ status }) => statuses.includes(status));
  // A step can call itself successful while targets failed (its errors are ignored): the execution's word counts.
  return (
    // A failing step stops its neighbours, which may have begun before it.
    find("failed", "timedOut") ??
    find("stopped") ??
    (snapshot.status === "failed"
      ? snapshot.steps.find((step) => (step.targets?.failed ?? 0) > 0)
      : undefined)
  );
}

/** The duration of an execution or a step, for a record of it; nothing if the beginning or the end is not known. */
export function durationOf({
  startedAt,
  settledAt,
}: {
  readonly startedAt?: string | undefined;
  readonly settledAt?: string | undefined;
}): { readonly durationMs?: number } {
  const durationMs = durationBetweenMs(startedAt, settledAt);
  return durationMs === undefined ? {} : { durationMs };
}

/** Milliseconds between two RFC 3339 times; undefined if one is missing. */
export function durationBetweenMs(from: string | undefined, to: string | undefined): number | undefined {
  if (from === undefined || to === undefined) return undefined;
  return Math.max(0, Date.parse(to) - Date.parse(from));
}
