/**
 * Limits for work that waits: a signal that aborts when the time is over, by a clock that can be simulated. Code that
 * waits under the signal needs no deadline of its own.
 */
import type { Clock } from "./clock";
import { steadyClock } from "./clock";

/** The reason of a signal that was aborted because the time was over. */
export class TimeIsOver extends Error {
  constructor() {
    super("the time is over");
    this.name = "TimeIsOver";
  }
}

/** True if the signal was aborted because the time was over, and by nobody before. */
export function isOutOfTime(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof TimeIsOver;
}

/** The time that some work may take. */
export interface TimeLimit {
  /** Aborts when the time is over, or with the signal that the limit was made from. */
  readonly signal: AbortSignal;
  /** True once the time is over. */
  hasPassed(): boolean;
  /** Gives the work at least `ms` milliseconds from now, unless the time is over already. */
  extend(ms: number): void;
  /** Lifts the limit. Has to be called when the work is done. */
  lift(): void;
}

/** Begins a limit of `ms` milliseconds from now. By a clock without alarms it has no end. */
export function limitTime(clock: Clock, ms: number, parent: AbortSignal): TimeLimit {
  const controller = new AbortController();
  const steady = steadyClock(clock);
  let endsAtMs = -Infinity;
  let cancel = (): void => undefined;
  const extend = (byMs: number): void => {
    const atMs = steady.now() + byMs;
    if (atMs <= endsAtMs || controller.signal.aborted) return;
    cancel();
    endsAtMs = atMs;
    const alarm = clock.alarm?.(clock.now() + byMs, () => {
      controller.abort(new TimeIsOver());
    });
    if (alarm) cancel = alarm;
  };
  extend(Math.max(0, ms));
  return {
    signal: AbortSignal.any([parent, controller.signal]),
    hasPassed: () => controller.signal.aborted,
    extend,
    lift: () => {
      cancel();
    },
  };
}

/** Runs work under a limit of `ms` milliseconds. */
export async function withinTime<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = limitTime(clock, ms, parent);
  try {
    return await work(limit.signal);
  } finally {
    limit.lift();
  }
}
