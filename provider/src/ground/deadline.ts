/**
 * A deadline as a signal, by any clock.
 */
import type { Clock } from "./clock";

/** The reason of a signal that was aborted because the time was over. */
export class TimeIsOver extends Error {
  constructor() {
    super("the time is over");
    this.name = "TimeIsOver";
  }
}

/** True where the signal was aborted because the time was over, and by nobody before. */
export function isOutOfTime(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof TimeIsOver;
}

/** A signal that also aborts at a deadline. */
export interface DeadlineSignal {
  readonly signal: AbortSignal;
  /** Ends the watch over the clock. */
  readonly dispose: () => void;
}

/** Aborts when `signal` does, or at a moment by `clock`, in milliseconds since the epoch. */
export function abortAt(clock: Clock, deadlineMs: number, signal: AbortSignal): DeadlineSignal {
  const passed = new AbortController();
  const cancel = clock.alarm?.(deadlineMs, () => {
    passed.abort(new TimeIsOver());
  });
  return { signal: AbortSignal.any([signal, passed.signal]), dispose: cancel ?? (() => undefined) };
}
