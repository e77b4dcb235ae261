/**
 * Steps from CloudFlow's event history: the service tells what happened, not how the steps stand. Pure.
 */
import type { ExecutionStatus, ExecutionStep } from "../../execution/snapshot";
import { durationBetweenMs } from "../../execution/snapshot";
import { isJsonObject } from "../../http/answer";

/** One event of an execution. */
export interface HistoryEvent {
  readonly eventId: number;
  /** The event that scheduled this one. */
  readonly scheduleEventId: number;
  /** E.g. `StepEntered`, `TaskFailed`, `ExecutionSucceeded`. */
  readonly type: string;
  readonly stepName: string;
  /** RFC 3339; absent where the service gave none. */
  readonly time: string | undefined;
  /** Parsed from JSON text; the text itself where it is no JSON. */
  readonly detail: unknown;
}

interface StepRecord {
  readonly name: string;
  readonly startedAt: string | undefined;
  open: boolean;
  status: ExecutionStatus;
  rawStatus: string;
  settledAt: string | undefined;
  error: string | undefined;
}

// A step that failed also exits; the first of these words counts.
const endings: ReadonlyMap<string, ExecutionStatus> = new Map([
  ["StepSucceeded", "succeeded"],
  ["StepFailed", "failed"],
  ["StepExited", "succeeded"],
]);

// What the end of the execution makes of steps that were under way; the service has no event for these.
const cutOff: ReadonlyMap<string, ExecutionStatus> = new Map([
  ["ExecutionFailed", "stopped"],
  ["ExecutionStopped", "stopped"],
  ["ExecutionTimedOut", "timedOut"],
]);

/** The steps that have begun, in that order; a step that is entered again (loops, retries) appears again. */
export function stepsOf(events: readonly HistoryEvent[]): ExecutionStep[] {
  const steps: StepRecord[] = [];
  const open = (name: string): StepRecord | undefined =>
    steps.findLast((step) => step.name === name && step.open);
  for (const event of events) {
    if (event.type === "StepEntered") {
      steps.push({
        name: event.stepName,
        startedAt: event.time,
        open: true,
        status: "running",
        rawStatus: event.type,
        settledAt: undefined,
        error: undefined,
      });
      continue;
    }
    const cut = cutOff.get(event.type);
    if (cut !== undefined) {
      for (const step of steps) if (step.open) close(step, cut, event);
      continue;
    }
    const step = open(event.stepName);
    if (!step) continue;
    if (event.type === "TaskFailed" || event.type === "TaskTimedOut" || event.type === "TaskSubmitFailed") {
      // The task's own words say more than the step's; the step may still be retried, or the error be caught.
      step.error = sayError(event.detail) ?? step.error;
      if (event.type === "TaskTimedOut") step.rawStatus = event.type;
    }
    const ending = endings.get(event.type);
    if (ending === undefined) continue;
    const timedOut = ending === "failed" && step.rawStatus === "TaskTimedOut";
    close(step, timedOut ? "timedOut" : ending, event);
    if (ending === "failed") step.error ??= sayError(event.detail);
  }
  return steps.map(toStep);
}

function close(step: StepRecord, status: ExecutionStatus, { type, time }: HistoryEvent): void {
  step.open = false;
  step.status = status;
  step.rawStatus = type;
  step.settledAt = time;
}

/** What the last event says about why the execution ended; undefined where it ended well or says nothing. */
export function executionError(events: readonly HistoryEvent[]): string | undefined {
  const last = events.findLast(({ type }) => /^Execution(Failed|Stopped|TimedOut)$/.test(type));
  return last && sayError(last.detail);
}

function toStep(step: StepRecord): ExecutionStep {
  const durationMs = durationBetweenMs(step.startedAt, step.settledAt);
  return {
    id: step.name,
    name: step.name,
    status: step.status,
    rawStatus: step.rawStatus,
    ...(step.startedAt === undefined ? {} : { startedAt: step.startedAt }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(step.error === undefined || step.status === "succeeded" ? {} : { error: step.error }),
  };
}

// The detail has no documented shape; error and cause are seen under both spellings.
function sayError(detail: unknown): string | undefined {
  if (typeof detail === "string") return detail;
  if (!isJsonObject(detail)) return undefined;
  const pick = (...names: string[]): string | undefined =>
    names
      .map((name) => detail[name])
      .find((value): value is string => typeof value === "string" && value !== "");
  const error = pick("error", "Error", "errorCode", "ErrorCode");
  const cause = pick("cause", "Cause", "errorMessage", "ErrorMessage");
  return error === undefined && cause === undefined ? undefined : [error, cause].filter(Boolean).join(": ");
}
