/**
 * The arguments of a job that have a form of their own: its parameters, which the service takes as texts, and the targets
 * of a rate-controlled or batched run.
 */
import type { ArgumentProblem, ArgumentRule, Arguments } from "../../../execution/argument";
import { isMap, kindOf, map } from "../../../execution/rules";

/** A name and a text, as the service has parameters. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** A way to make targets of values, as the service has it. */
export interface JobTarget {
  readonly key: string;
  readonly values: readonly string[];
}

/** The two ways, in the words of the service. */
const targetKinds: readonly string[] = ["InstanceValues", "BatchValues"];

function mapRule(validate: (given: Record<string, unknown>) => string | undefined): ArgumentRule {
  const check = (value: unknown): string | undefined =>
    map(value) ?? (isMap(value) ? validate(value) : undefined);
  return Object.assign(check, { type: "map" as const });
}

/** The rule of `parameters`: any values, by names that are not empty. */
export const parametersRule = mapRule((given) =>
  "" in given ? `has a value under an empty name: name the job's parameter` : undefined,
);

/** The rule of `targets`: lists of texts, by how the service reads them. */
export const targetsRule = mapRule((given) => {
  const names = targetKinds.map((name) => `"${name}"`).join(" and ");
  if (Object.keys(given).length === 0) return `must have ${names}, or one of them: it is empty`;
  for (const [name, values] of Object.entries(given)) {
    if (!targetKinds.includes(name)) return `has "${name}": its keys can only be ${names}`;
    const problem = listProblem(values);
    if (problem !== undefined) return `has "${name}", which ${problem}`;
  }
  return undefined;
});

function listProblem(values: unknown): string | undefined {
  const remedy = "must be a list of texts";
  if (!Array.isArray(values)) return `${remedy}, not ${kindOf(values)}`;
  if (values.length === 0) return `${remedy}: it is empty`;
  const wrong = values.find((value) => typeof value !== "string" || value === "") as unknown;
  if (wrong === undefined) return undefined;
  return `${remedy} that are not empty, and has ${wrong === "" ? "an empty one" : kindOf(wrong)}`;
}

/** Of `targets` and the parameter that they are for, one says nothing without the other. */
export function checkTargets(args: Arguments, unknown: ReadonlySet<string>): ArgumentProblem[] {
  const [parameter, targets] = ["targetParameterName", "targets"].map(
    (name) => args[name] !== undefined || unknown.has(name),
  );
  if (parameter === targets) return [];
  return targets
    ? [
        {
          argument: "targets",
          reason: 'needs "targetParameterName", the parameter that gets the targets: set both',
        },
      ]
    : [{ argument: "targetParameterName", reason: 'needs "targets", the values for it: set both' }];
}

/** Parameters as they are sent: texts as they are, all other values as JSON. */
export function toKeyValues(parameters: Readonly<Record<string, unknown>>): KeyValue[] {
  return Object.entries(parameters).map(([key, value]) => ({
    key,
    value: typeof value === "string" ? value : JSON.stringify(value),
  }));
}

/** Targets as they are sent. */
export function toTargets(targets: Readonly<Record<string, readonly string[]>>): JobTarget[] {
  return Object.entries(targets).map(([key, values]) => ({ key, values }));
}
