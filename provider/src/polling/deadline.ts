/**
 * A deadline as a signal, by any clock.
 */
import type { Clock } from "./clock";

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
    passed.abort();
  });
  return { signal: AbortSignal.any([signal, passed.signal]), dispose: cancel ?? (() => undefined) };
}
