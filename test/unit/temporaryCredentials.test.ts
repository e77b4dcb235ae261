/** Credentials that end: one look-up for all, kept for their life by the service's clock, renewed before they end. */
import type { ObtainedCredentials } from "../../provider/src/services/temporaryCredentials";
import { TemporaryCredentials } from "../../provider/src/services/temporaryCredentials";
import { RequestInterruptedError } from "../../provider/src/ground/errors";
import { fakeClock } from "../support/fakeClock";
import { never } from "../support/sessions";

const minuteMs = 60_000;
const summary = { operation: "Obtain", method: "POST", url: "https://sts.example/" };

function setUp({ lifeMs = 15 * minuteMs, serviceAheadMs = 0 } = {}) {
  const timers: { readonly ms: number; readonly controller: AbortController }[] = [];
  const timeout = (ms: number): AbortSignal => {
    const controller = new AbortController();
    timers.push({ ms, controller });
    return controller.signal;
  };
  const clock = { ...fakeClock(), timeout };
  const calls: AbortSignal[] = [];
  let failure: Error | undefined;
  let hold: Promise<void> = Promise.resolve();
  const credentials = new TemporaryCredentials<string>(
    {
      summary,
      obtain: async (signal): Promise<ObtainedCredentials<string>> => {
        calls.push(signal);
        const value = `key-${String(calls.length)}`;
        await hold;
        if (failure) throw failure;
        const servedAtMs = clock.now() + serviceAheadMs;
        return { value, servedAtMs, expiresAtMs: servedAtMs + lifeMs };
      },
    },
    clock,
  );
  return {
    clock,
    credentials,
    calls,
    timers,
    fail: (error: Error | undefined) => (failure = error),
    hold: (until: Promise<void>) => (hold = until),
  };
}

test("four at once make one look-up, and all four succeed", async () => {
  const { credentials, calls } = setUp();
  expect(await Promise.all([1, 2, 3, 4].map(() => credentials.get(never)))).toEqual(Array(4).fill("key-1"));
  expect(calls).toHaveLength(1);
});

test("a failed look-up fails all who wait, and the next one begins anew", async () => {
  const { credentials, calls, fail } = setUp();
  fail(new Error("refused"));
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => credentials.get(never)));
  expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill("rejected"));
  expect(calls).toHaveLength(1);
  fail(undefined);
  expect(await credentials.get(never)).toBe("key-2");
});

test("with a life of 15 minutes they serve for ten and are renewed in the last five", async () => {
  const { clock, credentials } = setUp();
  expect(await credentials.get(never)).toBe("key-1");
  clock.advance(10 * minuteMs - 1);
  expect(await credentials.get(never)).toBe("key-1");
  clock.advance(1);
  expect(await credentials.get(never)).toBe("key-2");
});

test("with a life of a day they are renewed ten minutes before its end", async () => {
  const { clock, credentials } = setUp({ lifeMs: 24 * 60 * minuteMs });
  await credentials.get(never);
  clock.advance((24 * 60 - 10) * minuteMs - 1);
  expect(await credentials.get(never)).toBe("key-1");
  clock.advance(1);
  expect(await credentials.get(never)).toBe("key-2");
});

test.each([-3, 3])("a service whose clock is %s hours off changes nothing", async (hours) => {
  const { clock, credentials } = setUp({ serviceAheadMs: hours * 60 * minuteMs });
  await credentials.get(never);
  clock.advance(10 * minuteMs - 1);
  expect(await credentials.get(never)).toBe("key-1");
  clock.advance(1);
  expect(await credentials.get(never)).toBe("key-2");
});

test("a machine whose clock is set back renews them in time all the same", async () => {
  const { clock, credentials } = setUp();
  await credentials.get(never);
  clock.advance(9 * minuteMs);
  await credentials.get(never);
  clock.advance(-60 * minuteMs);
  await credentials.get(never);
  clock.advance(minuteMs);
  expect(await credentials.get(never)).toBe("key-2");
});

test("a renewal that fails leaves the present ones in use until they end, and is tried again", async () => {
  const { clock, credentials, calls, fail } = setUp();
  await credentials.get(never);
  clock.advance(11 * minuteMs);
  fail(new Error("busy"));
  expect(await credentials.get(never)).toBe("key-1");
  expect(await credentials.get(never)).toBe("key-1");
  expect(calls).toHaveLength(2);
  clock.advance(30_000);
  fail(undefined);
  expect(await credentials.get(never)).toBe("key-3");
});

test("a renewal that hangs holds nobody up for long while the present ones are good, and is tried again", async () => {
  const { clock, credentials, calls, hold, timers } = setUp();
  await credentials.get(never);
  expect(timers).toEqual([]);
  clock.advance(11 * minuteMs);
  void hold(new Promise(() => undefined));
  const both = [credentials.get(never), credentials.get(never)];
  expect(timers.map(({ ms }) => ms)).toEqual([10_000, 10_000]);
  for (const { controller } of timers) controller.abort();
  expect(await Promise.all(both)).toEqual(["key-1", "key-1"]);
  expect(calls.map(({ aborted }) => aborted)).toEqual([false, true]);
  void hold(Promise.resolve());
  clock.advance(30_000);
  expect(await credentials.get(never)).toBe("key-3");
});

test("a renewal that fails after their end is an error", async () => {
  const { clock, credentials, fail } = setUp();
  await credentials.get(never);
  clock.advance(15 * minuteMs);
  fail(new Error("busy"));
  await expect(credentials.get(never)).rejects.toThrow("busy");
});

test("refused ones are forgotten; ones that have replaced them stay", async () => {
  const { credentials } = setUp();
  await credentials.get(never);
  credentials.forget((value) => value === "key-1");
  expect(await credentials.get(never)).toBe("key-2");
  credentials.forget((value) => value === "key-1");
  expect(await credentials.get(never)).toBe("key-2");
});

test("one who gives up takes nobody along; the last one ends the look-up", async () => {
  const { credentials, calls, hold } = setUp();
  let release = (): void => undefined;
  void hold(new Promise((resolve) => (release = resolve)));
  const [first, second] = [new AbortController(), new AbortController()];
  const one = credentials.get(first.signal).catch((error: unknown) => error);
  const two = credentials.get(second.signal);
  first.abort();
  expect(await one).toBeInstanceOf(RequestInterruptedError);
  expect(calls[0]!.aborted).toBe(false);
  release();
  expect(await two).toBe("key-1");

  credentials.forget(() => true);
  void hold(new Promise(() => undefined));
  const alone = credentials.get(second.signal).catch((error: unknown) => error);
  second.abort();
  expect(await alone).toBeInstanceOf(RequestInterruptedError);
  expect(calls[1]!.aborted).toBe(true);
});

test("ones whose end is not known are kept until they are refused", async () => {
  const clock = fakeClock();
  let calls = 0;
  const credentials = new TemporaryCredentials(
    { summary, obtain: () => Promise.resolve({ value: ++calls, expiresAtMs: undefined }) },
    clock,
  );
  await credentials.get(never);
  clock.advance(365 * 24 * 60 * minuteMs);
  expect(await credentials.get(never)).toBe(1);
});
