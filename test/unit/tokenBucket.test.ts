/** Token buckets on a simulated clock: how many pass when, in which order, and what a refusal by the service does. */
import { stackSettingWords } from "../../provider/src/fronts/shared/settingWords";
import { Buckets, configuredRateLimits } from "../../provider/src/services/rateLimits";
import { HttpClient } from "../../provider/src/http/httpClient";
import { TokenBucket, withReserve } from "../../provider/src/http/tokenBucket";
import { toHuaweiError } from "../../provider/src/services/huawei/serviceErrors";
import { limitTime } from "../../provider/src/ground/timeLimit";
import type { SimulatedClock } from "../support/simulatedClock";
import { simulatedClock } from "../support/simulatedClock";
import { seededRandom } from "../../bench/distributions.mjs";
import { never, settingsOf } from "../support/sessions";

let clock: SimulatedClock;
let startMs: number;
beforeEach(() => {
  clock = simulatedClock();
  startMs = clock.now();
});
const bucketOf = (tokens: number, perSecond: number): TokenBucket =>
  new TokenBucket({ tokens, perSecond }, clock);

/** The times at which each of `count` requests got its token, in milliseconds from the start. */
async function take(bucket: TokenBucket, count: number, signal = never): Promise<number[]> {
  const times: number[] = [];
  const one = async (index: number): Promise<void> => {
    await bucket.take(signal);
    times[index] = clock.now() - startMs;
  };
  await clock.run(Promise.all(Array.from({ length: count }, (_, index) => one(index))));
  return times;
}

test("lets as many through at once as there are tokens, then as fast as it fills, in the order they came", async () => {
  const times = await take(bucketOf(3, 2), 7);
  expect(times).toEqual([0, 0, 0, 500, 1_000, 1_500, 2_000]);
});

test("never lets more through in any span of time than the rateLimit", async () => {
  const times = await take(bucketOf(10, 5), 500);
  for (let from = 0; from < times.length; from += 7) {
    for (let to = from; to < times.length; to += 13) {
      const seconds = (times[to]! - times[from]!) / 1000;
      expect(to - from + 1).toBeLessThanOrEqual(10 + 5 * seconds + 1e-6);
    }
  }
});

test("a pause fills it again, but no further than it holds", async () => {
  const bucket = bucketOf(3, 2);
  await take(bucket, 3);
  await clock.run(clock.sleep(60_000));
  startMs = clock.now();
  expect(await take(bucket, 5)).toEqual([0, 0, 0, 500, 1_000]);
});

test("a thousand that wait are served in order: none starves", async () => {
  const times = await take(bucketOf(10, 10), 1_000);
  expect([...times].sort((a, b) => a - b)).toEqual(times);
  expect(times.at(-1)).toBe(99_000);
});

test("who gives up leaves the queue, and takes no token with him", async () => {
  const bucket = bucketOf(1, 1);
  await bucket.take(never);
  const controller = new AbortController();
  const given = bucket.take(controller.signal);
  const next = bucket.take(never);
  controller.abort();
  await clock.run(Promise.all([given, next]));
  expect(clock.now() - startMs).toBe(1_000);
});

test("a refusal by the service empties it for everybody, until the service would take one again", async () => {
  const bucket = bucketOf(10, 10);
  bucket.drain(5_000);
  expect(bucket.level()).toBe(0);
  expect(bucket.delayMs()).toBeGreaterThanOrEqual(5_000);
  const times = await take(bucket, 2);
  expect(times[0]).toBe(5_000);
});

test("says how long a request would wait, and how full it is", async () => {
  const bucket = bucketOf(4, 2);
  expect([bucket.delayMs(), bucket.level()]).toEqual([0, 1]);
  await take(bucket, 3);
  expect([bucket.delayMs(), bucket.level()]).toEqual([0, 0.25]);
  await take(bucket, 1);
  expect([bucket.delayMs(), bucket.level()]).toEqual([500, 0]);
});

test("no more than allowed are without an answer, and each answer lets the next one through", async () => {
  const bucket = new TokenBucket({ tokens: 10, perSecond: 10, unanswered: 2 }, clock);
  const first = await bucket.take(never);
  const second = await bucket.take(never);
  const answer = async (): Promise<void> => {
    await clock.sleep(400);
    first.done();
    // Twice is once.
    first.done();
    await clock.sleep(300);
    second.done();
  };
  const [times] = await clock.run(Promise.all([take(bucket, 2), answer()]));
  expect(times).toEqual([400, 700]);
});

test("what has had no answer for three seconds holds nobody up", async () => {
  const bucket = new TokenBucket({ tokens: 10, perSecond: 10, unanswered: 2 }, clock);
  expect(await take(bucket, 5)).toEqual([0, 0, 3_000, 3_000, 6_000]);
});

test("with the reserve the service's own bucket never runs dry, however requests pile up on their way", async () => {
  const published = { tokens: 20, perSecond: 10 };
  const ours = new TokenBucket(withReserve(published), clock);
  // The service takes its token when a request arrives: here up to 2.5 s later, and many at the same moment.
  const random = seededRandom(5);
  let level = published.tokens;
  let filledAtMs = clock.now();
  let lowest = level;
  const send = async (): Promise<void> => {
    const turn = await ours.take(never);
    const stallEndsMs = Math.ceil(clock.now() / 2_500) * 2_500;
    await clock.sleep(random() < 0.7 ? stallEndsMs - clock.now() : random() * 200);
    level = Math.min(published.tokens, level + ((clock.now() - filledAtMs) / 1000) * published.perSecond);
    filledAtMs = clock.now();
    level -= 1;
    lowest = Math.min(lowest, level);
    await clock.sleep(random() * 400);
    turn.done();
  };
  await clock.run(Promise.all(Array.from({ length: 500 }, send)));
  expect(lowest).toBeGreaterThanOrEqual(0);
  // The delays did pile up some.
  expect(lowest).toBeLessThan(published.tokens / 2);
});

test("a clock that is set back by an hour holds nobody up; one that jumps ahead overfills nothing", async () => {
  const bucket = bucketOf(2, 1);
  await take(bucket, 2);
  bucket.drain(2_000);
  clock.jump(-3_600_000);
  startMs = clock.now();
  expect((await take(bucket, 1))[0]).toBeLessThanOrEqual(3_000);
  clock.jump(7_200_000);
  startMs = clock.now();
  expect(await take(bucket, 3)).toEqual([0, 0, 1_000]);
});

test("a reserve is kept back of what is published", () => {
  expect(withReserve({ tokens: 50, perSecond: 5 })).toEqual({ tokens: 45, perSecond: 4.9 });
  expect(withReserve({ tokens: 100, perSecond: 100 })).toEqual({ tokens: 50, perSecond: 98, unanswered: 50 });
  expect(withReserve({ tokens: 1, perSecond: 1 }).tokens).toBe(1);
});

describe("the limits of an account", () => {
  const rateLimit = (config: Record<string, string>): ReturnType<typeof configuredRateLimits> =>
    configuredRateLimits(settingsOf({ config }), "huaweicloud:requestLimits", () => ({
      tokens: 20,
      perSecond: 10,
    }));

  test("are the published ones with a reserve, or what the configuration says, by operation, service, or for all", () => {
    expect(rateLimit({})("aom", "Look")).toEqual({ tokens: 10, perSecond: 9.8, unanswered: 10 });
    const of = rateLimit({
      "huaweicloud:requestLimits": JSON.stringify({
        Look: { tokens: 5, perSecond: 1 },
        functiongraph: { tokens: 6, perSecond: "2" },
        "*": { tokens: 7, perSecond: 3 },
      }),
    });
    expect(of("aom", "Look")).toEqual({ tokens: 5, perSecond: 1 });
    expect(of("functiongraph", "Show")).toEqual({ tokens: 6, perSecond: 2 });
    expect(of("iam", "Login")).toEqual({ tokens: 7, perSecond: 3 });
  });

  test.each(["20", "[]", "no json", '{"*":5}', '{"*":{"tokens":0,"perSecond":1}}', '{"*":{"tokens":1}}'])(
    "%s is refused with the way to set it",
    (text) => {
      expect(() => rateLimit({ "huaweicloud:requestLimits": text })).toThrow(
        /pulumi config set --path huaweicloud:requestLimits/,
      );
    },
  );

  test("one bucket per operation of a service, the same for all who ask", () => {
    const buckets = new Buckets(() => ({ tokens: 1, perSecond: 1 }), clock);
    expect(buckets.of("aom", "Look")).toBe(buckets.of("aom", "Look"));
    expect(buckets.of("aom", "Look")).not.toBe(buckets.of("functiongraph", "Look"));
  });
});

test("every attempt of a request takes a token, and a 429 holds back the others too", async () => {
  const statuses = [429, 200, 200];
  const sentAt: number[] = [];
  const client = new HttpClient({
    fetch: () => {
      sentAt.push(clock.now() - startMs);
      const status = statuses.shift()!;
      const headers = { get: (name: string) => (name === "retry-after" ? "7" : null) };
      return Promise.resolve({ status, headers, text: () => Promise.resolve("{}") });
    },
    clock,
    random: () => 0.5,
    userAgent: "test/1",
  });
  const bucket = bucketOf(5, 5);
  const request = {
    operation: "Look",
    method: "GET" as const,
    endpoint: "https://service",
    path: ["x"],
    repeatable: true,
  };
  const options = { bucket, toServiceError: toHuaweiError(clock, stackSettingWords), signal: never };
  const first = client.send(request, options);
  // The second comes while the first has just been refused.
  const second = clock.sleep(100).then(() => client.send(request, options));
  await clock.run(Promise.all([first, second]));
  expect(sentAt[0]).toBe(0);
  expect(Math.min(...sentAt.slice(1))).toBeGreaterThanOrEqual(7_000);
});

test("whoever gives up has no token, and nobody sleeps on for them", async () => {
  const bucket = bucketOf(1, 0.001);
  await bucket.take(never);
  const limit = limitTime(clock, 5_000, never);
  const turn = await clock.run(bucket.take(limit.signal));
  expect(turn.hasToken).toBe(false);
  expect(clock.now() - startMs).toBe(5_000);
  // With a sleeper that nobody needs, time would go on by itself.
  await expect(clock.run(new Promise(() => undefined))).rejects.toThrow("nobody sleeps");
  expect(clock.now() - startMs).toBe(5_000);
});

test("who comes just after the last one has given up is served", async () => {
  const bucket = bucketOf(1, 0.1);
  await bucket.take(never);
  const controller = new AbortController();
  const first = bucket.take(controller.signal);
  await Promise.resolve();
  controller.abort();
  const second = bucket.take(never);
  expect((await first).hasToken).toBe(false);
  expect((await clock.run(second)).hasToken).toBe(true);
  expect(clock.now() - startMs).toBe(10_000);
});
