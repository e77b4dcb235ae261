/** Steps from CloudFlow's events: what the end of an execution makes of those that were under way. */
import type { HistoryEvent } from "../../provider/src/backends/alibabaCloudFlow/history";
import { stepsOf } from "../../provider/src/backends/alibabaCloudFlow/history";
import { firstFailedStep } from "../../provider/src/execution/snapshot";

let eventId = 0;
const event = (type: string, stepName = "", second = eventId): HistoryEvent => ({
  eventId: (eventId += 1),
  scheduleEventId: 0,
  type,
  stepName,
  time: new Date(Date.UTC(2026, 10, 21, 6, 0, second)).toISOString(),
  detail: undefined,
});
beforeEach(() => {
  eventId = 0;
});

test.each([
  ["ExecutionStopped", "stopped"],
  ["ExecutionTimedOut", "timedOut"],
])("%s ends what was under way, and nothing else", (type, status) => {
  const steps = stepsOf([
    event("ExecutionStarted"),
    event("StepEntered", "Prepare"),
    event("StepExited", "Prepare"),
    event("StepEntered", "Work"),
    event(type),
  ]);
  expect(steps).toMatchObject([
    { id: "Prepare", status: "succeeded", rawStatus: "StepExited", durationMs: 1_000 },
    { id: "Work", status, rawStatus: type, durationMs: 1_000 },
  ]);
});

test("a step that fails stops its neighbours; it is the one to blame, though they began before it", () => {
  const steps = stepsOf([
    event("StepEntered", "Both"),
    event("StepEntered", "Slow"),
    event("StepEntered", "Broken"),
    event("StepFailed", "Broken"),
    event("ExecutionFailed"),
  ]);
  expect(steps.map(({ id, status }) => [id, status])).toEqual([
    ["Both", "stopped"],
    ["Slow", "stopped"],
    ["Broken", "failed"],
  ]);
  const failed = { executionId: "x", status: "failed", rawStatus: "Failed", steps } as const;
  expect(firstFailedStep(failed)?.id).toBe("Broken");
});
