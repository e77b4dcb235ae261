/**
 * Steps from CloudFlow's events: paired along the chain of events, whatever runs side by side; what is shown where there is
 * no chain; what the end of an execution makes of steps that were under way; time that grows with the number of events.
 */
import type { HistoryEvent } from "../../provider/src/services/alibaba/cloudflow/history";
import { StepReader, stepsOf } from "../../provider/src/services/alibaba/cloudflow/history";
import type { ExecutionStep } from "../../provider/src/execution/snapshot";
import { firstFailedStep } from "../../provider/src/execution/snapshot";

/** Writes histories: each event comes a second after the last one. */
class Writer {
  readonly events: HistoryEvent[] = [];

  /** @param after the event before it in its branch; gives its own number. */
  add(after: number, type: string, stepName = "", error?: string): number {
    const eventId = this.events.length + 1;
    this.events.push({
      eventId,
      scheduleEventId: after,
      type,
      stepName,
      time: new Date(Date.UTC(2026, 10, 21, 6, 0, eventId)).toISOString(),
      detail: error === undefined ? {} : { error },
    });
    return eventId;
  }

  /** Several events of one step, one after the other; gives the last one's number. */
  run(after: number, stepName: string, ...types: string[]): number {
    return types.reduce((last, type) => this.add(last, type, stepName), after);
  }

  /** The same events without a chain. */
  withChain(scheduleEventId: (event: HistoryEvent) => number): HistoryEvent[] {
    return this.events.map((event) => ({ ...event, scheduleEventId: scheduleEventId(event) }));
  }
}

const rows = (steps: readonly ExecutionStep[]): unknown[] =>
  steps.map(({ name, status, durationMs, error }) => [name, status, durationMs, error]);

const entered = ["StepEntered", "StepStarted"];
const done = ["StepSucceeded", "StepExited"];

/**
 * Three iterations that run side by side: the second one fails first, the third one ends last.
 * @param join the event that schedules the end of the step around them: the last of them, or its own beginning.
 */
function iterations(join: "last" | "fork" = "last"): Writer {
  const w = new Writer();
  const fork = w.run(w.add(0, "ExecutionStarted"), "each", ...entered);
  const begun = [0, 1, 2].map(() => w.run(w.add(fork, "IterationEntered", "each"), "upper", ...entered));
  const failed = w.add(w.add(begun[1]!, "TaskFailed", "upper", "Second"), "StepFailed", "upper", "Second");
  w.add(failed, "IterationExited", "each");
  w.add(w.run(begun[0]!, "upper", ...done), "IterationExited", "each");
  const last = w.add(w.run(begun[2]!, "upper", ...done), "IterationExited", "each");
  const end = w.run(join === "last" ? last : fork, "each", ...done);
  w.add(w.run(end, "after", ...entered, ...done), "ExecutionSucceeded");
  return w;
}

const iterationsRight = [
  ["each", "succeeded", 20_000, undefined],
  ["upper", "succeeded", 11_000, undefined],
  ["upper", "failed", 6_000, "Second"],
  ["upper", "succeeded", 8_000, undefined],
  ["after", "succeeded", 2_000, undefined],
];

test.each(["last", "fork"] as const)(
  "iterations side by side keep their own ends, whichever event their step ends after (%s)",
  (join) => {
    expect(rows(stepsOf(iterations(join).events))).toEqual(iterationsRight);
  },
);

test.each([1, 2, 3, 7, 11])("pages may be cut anywhere (%i events each)", (size) => {
  const { events } = iterations();
  const reader = new StepReader();
  for (let at = 0; at < events.length; at += size) reader.read(events.slice(at, at + size));
  expect(rows(reader.steps)).toEqual(iterationsRight);
});

test("branches with nested loops, all steps of one name, keep their own ends", () => {
  const w = new Writer();
  const outer = w.run(w.add(0, "ExecutionStarted"), "a", ...entered);
  const branches = [0, 1].map(() => w.run(w.add(outer, "BranchEntered", "a"), "a", ...entered));
  const inner = branches.map((fork) =>
    [0, 1].map(() => w.run(w.add(fork, "IterationEntered", "a"), "a", ...entered)),
  );
  // Both branches run on together: an item of the second one fails, which ends the whole.
  const first = w.add(w.run(inner[0]![0]!, "a", ...done), "IterationExited", "a");
  const failed = w.add(inner[1]![1]!, "StepFailed", "a", "Broken");
  const out = w.add(w.add(failed, "IterationExited", "a"), "StepFailed", "a", "Broken");
  w.run(w.run(w.add(inner[0]![1]!, "StepSucceeded", "a"), "a", "StepExited"), "a", "IterationExited");
  expect(first).toBeLessThan(failed);
  w.add(w.add(w.add(out, "BranchExited", "a"), "StepFailed", "a", "Broken"), "ExecutionFailed", "", "Broken");
  expect(rows(stepsOf(w.events)).map((row) => (row as unknown[])[1])).toEqual([
    "failed", // the parallel step
    "stopped", // its first branch
    "failed", // its second branch
    "succeeded",
    "succeeded",
    "stopped",
    "failed",
  ]);
});

test("a caught failure, retries and a loop leave one line per visit", () => {
  const w = new Writer();
  let at = w.add(0, "ExecutionStarted");
  at = w.run(at, "try", ...entered, "TaskScheduled", "TaskFailed", "TaskScheduled");
  at = w.add(w.add(at, "TaskFailed", "try", "Busy"), "StepFailed", "try", "Busy");
  at = w.add(at, "StepExited", "try");
  at = w.run(at, "try", ...entered, ...done);
  w.add(at, "ExecutionSucceeded");
  expect(rows(stepsOf(w.events))).toEqual([
    ["try", "failed", 6_000, "Busy"],
    ["try", "succeeded", 2_000, undefined],
  ]);
});

describe("without a chain", () => {
  const ways: [string, (event: HistoryEvent) => number][] = [
    ["0", () => 0],
    ["missing", () => NaN],
    ["dangling", ({ eventId }) => eventId + 100_000],
    ["their own numbers", ({ eventId }) => eventId],
    ["negative", () => -1],
  ];

  test.each(ways)("steps one after the other are paired by name (%s)", (_name, chain) => {
    const w = new Writer();
    let at = w.add(0, "ExecutionStarted");
    for (const name of ["a", "b", "a"]) at = w.run(at, name, ...entered, "TaskScheduled", ...done);
    const outer = w.run(at, "outer", ...entered);
    w.run(w.run(outer, "inner", ...entered, ...done), "outer", ...done);
    expect(rows(stepsOf(w.withChain(chain)))).toEqual(rows(stepsOf(w.events)));
  });

  test.each(ways)(
    "of steps of one name side by side it is told how many ended how, and no times that may be another's (%s)",
    (_name, chain) => {
      const steps = stepsOf(iterations().withChain(chain));
      expect(rows(steps.filter(({ name }) => name !== "upper"))).toEqual([
        iterationsRight[0],
        iterationsRight[4],
      ]);
      const upper = steps.filter(({ name }) => name === "upper");
      expect(upper.map(({ status }) => status).sort()).toEqual(["failed", "succeeded", "succeeded"]);
      expect(upper.find(({ status }) => status === "failed")?.error).toBe("Second");
      for (const step of upper) expect(step).not.toHaveProperty("startedAt");
      for (const step of upper) expect(step).not.toHaveProperty("durationMs");
    },
  );

  test("a page that is missing costs what it held, not what follows", () => {
    const { events } = iterations();
    // Without the third iteration's beginning: its end is about a step that nobody has seen.
    const steps = stepsOf(events.filter(({ eventId }) => eventId < 10 || eventId > 12));
    expect(rows(steps)).toEqual(iterationsRight.filter((_row, index) => index !== 3));
  });
});

test.each([
  ["a chain that leads nowhere", (w: Writer) => w.withChain(() => 0)],
  [
    "names that are never around",
    (w: Writer) => w.events.map((e) => ({ ...e, stepName: String(e.eventId % 977) })),
  ],
  ["one deep nest", (w: Writer) => w.events],
])("a quarter of a million events are read in a moment: %s", (_name, change) => {
  const w = new Writer();
  let at = w.add(0, "ExecutionStarted");
  for (let index = 0; index < 125_000; index += 1) at = w.add(at, "StepEntered", "a");
  for (let index = 0; index < 125_000; index += 1)
    at = w.add(at, index % 3 ? "StepExited" : "TaskFailed", "a");
  const events = change(w);
  const begun = process.cpuUsage().user;
  expect(stepsOf(events)).toHaveLength(125_000);
  // Quadratic, it would be minutes.
  expect((process.cpuUsage().user - begun) / 1e6).toBeLessThan(5);
});

test("many ends of an execution close each step once", () => {
  const w = new Writer();
  for (let index = 0; index < 20_000; index += 1) {
    w.add(0, "StepEntered", "a");
    w.add(0, "ExecutionStopped");
  }
  expect(new Set(stepsOf(w.events).map(({ status }) => status))).toEqual(new Set(["stopped"]));
});

test.each([
  ["ExecutionStopped", "stopped"],
  ["ExecutionTimedOut", "timedOut"],
])("%s ends what was under way, and nothing else", (type, status) => {
  const w = new Writer();
  const prepared = w.run(w.add(0, "ExecutionStarted"), "Prepare", "StepEntered", "StepExited");
  w.add(w.add(prepared, "StepEntered", "Work"), type);
  expect(stepsOf(w.events)).toMatchObject([
    { id: "Prepare", status: "succeeded", rawStatus: "StepExited", durationMs: 1_000 },
    { id: "Work", status, rawStatus: type, durationMs: 1_000 },
  ]);
});

test("a step that fails stops its neighbours; it is the one to blame, though they began before it", () => {
  const w = new Writer();
  const both = w.add(0, "StepEntered", "Both");
  w.add(both, "StepEntered", "Slow");
  w.add(w.add(w.add(both, "StepEntered", "Broken"), "StepFailed", "Broken"), "ExecutionFailed");
  const steps = stepsOf(w.events);
  expect(steps.map(({ id, status }) => [id, status])).toEqual([
    ["Both", "stopped"],
    ["Slow", "stopped"],
    ["Broken", "failed"],
  ]);
  const failed = { executionId: "x", status: "failed", rawStatus: "Failed", steps } as const;
  expect(firstFailedStep(failed)?.id).toBe("Broken");
});
