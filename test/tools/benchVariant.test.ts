/**
 * The bench's variants reach the compiled provider, which knows nothing of them: each in a Node process of its own.
 */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";

const repository = resolve(__dirname, "../..");

interface Watched {
  /** Times of the status requests, in milliseconds of the session's clock since the start. */
  readonly polls: readonly number[];
  /** Number of requests for the history. */
  readonly histories: number;
  /** True where a token bucket that is empty lets requests through. */
  readonly unlimited: boolean;
}

/** Waits for an execution that has run for a minute, a hundred times as fast as real time; gives its first requests. */
async function watchedUnder(variant: object): Promise<Watched> {
  const script = `
    const { applyVariant } = require("./bench/variant.cjs");
    const { resolve } = require("node:path");
    const dist = resolve("provider/dist");
    applyVariant(dist, { clockRate: 100, ...${JSON.stringify(variant)} });
    const { openSession } = require(dist + "/lifecycle/index.js");
    const { watchOf } = require(dist + "/waiting/perWorkflow.js");
    const { stackSettingWords: words } = require(dist + "/fronts/shared/settingWords.js");
    const { TokenBucket } = require(dist + "/http/tokenBucket.js");
    (async () => {
      const session = openSession({ settings: { environment: () => undefined, config: () => undefined, words } });
      const bucket = new TokenBucket({ tokens: 1, perSecond: 0.001 }, session.clock);
      const free = { delayMs: () => 0, level: () => 1 };
      let histories = 0;
      const backend = {
        key: "wf",
        budgets: { describe: free, list: free },
        listPage: async ({ status }) => {
          if (status !== undefined) histories += 1;
          return { executions: [] };
        },
      };
      const capabilities = { longPollSeconds: 0, pageSize: 100, listTells: "status" };
      const watch = watchOf({ capabilities }, backend, session);
      const startMs = session.clock.now();
      const polls = [];
      const signal = new AbortController().signal;
      const poll = async () => {
        polls.push(session.clock.now() - startMs);
        return { executionId: "a", status: "running", rawStatus: "", steps: [] };
      };
      const subscriber = { executionId: "a", justStarted: false, beganMs: startMs - 60_000, deadlineMs: Infinity, signal, poll };
      const subscription = watch.subscribe(subscriber);
      for (let count = 0; count < 4; count += 1) await subscription.next();
      subscription.unsubscribe();
      const late = new Promise((done) => setTimeout(done, 200, false));
      const two = Promise.all([bucket.take(signal), bucket.take(signal)]).then(() => true);
      const unlimited = await Promise.race([two, late]);
      process.stdout.write(JSON.stringify({ polls, histories, unlimited }), () => process.exit(0));
    })();`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: repository });
  return JSON.parse(stdout) as Watched;
}

const delaysOf = ({ polls }: Watched): number[] => polls.slice(1).map((at, index) => at - polls[index]!);

test("ours: the provider as it is, on a faster clock", async () => {
  const watched = await watchedUnder({});
  expect(watched).toMatchObject({ histories: 1, unlimited: false });
  // Ten seconds each, for an execution that has run for a minute.
  for (const delayMs of delaysOf(watched)) expect(delayMs).toBeGreaterThan(9_000);
});

test("no history: planned, and the history is not asked for", async () => {
  const watched = await watchedUnder({ withoutHistory: true });
  expect(watched).toMatchObject({ histories: 0, unlimited: false });
  for (const delayMs of delaysOf(watched)) expect(delayMs).toBeGreaterThan(9_000);
});

test("a fixed interval: in place of all planning and all rate limits", async () => {
  const watched = await watchedUnder({ fixedIntervalMs: 2_000 });
  expect(watched).toMatchObject({ histories: 0, unlimited: true });
  for (const delayMs of delaysOf(watched)) {
    expect(delayMs).toBeGreaterThanOrEqual(2_000);
    expect(delayMs).toBeLessThan(9_000);
  }
});
