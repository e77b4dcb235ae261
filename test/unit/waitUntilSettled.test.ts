/**
 * Waiting for one execution, on a clock that does not sleep: what ends it, what does not, how often it asks, and what
 * the person who watches is told.
 */
import {
  AuthenticationError,
  NotFoundError,
  ResponseFormatError,
  ServiceError,
  ThrottledError,
  TransportError,
} from "../../provider/src/ground/errors";
import type { Reporter } from "../../provider/src/execution/reporter";
import type {
  ExecutionSnapshot,
  ExecutionStatus,
  ExecutionStep,
} from "../../provider/src/execution/snapshot";
import { WorkflowWatch } from "../../provider/src/waiting/workflowWatch";
import type { FakeClock } from "../support/fakeClock";
import { fakeClock } from "../support/fakeClock";
import { recordingReporter } from "../support/lifecycleHosts";
import { never } from "../support/sessions";
import type { WatchedWait } from "../support/watchedWait";
import { waitWith } from "../support/watchedWait";

const request = { operation: "Look", method: "GET", url: "http://service" };
const refusal = (status: number, more: object = {}): ServiceError =>
  new ServiceError({ status, request, ...more });

const seen = (status: ExecutionStatus, more: Partial<ExecutionSnapshot> = {}): ExecutionSnapshot => ({
  executionId: "ex-1",
  status,
  rawStatus: status,
  steps: [],
  ...more,
});
const running = seen("running");
const succeeded = seen("succeeded");

interface Wait {
  readonly options: WatchedWait;
  readonly clock: FakeClock;
  readonly reporter: ReturnType<typeof recordingReporter>;
  readonly looks: () => number;
}

// A service without lists and without a past: every status request is one at the execution itself.
function lonelyWatch(clock: FakeClock, random = (): number => 0.5): WorkflowWatch {
  const free = { delayMs: () => 0, level: () => 1 };
  return new WorkflowWatch({
    clock,
    random,
    longPollSeconds: 0,
    budgets: { describe: free, list: free },
    pageSize: 100,
    listTells: "status",
    listPage: () => Promise.reject(new Error("no lists")),
    pastDurations: () => Promise.resolve([]),
  });
}

/** A wait whose looks have these results; the last one repeats. Lasts an hour at most. */
function wait(results: (ExecutionSnapshot | Error)[], more: Partial<WatchedWait> = {}): Wait {
  const clock = fakeClock();
  const reporter = recordingReporter();
  let looks = 0;
  const look = (): Promise<ExecutionSnapshot> => {
    const result = results[Math.min(looks, results.length - 1)]!;
    looks += 1;
    return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
  };
  const options: WatchedWait = {
    poll: look,
    executionId: "ex-1",
    watch: lonelyWatch(clock, more.random),
    deadlineMs: clock.now() + 3_600_000,
    mayBeInvisibleUntilMs: 0,
    clock,
    random: () => 0.5,
    signal: never,
    reporter,
    ...more,
  };
  return { options, clock, reporter, looks: () => looks };
}

test.each(["succeeded", "failed", "timedOut", "stopped"] as const)("%s ends the wait", async (status) => {
  const { options, looks } = wait([running, seen("waiting"), seen(status)]);
  expect(await waitWith(options)).toMatchObject({ kind: "settled", value: { status } });
  expect(looks()).toBe(3);
});

describe("the deadline", () => {
  // Looks come after half of the time that has run, at least 1 s: at 0, 1, 2 s.
  const begun = { random: () => 0 };

  test("has one last status request, not a second one", async () => {
    const { options, clock, looks } = wait([running], begun);
    const outcome = await waitWith({ ...options, deadlineMs: clock.now() + 2_500 });
    expect(outcome).toMatchObject({ kind: "timedOut", last: running, failuresInARow: 0 });
    expect(clock.sleeps).toEqual([1_000, 1_000, 500]);
    expect(looks()).toBe(4);
  });

  test("an end that comes just before it is seen by the last status request", async () => {
    const { options, clock, looks } = wait([running, running, succeeded], begun);
    const outcome = await waitWith({ ...options, deadlineMs: clock.now() + 1_500 });
    expect(outcome).toEqual({ kind: "settled", value: succeeded });
    expect(clock.sleeps).toEqual([1_000, 500]);
    expect(looks()).toBe(3);
  });

  test("is not slept past after a failure", async () => {
    const { options, clock, looks } = wait([running, refusal(503)], begun);
    const outcome = await waitWith({ ...options, deadlineMs: clock.now() + 2_500 });
    expect(outcome).toMatchObject({ kind: "timedOut", last: running, failuresInARow: 3 });
    expect(clock.now() - Date.parse("2026-11-21T06:00:00Z")).toBe(2_500);
    expect(looks()).toBe(4);
  });
});

test("running, waiting and unknown go on until the deadline, with one last status request then", async () => {
  const { options, clock } = wait([running, seen("waiting"), seen("unknown", { rawStatus: "pondering" })]);
  const startMs = clock.now();
  const outcome = await waitWith({ ...options, deadlineMs: startMs + 60_000 });
  expect(outcome).toMatchObject({ kind: "timedOut", last: { status: "unknown" } });
  expect(clock.now()).toBe(startMs + 60_000);
});

test("asks soon at first, then after half as long again, every ten seconds at the most for minutes", async () => {
  const { options, clock, looks } = wait([running]);
  await waitWith({ ...options, deadlineMs: clock.now() + 300_000 });
  const { sleeps } = clock;
  expect(sleeps[0]).toBeLessThanOrEqual(1_100);
  for (const delay of sleeps) expect(delay).toBeLessThanOrEqual(10_500);
  expect(Math.max(...sleeps)).toBeGreaterThan(10_000);
  // As many as asking every ten seconds makes, and a few at the beginning.
  expect(looks()).toBeLessThan(30 + 10);
});

test("delays of many executions differ: a twentieth of each is chance", async () => {
  const looks = [running, succeeded];
  const first = wait(looks, { random: () => 0, mayBeInvisibleUntilMs: 1 });
  const second = wait(looks, { random: () => 0.999_999, mayBeInvisibleUntilMs: 1 });
  await waitWith(first.options);
  await waitWith(second.options);
  expect(first.clock.sleeps[0]).toBe(1_000);
  expect(second.clock.sleeps[0]).toBeCloseTo(1_050, 0);
});

describe("errors that may pass", () => {
  test.each<[string, Error]>([
    ["no answer", new TransportError("no answer", request, { mayHaveArrived: true })],
    ["408", refusal(408)],
    ["429", new ThrottledError({ status: 429, request })],
    ["500", refusal(500)],
    ["503", refusal(503)],
  ])("%s: the wait goes on, with growing delays", async (_what, error) => {
    const { options, clock, reporter, looks } = wait([error, error, running, succeeded]);
    expect(await waitWith(options)).toEqual({ kind: "settled", value: succeeded });
    expect(looks()).toBe(4);
    expect(clock.sleeps.slice(0, 2)).toEqual([1_000, 2_000]);
    expect(reporter.warnings).toEqual([]);
  });

  test("an outage is told once, at its third failure, however long it lasts and however often it comes back", async () => {
    const outage = [
      refusal(503, { serviceMessage: "backend gone" }),
      refusal(503),
      refusal(502),
      refusal(502),
    ];
    const { options, reporter, clock } = wait([...outage, running, ...outage, succeeded]);
    await waitWith(options);
    expect(reporter.warnings).toEqual([
      "the status can't be read at the moment, waiting continues: Look was refused: HTTP 502.",
    ]);
    expect(Math.max(...clock.sleeps)).toBeLessThanOrEqual(30_000);
  });

  test("Retry-After is honoured", async () => {
    const { options, clock } = wait([
      new ThrottledError({ status: 429, request, retryAfterMs: 45_000 }),
      succeeded,
    ]);
    await waitWith(options);
    expect(clock.sleeps).toEqual([45_000]);
  });

  test("Retry-After never shortens the delay", async () => {
    const { options, clock } = wait([
      new ThrottledError({ status: 429, request, retryAfterMs: 10 }),
      succeeded,
    ]);
    await waitWith(options);
    expect(clock.sleeps).toEqual([1_000]);
  });

  test("an outage until the deadline: what was seen last and the last error are in the outcome", async () => {
    const { options, clock } = wait([running, refusal(503)]);
    const outcome = await waitWith({ ...options, deadlineMs: clock.now() + 120_000 });
    expect(outcome).toMatchObject({ kind: "timedOut", last: running, lastError: { status: 503 } });
  });
});

test.each<[string, Error]>([
  ["refused credentials", new AuthenticationError({ status: 401, request })],
  ["missing rights", new AuthenticationError({ status: 403, request })],
  ["a bad request", refusal(400)],
  ["an untrusted certificate", new TransportError("x", request, { mayHaveArrived: false, retryable: false })],
  ["a mistake of ours", new TypeError("undefined is not a function")],
])("%s ends the wait with that error", async (_what, error) => {
  const { options, looks } = wait([running, error]);
  await expect(waitWith(options)).rejects.toBe(error);
  expect(looks()).toBe(2);
});

describe("answers that are not the service's", () => {
  const minuteMs = 60_000;
  const unreadable = new ResponseFormatError("no status", request);

  test.each<[string, Error]>([
    ["an unreadable answer", unreadable],
    ["a login page in place of an error", refusal(403, { isForeign: true })],
  ])("%s: the wait goes on, and the person is told once", async (_what, error) => {
    const { options, reporter } = wait([running, ...Array<Error>(14).fill(error), running, succeeded]);
    expect(await waitWith(options)).toMatchObject({
      kind: "settled",
      value: { status: "succeeded" },
    });
    expect(reporter.warnings).toHaveLength(1);
  });

  test("nothing else for five minutes ends the wait with that error", async () => {
    const { options, clock, looks } = wait([running, unreadable]);
    const startMs = clock.now();
    await expect(waitWith(options)).rejects.toBe(unreadable);
    expect(clock.now() - startMs).toBeGreaterThan(4 * minuteMs);
    expect(clock.now() - startMs).toBeLessThan(6 * minuteMs);
    expect(looks()).toBeLessThanOrEqual(16);
  });

  test("fifteen in a row end it, also where the service asks for no pause", async () => {
    const { options, looks } = wait([unreadable], { random: () => 0 });
    await expect(waitWith(options)).rejects.toBe(unreadable);
    expect(looks()).toBe(15);
  });

  test("any other answer in between counts from the beginning", async () => {
    const hour = Array.from({ length: 60 }, (_, index) => (index % 10 === 9 ? running : unreadable));
    const { options } = wait([...hour, succeeded]);
    expect(await waitWith(options)).toMatchObject({ kind: "settled" });
  });

  test("a gateway's own pages with 503 are an outage like others, however long it lasts", async () => {
    const page = refusal(503, { isForeign: true });
    const { options, looks } = wait([running, ...Array<Error>(60).fill(page), succeeded]);
    expect(await waitWith(options)).toEqual({ kind: "settled", value: succeeded });
    expect(looks()).toBe(62);
  });

  test("until the deadline it is an ordinary timeout", async () => {
    const { options, clock } = wait([running, unreadable]);
    const outcome = await waitWith({ ...options, deadlineMs: clock.now() + minuteMs });
    expect(outcome).toMatchObject({ kind: "timedOut", last: running, lastError: unreadable });
  });
});

describe("an execution that the service does not know", () => {
  const unknown = new NotFoundError({ status: 404, request });

  test("may not be visible yet: the wait goes on for a while", async () => {
    const { options, clock, looks } = wait([unknown, unknown, running, succeeded]);
    const outcome = await waitWith({ ...options, mayBeInvisibleUntilMs: clock.now() + 30_000 });
    expect(outcome).toEqual({ kind: "settled", value: succeeded });
    expect(looks()).toBe(4);
  });

  test("is gone once that while is over", async () => {
    const { options, clock } = wait([unknown]);
    const startMs = clock.now();
    await expect(waitWith({ ...options, mayBeInvisibleUntilMs: startMs + 30_000 })).rejects.toBe(unknown);
    expect(clock.now()).toBeGreaterThanOrEqual(startMs + 30_000);
  });

  test("is gone at once where it was not just started", async () => {
    const { options, looks } = wait([unknown]);
    await expect(waitWith(options)).rejects.toBe(unknown);
    expect(looks()).toBe(1);
  });
});

describe("an interruption", () => {
  test("between two looks ends the wait without another", async () => {
    const controller = new AbortController();
    const { options, clock, looks } = wait([running]);
    const sleep = (): Promise<void> => {
      controller.abort();
      return Promise.resolve();
    };
    const outcome = await waitWith({
      ...options,
      watch: lonelyWatch({ ...clock, sleep }),
      signal: controller.signal,
    });
    expect(outcome).toMatchObject({ kind: "aborted", last: running });
    expect(looks()).toBe(1);
  });

  test("during a status request is no error of the service", async () => {
    const controller = new AbortController();
    const look = (): Promise<ExecutionSnapshot> => {
      controller.abort();
      return Promise.reject(new TypeError("aborted"));
    };
    const { options, reporter } = wait([], { poll: look, signal: controller.signal });
    expect(await waitWith(options)).toMatchObject({ kind: "aborted", last: undefined });
    expect(reporter.warnings).toEqual([]);
  });

  test("during a status request that fails leaves what was seen and failed before it", async () => {
    const controller = new AbortController();
    const error = refusal(503);
    let looks = 0;
    const poll = (): Promise<ExecutionSnapshot> => {
      looks += 1;
      if (looks === 1) return Promise.resolve(running);
      if (looks === 3) controller.abort();
      return Promise.reject(looks === 2 ? error : new TypeError("aborted"));
    };
    const { options } = wait([], { poll, signal: controller.signal });
    expect(await waitWith(options)).toEqual({
      kind: "aborted",
      last: running,
      failuresInARow: 1,
      lastError: error,
    });
    expect(looks).toBe(3);
  });

  test("before the first status request makes no status request", async () => {
    const { options, looks } = wait([running], { signal: AbortSignal.abort() });
    expect(await waitWith(options)).toMatchObject({ kind: "aborted", last: undefined });
    expect(looks()).toBe(0);
  });
});

describe("the person who watches", () => {
  test("sees a line per change, with step, name and targets, and none without", async () => {
    const steps = (succeededTargets: number, failed: number): ExecutionSnapshot =>
      seen("running", {
        stepsTotal: 3,
        steps: [
          { id: "n1", name: "Prepare", status: "succeeded", rawStatus: "success" },
          {
            id: "n2",
            name: "Run script",
            status: "running",
            rawStatus: "running",
            targets: { succeeded: succeededTargets, failed, running: 5, notPerformed: 3 },
          },
        ],
      });
    const { options, reporter } = wait([
      running,
      running,
      steps(1, 0),
      steps(1, 0),
      steps(41, 1),
      seen("waiting", { steps: [{ id: "n3", status: "waiting", rawStatus: "pausing" }] }),
      succeeded,
    ]);
    await waitWith(options);
    expect(reporter.statuses).toEqual([
      "started",
      "2/3 Run script, 1 ok 8 left",
      "2/3 Run script, 41 ok 1 failed 8 left",
      "waiting: n3 (step 1)",
      "succeeded",
    ]);
    expect(reporter.infos).toEqual(["1/3 Prepare succeeded"]);
  });

  test("is told as data: each step's end once, with the snapshot that shows it, a step that runs again too", async () => {
    const step = (name: string, status: ExecutionStatus): ExecutionStep => ({
      id: name,
      name,
      status,
      rawStatus: status,
    });
    const first = seen("running", { steps: [step("a", "succeeded"), step("b", "running")] });
    const again = seen("running", {
      steps: [...first.steps.slice(0, 1), step("b", "failed"), step("a", "running")],
    });
    const end = seen("succeeded", { steps: [...again.steps.slice(0, 2), step("a", "succeeded")] });
    const ends: [ExecutionStep, ExecutionSnapshot][] = [];
    const stood: ExecutionSnapshot[] = [];
    const { options } = wait([first, first, again, end]);
    const reporter: Reporter = {
      status: () => undefined,
      progressed: (snapshot) => stood.push(snapshot),
      stepEnded: (...event) => ends.push(event),
      info: () => undefined,
      warn: () => undefined,
    };
    await waitWith({ ...options, reporter });
    expect(ends).toEqual([
      [first.steps[0], first],
      [again.steps[1], again],
      [end.steps[2], end],
    ]);
    expect(stood).toEqual([first, again, end]);
  });

  test("is warned once of a status that nobody knows, in the service's own word", async () => {
    const odd = (rawStatus: string): ExecutionSnapshot => seen("unknown", { rawStatus });
    const { options, reporter } = wait([odd("pondering"), odd("pondering"), odd("musing"), succeeded]);
    await waitWith(options);
    expect(reporter.warnings).toEqual([
      'the service reports the unknown status "pondering"; waiting continues',
    ]);
    expect(reporter.statuses[0]).toBe("pondering");
  });
});
