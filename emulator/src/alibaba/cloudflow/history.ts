// The events of an execution in CloudFlow's words.
import type { ProgramEvent, ProgramEventType } from "../../executions/programPlay";
import type { Execution } from "../../executions/store";
import type { JsonObject } from "../../jsonShape";
import type { EmulatorState } from "../../state";
import { timeText } from "./operation";

/** An event with its number. */
export interface NumberedEvent {
  readonly id: number;
  readonly scheduledBy: number;
  readonly event: ProgramEvent;
}

const TYPES: Readonly<Record<ProgramEventType, string>> = {
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

/** All events so far, numbered from 1; those of a task refer to the event that has scheduled it. */
export function numberedEvents(state: EmulatorState, execution: Execution): NumberedEvent[] {
  const scheduled = new Map<string, number>();
  return state.executions.play(execution).events.map((event, index) => {
    const id = index + 1;
    const task = `${event.stepKey ?? ""}\n${String(event.attempt)}`;
    if (event.type === "taskScheduled") scheduled.set(task, id);
    const scheduledBy = event.type.startsWith("task") ? (scheduled.get(task) ?? 0) : 0;
    return { id, scheduledBy, event };
  });
}

/** An event as GetExecutionHistory shows it. */
export function eventBody({ id, scheduledBy, event }: NumberedEvent): JsonObject {
  return {
    EventId: id,
    ScheduleEventId: scheduledBy,
    Type: TYPES[event.type],
    StepName: event.state ? (event.state.name ?? event.state.id) : "",
    Time: timeText(event.at),
    EventDetail: JSON.stringify(detailOf(event)),
  };
}

function detailOf({ type, state, input, output, error, attempt, stepKey }: ProgramEvent): JsonObject {
  const isMapRun = type === "stepEntered" && state?.kind === "map" && state.details !== undefined;
  return {
    ...(type === "taskScheduled" ? (state?.details as JsonObject | undefined) : {}),
    ...(isMapRun ? { mapRunName: stepKey } : {}),
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error: error.code, cause: error.cause }),
    ...(attempt !== undefined && attempt > 1 ? { retryCount: attempt - 1 } : {}),
  };
}
