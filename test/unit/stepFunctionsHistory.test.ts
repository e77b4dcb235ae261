/** Steps from the event history of Step Functions: branches, iterations, caught failures, ends, redrives. */
import type { StateMachineEvent } from "../../provider/src/services/aws/stepfunctions/events";
import { StepReader, stepsOf } from "../../provider/src/services/aws/stepfunctions/history";

type Line = readonly [id: number, previous: number, type: string, details?: Record<string, unknown>];

/** Events a second apart. */
const events = (lines: readonly Line[]): StateMachineEvent[] =>
  lines.map(([id, previousEventId, type, details = {}]) => ({
    id,
    previousEventId,
    type,
    time: new Date(Date.UTC(2026, 10, 21, 6, 0, id)).toISOString(),
    details,
  }));
const named = (name: string): { name: string } => ({ name });
const brief = (lines: readonly Line[]): unknown =>
  stepsOf(events(lines)).map(({ name, status, durationMs, error }) => [
    name,
    status,
    ...(durationMs === undefined ? [] : [durationMs]),
    ...(error === undefined ? [] : [error]),
  ]);

test("branches that interleave are told apart by the chain", () => {
  expect(
    brief([
      [1, 0, "ExecutionStarted"],
      [2, 0, "ParallelStateEntered", named("Both")],
      [3, 2, "ParallelStateStarted"],
      [4, 3, "WaitStateEntered", named("Same")],
      [5, 3, "WaitStateEntered", named("Same")],
      [6, 5, "WaitStateExited", named("Same")],
      [7, 6, "PassStateEntered", named("Then")],
      [9, 7, "PassStateExited", named("Then")],
      [12, 4, "WaitStateExited", named("Same")],
      [13, 12, "ParallelStateSucceeded"],
      [14, 12, "ParallelStateExited", named("Both")],
      [15, 14, "ExecutionSucceeded"],
    ]),
  ).toEqual([
    ["Both", "succeeded", 12_000],
    ["Same", "succeeded", 8_000],
    ["Same", "succeeded", 1_000],
    ["Then", "succeeded", 2_000],
  ]);
});

test("a step that fails: the execution's end says why, and what ran beside it was stopped", () => {
  expect(
    brief([
      [1, 0, "ExecutionStarted"],
      [2, 0, "ParallelStateEntered", named("Both")],
      [3, 2, "ParallelStateStarted"],
      [4, 3, "WaitStateEntered", named("Slow")],
      [5, 3, "FailStateEntered", named("Refuse")],
      [6, 5, "ParallelStateFailed"],
      [7, 6, "ExecutionFailed", { error: "E", cause: "because" }],
    ]),
  ).toEqual([
    ["Both", "failed", 5_000, "E: because"],
    ["Slow", "stopped", 2_000],
    ["Refuse", "failed", 1_000, "E: because"],
  ]);
});

test("a task that is tried again has not failed; one that times out for good has", () => {
  const failing: Line[] = [
    [1, 0, "ExecutionStarted"],
    [2, 0, "TaskStateEntered", named("Call")],
    [3, 2, "TaskScheduled"],
    [4, 3, "TaskFailed", { error: "Busy" }],
    [5, 4, "TaskScheduled"],
  ];
  expect(brief(failing)).toEqual([["Call", "running"]]);
  expect(brief([...failing, [6, 5, "TaskSucceeded"], [7, 6, "TaskStateExited", named("Call")]])).toEqual([
    ["Call", "succeeded", 5_000],
  ]);
  expect(
    brief([
      ...failing,
      [6, 5, "TaskTimedOut", { error: "States.Timeout" }],
      [7, 6, "ExecutionFailed", { error: "States.Timeout" }],
    ]),
  ).toEqual([["Call", "timedOut", 5_000, "States.Timeout"]]);
});

test("a failure that was caught is the step's, not the execution's", () => {
  expect(
    brief([
      [1, 0, "ExecutionStarted"],
      [2, 0, "TaskStateEntered", named("Call")],
      [3, 2, "LambdaFunctionScheduled"],
      [4, 3, "LambdaFunctionFailed", { error: "Error", cause: "exit 1" }],
      [5, 4, "TaskStateExited", named("Call")],
      [6, 5, "PassStateEntered", named("Repair")],
      [7, 6, "PassStateExited", named("Repair")],
      [8, 7, "ExecutionSucceeded"],
    ]),
  ).toEqual([
    ["Call", "failed", 3_000, "Error: exit 1"],
    ["Repair", "succeeded", 1_000],
  ]);
});

test("iterations of a Map: the one that fails, and the one that is aborted", () => {
  expect(
    brief([
      [1, 0, "ExecutionStarted"],
      [2, 0, "MapStateEntered", named("Each")],
      [3, 2, "MapStateStarted"],
      [4, 3, "MapIterationStarted", named("Each")],
      [5, 4, "TaskStateEntered", named("Work")],
      [6, 3, "MapIterationStarted", named("Each")],
      [7, 6, "TaskStateEntered", named("Work")],
      [8, 7, "TaskScheduled"],
      [9, 8, "TaskFailed", { error: "E" }],
      [10, 9, "MapIterationFailed", named("Each")],
      [11, 5, "TaskStateAborted"],
      [12, 11, "MapIterationAborted", named("Each")],
      [13, 10, "MapStateFailed"],
      [14, 13, "ExecutionFailed", { error: "E" }],
    ]),
  ).toEqual([
    ["Each", "failed", 12_000, "E"],
    ["Work", "stopped", 6_000],
    ["Work", "failed", 3_000, "E"],
  ]);
});

test.each([
  ["ExecutionAborted", "stopped"],
  ["ExecutionTimedOut", "timedOut"],
])("%s ends what is under way", (type, status) => {
  expect(
    brief([
      [1, 0, "ExecutionStarted"],
      [2, 0, "WaitStateEntered", named("Wait")],
      [5, 2, type],
    ]),
  ).toEqual([["Wait", status, 3_000]]);
});

test("a redrive opens again what the end had closed", () => {
  const reader = new StepReader();
  reader.read(
    events([
      [1, 0, "ExecutionStarted"],
      [2, 0, "TaskStateEntered", named("Call")],
      [3, 2, "TaskScheduled"],
      [4, 3, "TaskFailed", { error: "E" }],
      [5, 4, "ExecutionFailed", { error: "E" }],
    ]),
  );
  expect(reader.executionError).toBe("E");
  reader.read(events([[6, 5, "ExecutionRedriven"]]));
  expect(reader.executionError).toBeUndefined();
  expect(reader.steps).toMatchObject([{ name: "Call", status: "running" }]);
  reader.read(
    events([
      [7, 6, "TaskScheduled"],
      [8, 7, "TaskSucceeded"],
      [9, 8, "TaskStateExited", named("Call")],
      [10, 9, "ExecutionSucceeded"],
    ]),
  );
  expect(reader.steps).toMatchObject([{ name: "Call", status: "succeeded" }]);
});

test("a redrive that enters a state again: it appears twice, and the first time has ended as it had", () => {
  const failed: Line[] = [
    [1, 0, "ExecutionStarted"],
    [2, 0, "FailStateEntered", named("Refuse")],
    [3, 2, "ExecutionFailed", { error: "First" }],
    [4, 3, "ExecutionRedriven"],
    [6, 4, "FailStateEntered", named("Refuse")],
  ];
  const first = ["Refuse", "failed", 1_000, "First"];
  expect(brief(failed)).toEqual([first, ["Refuse", "running"]]);
  expect(brief([...failed, [8, 6, "ExecutionFailed", { error: "Second" }]])).toEqual([
    first,
    ["Refuse", "failed", 2_000, "Second"],
  ]);
});

test("a redrive of a Parallel: the branch that had succeeded stays, the one that had failed goes on", () => {
  const lines: Line[] = [
    [1, 0, "ExecutionStarted"],
    [2, 0, "ParallelStateEntered", named("Both")],
    [3, 2, "ParallelStateStarted"],
    [4, 3, "PassStateEntered", named("Quick")],
    [5, 4, "PassStateExited", named("Quick")],
    [6, 3, "TaskStateEntered", named("Call")],
    [7, 6, "TaskScheduled"],
    [8, 7, "TaskFailed", { error: "E" }],
    [9, 8, "ExecutionFailed", { error: "E" }],
    [10, 9, "ExecutionRedriven"],
    [11, 10, "TaskScheduled"],
    [12, 11, "TaskSucceeded"],
    [13, 12, "TaskStateExited", named("Call")],
    [14, 13, "ParallelStateSucceeded"],
    [15, 14, "ParallelStateExited", named("Both")],
    [16, 15, "ExecutionSucceeded"],
  ];
  expect(brief(lines.slice(0, 9))).toEqual([
    ["Both", "failed", 7_000, "E"],
    ["Quick", "succeeded", 1_000],
    ["Call", "failed", 3_000, "E"],
  ]);
  expect(brief(lines)).toEqual([
    ["Both", "succeeded", 13_000],
    ["Quick", "succeeded", 1_000],
    ["Call", "succeeded", 7_000],
  ]);
});

test("a history of 100,000 events that names other steps everywhere is read in seconds", () => {
  const lines: Line[] = [];
  for (let id = 1; id <= 100_000; id += 4) {
    lines.push(
      [id, id - 1, "ParallelStateEntered", named(`p${String(id % 7)}`)],
      [id + 1, id, "TaskStateExited", named("nobody")],
      [id + 2, id + 1, "ParallelStateFailed"],
      [id + 3, id + 2, id % 3 === 0 ? "ExecutionFailed" : "ExecutionRedriven"],
    );
  }
  const began = performance.now();
  expect(stepsOf(events(lines))).toHaveLength(25_000);
  expect(performance.now() - began).toBeLessThan(5_000);
});
