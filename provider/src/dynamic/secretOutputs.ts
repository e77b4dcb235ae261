/**
 * Marks outputs as secret that come from secret arguments. The engine marks only those that have an argument's name.
 */
import { secretOf } from "./wireMarkers";

type Properties = Readonly<Record<string, unknown>>;

/** Outputs in which a value of an argument can come back, in whatever form the workflow gives it. */
const derivedOutputs: readonly string[] = ["output", "steps", "failure"];

/** Outputs that are made of arguments which name something: a workflow, a place, an execution. */
const composedOutputs: readonly string[] = ["executionId", "consoleUrl"];

/**
 * Marks what a workflow can have made of a secret argument, and what is made of the argument's own text.
 * @param outs plain outputs.
 * @param args the arguments of the execution.
 */
export function markSecretOutputs(
  outs: Properties,
  args: Properties,
  secretArguments: readonly string[],
): Record<string, unknown> {
  if (secretArguments.length === 0) return { ...outs };
  const texts = secretArguments
    .map((name) => args[name])
    .filter((value): value is string => typeof value === "string" && value !== "")
    .flatMap((text) => [text, encodeURIComponent(text.toWellFormed())]);
  const isSecret = (name: string, value: unknown): boolean =>
    derivedOutputs.includes(name)
      ? value != null
      : composedOutputs.includes(name) &&
        typeof value === "string" &&
        texts.some((text) => value.includes(text));
  return Object.fromEntries(
    Object.entries(outs).map(([name, value]) => [name, isSecret(name, value) ? secretOf(value) : value]),
  );
}
