/**
 * Waits for one execution: turns describes into probes for `polling/poll`, and tells the watcher what it sees.
 * Receives `describe` as a function; knows no service and no Pulumi.
 */
import { NotFoundError, ServiceError, WorkflowExecutionError, messageOf } from "../errors";
import { backoffDelayMs } from "../polling/backoff";
import type { Clock } from "../polling/clock";
import type { PollOutcome, PollProgress, ProbeResult } from "../polling/poll";
import { poll } from "../polling/poll";
import { describeProgress } from "./progress";
import type { ExecutionSnapshot } from "./snapshot";
import { isSettled } from "./snapshot";

/** Where messages for the person who watches go. */
export interface Reporter {
  /** Replaces the live line of the resource. Called only when the text has changed. */
  status(text: string): void;
  /** Something the person must know although nothing failed. Kept. */
  warn(text: string): void;
}

/** How to wait. */
export interface WaitOptions {
  /** Looks once; the service may hold back its answer for `waitSeconds` until the execution ends. */
  readonly describe: (signal: AbortSignal, waitSeconds: number) => Promise<ExecutionSnapshot>;
  /** How long the service can hold back an answer, in seconds; 0 where it can't. */
  readonly longPollSeconds: number;
  /** When to give up waiting, in milliseconds since the epoch. */
  readonly deadlineMs: number;
  /**
   * Until when "there is no such execution" is taken as "not yet visible", in milliseconds since the epoch.
   * A service may list an execution later than it names it.
   */
  readonly mayBeInvisibleUntilMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
}

/**
 * Waits until the execution has settled, the deadline has passed or the signal aborts.
 * @throws an error that will not pass by itself (credentials refused, unreadable answer).
 */
export async function waitUntilSettled(options: WaitOptions): Promise<PollOutcome<ExecutionSnapshot>> {
  const { clock, reporter } = options;
  let reported = "";
  let warnedOfUnknown = false;
  let warnedOfFailures = false;
  let failuresInARow = 0;
  let looked = false;

  const probe = async (signal: AbortSignal): Promise<ProbeResult<ExecutionSnapshot>> => {
    let snapshot: ExecutionSnapshot;
    // The first look comes back at once, so that there is something to show; from then on the service waits for us.
    const leftSeconds = Math.floor((options.deadlineMs - clock.now()) / 1000);
    const waitSeconds = looked ? Math.max(0, Math.min(options.longPollSeconds, leftSeconds)) : 0;
    try {
      snapshot = await options.describe(signal, waitSeconds);
      looked = true;
    } catch (error) {
      if (signal.aborted) return { kind: "transient", error: error as Error };
      if (!isTransient(error, clock.now() < options.mayBeInvisibleUntilMs)) throw error;
      failuresInARow += 1;
      // One hiccup is nobody's concern; an outage is.
      if (failuresInARow === 3 && !warnedOfFailures) {
        warnedOfFailures = true;
        reporter.warn(`the status can't be read for now, waiting goes on: ${messageOf(error)}`);
      }
      const retryAfterMs = error instanceof ServiceError ? error.retryAfterMs : undefined;
      return { kind: "transient", error, retryAfterMs };
    }
    failuresInARow = 0;
    if (snapshot.status === "unknown" && !warnedOfUnknown) {
      warnedOfUnknown = true;
      reporter.warn(
        `the service says "${snapshot.rawStatus}", a status that this version does not know; waiting goes on`,
      );
    }
    const text = describeProgress(snapshot);
    if (text !== reported) {
      reported = text;
      reporter.status(text);
    }
    return { kind: isSettled(snapshot.status) ? "final" : "pending", value: snapshot };
  };

  return poll({
    probe,
    // After a look that was held back, the next one may follow at once.
    delayMs: (progress) =>
      options.longPollSeconds > 0 && progress.failuresInARow === 0
        ? 0
        : nextDelayMs(progress, options.random),
    deadlineMs: options.deadlineMs,
    clock,
    signal: options.signal,
  });
}

// The longer something has run, the less a second of delay matters: ask after 15 % more of the time, 0.5–10 s.
function nextDelayMs(progress: PollProgress<ExecutionSnapshot>, random: () => number): number {
  if (progress.failuresInARow > 0) {
    return backoffDelayMs({ firstMs: 1_000, factor: 2, maxMs: 30_000 }, progress.failuresInARow - 1, random);
  }
  const wantedMs = Math.min(10_000, Math.max(500, progress.elapsedMs * 0.15));
  return backoffDelayMs({ firstMs: wantedMs, factor: 1, maxMs: wantedMs, jitter: 0.1 }, 0, random);
}

function isTransient(error: unknown, mayBeInvisible: boolean): error is WorkflowExecutionError {
  if (error instanceof NotFoundError) return mayBeInvisible;
  return error instanceof WorkflowExecutionError && error.retryable;
}
