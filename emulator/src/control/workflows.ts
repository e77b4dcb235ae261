/** The part of the control API that is about workflows: puts scripts in place of definitions. */
import type { EmulatorState } from "../cloud/state";
import type { Workflow } from "../executions/record";
import { ShapeError } from "../ground/jsonShape";
import type { JsonObject } from "../ground/jsonShape";
import { demoProjectId } from "../seed/demo";
import { scriptedWorkflow } from "../seed/seed";
import { notFound } from "./route";
import type { ControlRequest, ControlRoute } from "./route";

/** The longest id of a workflow or an execution, in characters. */
export const longestId = 64;

/** The routes about workflows. */
export function workflowRoutes(state: EmulatorState, scriptedServices: readonly string[]): ControlRoute[] {
  const find = (request: ControlRequest): Workflow => findWorkflow(state, request, scriptedServices);
  return [
    {
      method: "GET",
      path: "/workflows",
      handle: () => ({ workflows: state.executions.workflows() }),
    },
    { method: "GET", path: "/workflows/{id}", handle: (request) => ({ ...find(request) }) },
    {
      method: "PUT",
      path: "/workflows/{id}",
      handle: (request) => putWorkflow(state, request, scriptedServices),
    },
    {
      method: "DELETE",
      path: "/workflows/{id}",
      handle: (request) => {
        state.executions.removeWorkflow(find(request));
        return undefined;
      },
    },
  ];
}

/** The project that is meant where a request names none. */
export function homeProject({ accounts }: EmulatorState): string {
  return accounts.accounts[0]?.projects[0]?.id ?? demoProjectId;
}

function findWorkflow(
  state: EmulatorState,
  { query, params }: ControlRequest,
  scriptedServices: readonly string[],
): Workflow {
  const projectId = query.get("projectId") ?? homeProject(state);
  const service = query.get("service") ?? scriptedServices[0] ?? "";
  const id = params["id"] ?? "";
  return state.executions.workflow(service, projectId, id) ?? notFound(`no workflow ${id} in ${projectId}`);
}

function putWorkflow(
  state: EmulatorState,
  { json, params }: ControlRequest,
  services: readonly string[],
): JsonObject {
  const id = params["id"] ?? "";
  if (id.length < 1 || id.length > longestId)
    throw new ShapeError("id", `must have 1 to ${String(longestId)} characters`);
  const workflow = scriptedWorkflow(json(), id, {
    defaultProjectId: homeProject(state),
    fromSeed: false,
    now: state.clock.now(),
    services,
  });
  const { service, projectId } = workflow;
  const existing = state.executions.workflow(service, projectId, id);
  state.executions.putWorkflow(existing ? withDefinition(workflow, existing) : workflow);
  return { service, projectId, workflowId: id };
}

// A workflow that was created with a definition keeps it: the nodes of its script are then the scripts of its tasks.
function withDefinition(scripted: Workflow, { script, createdBy, createdAt }: Workflow): Workflow {
  const { name, description, attributes } = script;
  if (attributes["definition"] === undefined) return scripted;
  const kept = { name, description, attributes: { ...attributes, ...scripted.script.attributes } };
  return { ...scripted, createdBy, createdAt, script: { ...scripted.script, ...kept } };
}
