/**
 * FunctionGraph's view of a flow: the short form of lists, creation and change, the whole of ShowWorkFlow, and the
 * drawing of ShowGraph.
 */
import type { Workflow } from "../../executions/record";
import { derivedUuid } from "../../ground/identifiers";
import { isJsonObject } from "../../ground/jsonShape";
import type { JsonObject } from "../../ground/jsonShape";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { EmulatorState } from "../../cloud/state";
import { isExpress } from "./flow";
import { flowUrn, functionUrn, timeText } from "./wording";

/** WorkflowSimpleInfo. */
export function simpleBody(state: EmulatorState, flow: Workflow, quirks: ActiveQuirks): JsonObject {
  const streams = definitionOf(state, flow)["enable_stream_response"] === true;
  return {
    id: flow.id,
    workflow_urn: flowUrn(state, flow),
    name: flow.script.name,
    description: flow.script.description,
    created_time: timeText(flow.createdAt),
    updated_time: timeText(flow.editedAt),
    created_by: flow.createdBy,
    ...(quirks["noEnableStreamResponse"] ? {} : { enable_stream_response: streams }),
  };
}

/** The answer of ShowWorkFlow. */
export function flowBody(state: EmulatorState, flow: Workflow): JsonObject {
  const definition = definitionOf(state, flow);
  const config = definition["express_config"];
  const level = isJsonObject(config) ? config["log_level"] : "NONE";
  const logs = isExpress(flow) && level !== undefined && level !== "NONE";
  return {
    id: flow.id,
    workflow_urn: flowUrn(state, flow),
    created_time: timeText(flow.createdAt),
    updated_time: timeText(flow.editedAt),
    created_by: flow.createdBy,
    ...(logs
      ? {
          lts_group_id: derivedUuid("lts-group", flow.projectId),
          lts_stream_id: derivedUuid("lts-stream", flow.projectId, flow.id),
        }
      : {}),
    definition,
  };
}

/** The answer of ShowGraph: the states as nodes, the transitions as edges. */
export function graphBody(state: EmulatorState, flow: Workflow): JsonObject {
  const definition = definitionOf(state, flow);
  const account = state.accounts.accounts.find(({ projects }) =>
    projects.some(({ id }) => id === flow.projectId),
  );
  const [last] = state.executions.executionsOf(flow.service, flow.projectId, flow.id);
  const { nodes, edges } = drawing(definition);
  return {
    id: flow.id,
    name: flow.script.name,
    description: flow.script.description,
    nodes,
    edges,
    domain_name: account?.domainName ?? "",
    domain_id: account?.domainId ?? "",
    project_id: flow.projectId,
    workflow_id: flow.id,
    workflow_run_id: last?.id ?? "",
    created: timeText(flow.createdAt),
    updated: timeText(flow.editedAt),
    task_status: "",
    error_info: {},
    workflow_urn: flowUrn(state, flow),
    workflow_definition: definition,
    constants: JSON.stringify(definition["constants"] ?? {}),
    label: "",
    privilege: "",
    enterprise_project_id: enterpriseProject(flow),
    merge_params: false,
    mode: isExpress(flow) ? "EXPRESS" : "NORMAL",
    express_config: definition["express_config"] ?? {},
    enable_stream_response: definition["enable_stream_response"] === true,
  };
}

/** The flow's enterprise project; `0` is the default one. */
export function enterpriseProject({ script }: Workflow): string {
  const { definition, enterprise_project_id: own } = script.attributes;
  const defined = isJsonObject(definition) ? definition["enterprise_project_id"] : own;
  return typeof defined === "string" && defined !== "" ? defined : "0";
}

// A scripted flow has none of its own: its nodes are shown as states that call a function of the same name.
function definitionOf(state: EmulatorState, flow: Workflow): JsonObject {
  const { definition } = flow.script.attributes;
  if (isJsonObject(definition)) return { mode: "NORMAL", ...definition };
  const { nodes } = flow.script.base;
  return {
    name: flow.script.name,
    description: flow.script.description,
    start: nodes[0]?.id ?? "",
    functions: nodes.map(({ id }) => ({ name: id, operation: functionUrn(state, flow.projectId, id) })),
    states: nodes.map(({ id, name }, index) => ({
      id,
      name,
      type: "Operation",
      end: index === nodes.length - 1,
      transition: nodes[index + 1]?.id ?? "",
      action_mode: "sequential",
      actions: [{ function_ref: { ref_name: id, arguments: {}, invoke_mode: "synchronize" } }],
    })),
    constants: {},
    retries: [],
    triggers: [],
    mode: isExpress(flow) ? "EXPRESS" : "NORMAL",
    enable_stream_response: false,
  };
}

function drawing(definition: JsonObject): { nodes: JsonObject[]; edges: JsonObject[] } {
  const states = (definition["states"] as JsonObject[]).map((state) => ({
    id: String(state["id"]),
    name: String(state["name"]),
    type: String(state["type"]),
    to: String(state["transition"]),
  }));
  const edges = states
    .filter(({ to }) => to !== "")
    .map(({ id, to }) => ({ id: derivedUuid("edge", id, to), from: id, to, label: "", shape: {} }));
  const ends = (side: "from" | "to", node: string): string[] =>
    edges.filter((edge) => edge[side] === node).map(({ id }) => id);
  const nodes = states.map(({ id, name, type }, index) => ({
    id,
    name,
    category: type,
    description: "",
    parent_node: "",
    shape: {},
    position_x: 0,
    position_y: index * 100,
    execution_id: "",
    incoming_edges: ends("to", id),
    outgoing_edges: ends("from", id),
  }));
  return { nodes, edges };
}
