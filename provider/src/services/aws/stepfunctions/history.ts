/**
 * Steps from the event history of Step Functions: the service gives events, not the status of steps. Events are paired
 * along `previousEventId`, because branches and iterations that run side by side interleave, and have steps of the same
 * name. Pure.
 */
import type { ExecutionStatus, ExecutionStep } from "../../../execution/snapshot";
import type { StateMachineEvent } from "./events";
import { Redrives } from "./redrives";
import type { StepRecord } from "./steps";
import {
  chainOf,
  describeError,
  explain,
  failureOf,
  failureStatus,
  nameIn,
  nearest,
  noteTask,
  toStep,
} from "./steps";

// The statuses of steps that were under way at the end of the execution.
const endings: ReadonlyMap<string, ExecutionStatus> = new Map([
  ["ExecutionFailed", "failed"],
  ["ExecutionAborted", "stopped"],
  ["ExecutionTimedOut", "timedOut"],
]);

/**
 * Reads events, oldest first, in pages of any size, in time that grows with their number. Keeps no events.
 *
 * - A step begins with `…StateEntered`, and ends with `…StateExited`: of the innermost step of that name around the
 *   event before.
 * - Task events are about the innermost step. One that failed, and left its state all the same, was caught: the step
 *   has failed.
 * - The end of a Parallel or Map, or of the execution, ends the steps that are under way in it. Steps on the failure's
 *   chain of events have failed, the others were stopped.
 */
export class StepReader {
  readonly #steps: StepRecord[] = [];
  // The innermost step around the events that follow an event; null outside of all steps.
  readonly #around = new Map<number, StepRecord | null>();
  readonly #byName = new Map<string, StepRecord[]>();
  readonly #outermost = new Set<StepRecord>();
  readonly #redrives = new Redrives();
  #error: string | undefined;

  /** Takes the next events. */
  read(events: readonly StateMachineEvent[]): void {
    for (const event of events) {
      const around = this.#take(event, this.#around.get(event.previousEventId) ?? undefined);
      if (event.id > 0) this.#around.set(event.id, around ?? null);
    }
  }

  /** The steps that have begun, in that order; a step that is entered again (loops) appears again. */
  get steps(): ExecutionStep[] {
    return this.#steps.map(toStep);
  }

  /** The reason why the execution ended; undefined if the execution ended well or the service does not say. */
  get executionError(): string | undefined {
    return this.#error;
  }

  // Gives the innermost step around the next event.
  #take(event: StateMachineEvent, innermost: StepRecord | undefined): StepRecord | undefined {
    const { type } = event;
    if (type.startsWith("Execution")) {
      this.#takeExecution(event, innermost);
      return undefined;
    }
    const [, kind, verb] =
      /^([A-Z][A-Za-z]*)State(Entered|Exited|Aborted|Failed|Succeeded|Started)$/.exec(type) ?? [];
    if (kind !== undefined && verb === "Entered") return this.#enter(event, kind, innermost);
    if (verb === "Exited") return this.#exit(event, innermost);
    if (verb === "Aborted") {
      const step =
        kind === undefined ? innermost : (nearest(innermost, (one) => one.kind === kind) ?? innermost);
      if (step) this.#close(step, "stopped", event);
      return step?.parent;
    }
    if (verb !== undefined) return this.#takeContainer(event, verb, kind, innermost);
    const iteration = /^MapIteration(Started|Succeeded|Failed|Aborted)$/.exec(type)?.[1];
    if (iteration !== undefined) return this.#takeIteration(event, iteration, innermost);
    if (innermost) noteTask(innermost, event);
    return innermost;
  }

  // Events of an iteration are about the Map around it.
  #takeIteration(
    event: StateMachineEvent,
    verb: string,
    innermost: StepRecord | undefined,
  ): StepRecord | undefined {
    const map = nearest(innermost, ({ kind }) => kind === "Map");
    if (map && (verb === "Failed" || verb === "Aborted")) {
      const chain = chainOf(innermost, map);
      for (const step of chain) this.#closeAs(step, verb === "Failed" ? chain : [], event, "stopped");
      if (verb === "Failed") map.failure = failureOf(event, chain);
    }
    return map ?? innermost;
  }

  #takeContainer(
    event: StateMachineEvent,
    verb: string,
    kind: string | undefined,
    innermost: StepRecord | undefined,
  ): StepRecord | undefined {
    const container = nearest(innermost, (step) => step.kind === kind) ?? innermost;
    if (!container) return undefined;
    if (verb === "Failed") {
      const failed = chainOf(innermost, container);
      this.#closeWithin(container, failed, event);
      const before = container.failure;
      container.failure = failureOf(event, failed);
      // An iteration has told it already.
      if (failed.length === 0 && before) container.failure = { ...before, type: event.type };
    }
    // Begins anew where it is retried.
    if (verb === "Started") container.failure = undefined;
    return container;
  }

  #takeExecution(event: StateMachineEvent, innermost: StepRecord | undefined): void {
    const reopened = event.type === "ExecutionRedriven" ? this.#redrives.next() : undefined;
    if (reopened) this.#error = undefined;
    for (const step of reopened ?? []) this.#open(step);
    const ending = endings.get(event.type);
    if (ending === undefined) return;
    this.#error = describeError(event);
    const failed = ending === "failed" ? chainOf(innermost, undefined) : [];
    for (const step of failed) {
      step.failure ??= { type: event.type, error: undefined };
      explain(step, this.#error);
    }
    this.#redrives.executionEnds();
    for (const step of [...this.#outermost]) {
      this.#closeWithin(step, failed, event, ending === "failed" ? "stopped" : ending);
      this.#closeAs(step, failed, event, ending === "failed" ? "stopped" : ending);
    }
  }

  #enter(event: StateMachineEvent, kind: string, parent: StepRecord | undefined): StepRecord {
    this.#endAgain(nameIn(event), kind);
    const step: StepRecord = {
      name: nameIn(event),
      kind,
      parent,
      startedAt: event.time,
      openChildren: new Set(),
      status: "running",
      rawStatus: event.type,
      settledAt: undefined,
      failure: undefined,
      isOpen: true,
    };
    this.#steps.push(step);
    this.#open(step);
    const sameName = this.#byName.get(step.name) ?? [];
    this.#byName.set(step.name, sameName);
    sameName.push(step);
    return step;
  }

  #exit(event: StateMachineEvent, innermost: StepRecord | undefined): StepRecord | undefined {
    const name = nameIn(event);
    const step = nearest(innermost, (one) => one.name === name && one.isOpen) ?? this.#youngest(name);
    if (!step) return innermost;
    this.#close(step, step.failure ? failureStatus(step.failure.type) : "succeeded", event);
    return step.parent;
  }

  // The step for an event whose chain leads nowhere. Steps that have ended meanwhile are removed at the next search.
  #youngest(name: string): StepRecord | undefined {
    const steps = this.#byName.get(name) ?? [];
    while (steps.length > 0 && steps.at(-1)?.isOpen === false) steps.pop();
    return steps.at(-1);
  }

  // A redrive enters a state of the type Fail anew, where a Task goes on: the first time has ended as it had.
  #endAgain(name: string, kind: string): void {
    const step = this.#youngest(name);
    const end = step && this.#redrives.endBefore(step);
    if (!end || step.kind !== kind) return;
    Object.assign(step, end, { isOpen: false });
    (step.parent?.openChildren ?? this.#outermost).delete(step);
  }

  #open(step: StepRecord): void {
    step.isOpen = true;
    step.status = "running";
    step.settledAt = undefined;
    step.failure = undefined;
    (step.parent?.openChildren ?? this.#outermost).add(step);
  }

  #close(step: StepRecord, status: ExecutionStatus, { type, time }: StateMachineEvent): void {
    if (!step.isOpen) return;
    step.isOpen = false;
    step.status = status;
    step.rawStatus = type;
    step.settledAt = time;
    (step.parent?.openChildren ?? this.#outermost).delete(step);
    if (endings.has(type)) this.#redrives.note(step);
  }

  #closeAs(
    step: StepRecord,
    failed: readonly StepRecord[],
    event: StateMachineEvent,
    others: ExecutionStatus,
  ): void {
    const hasFailed = failed.includes(step);
    this.#close(step, hasFailed ? failureStatus(step.failure?.type ?? event.type) : others, event);
  }

  // With a stack of its own: a history can nest deeper than calls can.
  #closeWithin(
    container: StepRecord,
    failed: readonly StepRecord[],
    event: StateMachineEvent,
    others: ExecutionStatus = "stopped",
  ): void {
    const waiting = [...container.openChildren];
    for (let step = waiting.pop(); step; step = waiting.pop()) {
      waiting.push(...step.openChildren);
      this.#closeAs(step, failed, event, others);
    }
  }
}

/** The steps that have begun, by all events of an execution: {@link StepReader}. */
export function stepsOf(events: readonly StateMachineEvent[]): ExecutionStep[] {
  const reader = new StepReader();
  reader.read(events);
  return reader.steps;
}
