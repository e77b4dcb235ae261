/**
 * A flow as a program: states with transitions, data that flows through them, retries and catches. Knows no vendor: each
 * service reads its own definition language into this form. A program is JSON, so that a data folder can keep one.
 */

/** Any JSON value. */
export type Json = unknown;

/**
 * The roots that an expression can read: `input` the input of the state (in `State.input`: the value that arrives at
 * it); `result` the state's own result (in `State.output`); `local` outputs collected by the sequence around;
 * `execution` the value that the service passes in `Play.execution`; `state` `{name, key, attempt}`; `error` `{code,
 * cause}` (in `CatchRule.output`); `item` and `index` of the map around.
 */
export type Root = "input" | "result" | "local" | "execution" | "state" | "error" | "item" | "index";

/**
 * Makes a JSON value. A path that leads nowhere gives `undefined`, which objects leave out. In a path, the key `*` on a
 * list means all of its items.
 */
export type Expression =
  | { readonly kind: "literal"; readonly value: Json }
  | { readonly kind: "path"; readonly root: Root; readonly keys: readonly (string | number)[] }
  | { readonly kind: "object"; readonly fields: Readonly<Record<string, Expression>> }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  /** Objects laid over each other; later ones win, and values that are no objects are left out. */
  | { readonly kind: "merge"; readonly parts: readonly Expression[] }
  /** The parts' texts, joined. */
  | { readonly kind: "text"; readonly parts: readonly Expression[] };

/** A comparison of two values. */
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** Says yes or no to JSON. Values of different types are unequal and have no order. */
export type Condition =
  | {
      readonly kind: "compare";
      readonly left: Expression;
      readonly by: Comparison;
      readonly right: Expression;
    }
  | { readonly kind: "present"; readonly value: Expression }
  /** Holds if the value is `true`. */
  | { readonly kind: "true"; readonly value: Expression }
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition };

/** Error codes that a rule is for; `*` is any. */
export type ErrorCodes = readonly string[];

/** The errors of a state that are tried again, and the times of the retries. Intervals in milliseconds. */
export interface RetryRule {
  readonly errors: ErrorCodes;
  /** Retries after the first attempt. */
  readonly maxRetries: number;
  readonly intervalMs: number;
  /** The interval grows by this factor. */
  readonly multiplier: number;
  readonly maxIntervalMs?: number | undefined;
}

/** The continuation of a sequence after an error of a state. */
export interface CatchRule {
  readonly errors: ErrorCodes;
  /** State of the same sequence to go on with; `undefined` ends the sequence. */
  readonly next: string | undefined;
  /** The input of the next state; default: the value of an output, `{error: {code, cause}}`. */
  readonly output?: Expression | undefined;
}

interface StateParts {
  /** Unique in the whole program where tasks are to be scripted one by one. */
  readonly id: string;
  /** Default: the id. */
  readonly name?: string | undefined;
  /** Makes the state's input from the arriving value; default: that value itself. */
  readonly input?: Expression | undefined;
  /** Makes the state's output from its `result`; default: that itself. */
  readonly output?: Expression | undefined;
  /** Id of the state that follows in the same sequence; `undefined`: the sequence ends. */
  readonly next?: string | undefined;
  /** The first rule that fits the error is used. */
  readonly retries?: readonly RetryRule[] | undefined;
  readonly catches?: readonly CatchRule[] | undefined;
  /** Details that the service wants to find again in the step, such as the function's name. */
  readonly details?: Json;
}

/** Does work: takes time and ends as it is scripted. */
export interface TaskState extends StateParts {
  readonly kind: "task";
  /** Once submitted it waits for a report. */
  readonly callback?: boolean | undefined;
  readonly timeoutMs?: number | undefined;
  /** Makes the parameters of the task's call, for the event `taskScheduled`; default: the state's input. */
  readonly parameters?: Expression | undefined;
}

/** Does nothing. */
export interface PassState extends StateParts {
  readonly kind: "pass";
}

/** Waits for milliseconds, or until a time (epoch milliseconds, or RFC 3339 text). */
export interface WaitState extends StateParts {
  readonly kind: "wait";
  readonly durationMs?: Expression | undefined;
  readonly until?: Expression | undefined;
  /** Milliseconds in a unit of the numbers of both, default 1: 1000 for definitions in seconds. */
  readonly unitMs?: number | undefined;
}

/** One way out of a choice. */
export interface ChoiceArm {
  /** Absent in the default arm. */
  readonly when?: Condition | undefined;
  /** Run first, if there. A `succeed` in it, or a last state with `endsOuter`, ends the sequence around the choice too. */
  readonly body?: Sequence | undefined;
  /** Then goes on here; `undefined`: with the choice's `next`, or the sequence ends. */
  readonly next?: string | undefined;
}

/** Goes the way of the first arm whose condition holds; no arm is an error. */
export interface ChoiceState extends StateParts {
  readonly kind: "choice";
  readonly arms: readonly ChoiceArm[];
  /** The course when no arm fits. @default "fail" */
  readonly noMatch?: "fail" | "next" | undefined;
}

/** Runs branches at once; its result is the list of their outputs, or with `resultKey` `{[resultKey]: list}`. */
export interface ParallelState extends StateParts {
  readonly kind: "parallel";
  readonly branches: readonly Sequence[];
  readonly resultKey?: string | undefined;
}

/** Runs its body for each item of a list; its result is the list of outputs, or `{[resultKey]: list}`. */
export interface MapState extends StateParts {
  readonly kind: "map";
  readonly items: Expression;
  readonly body: Sequence;
  /** Makes an iteration's input; default: the item. */
  readonly itemInput?: Expression | undefined;
  /** Iterations at once; default: all. */
  readonly concurrency?: number | undefined;
  readonly toleratedFailures?: number | undefined;
  readonly toleratedFailurePercent?: number | undefined;
  readonly resultKey?: string | undefined;
}

/** A sequence of its own, such as several actions of one state. */
export interface GroupState extends StateParts {
  readonly kind: "group";
  readonly body: Sequence;
}

/** Ends the sequence it is in, with success. */
export interface SucceedState extends StateParts {
  readonly kind: "succeed";
}

/** Ends the sequence it is in, with an error. */
export interface FailState extends StateParts {
  readonly kind: "fail";
  readonly error: Expression;
  readonly cause: Expression;
}

/** Any state of a program. */
export type State =
  | TaskState
  | PassState
  | WaitState
  | ChoiceState
  | ParallelState
  | MapState
  | GroupState
  | SucceedState
  | FailState;

/** States, and how data flows from one to the next. */
export interface Sequence {
  readonly startAt: string;
  readonly states: readonly State[];
  /**
   * `chain`: a state is given the output of the one before; the last output is the sequence's.
   * `collect`: outputs (objects) are laid over each other in `local`; a state is given the sequence's input with
   * `local` laid over it; the sequence's output is `local`. States that do no work (pass, wait, succeed, a choice
   * without a body) have an empty result there, and their input as the result in a chain.
   */
  readonly data: "chain" | "collect";
  /** Ids of states after which the sequence around a choice ends too. */
  readonly endsOuter?: readonly string[] | undefined;
  /** Makes the sequence's input from the arriving value. */
  readonly input?: Expression | undefined;
  /** Makes the sequence's output from its `result`. */
  readonly output?: Expression | undefined;
}

/** Codes of the errors that the player itself raises, in the vendor's words. */
export interface ErrorNames {
  readonly taskFailed: string;
  readonly taskTimedOut: string;
  readonly noChoiceMatched: string;
  /** A value is not of the type that a state needs. */
  readonly badData: string;
  readonly tooManyEvents: string;
}

/** The program that an execution plays. */
export interface Program {
  readonly root: Sequence;
  /** The execution begins only when somebody approves it. */
  readonly needsApproval?: boolean | undefined;
  /** The execution is ended with `timeout` after this time. */
  readonly timeoutMs?: number | undefined;
  readonly errorNames?: Partial<ErrorNames> | undefined;
}

/** The error that a step, or an execution, has ended with. */
export interface ProgramError {
  readonly code: string;
  readonly cause: string;
}

/** Used where a program names none. */
export const defaultErrorNames: ErrorNames = {
  taskFailed: "TaskFailed",
  taskTimedOut: "TaskTimedOut",
  noChoiceMatched: "NoChoiceMatched",
  badData: "InvalidData",
  tooManyEvents: "TooManyEvents",
};
