/**
 * The planner where something goes wrong at a certain moment: what is under way when everybody leaves, at a deadline,
 * when the clock is set.
 */
import type { ExecutionSnapshot } from "../../provider/src/execution/snapshot";
import type { WaitOptions } from "../../provider/src/execution/waitUntilSettled";
import { waitUntilSettled } from "../../provider/src/execution/waitUntilSettled";
import { WorkflowWatch } from "../../provider/src/execution/watch";
import type { Budget, WatchMember, WatchedWorkflow } from "../../provider/src/execution/watchedWorkflow";
import { recordingReporter } from "../support/lifecycleHosts";
import { never } from "../support/sessions";
import type { SimulatedClock } from "../support/simulatedClock";
import { simulatedClock } from "../support/simulatedClock";

const secondMs = 1_000;
const free: Budget = { delayMs: () => 0, level: () => 1 };
const running = (executionId: string): ExecutionSnapshot => ({
  executionId,
  status: "running",
  rawStatus: "",
  steps: [],
});

interface Stage {
  readonly clock: SimulatedClock;
  readonly watch: WorkflowWatch;
  /** When lists began, in milliseconds from the start. */
  readonly lists: readonly number[];
  /** How often the past was asked for. */
  readonly pasts: () => number;
  /** A member that runs for ever. */
  readonly member: (executionId: string) => WatchMember;
  /** Waits as a deployment does. */
  readonly wait: (executionId: string, more?: Partial<WaitOptions>) => ReturnType<typeof waitUntilSettled>;
}

/** A service without a past, whose lists take half a minute and then fail, unless told otherwise. */
function stage(more: Partial<WatchedWorkflow> = {}): Stage {
  const clock = simulatedClock();
  const startMs = clock.now();
  const lists: number[] = [];
  let pasts = 0;
  // As the HTTP client does, an aborted request fails at once.
  const hang = async (signal: AbortSignal): Promise<never> => {
    await clock.sleep(30 * secondMs, signal);
    throw new Error("no answer");
  };
  const watch = new WorkflowWatch({
    clock,
    random: () => 0.5,
    longPollSeconds: 0,
    lookBudget: free,
    listBudget: free,
    pageSize: 100,
    listTellsOutcome: false,
    ...more,
    list: (window, signal) => {
      lists.push(clock.now() - startMs);
      return more.list?.(window, signal) ?? hang(signal);
    },
    pastDurations: (signal) => {
      pasts += 1;
      return more.pastDurations?.(signal) ?? Promise.resolve([]);
    },
  });
  const member = (executionId: string): WatchMember => ({
    executionId,
    justStarted: true,
    deadlineMs: startMs + 3_600 * secondMs,
    signal: never,
    look: async () => {
      await clock.sleep(40);
      return running(executionId);
    },
  });
  return {
    clock,
    watch,
    lists,
    pasts: () => pasts,
    member,
    wait: (executionId, other) =>
      waitUntilSettled({
        ...member(executionId),
        watch,
        mayBeInvisibleUntilMs: startMs + 30 * secondMs,
        clock,
        random: () => 0.5,
        reporter: recordingReporter(),
        ...other,
      }),
  };
}

describe("when everybody has left", () => {
  test("the past that was not read is asked for again by who comes next", async () => {
    let answers = false;
    const { clock, watch, member, pasts } = stage({
      pastDurations: async (signal) => {
        await clock.sleep(answers ? 40 : 60 * secondMs, signal);
        if (signal.aborted) throw new Error("interrupted");
        return [20 * secondMs];
      },
    });
    const first = watch.join(member("a"));
    await clock.run(Promise.race([first.next(), clock.sleep(500)]));
    first.leave();
    answers = true;
    const second = watch.join(member("b"));
    await clock.run(second.next());
    expect(pasts()).toBe(2);
    expect(second.expectedMs()).toBe(20 * secondMs);
    second.leave();
    // What was read is kept.
    const third = watch.join(member("c"));
    await clock.run(third.next());
    expect(pasts()).toBe(2);
  });

  test("a list that was ended says nothing of lists", async () => {
    const { clock, watch, member, lists } = stage();
    const leaving = ["a", "b"].map((id) => watch.join(member(id)));
    for (const place of leaving) void place.next();
    await clock.run(clock.sleep(2 * secondMs));
    expect(lists).toHaveLength(1);
    for (const place of leaving) place.leave();
    await clock.run(clock.sleep(1));
    const later = ["c", "d"].map((id) => watch.join(member(id)));
    for (const place of later) void place.next();
    await clock.run(clock.sleep(2 * secondMs));
    expect(lists).toHaveLength(2);
  });

  test("whoever joins at that very moment is looked at", async () => {
    for (let ticks = 0; ticks < 20; ticks += 1) {
      const { clock, watch, member } = stage();
      const first = watch.join(member("a"));
      await clock.run(first.next());
      first.leave();
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
      const second = watch.join(member("b"));
      expect(await clock.run(second.next())).toMatchObject({ executionId: "b" });
    }
  });
});

test("who waits for a stop asks for no past", async () => {
  const { clock, wait, pasts } = stage();
  await clock.run(wait("a", { isStopping: true, deadlineMs: clock.now() + 20 * secondMs }));
  expect(pasts()).toBe(0);
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
  await clock.run(wait("a", { look, deadlineMs: startMs + 60 * secondMs }));
  expect(clock.now() - startMs + setBackMs).toBeLessThanOrEqual(71 * secondMs);
  expect(seenMs.filter((ms) => ms < 0).length).toBeGreaterThan(3);
  // Nor the next one, which begins by the clock as it is now.
  const nextMs = clock.now();
  await clock.run(wait("b", { deadlineMs: nextMs + 60 * secondMs, beganMs: nextMs }));
  expect(clock.now() - nextMs).toBeGreaterThanOrEqual(60 * secondMs);
  expect(clock.now() - nextMs).toBeLessThanOrEqual(61 * secondMs);
});
