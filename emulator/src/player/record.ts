/** The record that a play writes: the steps that have begun and the events, in the order in which they came. */
import type { Json, ProgramError, State } from "./program";
import type { AttemptSnapshot, ItemCounts, ProgramEvent, ProgramStep } from "./play";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A step that is still being written. */
export type OpenStep = Omit<Mutable<ProgramStep>, "attempts" | "items"> & {
  attempts: Mutable<AttemptSnapshot>[];
  items?: ItemCounts;
};

/** The steps and events of a play, or of a part of one. */
export class ProgramRecord {
  readonly #before: number;
  #last?: ProgramEvent | undefined;
  steps: OpenStep[] = [];
  events: ProgramEvent[] = [];

  /**
   * @param before - Events that were there before this record's first one.
   * @param last - The event that this record's first one comes after.
   */
  constructor(before = 0, last?: ProgramEvent) {
    this.#before = before;
    this.#last = last;
  }

  /** The event that the next one comes after. */
  get lastEvent(): ProgramEvent | undefined {
    return this.#last;
  }

  /** Events so far, with those before. */
  get eventCount(): number {
    return this.#before + this.events.length;
  }

  /** @param given - The value that arrives at the state, and the outputs that the sequence around has collected. */
  enter(
    key: string,
    parentKey: string | undefined,
    state: State,
    at: number,
    given: { readonly input: Json; readonly local: Json },
  ): OpenStep {
    const step: OpenStep = {
      key,
      parentKey,
      state,
      phase: "running",
      outcome: undefined,
      beganAt: at,
      endedAt: undefined,
      input: given.input,
      output: undefined,
      error: undefined,
      attempts: [],
    };
    this.steps.push(step);
    this.note("stepEntered", at, step, given);
    return step;
  }

  /** Adds an event. */
  note(
    type: ProgramEvent["type"],
    at: number,
    step: OpenStep | undefined,
    more: {
      input?: Json;
      output?: Json;
      local?: Json;
      error?: ProgramError | undefined;
      attempt?: number;
    } = {},
  ): void {
    const attempt = more.attempt ?? step?.attempts.at(-1)?.attempt;
    this.#last = { type, at, stepKey: step?.key, state: step?.state, ...more, attempt, after: this.#last };
    this.events.push(this.#last);
  }

  /** Takes in the record of a part of the program. Later entries come after the part that ended last. */
  add(part: ProgramRecord): void {
    for (const step of part.steps) this.steps.push(step);
    for (const event of part.events) this.events.push(event);
    if (part.#last && (this.#last === undefined || part.#last.at >= this.#last.at)) this.#last = part.#last;
  }

  /** Ends at `at` every step that had not ended then. Records of later times are removed. */
  cut(at: number, outcome: string): void {
    this.steps = this.steps.filter((step) => step.beganAt <= at);
    this.events = this.events.filter((event) => event.at <= at);
    while (this.#last && this.#last.at > at) this.#last = this.#last.after;
    for (const step of this.steps) {
      if (step.phase === "ended" && (step.endedAt ?? at) <= at) continue;
      step.phase = "ended";
      step.outcome = outcome;
      step.endedAt = at;
      step.output = undefined;
      step.error = undefined;
      const attempts = step.attempts.filter((attempt) => attempt.beganAt <= at);
      if (attempts.length < step.attempts.length) step.input = this.#lastInputOf(step);
      step.attempts = attempts;
      const last = attempts.at(-1);
      if (last && (last.endedAt === undefined || last.endedAt > at)) {
        last.endedAt = at;
        last.outcome = outcome;
        last.error = undefined;
      }
      if (step.items) step.items = this.#itemsOf(step, step.items.total);
    }
  }

  // Each attempt is given an input of its own.
  #lastInputOf(step: OpenStep): Json {
    return this.events.findLast(({ type, stepKey }) => type === "stepStarted" && stepKey === step.key)?.input;
  }

  // The state of a map's items, in its last attempt, when the record was cut.
  #itemsOf(step: OpenStep, total: number): ItemCounts {
    const attempt = step.attempts.at(-1)?.attempt;
    const exits = this.events.filter(
      (event) => event.type === "iterationExited" && event.stepKey === step.key && event.attempt === attempt,
    );
    const failed = exits.filter(({ error }) => error !== undefined).length;
    const succeeded = exits.length - failed;
    return { total, pending: 0, running: 0, succeeded, failed, aborted: total - exits.length };
  }

  /** The events by time; those of one moment stay in the order in which they were written. */
  sortedEvents(): ProgramEvent[] {
    return [...this.events].sort((a, b) => a.at - b.at);
  }
}
