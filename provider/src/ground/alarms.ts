/**
 * Alarms for clocks that have none, such as the clocks of tests, whose time moves when somebody sleeps.
 */
import type { Clock } from "./clock";
import { steadyClock } from "./clock";

/** Gives a clock alarms, unless it has some. They ring as soon as somebody has slept until then. */
export function withAlarms(clock: Clock): Clock {
  if (clock.alarm) return clock;
  // A clock that is set back puts no alarm off.
  const steady = steadyClock(clock);
  const alarms = new Set<{ readonly atMs: number; readonly callBack: () => void }>();
  const ringAllDue = (): void => {
    const nowMs = steady.now();
    for (const alarm of alarms) {
      if (alarm.atMs > nowMs) continue;
      alarms.delete(alarm);
      alarm.callBack();
    }
  };
  return {
    now: () => clock.now(),
    sleep: async (ms, signal) => {
      let leftMs = Math.max(0, ms);
      do {
        ringAllDue();
        const nextMs = Math.min(...[...alarms].map(({ atMs }) => atMs));
        const stretchMs = Math.min(leftMs, nextMs - steady.now());
        await clock.sleep(stretchMs, signal);
        leftMs -= stretchMs;
        ringAllDue();
      } while (leftMs > 0 && signal?.aborted !== true);
    },
    alarm: (atMs, callBack) => {
      const alarm = { atMs: steady.now() + atMs - clock.now(), callBack };
      alarms.add(alarm);
      return () => alarms.delete(alarm);
    },
  };
}
