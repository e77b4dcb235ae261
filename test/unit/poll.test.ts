/** The polling loop and its delays, on a clock that does not sleep. */
import { maxRetryAfterMs, backoffDelayMs, parseRetryAfterMs } from "../../provider/src/ground/backoff";
import type { PollOptions, ProbeResult } from "../../provider/src/waiting/poll";
import { poll } from "../../provider/src/waiting/poll";
import { fakeClock } from "../support/fakeClock";

const pending = (value: string): ProbeResult<string> => ({ kind: "pending", value });
const final = (value: string): ProbeResult<string> => ({ kind: "final", value });

function options(
  results: ProbeResult<string>[],
  more: Partial<PollOptions<string>> = {},
): PollOptions<string> {
  let next = 0;
  const clock = more.clock ?? fakeClock();
  return {
    probe: () => Promise.resolve(results[Math.min(next++, results.length - 1)]!),
    delayMs: () => 1_000,
    deadlineMs: clock.now() + 10_000,
    clock,
    signal: new AbortController().signal,
    ...more,
  };
}

test("settles with the first final answer and says how often it asked", async () => {
  const outcome = await poll(options([pending("a"), pending("b"), final("c")]));
  expect(outcome).toEqual({
    kind: "settled",
    value: "c",
    tally: { probes: 3, transientFailures: 0, failuresInARow: 0, lastError: undefined },
  });
});

test("takes one last look at the deadline, not a second one", async () => {
  const clock = fakeClock();
  const outcome = await poll(options([pending("running")], { clock, deadlineMs: clock.now() + 2_500 }));
  expect(outcome).toMatchObject({ kind: "timedOut", last: "running", tally: { probes: 4 } });
  expect(clock.sleeps).toEqual([1_000, 1_000, 500]);
});

test("an end that comes just before the deadline is seen by the last look", async () => {
  const clock = fakeClock();
  const results = [pending("a"), pending("b"), final("end")];
  const outcome = await poll(options(results, { clock, deadlineMs: clock.now() + 1_500 }));
  expect(outcome).toMatchObject({ kind: "settled", value: "end" });
});

test("a transient failure goes on; Retry-After lengthens the delay and never shortens it", async () => {
  const clock = fakeClock();
  const error = new Error("busy");
  const results: ProbeResult<string>[] = [
    { kind: "transient", error, retryAfterMs: 3_000 },
    { kind: "transient", error, retryAfterMs: 10 },
    final("done"),
  ];
  const outcome = await poll(options(results, { clock }));
  expect(outcome).toMatchObject({ kind: "settled", tally: { transientFailures: 2, lastError: error } });
  expect(clock.sleeps).toEqual([3_000, 1_000]);
});

test("a last look that can't be had is not waited for", async () => {
  const clock = fakeClock();
  let looks = 0;
  const outcome = await poll(
    options([], {
      clock,
      deadlineMs: clock.now() + 2_500,
      mayProbeAtLast: () => false,
      probe: () => {
        looks += 1;
        return Promise.resolve(pending("running"));
      },
    }),
  );
  expect(outcome).toMatchObject({ kind: "timedOut", last: "running", tally: { probes: 3 } });
  expect(looks).toBe(3);
});

test("what an abort cuts off is no failure", async () => {
  const controller = new AbortController();
  const error = new Error("busy");
  const results: ProbeResult<string>[] = [pending("half"), { kind: "transient", error }];
  let looks = 0;
  const outcome = await poll(
    options([], {
      signal: controller.signal,
      probe: () => {
        looks += 1;
        if (looks < 3) return Promise.resolve(results[looks - 1]!);
        controller.abort();
        return Promise.resolve({ kind: "transient", error: new Error("interrupted") });
      },
    }),
  );
  expect(outcome).toMatchObject({
    kind: "aborted",
    last: "half",
    tally: { lastError: error, failuresInARow: 1 },
  });
});

test("an error that is thrown ends the polling", async () => {
  await expect(poll(options([], { probe: () => Promise.reject(new Error("refused")) }))).rejects.toThrow(
    "refused",
  );
});

test("an abort ends the sleep and carries what was seen last", async () => {
  const controller = new AbortController();
  const clock = fakeClock();
  const sleep = (): Promise<void> => {
    controller.abort();
    return Promise.resolve();
  };
  const outcome = await poll(
    options([pending("half")], { clock: { ...clock, sleep }, signal: controller.signal }),
  );
  expect(outcome).toMatchObject({ kind: "aborted", last: "half", tally: { probes: 1 } });
});

test.each([
  [0, 0.5, 500],
  [1, 0.5, 1_000],
  [10, 0.5, 8_000],
  [0, 0, 400],
  [0, 1, 600],
])("the delay before attempt %i with random %f is %i ms", (attempt, random, expected) => {
  expect(backoffDelayMs({ firstMs: 500, factor: 2, maxMs: 8_000 }, attempt, () => random)).toBe(expected);
});

test.each([
  ["2", 2_000],
  ["0.5", 500],
  ["99999999", maxRetryAfterMs],
  ["Sat, 21 Nov 2026 06:00:10 GMT", 10_000],
  ["Sat, 21 Nov 2026 05:00:00 GMT", 0],
  ["-5", undefined],
  ["soon", undefined],
  ["", undefined],
  [null, undefined],
])("Retry-After %p is %p ms", (header, expected) => {
  expect(parseRetryAfterMs(header, Date.parse("2026-11-21T06:00:00Z"))).toBe(expected);
});
