/** FunctionGraph operations on flows: create, show, change, list, delete, draw. */
import { unscripted } from "../../player/script";
import type { Workflow } from "../../executions/record";
import { jsonReply } from "../../http/exchange";
import type { Reply } from "../../http/exchange";
import { newExecutionId } from "../../ground/identifiers";
import { readText, ShapeError } from "../../ground/jsonShape";
import { readDefinition } from "./definition";
import type { FlowDefinition } from "./definition";
import { refuse } from "./errors";
import { isExpress } from "./flow";
import { enterpriseProject, flowBody, graphBody, simpleBody } from "./flowBody";
import { findFlow, functionGraph, readBody, readQuery, readWhole, refuseInput } from "./operation";
import type { FlowOperation, FlowRequest } from "./operation";
import { flowUrn } from "./wording";

const flowsPath = "/v2/{project_id}/fgs/workflows";

/** The operations on flows. */
export const workflowOperations: readonly FlowOperation[] = [
  { operation: "CreateWorkflow", method: "POST", path: flowsPath, handle: create },
  { operation: "ListWorkflow", method: "GET", path: flowsPath, handle: list },
  { operation: "BatchDeleteWorkflows", method: "DELETE", path: flowsPath, handle: batchDelete },
  { operation: "ShowWorkFlow", method: "GET", path: `${flowsPath}/{workflow_id}`, handle: show },
  { operation: "UpdateWorkFlow", method: "PUT", path: `${flowsPath}/{workflow_id}`, handle: update },
  { operation: "ShowGraph", method: "GET", path: "/v1/{project_id}/ffs/graphs/{workflow_id}", handle: graph },
];

const mostFlows = 200;
const largestPage = 200;

function create(request: FlowRequest): Reply {
  const { state, identity, projectId } = request;
  const definition = readBody(request, readDefinition);
  const existing = flowsOf(request);
  rejectTakenName(request, definition, undefined);
  if (existing.length >= mostFlows) refuseInput(request, `a project has at most ${String(mostFlows)} flows`);
  const flow = state.executions.createWorkflow({
    service: functionGraph,
    projectId,
    id: newExecutionId(),
    script: { ...scriptOf(definition), base: unscripted, runs: [] },
    createdBy: identity.userName,
  });
  return jsonReply(201, simpleBody(state, flow, request.quirks));
}

// The scripts of the flow's states and functions stay.
function update(request: FlowRequest): Reply {
  const { state } = request;
  const flow = findFlow(request) ?? refuse(404, request);
  const definition = readBody(request, readDefinition);
  rejectTakenName(request, definition, flow);
  const changed: Workflow = {
    ...flow,
    script: { ...flow.script, ...scriptOf(definition) },
    fromSeed: false,
    editedAt: state.clock.now(),
  };
  state.executions.putWorkflow(changed);
  return jsonReply(200, simpleBody(state, changed, request.quirks));
}

function scriptOf(
  definition: FlowDefinition,
): Pick<Workflow["script"], "name" | "description" | "attributes"> {
  const { name, description, mode, source } = definition;
  return { name, description, attributes: { mode, definition: source } };
}

function rejectTakenName(request: FlowRequest, { name }: FlowDefinition, own: Workflow | undefined): void {
  const taken = flowsOf(request).some((flow) => flow.script.name === name && flow.id !== own?.id);
  if (taken) refuse(409, request, `name: ${name}`);
}

function show(request: FlowRequest): Reply {
  const flow = findFlow(request);
  if (flow) return jsonReply(200, flowBody(request.state, flow));
  refuse(request.quirks["unknownWorkflowIs400"] ? 400 : 404, request);
}

function graph(request: FlowRequest): Reply {
  const flow = findFlow(request) ?? refuse(404, request);
  return jsonReply(200, graphBody(request.state, flow));
}

function list(request: FlowRequest): Reply {
  const { state, call, quirks } = request;
  const { limit, offset, name } = readQuery(request, () => ({
    limit: Math.min(readWhole(request, "limit", { min: 1 }) ?? largestPage, largestPage),
    offset: Math.max(0, readWhole(request, "offset") ?? 0),
    name: readText(call.query.get("workflow_name") ?? "", "workflow_name", { max: 64 }),
  }));
  const project = call.query.get("enterprise_project") ?? "";
  const mode = call.query.get("mode") ?? "";
  const found = flowsOf(request)
    .filter((flow) => flow.script.name.includes(name))
    .filter((flow) => project === "" || enterpriseProject(flow) === project)
    .filter((flow) => mode === "" || (mode === "EXPRESS") === isExpress(flow))
    .sort((a, b) => b.createdAt - a.createdAt || a.id.localeCompare(b.id));
  const shown = found.slice(offset, offset + limit);
  return jsonReply(200, {
    total: found.length,
    size: shown.length,
    workflows: shown.map((flow) => simpleBody(state, flow, quirks)),
  });
}

function batchDelete(request: FlowRequest): Reply {
  const { state, quirks } = request;
  const urns = readBody(request, (fields) => {
    const items = fields.required(
      "workflow_urns",
      fields.list("workflow_urns", (item, at) => readText(item, at)),
    );
    if (items.length > 200) throw new ShapeError("workflow_urns", "must have 0 to 200 entries");
    return items;
  });
  const success: string[] = [];
  const fail: { workflow_urn: string; error_detail: string }[] = [];
  for (const urn of urns) {
    // One of the vendor's examples has no `workflow:` in the URN: both forms are understood.
    const flow = flowsOf(request).find((one) => [urn, withPart(urn)].includes(flowUrn(state, one)));
    if (flow) {
      state.executions.removeWorkflow(flow);
      success.push(quirks["shortUrns"] ? urn.replace(":workflow:", ":") : urn);
    } else fail.push({ workflow_urn: urn, error_detail: "Function flow not found." });
  }
  return jsonReply(200, { success, fail });
}

function withPart(urn: string): string {
  const parts = urn.split(":");
  return [...parts.slice(0, 4), "workflow", ...parts.slice(4)].join(":");
}

function flowsOf({ state, projectId }: FlowRequest): Workflow[] {
  return state.executions
    .workflows()
    .filter((flow) => flow.service === functionGraph && flow.projectId === projectId);
}
