/**
 * A deadline as a signal, by any clock.
 */
import type { Clock } from "./clock";
import { onAbort } from "./onAbort";

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

/**
 * Waits for work that somebody else does, as long as there is time. An interruption does not end the wait.
 * @throws what `late` makes, where the signal aborts because the time is over; what the work throws.
 */
export function unlessOutOfTime<T>(work: Promise<T>, signal: AbortSignal, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      if (isOutOfTime(signal)) reject(late());
    };
    const stay = onAbort(signal, leave);
    work.finally(stay).then(resolve, reject);
    leave();
  });
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
