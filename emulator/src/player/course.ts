/** The reports of the parts of a play to each other: their positions, their endings, and their present state. */
import type { ErrorNames, Json, ProgramError, Sequence } from "./program";
import type { MapUpdate } from "./play";
import { layOver } from "./expressions";
import type { Scope } from "./expressions";
import type { OpenStep, ProgramRecord } from "./record";

/** The end of a part of the program. */
export interface Ending {
  readonly at: number;
  /** `success`; anything else is a failure, and the outcome of the execution. */
  readonly outcome: string;
  /** The outcome of the step, where it differs from the outcome. */
  readonly stepOutcome?: string;
  readonly output: Json;
  readonly error: ProgramError | undefined;
  /** The sequence around ends too. */
  readonly finishes?: boolean;
  /** A limit of the execution is reached: nothing retries, catches or tolerates that. */
  readonly isFinal?: boolean;
  /** The task's script ignores failures: the sequence goes on, and ends with `fail`. */
  readonly ignoresFailure?: boolean | undefined;
  /** The state with which the sequence continues, if it is not the state's own `next`. */
  readonly next?: { readonly id: string | undefined };
}

/** The state of a part of the program: ended, or the time of its next change without a request. */
export type Course =
  | { readonly ended: Ending; readonly nextChangeAt?: undefined }
  | { readonly ended?: undefined; readonly nextChangeAt: number | undefined };

/** The surroundings of a sequence. */
export interface Frame {
  /** In front of the keys of its steps. */
  readonly prefix: string;
  readonly parentKey: string | undefined;
  readonly item?: Json;
  readonly index?: number;
}

/** One visit of a state. */
export interface Visit {
  readonly key: string;
  /** The values that expressions read; `input` is the arriving value. */
  readonly scope: Scope;
  readonly at: number;
  readonly until: number;
  readonly frame: Frame;
  /** True if the sequence around collects outputs: a state that does no work then has none. */
  readonly collects: boolean;
  readonly record: ProgramRecord;
  /** Counts the runs of this state in its sequence, from 1. */
  readonly countRun: () => number;
}

/** Plays sequences, for the states that run several of them. */
export interface SequencePlayer {
  readonly names: ErrorNames;
  /** Changes of a map's limits, in order. */
  mapUpdates(key: string): readonly MapUpdate[];
  /** Plays a sequence that begins at `at` up to `until`. */
  playSequence(
    sequence: Sequence,
    input: Json,
    at: number,
    until: number,
    frame: Frame,
    record: ProgramRecord,
  ): Course;
}

/** The result of a state that does no work. */
export function idleResult({ collects, scope }: Visit): Json {
  return collects ? {} : scope.input;
}

/** An end with success. */
export function success(at: number, output: Json): Ending {
  return { at, outcome: "success", output, error: undefined };
}

/** An end with the outcome `fail`. */
export function failure(at: number, code: string, cause: string): Ending {
  return { at, outcome: "fail", output: undefined, error: { code, cause } };
}

/** Ends a step. */
export function endStep(step: OpenStep, outcome: string, at: number): void {
  step.phase = "ended";
  step.outcome = outcome;
  step.endedAt = at;
}

/** The sequence around goes on after the step, with the output of the step. */
export function exitStep(step: OpenStep, ended: Ending, { collects, scope, record }: Visit): Course {
  const { at, output } = ended;
  step.output = output;
  // The outputs that the sequence has collected by then; in a chain, the input of the next state.
  record.note("stepExited", at, step, { local: collects ? layOver(scope.local, output) : output });
  return { ended };
}
