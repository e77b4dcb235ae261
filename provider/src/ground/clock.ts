/**
 * Time as a dependency: everything that waits or stamps takes a Clock, so that tests need not sleep.
 */

/** A source of time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Milliseconds since some moment, by a clock that nobody sets. It may stand still while the machine sleeps.
   * @default the same as `now`
   */
  elapsed?(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * A signal that aborts after `ms` milliseconds, for work that must not last longer.
   * @default the machine's own timer
   */
  timeout?(ms: number): AbortSignal;
  /**
   * Calls back at a moment, in milliseconds since the epoch. Keeps no process alive. Left out by clocks that move only
   * while somebody sleeps.
   * @returns cancels it.
   */
  alarm?(atMs: number, callBack: () => void): () => void;
}

/** A signal that aborts after `ms` milliseconds of a clock, also where only a signal that is made of it is kept. */
export function abortAfter(clock: Clock, ms: number): AbortSignal {
  return clock.timeout?.(ms) ?? machineTimeout(ms);
}

// Not AbortSignal.timeout: in Node 20 a signal that is only a source of AbortSignal.any is collected before it has
// aborted, and work that waits for the signal waits for ever. The timer keeps this signal.
function machineTimeout(ms: number): AbortSignal {
  const controller = new AbortController();
  const passed = (): void => {
    controller.abort(new DOMException(`${String(ms)} ms have passed`, "TimeoutError"));
  };
  setTimeout(passed, Math.min(ms, longestTimerMs)).unref();
  return controller.signal;
}

// Timers hold no longer time than 2^31 - 1 milliseconds.
const longestTimerMs = 2_147_483_647;

/**
 * A clock for plans: if `clock` is set back, the clock for plans continues from its last time, so that a planned event
 * is hardly delayed. From then on the clock for plans is ahead of `clock`: its times are for nobody else.
 */
export function steadyClock(clock: Clock): Clock {
  let lastMs = -Infinity;
  let setBackMs = 0;
  return {
    now: () => {
      const nowMs = clock.now();
      setBackMs += Math.max(0, lastMs - nowMs);
      lastMs = nowMs;
      return nowMs + setBackMs;
    },
    sleep: (ms, signal) => clock.sleep(ms, signal),
    alarm: (atMs, callBack) => clock.alarm?.(atMs - setBackMs, callBack) ?? (() => undefined),
  };
}

/**
 * Measures how long something has been going on. A clock that is set, forth or back, does not change the result: a
 * conclusion that needs some time is not drawn early.
 * @returns the milliseconds since the call.
 */
export function stopwatch(clock: Clock): () => number {
  const steady = steadyClock(clock);
  const elapsed = (): number => clock.elapsed?.() ?? steady.now();
  const beganMs = elapsed();
  return () => elapsed() - beganMs;
}

/**
 * The reason of an abort that ends a sleep early, and that nobody reads. Without a reason, each abort makes an exception
 * with a stack trace: one for each answered request.
 */
export const wakeUpReason = "something has happened";

/** The machine's own clock. Its timers do not keep a process alive after an abort. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, ms));
      signal?.addEventListener("abort", done, { once: true });
    }),
  alarm: (atMs, callBack) => {
    let timer: NodeJS.Timeout;
    const set = (): void => {
      const leftMs = atMs - Date.now();
      timer = setTimeout(
        leftMs > longestTimerMs ? set : callBack,
        Math.min(longestTimerMs, Math.max(0, leftMs)),
      );
      timer.unref();
    };
    set();
    return () => {
      clearTimeout(timer);
    };
  },
};
