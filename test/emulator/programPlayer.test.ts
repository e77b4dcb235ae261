/**
 * The program player as a pure function: how the execution of a program stands at a time.
 */
import fc from "fast-check";
import type { Expression, Program, Sequence, State } from "../../emulator/src/player/program";
import type { Play, ProgramSnapshot, TaskScript } from "../../emulator/src/player/play";
import { playProgram } from "../../emulator/src/player/playProgram";

const startMs = 1_000_000;

type Changes = Partial<Omit<Play, "now" | "startedAt">>;

const literal = (value: unknown): Expression => ({ kind: "literal", value });
const path = (root: "input" | "result" | "item", ...keys: (string | number)[]): Expression => ({
  kind: "path",
  root,
  keys,
});
const task = (id: string, changes: Record<string, unknown> = {}): State => ({ kind: "task", id, ...changes });
const takes = (durationMs: number, changes: Partial<TaskScript> = {}): TaskScript[] => [
  { durationMs, outcome: "success", ...changes },
];

/** The states one after the other, where they do not say otherwise. */
function sequence(states: readonly State[], data: Sequence["data"] = "chain"): Sequence {
  const linked = states.map((state, index) =>
    "next" in state ? state : { ...state, next: states[index + 1]?.id },
  );
  return { startAt: states[0]!.id, states: linked, data };
}

const programOf = (...states: State[]): Program => ({ root: sequence(states) });

function at(program: Program, ms: number, changes: Changes = {}): ProgramSnapshot {
  return playProgram(program, {
    input: {},
    interventions: [],
    ...changes,
    startedAt: startMs,
    now: startMs + ms,
  });
}

/** Phase or outcome, and each step with its state. */
function brief(snapshot: ProgramSnapshot): string[] {
  const steps = snapshot.steps.map(({ key, phase, outcome }) => `${key}:${outcome ?? phase}`);
  return [snapshot.outcome ?? snapshot.phase, ...steps];
}

const relative = (time: number | undefined): number | undefined => time && time - startMs;

test("states follow each other without a gap, and say when something changes next", () => {
  const program = programOf(task("a"), { kind: "pass", id: "b" }, task("c"));
  const tasks = { a: takes(50), c: takes(30, { output: { n: 1 } }) };
  expect(brief(at(program, 0, { tasks }))).toEqual(["running", "a:running"]);
  expect(relative(at(program, 0, { tasks }).nextChangeAt)).toBe(50);
  expect(brief(at(program, 50, { tasks }))).toEqual(["running", "a:success", "b:success", "c:running"]);
  const ended = at(program, 80, { tasks });
  expect([ended.outcome, ended.output, relative(ended.endedAt), ended.nextChangeAt]).toEqual([
    "success",
    { n: 1 },
    80,
    undefined,
  ]);
  expect(at(program, 1e9, { tasks })).toEqual(ended);
});

test("an unscripted task takes 100 ms; a queue and a final outcome may be scripted", () => {
  const program = programOf(task("a"));
  expect(at(program, 99).phase).toBe("running");
  expect(at(program, 100).outcome).toBe("success");
  expect(brief(at(program, 9, { queuedMs: 10 }))).toEqual(["queued"]);
  expect(relative(at(program, 9, { queuedMs: 10 }).nextChangeAt)).toBe(10);
  expect(at(program, 110, { queuedMs: 10, outcome: "fail" })).toMatchObject({
    outcome: "fail",
    output: undefined,
  });
});

test("a failure ends the execution with its error", () => {
  const tasks = { a: takes(10, { outcome: "fail", error: "E", cause: "C" }) };
  const failed = at(programOf(task("a"), task("b")), 10, { tasks });
  expect([brief(failed), failed.error]).toEqual([["fail", "a:fail"], { code: "E", cause: "C" }]);
});

test("attempts of a task are scripted one by one; a state entered again has a key of its own", () => {
  const again: State = {
    kind: "choice",
    id: "again",
    arms: [
      { when: { kind: "compare", left: path("input", "n"), by: "<", right: literal(3) }, next: "poll" },
      { next: "done" },
    ],
  };
  const program = programOf(task("poll"), again, { kind: "succeed", id: "done" });
  const tasks = { poll: [1, 2, 3].map((n) => takes(10, { output: { n } })[0]!) };
  expect(brief(at(program, 30, { tasks }))).toEqual([
    "success",
    ...["poll", "again", "poll#2", "again#2", "poll#3", "again#3", "done"].map((key) => `${key}:success`),
  ]);
});

describe("retries and catches", () => {
  const retry = { errors: ["E"], maxRetries: 2, intervalMs: 100, multiplier: 2 };
  const failing = takes(10, { outcome: "fail", error: "E" });

  test("wait between attempts", () => {
    const program = programOf(task("a", { retries: [retry] }));
    const tasks = { a: [failing[0]!, ...takes(10)] };
    expect(brief(at(program, 109, { tasks }))).toEqual(["running", "a:awaitingRetry"]);
    expect(relative(at(program, 10, { tasks }).nextChangeAt)).toBe(110);
    const ended = at(program, 120, { tasks });
    expect(ended.steps[0]!.attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, "fail"],
      [2, "success"],
    ]);
  });

  test("give up after the last, and only for the errors named", () => {
    const program = programOf(task("a", { retries: [retry] }));
    expect(relative(at(program, 1000, { tasks: { a: failing } }).endedAt)).toBe(330);
    const other = takes(10, { outcome: "fail", error: "Other" });
    expect(relative(at(program, 1000, { tasks: { a: other } }).endedAt)).toBe(10);
  });

  test("go on where a catch says, with the error", () => {
    const catches = [{ errors: ["*"], next: "repair" }];
    const program = programOf(task("a", { catches, next: "b" }), task("b", { next: undefined }), {
      kind: "pass",
      id: "repair",
    });
    const ended = at(program, 10, { tasks: { a: failing } });
    expect([brief(ended), ended.output]).toEqual([
      ["success", "a:fail", "repair:success"],
      { error: { code: "E", cause: "" } },
    ]);
  });

  test("by hand a failed execution goes on at the state that failed", () => {
    const program = programOf(task("a"), task("b"));
    const tasks = { b: [failing[0]!, ...takes(10)] };
    const retryAt = { kind: "retry" as const, at: startMs + 500 };
    expect(at(program, 499, { tasks }).outcome).toBe("fail");
    expect(brief(at(program, 505, { tasks, interventions: [retryAt] }))).toEqual([
      "running",
      "a:success",
      "b:running",
    ]);
    expect(relative(at(program, 900, { tasks, interventions: [retryAt] }).endedAt)).toBe(510);
  });
});

describe("branches", () => {
  const both: State = {
    kind: "parallel",
    id: "both",
    branches: [sequence([task("x")]), sequence([task("y"), task("z")])],
  };

  test("run at once and give the list of their outputs", () => {
    const tasks = { x: takes(50, { output: 1 }), y: takes(20), z: takes(20, { output: 2 }) };
    expect(brief(at(programOf(both), 30, { tasks }))).toEqual([
      "running",
      "both:running",
      "both[0]/x:running",
      "both[1]/y:success",
      "both[1]/z:running",
    ]);
    expect(at(programOf(both), 50, { tasks }).output).toEqual([1, 2]);
  });

  test("are cut off by the first failure, wherever it comes from", () => {
    const tasks = { x: takes(30, { outcome: "fail", error: "E" }), y: takes(20), z: takes(20) };
    const ended = at(programOf(both), 1000, { tasks });
    expect([brief(ended), relative(ended.endedAt)]).toEqual([
      ["fail", "both:fail", "both[0]/x:fail", "both[1]/y:success", "both[1]/z:cancel"],
      30,
    ]);
    const earlier = { x: takes(30, { outcome: "fail" }), y: takes(5, { outcome: "fail", error: "Y" }) };
    expect(at(programOf(both), 1000, { tasks: earlier }).error?.code).toBe("Y");
  });
});

describe("a map", () => {
  const each = (changes: Record<string, unknown> = {}): State => ({
    kind: "map",
    id: "each",
    items: path("input", "items"),
    body: sequence([task("t", { output: path("input") })]),
    ...changes,
  });
  const tasks = { t: takes(10) };
  const input = { items: [1, 2, 3, 4, 5] };

  test("keeps to its concurrency, which may change while it runs", () => {
    const program = programOf(each({ concurrency: 2 }));
    expect(at(program, 10, { tasks, input }).steps[0]!.items).toEqual({
      total: 5,
      pending: 1,
      running: 2,
      succeeded: 2,
      failed: 0,
      aborted: 0,
    });
    const ended = at(program, 30, { tasks, input });
    expect([ended.output, relative(ended.endedAt)]).toEqual([[1, 2, 3, 4, 5], 30]);
    const update = { kind: "updateMap" as const, at: startMs + 5, stepKey: "each", concurrency: 5 };
    const faster = at(program, 30, { tasks, input, interventions: [update] });
    expect(relative(faster.endedAt)).toBe(15);
  });

  test("needs a list; an empty one is enough", () => {
    expect(at(programOf(each()), 0, { input: { items: 3 } })).toMatchObject({
      outcome: "fail",
      error: { code: "InvalidData" },
    });
    expect(at(programOf(each()), 0, { input: { items: [] } })).toMatchObject({
      outcome: "success",
      output: [],
    });
  });
});

describe("a callback task", () => {
  const program = programOf(task("wait", { callback: true, timeoutMs: 1000 }));
  const report = (ms: number, changes: Record<string, unknown> = {}): Play["interventions"][number] => ({
    kind: "report",
    at: startMs + ms,
    stepKey: "wait",
    attempt: 1,
    succeeded: true,
    output: { ok: true },
    ...changes,
  });

  test("waits for its report, and no other", () => {
    expect(brief(at(program, 500))).toEqual(["running", "wait:awaitingReport"]);
    expect(relative(at(program, 500).nextChangeAt)).toBe(1000);
    expect(at(program, 500, { interventions: [report(400)] })).toMatchObject({
      outcome: "success",
      output: { ok: true },
    });
    for (const other of [report(400, { stepKey: "x" }), report(400, { attempt: 2 }), report(50)]) {
      expect(at(program, 500, { interventions: [other] }).phase).toBe("running");
    }
  });

  test("runs out of time", () => {
    const late = at(program, 2000, { interventions: [report(1500)] });
    expect([late.outcome, late.error?.code, late.steps[0]!.outcome]).toEqual([
      "fail",
      "TaskTimedOut",
      "timeout",
    ]);
  });
});

describe("the whole execution", () => {
  const program = programOf(task("a"));
  const tasks = { a: takes(1000) };
  const stop = { kind: "stop" as const, at: startMs + 100, error: "E", cause: "C" };

  test("is stopped, at once or after a while, unless it ends first", () => {
    expect(at(program, 100, { tasks, interventions: [stop] })).toMatchObject({
      outcome: "cancel",
      error: { code: "E", cause: "C" },
      steps: [{ outcome: "cancel", endedAt: startMs + 100 }],
    });
    const slowly = { tasks, interventions: [stop], stopTakesMs: 50 };
    expect([at(program, 149, slowly).phase, at(program, 150, slowly).outcome]).toEqual([
      "stopping",
      "cancel",
    ]);
    expect(at(program, 2000, { ...slowly, stopTakesMs: 5000 }).outcome).toBe("success");
    expect(brief(at(program, 200, { interventions: [stop], queuedMs: 500 }))).toEqual(["cancel"]);
  });

  test("runs out of time", () => {
    const limited = { ...program, timeoutMs: 300 };
    expect(relative(at(limited, 0, { tasks }).nextChangeAt)).toBe(300);
    expect(brief(at(limited, 300, { tasks }))).toEqual(["timeout", "a:cancel"]);
  });
});

test("collecting sequences lay outputs over each other", () => {
  const set = (id: string, value: unknown): State => ({ kind: "pass", id, output: literal(value) });
  const root = sequence(
    [set("a", { x: 1, y: 1 }), set("b", { y: 2 }), { kind: "wait", id: "w", durationMs: literal(5) }],
    "collect",
  );
  expect(at({ root }, 5, { input: { given: true } }).output).toEqual({ x: 1, y: 2 });
});

describe("a program that does not come to an end by itself", () => {
  const tasks = { t: takes(0, { outcome: "fail", error: "E" }) };
  const forEver = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
    retries: [{ errors: ["*"], maxRetries: 1e9, intervalMs: 0, multiplier: 1, ...changes }],
  });
  const tooMany = { code: "TooManyEvents", cause: "more than 5000 events" };

  /** The state that runs after the rest is over. */
  const after: State = { kind: "pass", id: "after" };
  const caught = { catches: [{ errors: ["*"], next: "after" }] };

  test.each<[string, State]>([
    ["a task that is tried again at once", task("t", forEver())],
    ["a task that is tried again after milliseconds", task("t", forEver({ intervalMs: 1 }))],
    ["such a task whose errors are caught", task("t", { ...forEver(), ...caught })],
    [
      "such a task in a group that is tried again",
      { kind: "group", id: "g", body: sequence([task("t", forEver())]), ...forEver(), ...caught },
    ],
    [
      "such a task in a map that tolerates all failures",
      {
        kind: "map",
        id: "m",
        items: literal([1, 2, 3]),
        body: sequence([task("t", forEver())]),
        toleratedFailures: 3,
        ...caught,
      },
    ],
    [
      "such a task in a branch",
      { kind: "parallel", id: "p", branches: [sequence([task("t", forEver())])], ...forEver(), ...caught },
    ],
    [
      "a circle in a body that is tried again",
      {
        kind: "group",
        id: "g",
        body: sequence([
          { kind: "wait", id: "w", durationMs: literal(0), next: "c" },
          { kind: "choice", id: "c", arms: [{ next: "w" }] },
        ]),
        ...forEver(),
        ...caught,
      },
    ],
  ])("%s ends with the limit of events, which nothing catches", (_what, state) => {
    const ended = at(programOf(state, after), 1e9, { tasks });
    expect([ended.outcome, ended.error]).toEqual(["fail", tooMany]);
    expect(ended.events.length).toBeLessThan(5100);
    expect(ended.steps.map(({ key }) => key)).not.toContain("after");
  });

  test("retries without a pause stay at their time, whatever the factor", () => {
    const program = programOf(task("t", forEver({ multiplier: 1e300, maxRetries: 500 })));
    const ended = at(program, 10, { tasks });
    expect([ended.outcome, ended.endedAt, ended.steps[0]!.attempts.length]).toEqual(["fail", startMs, 501]);
  });

  // Each level was played twice: 2^60 times in all.
  test("branches in branches, each of which fails while another one works, are played once", () => {
    const depth = 60;
    const nested = (level: number): Sequence => {
      const id = String(level);
      if (level === 0) return sequence([task("t")]);
      const branches = [nested(level - 1), sequence([task(`fails-${id}`), task(`late-${id}`)])];
      const parallel: State = {
        kind: "parallel",
        id: `p-${id}`,
        branches,
        catches: [{ errors: ["*"], next: id }],
      };
      return sequence([
        { ...parallel, next: id },
        { kind: "wait", id, durationMs: literal(1000) },
      ]);
    };
    const scripts = Object.fromEntries(
      Array.from({ length: depth }, (_, level) => [
        `fails-${String(level + 1)}`,
        takes(500 + level, { outcome: "fail" }),
      ]),
    );
    const ended = at({ root: nested(depth) }, 1e6, { tasks: { ...tasks, ...scripts } });
    expect([ended.outcome, relative(ended.endedAt)]).toEqual(["success", 500 + depth - 1 + 1000]);
    // All others were cut when the outermost one failed.
    expect(ended.steps.filter(({ outcome }) => outcome === "cancel").length).toBeGreaterThan(50);
  });

  test("a map of a hundred thousand items ends", () => {
    const items = Array.from({ length: 100_000 }, (_, index) => index);
    const map: State = { kind: "map", id: "m", items: literal(items), body: sequence([task("t")]) };
    const ended = at(programOf(map), 1e6, { tasks: { t: takes(1) } });
    expect([ended.outcome, ended.error]).toEqual(["fail", tooMany]);
    expect(ended.steps[0]!.items).toMatchObject({ total: 100_000, succeeded: 0, pending: 0, running: 0 });
  });
});

describe("whatever the program", () => {
  const ids = ["a", "b", "c", "d"];
  const leaf = fc.record({
    id: fc.constantFrom(...ids),
    durationMs: fc.integer({ min: 0, max: 50 }),
    fails: fc.boolean(),
  });
  const anyProgram = fc.record({
    first: leaf,
    branches: fc.array(fc.array(leaf, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    retries: fc.integer({ min: 0, max: 2 }),
    stopAt: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
  });

  test("an earlier look is a prefix of a later one, and nothing changes before nextChangeAt", () => {
    fc.assert(
      fc.property(
        anyProgram,
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 300 }),
        (made, one, other) => {
          const [early, late] = [Math.min(one, other), Math.max(one, other)];
          const tasks: Record<string, TaskScript[]> = {};
          const state = (
            { durationMs, fails }: { durationMs: number; fails: boolean },
            id: string,
          ): State => {
            tasks[id] = takes(durationMs, { outcome: fails ? "fail" : "success" });
            return task(id, {
              retries: [{ errors: ["*"], maxRetries: made.retries, intervalMs: 7, multiplier: 2 }],
            });
          };
          const branches = made.branches.map((leaves, branch) =>
            sequence(leaves.map((each, index) => state(each, `${String(branch)}-${String(index)}`))),
          );
          const program = programOf(state(made.first, "first"), { kind: "parallel", id: "both", branches });
          const interventions =
            made.stopAt === undefined ? [] : [{ kind: "stop" as const, at: startMs + made.stopAt }];
          const before = at(program, early, { tasks, interventions });
          const after = at(program, late, { tasks, interventions });
          const shown = ({ events }: ProgramSnapshot, until: number): string[] =>
            events
              .filter((event) => event.at <= startMs + until)
              .map(({ type, at: time, stepKey }) => `${String(time)} ${type} ${stepKey ?? ""}`);
          expect(shown(after, early).sort()).toEqual(shown(before, early).sort());
          const { nextChangeAt } = before;
          if (before.phase !== "ended") {
            expect(nextChangeAt).toBeGreaterThan(startMs + early);
            const still = at(program, nextChangeAt! - startMs - 1, {
              tasks,
              interventions: interventions.filter((each) => each.at <= startMs + early),
            });
            expect(brief(still)).toEqual(brief(before));
          } else {
            expect(after).toEqual(before);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
