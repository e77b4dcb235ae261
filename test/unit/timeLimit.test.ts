/** Limits of time by clocks of all kinds: the machine's, simulated ones, and those that only move while somebody sleeps. */
import { withAlarms } from "../../provider/src/ground/alarms";
import type { Clock } from "../../provider/src/ground/clock";
import { systemClock } from "../../provider/src/ground/clock";
import { unlessAborted } from "../../provider/src/ground/onAbort";
import { isOutOfTime, limitTime, withinTime } from "../../provider/src/ground/timeLimit";
import { fakeClock } from "../support/fakeClock";
import { never } from "../support/sessions";
import { simulatedClock } from "../support/simulatedClock";

interface Opened {
  readonly clock: Clock;
  /** Lets time pass until the work is done. */
  readonly during: (work: Promise<void>) => Promise<void>;
}

const kinds: [string, () => Opened][] = [
  [
    "a clock that moves while somebody sleeps",
    () => ({ clock: withAlarms(fakeClock()), during: (work) => work }),
  ],
  [
    "a simulated clock",
    () => {
      const clock = simulatedClock();
      return { clock, during: (work) => clock.run(work) };
    },
  ],
];

describe.each(kinds)("%s", (_what, openClock) => {
  const open = (): Opened & { readonly pass: (ms: number) => Promise<void> } => {
    const { clock, during } = openClock();
    return { clock, during, pass: (ms) => during(clock.sleep(ms)) };
  };

  test("a limit aborts when its time has passed, and not before", async () => {
    const { clock, pass } = open();
    const limit = limitTime(clock, 1_000, never);
    await pass(999);
    expect([limit.hasPassed(), limit.signal.aborted]).toEqual([false, false]);
    await pass(1);
    expect([limit.hasPassed(), limit.signal.aborted]).toEqual([true, true]);
    expect(isOutOfTime(limit.signal)).toBe(true);
  });

  test("a sleep under a limit ends with it", async () => {
    const { clock, during } = open();
    const limit = limitTime(clock, 1_000, never);
    const startMs = clock.now();
    await during(clock.sleep(60_000, limit.signal));
    expect(clock.now() - startMs).toBe(1_000);
  });

  test("it can be given more time, never less, and none when it is over", async () => {
    const { clock, pass } = open();
    const limit = limitTime(clock, 1_000, never);
    await pass(500);
    limit.extend(2_000);
    limit.extend(10);
    await pass(1_999);
    expect(limit.hasPassed()).toBe(false);
    await pass(1);
    expect(limit.hasPassed()).toBe(true);
    limit.extend(60_000);
    expect(limit.hasPassed()).toBe(true);
  });

  test("one that was lifted never aborts", async () => {
    const { clock, pass } = open();
    const limit = limitTime(clock, 1_000, never);
    limit.lift();
    await pass(5_000);
    expect(limit.signal.aborted).toBe(false);
  });

  test("an abort of somebody else is no end of the time", async () => {
    const { clock, pass } = open();
    const controller = new AbortController();
    const limit = limitTime(clock, 1_000, controller.signal);
    controller.abort();
    expect(limit.signal.aborted).toBe(true);
    await pass(2_000);
    expect(isOutOfTime(limit.signal)).toBe(false);
  });

  test("work within its time gives what it gives, and leaves no limit behind", async () => {
    const { clock, pass } = open();
    let given: AbortSignal | undefined;
    const result = await withinTime(clock, 1_000, never, (signal) => {
      given = signal;
      return Promise.resolve("done");
    });
    await pass(2_000);
    expect([result, given?.aborted]).toEqual(["done", false]);
  });
});

test("a clock that is set back puts no alarm off", async () => {
  const inner = fakeClock();
  const clock = withAlarms(inner);
  const limit = limitTime(clock, 10_000, never);
  await clock.sleep(5_000);
  inner.advance(-3_600_000);
  await clock.sleep(4_999);
  expect(limit.hasPassed()).toBe(false);
  await clock.sleep(1);
  expect(limit.hasPassed()).toBe(true);
});

test("a clock that has alarms keeps its own", () => {
  expect(withAlarms(systemClock)).toBe(systemClock);
});

test("a sleep without alarms is one sleep", async () => {
  const inner = fakeClock();
  const clock = withAlarms(inner);
  await clock.sleep(5_000);
  await clock.sleep(0);
  expect(inner.sleeps).toEqual([5_000, 0]);
});

test("the machine's own clock rings, and keeps no process alive for it", async () => {
  const limit = limitTime(systemClock, 5, never);
  await systemClock.sleep(60_000, limit.signal);
  expect(isOutOfTime(limit.signal)).toBe(true);
  // A year is more than Node's timers hold; one that overflows would end at once.
  const year = limitTime(systemClock, 366 * 24 * 3_600_000, never);
  await systemClock.sleep(20);
  expect(year.hasPassed()).toBe(false);
  year.lift();
});

describe("work that hears of no signal", () => {
  const interrupted = (): Error => new Error("interrupted");

  test("is left when the signal aborts", async () => {
    const controller = new AbortController();
    const waiting = unlessAborted(new Promise(() => undefined), controller.signal, interrupted);
    controller.abort();
    await expect(waiting).rejects.toThrow("interrupted");
    await expect(unlessAborted(Promise.resolve(1), controller.signal, interrupted)).rejects.toThrow(
      "interrupted",
    );
  });

  test("gives what it gives where it is done before", async () => {
    const controller = new AbortController();
    expect(await unlessAborted(Promise.resolve(1), controller.signal, interrupted)).toBe(1);
    await expect(
      unlessAborted(Promise.reject(new Error("its own")), controller.signal, interrupted),
    ).rejects.toThrow("its own");
    controller.abort();
  });
});
