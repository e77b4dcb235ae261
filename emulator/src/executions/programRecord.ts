// What a play writes down while it goes: the steps that have begun and the events, in the order in which they came.
import type { Json, ProgramError, State } from "./program";
import type { AttemptSnapshot, ItemCounts, ProgramEvent, ProgramStep } from "./programPlay";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A step that is still being written. */
export type OpenStep = Omit<Mutable<ProgramStep>, "attempts" | "items"> & {
  attempts: Mutable<AttemptSnapshot>[];
  items?: ItemCounts;
};

export class ProgramRecord {
  readonly steps: OpenStep[] = [];
  readonly events: ProgramEvent[] = [];

  /** @param before - Events that were there before this record's first one. */
  constructor(private readonly before = 0) {}

  /** Events so far, with those before. */
  get eventCount(): number {
    return this.before + this.events.length;
  }

  enter(key: string, parentKey: string | undefined, state: State, at: number, input: Json): OpenStep {
    const step: OpenStep = {
      key,
      parentKey,
      state,
      phase: "running",
      outcome: undefined,
      beganAt: at,
      endedAt: undefined,
      input,
      output: undefined,
      error: undefined,
      attempts: [],
    };
    this.steps.push(step);
    this.note("stepEntered", at, step, { input });
    return step;
  }

  note(
    type: ProgramEvent["type"],
    at: number,
    step: OpenStep | undefined,
    more: { input?: Json; output?: Json; error?: ProgramError | undefined; attempt?: number } = {},
  ): void {
    const attempt = more.attempt ?? step?.attempts.at(-1)?.attempt;
    this.events.push({ type, at, stepKey: step?.key, state: step?.state, ...more, attempt });
  }

  /** Takes in what a part of the program has written. */
  add(part: ProgramRecord): void {
    this.steps.push(...part.steps);
    this.events.push(...part.events);
  }

  /** Ends whatever has not ended. */
  cut(at: number, outcome: string): void {
    for (const step of this.steps) {
      if (step.phase === "ended") continue;
      step.phase = "ended";
      step.outcome = outcome;
      step.endedAt = at;
      const last = step.attempts.at(-1);
      if (last?.endedAt === undefined && last) {
        last.endedAt = at;
        last.outcome = outcome;
      }
      const { items } = step;
      if (items)
        step.items = {
          ...items,
          pending: 0,
          running: 0,
          aborted: items.aborted + items.pending + items.running,
        };
    }
  }

  /** The events by time; those of one moment stay in the order in which they were written. */
  sortedEvents(): ProgramEvent[] {
    return [...this.events].sort((a, b) => a.at - b.at);
  }
}
