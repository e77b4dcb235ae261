/**
 * check: is everything all right with the arguments, as far as can be told without a request? Runs in preview and
 * again in the deployment. Pure but for the settings it reads.
 */
import type { ArgumentProblem, Arguments } from "../execution/argument";
import type { BackendDefinition } from "../execution/service";
import { problemsOf } from "../execution/problems";
import type { Settings } from "../execution/settings";
import { argumentSpecs, containsUnknown } from "../execution/commonArguments";
import type { CustomTimeouts } from "./timeouts";
import { parseDurationSeconds } from "./timeouts";

/** The problems of the arguments; empty if there are none. Unknown values (`unknownValue`, at any depth) pass. */
export function check(
  definition: BackendDefinition,
  args: Arguments,
  settings: Settings,
  customTimeouts: CustomTimeouts = {},
): ArgumentProblem[] {
  const specs = argumentSpecs(definition);
  const unknown = new Set(Object.keys(args).filter((name) => containsUnknown(args[name])));
  const problems: ArgumentProblem[] = [];
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined) continue;
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (!spec) {
      const known = Object.keys(specs).sort().join(", ");
      problems.push({
        argument: name,
        reason: `is not an argument of ${definition.title} executions (${known})`,
      });
    } else if (!unknown.has(name)) {
      const reason = spec.rule(value);
      if (reason !== undefined) problems.push({ argument: name, reason });
    }
  }
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.required && args[name] === undefined) problems.push({ argument: name, reason: "is required" });
  }
  if (args["runOn"] === "destroy" && args["adoptExecutionId"] !== undefined) {
    problems.push({
      argument: "adoptExecutionId",
      reason: `can't be used with runOn "destroy": nothing runs before the resource is destroyed. Remove one of them`,
    });
  }
  for (const [operation, value] of Object.entries(customTimeouts)) {
    if (parseDurationSeconds(value) === undefined) {
      problems.push({
        argument: `customTimeouts.${operation}`,
        reason: `must be a duration like "30m", "1h30m" or "45s"`,
      });
    }
  }
  // The settings only make sense together with arguments that are each right.
  if (problems.length > 0) return problems;
  problems.push(...problemsOf(() => definition.transport(settings)));
  if (problems.length > 0) return problems;
  const known = Object.fromEntries(Object.entries(args).filter(([name]) => !unknown.has(name)));
  return definition.check(known, settings, unknown);
}

/** A problem as a sentence. */
export function formatProblem({ argument, reason }: ArgumentProblem): string {
  return argument === undefined ? reason : `"${argument}" ${reason}`;
}
