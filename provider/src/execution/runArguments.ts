/**
 * The arguments of one resource, read once: where a call of the lifecycle begins. All storeys below get this value; its
 * private member keeps out a plain bag, so nothing is read a second time.
 */
import type { Arguments, ArgumentSpec } from "./argument";
import type { CommonArguments, RerunOutcome } from "./commonArguments";
import { argumentSpecs, commonArguments, containsUnknown } from "./commonArguments";
import type { BackendDefinition } from "./service";

/** The arguments that a program sets, or those that a state was made with. */
export class RunArguments {
  /** As they came: they are stored so, and the service reads its own from them. */
  readonly values: Arguments;
  /** The arguments that all services share. An argument that is left out, or not known yet, has its default. */
  readonly common: CommonArguments;
  /** The execution's name, where the service takes one and the program chooses it. */
  readonly runName: string | undefined;
  /** The longest name that a start can carry, in characters. */
  readonly longestRunName: number;
  readonly #specs: Readonly<Record<string, ArgumentSpec>>;

  private constructor(definition: BackendDefinition, values: Arguments) {
    const { runNameArgument, capabilities } = definition;
    const runName = runNameArgument === undefined ? undefined : values[runNameArgument];
    this.values = values;
    this.common = readCommon(values);
    this.runName = typeof runName === "string" ? runName : undefined;
    this.longestRunName = capabilities.longestRunName ?? 128;
    this.#specs = argumentSpecs(definition);
  }

  /**
   * Reads arguments. For the functions that a front calls, and for nothing below them.
   * @param values have passed `check`, now or when the state was made; outputs beside them are left alone.
   */
  static read(definition: BackendDefinition, values: Arguments): RunArguments {
    return new RunArguments(definition, values);
  }

  /** An argument's value, or the one that leaving it out stands for. */
  effective(name: string): unknown {
    return this.values[name] ?? this.#specs[name]?.defaultValue;
  }

  /** The meaning of an argument's value: the JSON in a text, if the argument takes JSON. */
  meaning(name: string): unknown {
    const value = this.effective(name);
    // Numbers that could get lost in parsing stay text: better to run again than to miss a change.
    if (this.#specs[name]?.isJson !== true || typeof value !== "string" || /\d{16}|\d[eE]/.test(value)) {
      return value;
    }
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }

  /**
   * The arguments that identify a run, by name: the meaning of each argument that is given or has a default, except
   * those that say where the run takes place.
   */
  get identifying(): readonly (readonly [string, unknown])[] {
    return Object.entries(this.#specs).flatMap(([name, spec]) => {
      if (spec.replaces !== true || spec.located === true) return [];
      const value = this.meaning(name);
      return value === undefined ? [] : [[name, value] as const];
    });
  }
}

function readCommon(args: Arguments): CommonArguments {
  const values = Object.fromEntries(
    Object.entries(commonArguments).map(([name, { defaultValue }]) => {
      const value = args[name];
      return [name, containsUnknown(value) ? defaultValue : (value ?? defaultValue)];
    }),
  ) as unknown as CommonArguments & { readonly rerunOn: readonly RerunOutcome[] | "always" };
  const { rerunOn } = values;
  return { ...values, rerunOn: typeof rerunOn === "string" ? [rerunOn] : rerunOn };
}
