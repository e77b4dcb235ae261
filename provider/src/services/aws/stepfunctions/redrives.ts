/**
 * Redrives in a history: the steps that the end of an execution has closed, and the steps that a redrive opens again.
 * Pure.
 */
import type { StepRecord } from "./steps";

/** The end of a step. */
export type StepEnd = Pick<StepRecord, "status" | "rawStatus" | "settledAt" | "failure">;

// More than anybody redrives an execution; each costs as much as the steps that it opens again.
const maxRedrives = 100;

/** The redrives of one execution. */
export class Redrives {
  #cutOff: StepRecord[] = [];
  readonly #reopened = new Map<StepRecord, StepEnd>();
  #count = 0;

  /** The execution ends: a redrive opens the steps that are closed from now on. */
  executionEnds(): void {
    this.#cutOff = [];
  }

  /** Notes a step that the end of the execution has closed. */
  note(step: StepRecord): void {
    this.#cutOff.push(step);
  }

  /** The steps that a redrive opens again; undefined if there have been too many redrives. */
  next(): readonly StepRecord[] | undefined {
    if (this.#count >= maxRedrives) return undefined;
    this.#count += 1;
    const steps = this.#cutOff;
    this.#cutOff = [];
    this.#reopened.clear();
    for (const step of steps) {
      const { status, rawStatus, settledAt, failure } = step;
      this.#reopened.set(step, { status, rawStatus, settledAt, failure });
    }
    return steps;
  }

  /** The end of a step before the last redrive; undefined if the redrive did not open the step. */
  endBefore(step: StepRecord): StepEnd | undefined {
    return this.#reopened.get(step);
  }
}
