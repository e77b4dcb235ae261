/**
 * The id of an import: it alone has to say which execution of which workflow is meant, and where.
 */
import { InputError } from "../../ground/errors";
import type { Arguments, BackendDefinition } from "../../lifecycle";
import { argumentSpecs } from "../../lifecycle";

/** An execution to read, and the arguments that name its workflow. */
export interface NamedExecution {
  readonly executionId: string;
  readonly args: Arguments;
}

/** Name of the argument that names the workflow: `workflowId` or `flowName`. */
export function workflowArgument(definition: BackendDefinition): string {
  const [name] = Object.entries(argumentSpecs(definition)).find(([, spec]) => spec.required === true) ?? [];
  if (name === undefined) throw new Error(`no argument of ${definition.title} names a workflow`);
  return name;
}

/**
 * Reads `<workflow>/<execution>`, `<region>/<workflow>/<execution>` or `<region>/<project>/<workflow>/<execution>`; in place of
 * region and project, the arguments that say where a service's executions are.
 * @param given arguments that came with the id (`get`); where they name the workflow, the execution's own id is enough.
 * @throws InputError when the id names no workflow.
 */
export function readImportId(definition: BackendDefinition, id: string, given: Arguments): NamedExecution {
  const workflow = workflowArgument(definition);
  const parts = id.split("/");
  const executionId = parts.at(-1) ?? "";
  const located = Object.entries(argumentSpecs(definition)).flatMap(([name, spec]) =>
    spec.located === true ? [name] : [],
  );
  const [place = "region"] = located;
  const names = [...located, workflow];
  // One part less than all: a region without a project.
  const places = parts.length === 3 ? [place, workflow] : names.slice(names.length - parts.length + 1);
  const isWrong = parts.some((part) => part === "") || parts.length > names.length + 1;
  if (isWrong || (parts.length === 1 && given[workflow] === undefined)) {
    const longest = names.map((name) => `<${name}>`).join("/");
    throw new InputError(
      `the id ${JSON.stringify(id)} does not say which execution is meant: write "<${workflow}>/<executionId>", ` +
        `"<${place}>/<${workflow}>/<executionId>"${located.length > 1 ? ` or "${longest}/<executionId>"` : ""}`,
    );
  }
  const named = parts.length === 1 ? [] : places.map((name, index) => [name, parts[index]] as const);
  return { executionId, args: { ...given, ...Object.fromEntries(named) } };
}
