/**
 * The events of an execution in CloudFlow's words and form, as the vendor's page on viewing the execution history shows
 * them: https://www.alibabacloud.com/help/en/serverless-workflow/latest/view-the-execution-history
 */
import type { ProgramEvent, ProgramEventType } from "../../player/play";
import type { Execution } from "../../executions/record";
import type { JsonObject } from "../../ground/jsonShape";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { EmulatorState } from "../../cloud/state";
import { timeText } from "./operation";

/** An event with its number. */
export interface NumberedEvent {
  readonly id: number;
  /** The event before it in its branch; 0 for the first one, `undefined` where the field is left out. */
  readonly scheduledBy: number | undefined;
  readonly event: ProgramEvent;
}

const eventTypes: Readonly<Record<ProgramEventType, string>> = {
  executionStarted: "ExecutionStarted",
  executionStopped: "ExecutionStopped",
  executionSucceeded: "ExecutionSucceeded",
  executionFailed: "ExecutionFailed",
  executionTimedOut: "ExecutionTimedOut",
  stepEntered: "StepEntered",
  stepStarted: "StepStarted",
  stepSucceeded: "StepSucceeded",
  stepFailed: "StepFailed",
  stepExited: "StepExited",
  branchEntered: "BranchEntered",
  branchExited: "BranchExited",
  iterationEntered: "IterationEntered",
  iterationExited: "IterationExited",
  taskScheduled: "TaskScheduled",
  taskStarted: "TaskStarted",
  taskSubmitted: "TaskSubmitted",
  taskSubmitFailed: "TaskSubmitFailed",
  taskSucceeded: "TaskSucceeded",
  taskFailed: "TaskFailed",
  taskTimedOut: "TaskTimedOut",
};

/** All events so far, numbered from 1. Each refers to the event before it in its branch. */
export function numberedEvents(
  state: EmulatorState,
  execution: Execution,
  { scheduleEventId }: ActiveQuirks,
): NumberedEvent[] {
  const ids = new Map<ProgramEvent, number>();
  const forks = new Map<string, number>();
  return state.executions.play(execution).events.map((event, index) => {
    const id = index + 1;
    ids.set(event, id);
    const { type, stepKey = "", after } = event;
    if (type === "stepStarted") forks.set(stepKey, id);
    if (scheduleEventId === "absent") return { id, scheduledBy: undefined, event };
    if (scheduleEventId === "zero") return { id, scheduledBy: 0, event };
    const fork = scheduleEventId === "fork" && joins(event) ? forks.get(stepKey) : undefined;
    return { id, scheduledBy: fork ?? (after ? ids.get(after) : undefined) ?? 0, event };
  });
}

// The first event after branches that ran side by side.
function joins({ type, state }: ProgramEvent): boolean {
  const isFork = state?.kind === "parallel" || state?.kind === "map";
  return isFork && (type === "stepSucceeded" || type === "stepFailed");
}

/** An event as GetExecutionHistory shows it. */
export function eventBody({ id, scheduledBy, event }: NumberedEvent): JsonObject {
  return {
    EventId: id,
    ...(scheduledBy === undefined ? {} : { ScheduleEventId: scheduledBy }),
    Type: eventTypes[event.type],
    StepName: event.state ? (event.state.name ?? event.state.id) : "",
    Time: timeText(event.at),
    EventDetail: JSON.stringify(detailOf(event)),
  };
}

function detailOf(event: ProgramEvent): JsonObject {
  const { type, state, input, output, local, error, attempt, stepKey } = event;
  const isMapRun = type === "stepEntered" && state?.kind === "map" && state.details !== undefined;
  return {
    ...(type === "taskScheduled" ? (state?.details as JsonObject | undefined) : {}),
    ...(isMapRun ? { mapRunName: stepKey } : {}),
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(local === undefined ? {} : { local }),
    ...(error === undefined ? {} : { error: error.code, cause: error.cause }),
    ...(attempt !== undefined && attempt > 1 ? { retryCount: attempt - 1 } : {}),
  };
}
