/**
 * A clock for many who wait at once: time stands still while anybody works, and moves to the next one who sleeps when
 * all of them wait. Hours of a thousand waits pass in a second, always in the same order.
 */
import type { Clock } from "../../provider/src/ground/clock";

interface Sleeper {
  atMs: number;
  readonly order: number;
  readonly wake: () => void;
}

/** A simulated clock. */
export interface SimulatedClock extends Clock {
  /** Lets time pass until `work` is done; fails where nobody sleeps and nothing happens any more. */
  run<T>(work: Promise<T>): Promise<T>;
  /**
   * Moves the time without waking anybody: a machine that was suspended, a clock that was set. If the clock is set
   * back, every sleep still lasts as long as was wanted.
   */
  jump(ms: number): void;
}

/** Makes a simulated clock. */
export function simulatedClock(startMs = Date.parse("2026-11-21T06:00:00Z")): SimulatedClock {
  let nowMs = startMs;
  let order = 0;
  const sleepers = new Set<Sleeper>();
  // Work that waits for promises only is done before the next turn of the event loop.
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  return {
    now: () => nowMs,
    jump: (ms) => {
      nowMs += ms;
      if (ms < 0) for (const sleeper of sleepers) sleeper.atMs += ms;
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) {
          resolve();
          return;
        }
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        const sleeper: Sleeper = { atMs: nowMs + Math.max(0, ms), order: (order += 1), wake };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", wake, { once: true });
      }),
    alarm: (atMs, callBack) => {
      const wake = (): void => {
        sleepers.delete(sleeper);
        callBack();
      };
      const sleeper: Sleeper = { atMs, order: (order += 1), wake };
      sleepers.add(sleeper);
      return () => sleepers.delete(sleeper);
    },
    run: async <T>(work: Promise<T>): Promise<T> => {
      const state = { done: false };
      const finish = (): void => {
        state.done = true;
      };
      work.then(finish, finish);
      for (;;) {
        await settle();
        if (state.done) return work;
        let next: Sleeper | undefined;
        for (const sleeper of sleepers) {
          if (!next || sleeper.atMs < next.atMs || (sleeper.atMs === next.atMs && sleeper.order < next.order))
            next = sleeper;
        }
        if (!next) throw new Error("everybody waits and nobody sleeps: the work would never end");
        nowMs = Math.max(nowMs, next.atMs);
        next.wake();
      }
    },
  };
}
