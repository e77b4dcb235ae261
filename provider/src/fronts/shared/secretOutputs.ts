/**
 * Settles which outputs are secrets, and marks them. The engine marks only those that have an argument's name.
 */
import type { Arguments } from "../../lifecycle";
import type { PropertyPath } from "./propertyPaths";
import { PathSet, argumentsOf } from "./propertyPaths";
import { secretOf } from "./wireMarkers";

type Properties = Readonly<Record<string, unknown>>;

/** Outputs in which the input of a workflow can come back, in any form. */
export const derivedOutputs: readonly string[] = ["output", "steps", "failure"];

/** Outputs that are made of arguments which name something: a workflow, a place, an execution. */
const composedOutputs: readonly string[] = ["executionId", "consoleUrl"];

/** Properties, and the known secrets in them. */
export interface KnownSecrets {
  readonly args: Arguments;
  /** The paths of the secrets; the path of a whole argument if nothing is known about the place within the argument. */
  readonly secretPaths: readonly PropertyPath[];
  /** True if the workflow's outputs were answered as secrets. */
  readonly secretOutputs: boolean;
}

/** The secrets in an answer. */
export interface OutputSecrets {
  /** The paths of the secrets in the arguments that are answered. */
  readonly secretPaths: readonly PropertyPath[];
  /** True if all that the workflow made is secret. */
  readonly isHidden: boolean;
  /** Arguments for the place that the program no longer gives, and whose secret values the outputs still have. */
  readonly retained: Arguments;
}

/**
 * Settles the secrets in the answer of a call.
 * @param outs the outputs as they are known.
 * @param call the properties that came with the call.
 * @param stored the state's properties of the same execution, if the call came with other properties than these.
 * @param inputs names of the arguments that a workflow gets as its input.
 * @param holdsSecret tells whether a secret argument can be found in a value.
 */
export function settleOutputs(
  outs: Properties,
  call: KnownSecrets,
  stored: KnownSecrets | undefined,
  inputs: readonly string[],
  holdsSecret: (value: unknown) => boolean,
): OutputSecrets {
  const left = (stored?.secretPaths ?? []).filter(
    ([name = ""]) => call.args[name] === undefined && outs[name] != null,
  );
  const retained = Object.fromEntries(argumentsOf(left).map((name) => [name, stored?.args[name]]));
  const secretPaths = new PathSet([...call.secretPaths, ...left]).outermost();
  const isHidden =
    call.secretOutputs ||
    stored?.secretOutputs === true ||
    argumentsOf(secretPaths).some((name) => inputs.includes(name)) ||
    holdsSecret(derivedOutputs.map((name) => outs[name]));
  return { secretPaths, isHidden, retained };
}

/**
 * Marks the outputs that a workflow can have made of a secret input, and those that are made of an argument's own text.
 * @param outs plain outputs.
 * @param args the arguments of the execution.
 */
export function markSecretOutputs(
  outs: Properties,
  args: Arguments,
  { secretPaths, isHidden, retained }: OutputSecrets,
): Record<string, unknown> {
  const texts = argumentsOf(secretPaths)
    .map((name) => args[name] ?? retained[name])
    .filter((value): value is string => typeof value === "string" && value !== "")
    .flatMap((text) => [text, encodeURIComponent(text.toWellFormed())]);
  const isSecret = (name: string, value: unknown): boolean =>
    derivedOutputs.includes(name)
      ? isHidden
      : Object.hasOwn(retained, name) ||
        (composedOutputs.includes(name) &&
          typeof value === "string" &&
          texts.some((text) => value.includes(text)));
  return Object.fromEntries(
    Object.entries(outs).map(([name, value]) => [
      name,
      value != null && isSecret(name, value) ? secretOf(value) : value,
    ]),
  );
}
