/**
 * The one polling loop: asks until the answer is final, time is up, or the caller gives up. Knows nothing of
 * workflows or HTTP: `probe` asks, `delayMs` says how long to wait (the seam for a planner).
 */
import type { Clock } from "../ground/clock";

/** How one probe ended. */
export type ProbeResult<T> =
  | { readonly kind: "final"; readonly value: T }
  | { readonly kind: "pending"; readonly value: T }
  /** A failure that may pass; polling goes on. `retryAfterMs` only ever lengthens the delay. */
  | { readonly kind: "transient"; readonly error: Error; readonly retryAfterMs?: number | undefined };

/** What is known when the next delay is chosen. */
export interface PollProgress<T> {
  /** Number of probes so far, at least 1. */
  readonly probes: number;
  /** Transient failures in a row, 0 after any answer. */
  readonly failuresInARow: number;
  /** Last answer, if there was one. */
  readonly last: T | undefined;
  /** Milliseconds since polling began. */
  readonly elapsedMs: number;
}

/** How to poll. */
export interface PollOptions<T> {
  /** Asks once. Throwing ends the polling with that error. */
  readonly probe: (signal: AbortSignal) => Promise<ProbeResult<T>>;
  /** Milliseconds until the next probe. */
  readonly delayMs: (progress: PollProgress<T>) => number;
  /** When to give up, in milliseconds since the epoch. One last look is taken at that moment. */
  readonly deadlineMs: number;
  /**
   * Whether that last look can be had.
   * @default always
   */
  readonly mayProbeAtLast?: (() => boolean) | undefined;
  readonly clock: Clock;
  /** Ends the polling early. */
  readonly signal: AbortSignal;
}

/** How polling ended; every kind but the first carries what was seen last. */
export type PollOutcome<T> =
  | { readonly kind: "settled"; readonly value: T; readonly tally: PollTally }
  | { readonly kind: "timedOut"; readonly last: T | undefined; readonly tally: PollTally }
  | { readonly kind: "aborted"; readonly last: T | undefined; readonly tally: PollTally };

/** What happened on the way. */
export interface PollTally {
  readonly probes: number;
  readonly transientFailures: number;
  /** How many of them came after the last answer. */
  readonly failuresInARow: number;
  /** The last transient failure, if any. */
  readonly lastError: Error | undefined;
}

/**
 * Polls until settled, timed out or aborted.
 * @throws whatever `probe` throws.
 */
export async function poll<T>(options: PollOptions<T>): Promise<PollOutcome<T>> {
  const { clock, signal } = options;
  const startMs = clock.now();
  let probes = 0;
  let transientFailures = 0;
  let failuresInARow = 0;
  let last: T | undefined;
  let lastError: Error | undefined;

  // A function, because the compiler does not expect the property to change between two reads.
  const aborted = (): boolean => signal.aborted;

  for (;;) {
    const tally = (): PollTally => ({ probes, transientFailures, failuresInARow, lastError });
    if (aborted()) return { kind: "aborted", last, tally: tally() };
    // Decided before the probe: a probe begun at the deadline is the last look, even if it takes long.
    const isLastLook = clock.now() >= options.deadlineMs;
    if (isLastLook && options.mayProbeAtLast?.() === false) return { kind: "timedOut", last, tally: tally() };
    probes += 1;
    const result = await options.probe(signal);
    // What was cut off tells nothing.
    if (result.kind === "transient" && aborted()) return { kind: "aborted", last, tally: tally() };
    let askedToWaitMs = 0;
    if (result.kind !== "transient") failuresInARow = 0;
    if (result.kind === "final") return { kind: "settled", value: result.value, tally: tally() };
    if (result.kind === "pending") {
      last = result.value;
    } else {
      transientFailures += 1;
      failuresInARow += 1;
      lastError = result.error;
      askedToWaitMs = result.retryAfterMs ?? 0;
    }
    if (aborted()) return { kind: "aborted", last, tally: tally() };
    if (isLastLook) return { kind: "timedOut", last, tally: tally() };
    const elapsedMs = clock.now() - startMs;
    const wantedMs = options.delayMs({ probes, failuresInARow, last, elapsedMs });
    const untilDeadlineMs = Math.max(0, options.deadlineMs - clock.now());
    const delayMs = Math.min(Math.max(wantedMs, askedToWaitMs), untilDeadlineMs);
    if (delayMs > 0) await clock.sleep(delayMs, signal);
  }
}
