/** AOM's workflow object: the row of a list, the answer to a creation, and the copy that every execution keeps. */
import type { RunScript } from "../../player/script";
import type { Execution, Workflow } from "../../executions/record";
import { derivedUuid } from "../../ground/identifiers";
import type { JsonObject } from "../../ground/jsonShape";
import type { EmulatorState } from "../../cloud/state";
import { phaseWords } from "./executionBody";

/** The workflow as AOM describes it. `run` says which nodes it has: those of its script, or those of one execution. */
export function workflowBody(state: EmulatorState, workflow: Workflow, run: RunScript): JsonObject {
  const { id, projectId, script } = workflow;
  const [last] = state.executions.executionsOf("aom", projectId, id);
  const lastSnapshot = last && state.executions.play(last);
  const status = workflowStatus(state, last);
  return {
    id,
    name: script.name,
    type: "manual",
    description: script.description,
    tags: {},
    create_time: workflow.createdAt,
    create_by: workflow.createdBy,
    update_time: workflow.editedAt,
    update_by: workflow.createdBy,
    edit_time: workflow.editedAt,
    template_id: "CMS::ECS::BulkyRunScript",
    template_name: "CMS::ECS::BulkyRunScript",
    task_type: "standard",
    input: {},
    quote: [],
    citation_urns: [],
    job_id: "",
    job_name: "",
    service_scenario: "",
    service_name: "",
    output: "",
    is_delete: false,
    global_parameters: [],
    execution_permission: [],
    execution_action_rules: [],
    approve_id: "",
    trigger_id: "",
    trigger_status: "",
    enterprise_project_id: "0",
    template_i18n: { "en-us": {}, "zh-cn": {} },
    ...script.attributes,
    project_id: projectId,
    workflow_id: derivedUuid("functiongraph", projectId, id),
    last_execution_id: last?.id ?? "",
    last_execution_start_time: last?.startedAt ?? 0,
    last_execution_end_time: lastSnapshot?.endedAt ?? 0,
    last_execute_by: last?.startedBy ?? "",
    status,
    task_status: last ? status : "not_started",
    ...nodesBody(run),
  };
}

function nodesBody({ nodes }: RunScript): JsonObject {
  return {
    nodes: nodes.map((node, index) => ({
      id: node.id,
      name: node.name,
      category: "operation",
      description: "",
      ignore_error: node.ignoreError,
      task_name: node.name,
      parent_node: nodes[index - 1]?.id ?? "",
      metadata: { type: node.pause ? "pause" : "function", configuration: {} },
    })),
    steps: nodes.map((node) => ({
      id: node.id,
      name: node.name,
      type: node.pause ? "pause" : "function",
      input: {},
      ignore_error: node.ignoreError,
      description: "",
    })),
  };
}

/** The status a workflow has from its newest execution, in the words of the list's `status` filter. */
function workflowStatus(state: EmulatorState, last: Execution | undefined): string {
  if (!last) return "waitExecute";
  const { phase, outcome } = state.executions.play(last);
  if (phase === "running") return "executing";
  if (phase !== "ended") return phaseWords[phase];
  if (outcome === "rejected") return "approvalFailed";
  return outcome === "success" || outcome === "cancel" ? outcome : "fail";
}
