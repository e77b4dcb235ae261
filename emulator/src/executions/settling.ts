/**
 * Waits in real time for an event of emulated time: for long polls and for calls that last as long as an execution.
 * Wakes when the clock is moved or its speed changed, and when an intervention changes an execution.
 */
import type { Clock } from "../ground/clock";
import type { ExecutionStore } from "./store";

const longestTimerMs = 2 ** 31 - 1;

/**
 * Resolves when `isDone` says so, after `realMs` of the machine's time, or when `gone` is aborted; whichever is first.
 * @param isDone - asked at once, and again whenever its answer can have changed.
 * @param nextChangeAt - emulated time at which the answer can change without a request; `undefined` for never.
 */
export function waitUntil(
  { clock, executions }: { readonly clock: Clock; readonly executions: ExecutionStore },
  isDone: () => boolean,
  nextChangeAt: () => number | undefined,
  realMs: number,
  gone: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const endsAt = performance.now() + realMs;
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      clearTimeout(timer);
      const left = endsAt - performance.now();
      // Asked before: an execution that ends between the two questions has no change to come, and must be seen to have
      // ended.
      const change = untilChange();
      if (left <= 0 || gone.aborted || isDone()) {
        finish();
        return;
      }
      timer = setTimeout(look, Math.min(left, change, longestTimerMs));
    };
    const untilChange = (): number => {
      const at = nextChangeAt();
      if (at === undefined || clock.rate === 0) return Number.POSITIVE_INFINITY;
      return Math.max(0, Math.ceil((at - clock.now()) / clock.rate));
    };
    const finish = (): void => {
      stopClock();
      stopStore();
      gone.removeEventListener("abort", look);
      resolve();
    };
    const stopClock = clock.watch(look);
    const stopStore = executions.watch(look);
    gone.addEventListener("abort", look);
    look();
  });
}
