/**
 * A step while its history is read: its status, the steps around it, and its failures. Pure.
 */
import type { ExecutionStatus, ExecutionStep } from "../../../execution/snapshot";
import { durationOf } from "../../../execution/snapshot";
import type { StateMachineEvent } from "./events";

// Deeper than definitions nest. A history that names other steps in every event must still be read in linear time.
const maxLevels = 200;

/** A failure in a step. */
export interface Failure {
  readonly type: string;
  error: string | undefined;
  /** Of a Parallel or Map: the step within it that has failed, innermost. */
  readonly within?: StepRecord | undefined;
}

/** A step that is still being read. */
export interface StepRecord {
  readonly name: string;
  /** The state's type: `Task`, `Parallel`, …. */
  readonly kind: string;
  /** The Parallel or Map around this step; undefined for an outermost one. */
  readonly parent: StepRecord | undefined;
  readonly startedAt: string | undefined;
  /** Steps within this one that have not ended. */
  readonly openChildren: Set<StepRecord>;
  status: ExecutionStatus;
  rawStatus: string;
  settledAt: string | undefined;
  /** The failure since the last attempt began; undefined if there is none. */
  failure: Failure | undefined;
  isOpen: boolean;
}

/** The innermost of the steps around that fits. */
export function nearest(
  innermost: StepRecord | undefined,
  fits: (step: StepRecord) => boolean,
): StepRecord | undefined {
  let step = innermost;
  for (let level = 0; step && level < maxLevels; level += 1, step = step.parent) {
    if (fits(step)) return step;
  }
  return undefined;
}

/** From the innermost step up to `end`, which is left out. */
export function chainOf(innermost: StepRecord | undefined, end: StepRecord | undefined): StepRecord[] {
  const chain: StepRecord[] = [];
  for (let step = innermost; step && step !== end && chain.length < maxLevels; step = step.parent)
    chain.push(step);
  return chain;
}

/** A Parallel and a Map fail without a word of their own, and so does a state of the type Fail: the execution's end says why. */
export function explain(step: StepRecord, error: string | undefined): void {
  let failure = step.failure;
  for (let level = 0; failure && level < maxLevels; level += 1, failure = failure.within?.failure) {
    failure.error ??= error;
  }
}

/** The failure that the end of a Parallel, a Map or an iteration tells of a step within it. */
export function failureOf(event: StateMachineEvent, failed: readonly StepRecord[]): Failure {
  const within = failed[0];
  if (within) within.failure ??= { type: event.type, error: undefined };
  return { type: event.type, error: describeError(event) ?? within?.failure?.error, within };
}

/** Notes an event of a step's task. The last attempt counts: a task that is scheduled again has not failed yet. */
export function noteTask(step: StepRecord, event: StateMachineEvent): void {
  const { type } = event;
  if (/(Failed|TimedOut)$/.test(type)) step.failure = { type, error: describeError(event) };
  else if (/(Scheduled|Started|Submitted|Succeeded)$/.test(type)) step.failure = undefined;
}

/** The status of a step that ended by an event of this type. */
export function failureStatus(type: string): ExecutionStatus {
  return type.endsWith("TimedOut") ? "timedOut" : "failed";
}

/** A step as snapshots have it. */
export function toStep(step: StepRecord): ExecutionStep {
  const { name, status, rawStatus, startedAt } = step;
  const error = status === "succeeded" ? undefined : step.failure?.error;
  return {
    id: name,
    name,
    status,
    rawStatus,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...durationOf(step),
    ...(error === undefined ? {} : { error }),
  };
}

/** The name of the state that an event is about. */
export function nameIn({ details }: StateMachineEvent): string {
  const { name } = details;
  return typeof name === "string" ? name : "";
}

/** `error: cause`, as far as an event has them. */
export function describeError({ details }: StateMachineEvent): string | undefined {
  const { error, cause } = details;
  const parts = [error, cause].filter((part) => typeof part === "string" && part !== "");
  return parts.length === 0 ? undefined : parts.join(": ");
}
