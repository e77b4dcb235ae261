/**
 * A workflow as the planner sees it, and who waits for its executions: what may be asked, and what it costs.
 */
import type { Clock } from "../ground/clock";
import type { ExecutionSnapshot, ExecutionSummary } from "../execution/snapshot";

/** What can be known of the requests that an operation may still make. */
export interface Budget {
  /** How long a request made now would wait for its turn, in milliseconds. */
  delayMs(): number;
  /** Share that is free, 0–1; 0 while somebody waits. */
  level(): number;
}

/** How to look at one execution. */
export interface Look {
  readonly signal: AbortSignal;
  /** How long the service may hold back its answer until the execution ends, in seconds. */
  readonly waitSeconds: number;
  /** What a list has just told of it: only what is missing need be asked. */
  readonly listed?: ExecutionSnapshot | undefined;
}

/** A page of executions, newest first. */
export interface WatchedPage {
  readonly executions: readonly ExecutionSummary[];
  /** Set where there are more. */
  readonly nextToken?: string | undefined;
  /** What the list tells beyond the summary, where it does. */
  readonly snapshotOf?: ((executionId: string) => ExecutionSnapshot | undefined) | undefined;
}

/** What to list. Times in milliseconds since the epoch, by the service's clock, both ends included. */
export interface WatchedWindow {
  readonly startedAfterMs?: number;
  readonly startedBeforeMs?: number;
  readonly token?: string;
}

/** One workflow, as the planner sees it. */
export interface WatchedWorkflow {
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /** How long the service can hold back the answer to a look, in seconds; 0 where it can't. */
  readonly longPollSeconds: number;
  /** Requests for looks at one execution. */
  readonly lookBudget: Budget;
  /** Requests for lists. */
  readonly listBudget: Budget;
  /** Executions per page; undefined where a list has them all. */
  readonly pageSize: number | undefined;
  /** True where a list tells an outcome as a look does; else every execution that has ended costs a look besides. */
  readonly listTellsOutcome: boolean;
  /** One page of the workflow's executions. */
  list(window: WatchedWindow, signal: AbortSignal): Promise<WatchedPage>;
  /** How long past executions took that succeeded, in milliseconds, in any order. */
  pastDurations(signal: AbortSignal): Promise<readonly number[]>;
  /** For the bench: looks at every execution at this interval, alone, in place of all planning. */
  readonly fixedIntervalMs?: number | undefined;
  /** For the bench: plans without the past. */
  readonly withoutPast?: boolean | undefined;
}

/** Who waits. Times are by the watch's clock. */
export interface WatchMember {
  readonly executionId: string;
  /** True where it began just now: the time that it has run is then known whatever the service's clock says. */
  readonly justStarted: boolean;
  /** When it began, by our clock; left out: now. */
  readonly beganMs?: number | undefined;
  /** When the wait ends at the latest, in milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** True where the end does not come as it usually does: after a stop. */
  readonly isStopping?: boolean | undefined;
  /** Looks at the execution. */
  look(options: Look): Promise<ExecutionSnapshot>;
  /**
   * Reads the steps so far while a look is held back, if the service has requests to spare; resolves with nothing
   * otherwise. Left out where looks tell the steps.
   */
  peek?(signal: AbortSignal): Promise<ExecutionSnapshot | undefined> | undefined;
  /** Told what a peek has shown. */
  readonly onPeek?: ((snapshot: ExecutionSnapshot) => void) | undefined;
  /** Told how the execution has ended where a list tells its outcome before its steps are read. */
  readonly onEnd?: ((snapshot: ExecutionSnapshot) => void) | undefined;
  /** Told once it is known how long the workflow usually takes. */
  readonly onPast?: (() => void) | undefined;
}

/** A place in the watch. */
export interface WatchPlace {
  /**
   * The next look at the execution, when the planner takes it.
   * @throws what the look throws.
   */
  next(): Promise<ExecutionSnapshot>;
  /** How long this workflow usually takes, in milliseconds; undefined where that is not known (yet). */
  expectedMs(): number | undefined;
  /** How long the execution has run, in milliseconds. */
  elapsedMs(): number;
  /** False where a look at the deadline could not be had in time: too many wait for theirs, or the service asks to wait. */
  mayLookAtLast(): boolean;
  /** Ends the membership. */
  leave(): void;
}
