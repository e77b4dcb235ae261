/**
 * The real time that the emulator waits for an event of emulated time: to the millisecond, on a clock of the test's.
 */
import { Clock } from "../../emulator/src/ground/clock";
import { waitUntil } from "../../emulator/src/executions/settling";
import type { ExecutionStore } from "../../emulator/src/executions/store";

const start = Date.UTC(2026, 10, 21);

let clock: Clock;
let gone: AbortController;
let changed: () => void;
let isOver: boolean;

beforeEach(() => {
  jest.useFakeTimers({ now: start });
  clock = new Clock(() => Date.now());
  gone = new AbortController();
  changed = () => undefined;
  isOver = false;
});
afterEach(() => {
  jest.useRealTimers();
});

/** Waits for something that is so from a time on; it changes by itself at `nextChangeAt`, which is that time if not given. */
async function wait(options: {
  readonly doneAt: number;
  readonly nextChangeAt?: number | undefined;
  readonly realMs?: number;
}): Promise<void> {
  const { doneAt, realMs = 60_000 } = options;
  const next = "nextChangeAt" in options ? options.nextChangeAt : doneAt;
  const executions = {
    watch: (listener: () => void) => {
      changed = listener;
      return () => undefined;
    },
  } as unknown as ExecutionStore;
  void waitUntil(
    { clock, executions },
    () => clock.now() >= doneAt,
    () => next,
    realMs,
    gone.signal,
  ).then(() => {
    isOver = true;
  });
  await Promise.resolve();
}

/** True if the wait is over after this many more milliseconds. */
async function overAfter(ms: number): Promise<boolean> {
  await jest.advanceTimersByTimeAsync(ms);
  return isOver;
}

test("what is so already is not waited for", async () => {
  await wait({ doneAt: start });
  expect(await overAfter(0)).toBe(true);
});

test("a wait ends when the change comes, not before", async () => {
  await wait({ doneAt: start + 500 });
  expect([await overAfter(499), await overAfter(1)]).toEqual([false, true]);
});

test("on a fast clock a wait is shorter, on a slow one longer", async () => {
  clock.setRate(10);
  await wait({ doneAt: start + 500 });
  expect([await overAfter(49), await overAfter(1)]).toEqual([false, true]);

  isOver = false;
  clock.setRate(0.5);
  await wait({ doneAt: clock.now() + 500 });
  expect([await overAfter(999), await overAfter(1)]).toEqual([false, true]);
});

test("a wait ends when its time is over, on a stopped clock too", async () => {
  clock.setRate(0);
  await wait({ doneAt: start + 500, realMs: 2000 });
  expect([await overAfter(1999), await overAfter(1)]).toEqual([false, true]);
});

test.each<[string, () => void]>([
  [
    "the clock is moved",
    () => {
      clock.advance(500);
    },
  ],
  [
    "the clock is set",
    () => {
      clock.set(start + 500);
    },
  ],
  [
    "somebody does something",
    () => {
      jest.setSystemTime(start + 500);
      changed();
    },
  ],
  [
    "the client has gone",
    () => {
      gone.abort();
    },
  ],
])("a wait ends at once when %s", async (_what, act) => {
  await wait({ doneAt: start + 500, nextChangeAt: undefined });
  expect(await overAfter(400)).toBe(false);
  act();
  expect(await overAfter(0)).toBe(true);
});

test("a wait that was woken in vain goes on to the change", async () => {
  await wait({ doneAt: start + 500 });
  expect(await overAfter(100)).toBe(false);
  clock.advance(-200);
  changed();
  expect([await overAfter(599), await overAfter(1)]).toEqual([false, true]);
});
