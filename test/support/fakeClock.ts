/**
 * A clock that never sleeps: waiting moves it. Records every delay that was asked for.
 */
import type { Clock } from "../../provider/src/ground/clock";

/** A clock whose time is set by the test and by sleeping. */
export interface FakeClock extends Clock {
  /** Delays asked for, in milliseconds. */
  readonly sleeps: readonly number[];
  /** Moves the time. */
  advance(ms: number): void;
}

/** Makes a clock that starts at a fixed moment of 2026. */
export function fakeClock(startMs = Date.parse("2026-11-21T06:00:00Z")): FakeClock {
  let nowMs = startMs;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
    sleep: (ms) => {
      sleeps.push(ms);
      nowMs += ms;
      return Promise.resolve();
    },
  };
}
