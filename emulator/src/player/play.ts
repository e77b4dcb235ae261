/** Input and output of a play of a program: task scripts and interventions; steps, events, snapshots. */
import type { Json, ProgramError, State } from "./program";

/** The script of a task for one attempt. */
export interface TaskScript {
  /** Emulated milliseconds. */
  readonly durationMs: number;
  /** `success`, `timeout`; anything else is a failure. */
  readonly outcome: string;
  readonly output?: Json;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  /** The task is paused before its work until it gets a `continue`. */
  readonly pauses?: boolean | undefined;
  /** The sequence around goes on when `outcome` is a failure, and ends with `fail`. */
  readonly ignoresFailure?: boolean | undefined;
}

/** Ends an execution. `at` in epoch milliseconds. */
export interface Stop {
  readonly kind: "stop";
  readonly at: number;
  /** Milliseconds that the stop takes. @default the play's own value */
  readonly takesMs?: number | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** The end of a callback task; `stepKey` and `attempt` say which. `at` in epoch milliseconds. */
export interface Report {
  readonly kind: "report";
  readonly at: number;
  readonly stepKey: string;
  readonly attempt: number;
  readonly succeeded: boolean;
  readonly output?: Json;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** New limits of a map that is still running. `at` in epoch milliseconds. */
export interface MapUpdate {
  readonly kind: "updateMap";
  readonly at: number;
  readonly stepKey: string;
  readonly concurrency?: number | undefined;
  readonly toleratedFailures?: number | undefined;
  readonly toleratedFailurePercent?: number | undefined;
}

/** A failed execution goes on at the outermost state that has failed. `at` in epoch milliseconds. */
export interface Retry {
  readonly kind: "retry";
  readonly at: number;
}

/** The decision on an execution that needs approval; the first one counts. `at` in epoch milliseconds. */
export interface Verdict {
  readonly kind: "approve" | "reject";
  readonly at: number;
}

/**
 * Lets a paused step of the outermost sequence continue, or repairs such a step that has failed: runs the step again, or
 * skips the step. Has no effect after a stop. `at` in epoch milliseconds.
 */
export interface Operation {
  readonly kind: "continue" | "restart" | "skip";
  readonly at: number;
  /** {@link ProgramStep.key} of the step. */
  readonly nodeId: string;
}

/** Something that was done to an execution. */
export type Intervention = Stop | Report | Retry | MapUpdate | Verdict | Operation;

/** One execution of a program, and the time at which its state is asked for. */
export interface Play {
  readonly input: Json;
  readonly startedAt: number;
  readonly now: number;
  /** In order of time. */
  readonly interventions: readonly Intervention[];
  /** By state id; attempt n uses entry n-1, the last one repeats. */
  readonly tasks?: Readonly<Record<string, readonly TaskScript[]>> | undefined;
  /** For expressions with the root `execution`. */
  readonly execution?: Json;
  /** Time before the first state is entered. */
  readonly queuedMs?: number | undefined;
  /** Time that a stop takes; an execution that ends earlier is not stopped. */
  readonly stopTakesMs?: number | undefined;
  /** Final outcome, in place of the states' outcome. */
  readonly outcome?: string | undefined;
}

/** One attempt of a step. */
export interface AttemptSnapshot {
  readonly attempt: number;
  readonly beganAt: number;
  readonly endedAt: number | undefined;
  readonly outcome: string | undefined;
  readonly error: ProgramError | undefined;
  /** Of a task that is not paused: when its work began, and when the work ends if nothing comes between. */
  readonly work?: { readonly from: number; readonly until: number } | undefined;
}

/** A state that has been entered, once for each time. */
export interface ProgramStep {
  /**
   * Path of the state and number of the visit: `Deploy`, `Fan[0]/Copy` (first branch or item), `Check#2` (entered
   * again).
   */
  readonly key: string;
  readonly parentKey: string | undefined;
  readonly state: State;
  readonly phase: "running" | "paused" | "awaitingReport" | "awaitingRetry" | "ended";
  /** `success`, `fail`, `timeout`, `cancel`; set when it has ended. */
  readonly outcome: string | undefined;
  readonly beganAt: number;
  readonly endedAt: number | undefined;
  readonly input: Json;
  readonly output: Json;
  readonly error: ProgramError | undefined;
  /** All attempts, the last one last; at least one. */
  readonly attempts: readonly AttemptSnapshot[];
  /** Of a map: the numbers of its items, by their state. */
  readonly items?: ItemCounts | undefined;
}

/** Numbers of a map's items, by their state. */
export interface ItemCounts {
  readonly total: number;
  readonly pending: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly aborted: number;
}

/** The events of a play. */
export type ProgramEventType =
  | "executionStarted"
  | "executionStopped"
  | "executionSucceeded"
  | "executionFailed"
  | "executionTimedOut"
  | "stepEntered"
  | "stepStarted"
  | "stepSucceeded"
  | "stepFailed"
  | "stepExited"
  | "branchEntered"
  | "branchExited"
  | "iterationEntered"
  | "iterationExited"
  | "taskScheduled"
  | "taskStarted"
  | "taskSubmitted"
  | "taskSubmitFailed"
  | "taskSucceeded"
  | "taskFailed"
  | "taskTimedOut";

/** Something that has happened in a play. `at` in epoch milliseconds. */
export interface ProgramEvent {
  readonly type: ProgramEventType;
  readonly at: number;
  /** `undefined` for events of the execution itself. */
  readonly stepKey: string | undefined;
  readonly state: State | undefined;
  readonly attempt: number | undefined;
  /** The event before this one in the same branch; `undefined` for the first event of all. */
  readonly after: ProgramEvent | undefined;
  readonly input?: Json;
  readonly output?: Json;
  /** Of `stepEntered` and `stepExited`: the outputs that the sequence around has collected by then. */
  readonly local?: Json;
  readonly error?: ProgramError | undefined;
}

/** An execution at one moment. Times in epoch milliseconds. */
export interface ProgramSnapshot {
  readonly phase: "awaitingApproval" | "queued" | "running" | "paused" | "stopping" | "ended";
  /**
   * `success`, `fail`, `timeout`, `cancel`, or the text of {@link Play.outcome}; `rejected` when approval was refused.
   */
  readonly outcome: string | undefined;
  readonly output: Json;
  readonly error: ProgramError | undefined;
  readonly beganAt: number;
  readonly endedAt: number | undefined;
  readonly updatedAt: number;
  /** In the order in which they were entered. */
  readonly steps: readonly ProgramStep[];
  /** In order of time. */
  readonly events: readonly ProgramEvent[];
  /** The time of the next change without an intervention; `undefined`: never. */
  readonly nextChangeAt: number | undefined;
}

/** As long as an unscripted task takes. */
export const defaultTask: TaskScript = { durationMs: 100, outcome: "success", output: {} };
