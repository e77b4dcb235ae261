/**
 * Waits for one execution: turns the planner's looks into probes for `polling/poll`, and tells the watcher what it
 * sees. Knows no service and no Pulumi.
 */
import { NotFoundError, ResponseFormatError, ServiceError, WorkflowExecutionError, messageOf } from "../ground/errors";
import { backoffDelayMs } from "../ground/backoff";
import type { Clock } from "../ground/clock";
import type { PollOutcome, ProbeResult } from "./poll";
import { poll } from "./poll";
import { describeProgress, describeStepEnd, sayWord } from "../execution/progress";
import type { Reporter } from "../execution/reporter";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import type { WorkflowWatch } from "./workflowWatch";
import type { WatchMember } from "./watchedWorkflow";

/**
 * What the person has been told of an execution. Kept by the caller where waits for the same execution follow each
 * other, so that nothing is told twice.
 */
export interface Told {
  /** The live line, without times. */
  line: string;
  readonly endedSteps: Set<string>;
  unknownStatus: boolean;
  outage: boolean;
  /** True where a look of this deployment has shown the execution. */
  isSeen: boolean;
  /** What was seen last. */
  last?: ExecutionSnapshot;
}

/** What has been told before the first wait. */
export function nothingTold(): Told {
  return { line: "", endedSteps: new Set(), unknownStatus: false, outage: false, isSeen: false };
}

/** How to wait. */
export interface WaitOptions extends Omit<WatchMember, "onPeek" | "onPast" | "justStarted"> {
  /** The planner of this workflow: it decides when to look, and how. */
  readonly watch: WorkflowWatch;
  /**
   * Until when "there is no such execution" is taken as "not yet visible", in milliseconds since the epoch; 0 for an
   * execution that was not just started. A service may list an execution later than it names it.
   */
  readonly mayBeInvisibleUntilMs: number;
  /** By which all times here are. */
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly reporter: Reporter;
  /** @default nothing */
  readonly told?: Told | undefined;
}

// A proxy that restarts, a login page, an answer that was cut: what can't be read may pass, but not for ever. By the delays
// below, so many in a row take the same time.
const unreadableOften = 15;
const unreadableMs = 300_000;

// A workflow can have hundreds of steps; past this many, their ends are in the outputs only.
const maxStepLines = 30;

/**
 * Waits until the execution has settled, the deadline has passed or the signal aborts.
 * @throws an error that will not pass by itself (credentials refused, nothing but unreadable answers).
 */
export async function waitUntilSettled(options: WaitOptions): Promise<PollOutcome<ExecutionSnapshot>> {
  const { reporter, told = nothingTold(), isStopping = false } = options;
  // The planner's clock never goes back, so it may be ahead of the one that the times are by.
  const { clock } = options.watch;
  const aheadMs = clock.now() - options.clock.now();
  const deadlineMs = options.deadlineMs + aheadMs;
  const mayBeInvisibleUntilMs = options.mayBeInvisibleUntilMs + aheadMs;
  let failuresInARow = 0;
  let unreadable: { readonly sinceMs: number; count: number } | undefined;
  const mayPass = (): boolean => {
    unreadable ??= { sinceMs: clock.now(), count: 0 };
    unreadable.count += 1;
    return unreadable.count < unreadableOften && clock.now() - unreadable.sinceMs < unreadableMs;
  };

  const { executionId } = options;
  const begun: ExecutionSnapshot = { executionId, status: "running", rawStatus: "", steps: [] };
  const report = (snapshot: ExecutionSnapshot): void => {
    told.last = snapshot;
    snapshot.steps.forEach((step, index) => {
      // A step of the same name may run again: loops, retries.
      const key = `${String(index)} ${step.id}`;
      if (told.endedSteps.size >= maxStepLines || !isSettled(step.status) || told.endedSteps.has(key)) return;
      told.endedSteps.add(key);
      reporter.info(describeStepEnd(snapshot, step));
    });
    // Time alone is no change: the engine's row has a clock, and a plain log is not to be flooded.
    const text = describeProgress(snapshot);
    if (text === told.line) return;
    told.line = text;
    // How long a stop takes is no part of how long the workflow usually does.
    const times = isStopping ? undefined : { elapsedMs: place.elapsedMs(), expectedMs: place.expectedMs() };
    reporter.status(describeProgress(snapshot, times));
  };

  const justStarted = options.mayBeInvisibleUntilMs > 0 && !isStopping;
  const place = options.watch.join({
    ...options,
    beganMs: options.beganMs === undefined ? undefined : options.beganMs + aheadMs,
    deadlineMs,
    justStarted,
    onPeek: report,
    onPast: () => {
      // Nothing was seen yet but that it has begun: now there is something to add.
      if (isStopping || told.line !== describeProgress(begun)) return;
      told.line = "";
      report(begun);
    },
  });
  if (justStarted) report(begun);

  const probe = async (signal: AbortSignal): Promise<ProbeResult<ExecutionSnapshot>> => {
    let snapshot: ExecutionSnapshot;
    try {
      snapshot = await place.next();
    } catch (error) {
      if (signal.aborted) return { kind: "transient", error: error as Error };
      if (isTransient(error, clock.now() < mayBeInvisibleUntilMs)) unreadable = undefined;
      else if (!isForeign(error) || !mayPass()) throw error;
      failuresInARow += 1;
      // One hiccup is nobody's concern; an outage is.
      if (failuresInARow === 3 && !told.outage) {
        told.outage = true;
        reporter.warn(`the status can't be read for now, waiting goes on: ${messageOf(error)}`);
      }
      const retryAfterMs = error instanceof ServiceError ? error.retryAfterMs : undefined;
      return { kind: "transient", error, retryAfterMs };
    }
    failuresInARow = 0;
    unreadable = undefined;
    told.isSeen = true;
    if (snapshot.status === "unknown" && !told.unknownStatus) {
      told.unknownStatus = true;
      reporter.warn(
        `the service says "${sayWord(snapshot.rawStatus)}", a status that this version does not know; waiting goes on`,
      );
    }
    report(snapshot);
    return { kind: isSettled(snapshot.status) ? "final" : "pending", value: snapshot };
  };

  try {
    return await poll({
      probe,
      // The planner waits; only what failed is waited for here.
      delayMs: ({ failuresInARow: failures }) =>
        failures === 0
          ? 0
          : backoffDelayMs({ firstMs: 1_000, factor: 2, maxMs: 30_000 }, failures - 1, options.random),
      deadlineMs,
      mayProbeAtLast: () => place.mayLookAtLast(),
      clock,
      signal: options.signal,
    });
  } finally {
    place.leave();
  }
}

function isTransient(error: unknown, mayBeInvisible: boolean): error is WorkflowExecutionError {
  if (error instanceof NotFoundError) return mayBeInvisible;
  return error instanceof WorkflowExecutionError && error.retryable;
}

// Not the service's own word on the execution.
function isForeign(error: unknown): error is WorkflowExecutionError {
  return error instanceof ResponseFormatError || (error instanceof ServiceError && error.isForeign);
}
