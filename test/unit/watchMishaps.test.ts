/**
 * The planner where something goes wrong at a certain moment: what is under way when everybody leaves, at a deadline,
 * when the clock is set.
 */
import type { Backend, ExecutionFilter, PageOptions } from "../../provider/src/execution/service";
import { ServiceError } from "../../provider/src/ground/errors";
import type { ExecutionSnapshot } from "../../provider/src/execution/snapshot";
import type { BucketView } from "../../provider/src/http/tokenBucket";
import { waitUntilSettled } from "../../provider/src/waiting/waitUntilSettled";
import { WorkflowWatch } from "../../provider/src/waiting/workflowWatch";
import type { Subscriber } from "../../provider/src/waiting/subscription";
import type { WatchedWorkflow } from "../../provider/src/waiting/watchedWorkflow";
import { RunRegister, openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { recordingReporter } from "../support/lifecycleHosts";
import { never, tokenSettings } from "../support/sessions";
import type { SimulatedClock } from "../support/simulatedClock";
import { simulatedClock } from "../support/simulatedClock";
import type { WatchedWait } from "../support/watchedWait";
import { waitWith } from "../support/watchedWait";

const secondMs = 1_000;
const free: BucketView = { delayMs: () => 0, level: () => 1 };
const running = (executionId: string): ExecutionSnapshot => ({
  executionId,
  status: "running",
  rawStatus: "",
  steps: [],
});

interface Stage {
  readonly clock: SimulatedClock;
  readonly watch: WorkflowWatch;
  /** Times at which lists began, in milliseconds from the start. */
  readonly lists: readonly number[];
  /** Number of requests for the history. */
  readonly histories: () => number;
  /** A subscriber whose execution runs for ever. */
  readonly subscriber: (executionId: string) => Subscriber;
  /** Waits as a deployment does. */
  readonly wait: (executionId: string, more?: Partial<WatchedWait>) => ReturnType<typeof waitWith>;
}

/** A service without a past, whose lists take half a minute and then fail, unless told otherwise. */
function stage(more: Partial<WatchedWorkflow> = {}): Stage {
  const clock = simulatedClock();
  const startMs = clock.now();
  const lists: number[] = [];
  let histories = 0;
  // As the HTTP client does, an aborted request fails at once.
  const hang = async (signal: AbortSignal): Promise<never> => {
    await clock.sleep(30 * secondMs, signal);
    throw new Error("no answer");
  };
  const watch = new WorkflowWatch({
    clock,
    random: () => 0.5,
    longPollSeconds: 0,
    budgets: { describe: free, list: free },
    pageSize: 100,
    listTells: "status",
    ...more,
    listPage: (filter, page, signal) => {
      lists.push(clock.now() - startMs);
      return more.listPage?.(filter, page, signal) ?? hang(signal);
    },
    pastDurations: (signal) => {
      histories += 1;
      return more.pastDurations?.(signal) ?? Promise.resolve([]);
    },
  });
  const subscriber = (executionId: string): Subscriber => ({
    executionId,
    justStarted: true,
    deadlineMs: startMs + 3_600 * secondMs,
    signal: never,
    poll: async () => {
      await clock.sleep(40);
      return running(executionId);
    },
  });
  return {
    clock,
    watch,
    lists,
    histories: () => histories,
    subscriber,
    wait: (executionId, other) =>
      waitWith({
        ...subscriber(executionId),
        watch,
        mayBeInvisibleUntilMs: startMs + 30 * secondMs,
        clock,
        random: () => 0.5,
        reporter: recordingReporter(),
        ...other,
      }),
  };
}

test("a deadline is kept while a list hangs", async () => {
  const { clock, wait } = stage();
  const startMs = clock.now();
  const waits = ["a", "b"].map((id) => wait(id, { deadlineMs: startMs + 5 * secondMs }));
  for (const outcome of await clock.run(Promise.all(waits))) {
    // Both were looked at: nobody is said to have timed out unseen.
    expect(outcome).toMatchObject({ kind: "timedOut", last: { status: "running" } });
  }
  expect(clock.now() - startMs).toBeLessThanOrEqual(7 * secondMs);
});

test("the planner sends a list once: it tries again by itself", async () => {
  const { clock } = stage();
  const pages: PageOptions[] = [];
  const backend = {
    key: "wf",
    budgets: { describe: free, list: free },
    describe: (executionId: string) => Promise.resolve(running(executionId)),
    listPage: ({ status }: ExecutionFilter, page: PageOptions) => {
      if (status === undefined) pages.push(page);
      return Promise.resolve({ executions: [] });
    },
  } as unknown as Backend;
  const host = {
    definition: services.functiongraph,
    session: openSession({ settings: tokenSettings, clock, random: () => 0.5 }),
    reporter: recordingReporter(),
    signal: never,
    urn: "urn:pulumi:test::test::type::execution",
    register: new RunRegister(),
    secretArguments: [],
  };
  const wait = { deadlineMs: clock.now() + 5 * secondMs, mayBeInvisibleUntilMs: clock.now() };
  await clock.run(Promise.all(["a", "b"].map((id) => waitUntilSettled(backend, id, wait, host))));
  expect(pages[0]).toMatchObject({ limit: 100, attempts: 1 });
});

test("a list whose turn is far off is not waited for", async () => {
  const { clock, wait, lists } = stage({
    budgets: { describe: free, list: { delayMs: () => 300 * secondMs, level: () => 0 } },
  });
  let looks = 0;
  const look = (): Promise<ExecutionSnapshot> => {
    looks += 1;
    return Promise.resolve(running("a"));
  };
  const deadlineMs = clock.now() + 60 * secondMs;
  await clock.run(Promise.all(["a", "b"].map((id) => wait(id, { poll: look, deadlineMs }))));
  expect(lists).toEqual([]);
  expect(looks).toBeGreaterThan(2 * 5);
});

test("lists that fail are tried again soon at first, then ever more seldom, and as late as the service asks", async () => {
  const failing = stage({ listPage: () => Promise.reject(new Error("gone")) });
  const deadlineMs = failing.clock.now() + 200 * secondMs;
  await failing.clock.run(Promise.all(["a", "b"].map((id) => failing.wait(id, { deadlineMs }))));
  const pauses = failing.lists.slice(1).map((at, index) => at - failing.lists[index]!);
  expect(pauses.length).toBeGreaterThanOrEqual(3);
  for (const [index, least] of [2, 10, 50].entries())
    expect(pauses[index]).toBeGreaterThanOrEqual(least * secondMs);
  expect(pauses[0]).toBeLessThan(10 * secondMs);

  const request = { operation: "List", method: "GET", url: "http://s" };
  const busy = new ServiceError({ status: 503, retryAfterMs: 120 * secondMs, request });
  const asking = stage({ listPage: () => Promise.reject(busy) });
  await asking.clock.run(
    Promise.all(["a", "b"].map((id) => asking.wait(id, { deadlineMs: asking.clock.now() + 100 * secondMs }))),
  );
  expect(asking.lists).toHaveLength(1);
});

test("a list that repeats its pages is read no further than it takes to see that", async () => {
  const pages = { first: 0, more: 0 };
  const { clock, wait } = stage({
    listPage: (_filter, { token }) => {
      pages[token === undefined ? "first" : "more"] += 1;
      return Promise.resolve({ executions: [], nextToken: "t" });
    },
  });
  const deadlineMs = clock.now() + 20 * secondMs;
  const waits = Array.from({ length: 500 }, (_, index) => wait(String(index), { deadlineMs }));
  await clock.run(Promise.all(waits));
  expect(pages.first).toBeGreaterThan(0);
  expect(pages.more).toBeLessThanOrEqual(pages.first);
});

test("a last status request that can't be had in time is not waited for", async () => {
  let delayMs = 0;
  const { clock, wait } = stage({
    budgets: { describe: { delayMs: () => delayMs, level: () => 0 }, list: free },
  });
  const startMs = clock.now();
  const seenMs: number[] = [];
  const look = (): Promise<ExecutionSnapshot> => {
    seenMs.push(clock.now() - startMs);
    // From two seconds on the service asks everybody to come back in five minutes.
    if (clock.now() - startMs >= 2 * secondMs) delayMs = 300 * secondMs;
    return Promise.resolve(running("a"));
  };
  const outcome = await clock.run(wait("a", { poll: look, deadlineMs: startMs + 60 * secondMs }));
  expect(outcome).toMatchObject({ kind: "timedOut", last: { status: "running" } });
  expect(clock.now() - startMs).toBe(60 * secondMs);
  expect(seenMs.filter((ms) => ms >= 60 * secondMs)).toEqual([]);
});

describe("when everybody has left", () => {
  test("the past that was not read is asked for again by who comes next", async () => {
    let answers = false;
    const { clock, watch, subscriber, histories } = stage({
      pastDurations: async (signal) => {
        await clock.sleep(answers ? 40 : 60 * secondMs, signal);
        if (signal.aborted) throw new Error("interrupted");
        return [20 * secondMs];
      },
    });
    const first = watch.subscribe(subscriber("a"));
    await clock.run(Promise.race([first.next(), clock.sleep(500)]));
    first.unsubscribe();
    answers = true;
    const second = watch.subscribe(subscriber("b"));
    await clock.run(second.next());
    expect(histories()).toBe(2);
    expect(second.expectedMs()).toBe(20 * secondMs);
    second.unsubscribe();
    // The history that was read is kept.
    const third = watch.subscribe(subscriber("c"));
    await clock.run(third.next());
    expect(histories()).toBe(2);
  });

  test("a list that was ended says nothing of lists", async () => {
    const { clock, watch, subscriber, lists } = stage();
    const leaving = ["a", "b"].map((id) => watch.subscribe(subscriber(id)));
    for (const place of leaving) void place.next();
    await clock.run(clock.sleep(2 * secondMs));
    expect(lists).toHaveLength(1);
    for (const place of leaving) place.unsubscribe();
    await clock.run(clock.sleep(1));
    const later = ["c", "d"].map((id) => watch.subscribe(subscriber(id)));
    for (const place of later) void place.next();
    await clock.run(clock.sleep(2 * secondMs));
    expect(lists).toHaveLength(2);
  });

  test("whoever joins at that very moment is looked at", async () => {
    for (let ticks = 0; ticks < 20; ticks += 1) {
      const { clock, watch, subscriber } = stage();
      const first = watch.subscribe(subscriber("a"));
      await clock.run(first.next());
      first.unsubscribe();
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
      const second = watch.subscribe(subscriber("b"));
      expect(await clock.run(second.next())).toMatchObject({ executionId: "b" });
    }
  });
});

test("who waits for a stop asks for no past", async () => {
  const { clock, wait, histories } = stage();
  await clock.run(wait("a", { isStopping: true, deadlineMs: clock.now() + 20 * secondMs }));
  expect(histories()).toBe(0);
});

test("a clock that is set back by ten minutes makes a wait longer by no more than the time between two looks", async () => {
  const { clock, wait } = stage();
  const startMs = clock.now();
  const setBackMs = 600 * secondMs;
  const seenMs: number[] = [];
  const look = async (): Promise<ExecutionSnapshot> => {
    await clock.sleep(40);
    seenMs.push(clock.now() - startMs);
    return running("a");
  };
  void clock.sleep(20 * secondMs).then(() => {
    clock.jump(-setBackMs);
  });
  await clock.run(wait("a", { poll: look, deadlineMs: startMs + 60 * secondMs }));
  expect(clock.now() - startMs + setBackMs).toBeLessThanOrEqual(71 * secondMs);
  expect(seenMs.filter((ms) => ms < 0).length).toBeGreaterThan(3);
  // Nor the next one, which begins by the clock as it is now.
  const nextMs = clock.now();
  await clock.run(wait("b", { deadlineMs: nextMs + 60 * secondMs, beganMs: nextMs }));
  expect(clock.now() - nextMs).toBeGreaterThanOrEqual(60 * secondMs);
  expect(clock.now() - nextMs).toBeLessThanOrEqual(61 * secondMs);
});
