/**
 * Steps from CloudFlow's event history: the service gives events, not the status of steps. Events are paired along
 * their chain, because iterations and branches that run side by side have steps of the same name. Pure.
 */
import type { ExecutionStatus, ExecutionStep } from "../../../execution/snapshot";
import { durationOf } from "../../../execution/snapshot";
import { isJsonObject } from "../../../http/answer";

/** One event of an execution. */
export interface HistoryEvent {
  /** Number of the event in its execution, from 1. NaN where the service does not say. */
  readonly eventId: number;
  /** The event before this one in its branch; 0 for the first event. NaN where the service does not say. */
  readonly scheduleEventId: number;
  /** E.g. `StepEntered`, `TaskFailed`, `ExecutionSucceeded`. */
  readonly type: string;
  /** Name of the step; empty for events of the execution as a whole. */
  readonly stepName: string;
  /** RFC 3339; absent if the service gave none. */
  readonly time: string | undefined;
  /** Parsed from JSON text; the text itself where it is no JSON. */
  readonly detail: unknown;
}

interface StepRecord {
  readonly name: string;
  /** The step around this one; undefined for an outermost one, and where the chain does not tell. */
  readonly parent: StepRecord | undefined;
  readonly startedAt: string | undefined;
  status: ExecutionStatus;
  rawStatus: string;
  settledAt: string | undefined;
  error: string | undefined;
  isOpen: boolean;
  hasExited: boolean;
  /** True if another step of the same name ran at the same time, and no chain tells their events apart. */
  isConfused: boolean;
}

// A step that failed also exits; the first of these words counts.
const endings: ReadonlyMap<string, ExecutionStatus> = new Map([
  ["StepSucceeded", "succeeded"],
  ["StepFailed", "failed"],
  ["StepExited", "succeeded"],
]);

// The statuses of steps that were under way at the end of the execution; the service has no event for the ends of these
// steps.
const cutOff: ReadonlyMap<string, ExecutionStatus> = new Map([
  ["ExecutionFailed", "stopped"],
  ["ExecutionStopped", "stopped"],
  ["ExecutionTimedOut", "timedOut"],
]);

// The number of levels that are searched for an event's step: deeper than definitions nest, and short enough that a
// history which names other steps in every event is still read in linear time.
const maxLevels = 200;

/**
 * Reads events, oldest first, in pages of any size, in time that grows with their number. Keeps no events.
 *
 * - Along the chain: an event is about the innermost step around the event before it, or one around that.
 * - Without a chain, or where it leads nowhere: by name, the youngest step that is under way. If several of that name are, it
 *   is known how many of them ended in which way, not which one: these steps are shown without their times.
 */
export class StepReader {
  readonly #steps: StepRecord[] = [];
  // The innermost step around the events that follow an event; null outside of all steps.
  readonly #around = new Map<number, StepRecord | null>();
  readonly #byName = new Map<string, SameName>();
  readonly #open = new Set<StepRecord>();
  #error: string | undefined;

  /** Takes the next events. */
  read(events: readonly HistoryEvent[]): void {
    for (const event of events) this.#take(event);
  }

  /** The steps that have begun, in that order; a step that is entered again (loops, retries) appears again. */
  get steps(): ExecutionStep[] {
    return this.#steps.map(toStep);
  }

  /**
   * The reason why the execution ended, by the last event; undefined if the execution ended well or the event does not
   * say.
   */
  get executionError(): string | undefined {
    return this.#error;
  }

  #take(event: HistoryEvent): void {
    const { eventId, scheduleEventId } = event;
    const before = this.#around.get(scheduleEventId);
    const around = this.#takeAfter(event, before);
    // Not a number, and 0, stand for no event.
    if (around !== undefined && eventId > 0) this.#around.set(eventId, around);
  }

  // Returns the step around the next event; null outside of all steps, undefined if unknown.
  #takeAfter(event: HistoryEvent, before: StepRecord | null | undefined): StepRecord | null | undefined {
    const { type, stepName } = event;
    if (type.startsWith("Execution")) {
      this.#takeExecution(event);
      return null;
    }
    if (type === "StepEntered") return this.#enter(event, before ?? undefined);
    const step = stepAround(before, event) ?? this.#byName.get(stepName)?.find(type);
    if (!step) return before;
    this.#apply(step, event);
    if (!step.hasExited) return step;
    return step.parent ?? (before === undefined ? undefined : null);
  }

  #takeExecution(event: HistoryEvent): void {
    const cut = cutOff.get(event.type);
    if (cut === undefined) return;
    this.#error = describeError(event.detail);
    for (const step of this.#open) this.#close(step, cut, event);
  }

  #enter({ stepName, type, time }: HistoryEvent, parent: StepRecord | undefined): StepRecord {
    const step: StepRecord = {
      name: stepName,
      parent,
      startedAt: time,
      status: "running",
      rawStatus: type,
      settledAt: undefined,
      error: undefined,
      isOpen: true,
      hasExited: false,
      isConfused: false,
    };
    this.#steps.push(step);
    this.#open.add(step);
    const sameName = this.#byName.get(stepName) ?? new SameName();
    this.#byName.set(stepName, sameName);
    sameName.add(step);
    return step;
  }

  #apply(step: StepRecord, event: HistoryEvent): void {
    const { type, detail } = event;
    if (type === "TaskFailed" || type === "TaskTimedOut" || type === "TaskSubmitFailed") {
      // The task's own words say more than the step's; the step may still be retried, or the error be caught.
      step.error = describeError(detail) ?? step.error;
      if (type === "TaskTimedOut") step.rawStatus = type;
    }
    if (type === "StepExited") step.hasExited = true;
    const ending = endings.get(type);
    if (ending === undefined || !step.isOpen) return;
    const timedOut = ending === "failed" && step.rawStatus === "TaskTimedOut";
    this.#close(step, timedOut ? "timedOut" : ending, event);
    if (ending === "failed") step.error ??= describeError(detail);
  }

  #close(step: StepRecord, status: ExecutionStatus, { type, time }: HistoryEvent): void {
    step.isOpen = false;
    step.status = status;
    step.rawStatus = type;
    step.settledAt = time;
    this.#open.delete(step);
    this.#byName.get(step.name)?.closed(step);
  }
}

/** Steps of one name, for events that no chain leads to. Each step is looked at a bounded number of times. */
class SameName {
  // Those at the end may have ended meanwhile; they are removed at the next search.
  readonly #open: StepRecord[] = [];
  readonly #toExit: StepRecord[] = [];
  #openCount = 0;
  #confused = 0;

  add(step: StepRecord): void {
    this.#open.push(step);
    this.#openCount += 1;
  }

  closed(step: StepRecord): void {
    this.#openCount -= 1;
    this.#toExit.push(step);
  }

  /** The step that an event of this type is about, as far as the name tells. */
  find(type: string): StepRecord | undefined {
    if (type === "StepExited") {
      // The step that has just succeeded or failed exits next.
      const leaving = last(this.#toExit, ({ hasExited }) => !hasExited);
      if (leaving) return leaving;
    }
    const found = last(this.#open, ({ isOpen }) => isOpen);
    this.#confused = Math.min(this.#confused, this.#open.length);
    if (found && this.#openCount > 1) {
      for (const step of this.#open.slice(this.#confused)) step.isConfused ||= step.isOpen;
      this.#confused = this.#open.length;
    }
    return found;
  }
}

// The last one that fits; those after it are dropped.
function last(steps: StepRecord[], fits: (step: StepRecord) => boolean): StepRecord | undefined {
  for (let step = steps.at(-1); step; step = steps.at(-1)) {
    if (fits(step)) return step;
    steps.pop();
  }
  return undefined;
}

// A failed step may still be around its neighbours' ends: only a step that the event can be about counts.
function stepAround(
  innermost: StepRecord | null | undefined,
  { type, stepName }: HistoryEvent,
): StepRecord | undefined {
  let step = innermost ?? undefined;
  for (let level = 0; step && level < maxLevels; level += 1, step = step.parent) {
    const canBe = type === "StepExited" ? !step.hasExited : step.isOpen;
    if (canBe && step.name === stepName) return step;
  }
  return undefined;
}

/** The steps that have begun, by all events of an execution: {@link StepReader}. */
export function stepsOf(events: readonly HistoryEvent[]): ExecutionStep[] {
  const reader = new StepReader();
  reader.read(events);
  return reader.steps;
}

function toStep(step: StepRecord): ExecutionStep {
  const startedAt = step.isConfused ? undefined : step.startedAt;
  return {
    id: step.name,
    name: step.name,
    status: step.status,
    rawStatus: step.rawStatus,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...durationOf({ startedAt, settledAt: step.settledAt }),
    ...(step.error === undefined || step.status === "succeeded" ? {} : { error: step.error }),
  };
}

// The detail has no documented shape; error and cause are seen under both spellings.
function describeError(detail: unknown): string | undefined {
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
