/**
 * An argument of a service as data: its type, the meaning of a change, and the problems of a value.
 */

/** Plain arguments of a resource, as they arrive from a front: known values only, secrets in the clear. */
export type Arguments = Readonly<Record<string, unknown>>;

/** Something wrong with an argument, or with a setting. */
export interface ArgumentProblem {
  /** The argument's name; undefined if a setting is wrong. */
  readonly argument: string | undefined;
  /**
   * The value's problem, the limit, and the remedy: a sentence that follows the argument's name, or a sentence that
   * names the setting.
   */
  readonly reason: string;
}

/**
 * The types of value that a program may write for an argument: `json` is a map or JSON text of one, `words` a list of
 * words or a single word.
 */
export type ArgumentType = "string" | "number" | "boolean" | "map" | "json" | "words";

/** Validates one argument, and describes its type. */
export interface ArgumentRule {
  /** Gets only known values; returns the problem of a value, or nothing. */
  (value: unknown): string | undefined;
  readonly type: ArgumentType;
  /** The only words that are accepted; left out if every word is. */
  readonly words?: readonly string[];
}

/** An argument of a service. */
export interface ArgumentSpec {
  /** Says what is wrong with a value, or nothing. */
  readonly rule: ArgumentRule;
  readonly required?: boolean;
  /** True if another value means another execution: a change runs the workflow again. */
  readonly replaces?: boolean;
  /** True if leaving it out means "where the execution is": region and project, whose resolved values are kept. */
  readonly located?: boolean;
  /** The value that leaving it out stands for; naming that value is no change. */
  readonly defaultValue?: unknown;
  /** True if a text is JSON: the order of keys in it means nothing. */
  readonly isJson?: boolean;
  /** True if it takes data of the program's own, which may be secret; others name, place or steer a run. */
  readonly isPayload?: boolean;
  /** True if the workflow gets it as its input, and can therefore give it back. */
  readonly isInput?: boolean;
}
