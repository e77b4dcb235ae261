/** AOM operations on executions: start, read, list, operate, stop. */
import { isVisible } from "../../cloud/quirks";
import type { Execution, Workflow } from "../../executions/record";
import type { StartOptions } from "../../executions/store";
import { jsonReply } from "../../http/exchange";
import type { Reply } from "../../http/exchange";
import { readText } from "../../ground/jsonShape";
import type { EmulatorState } from "../../cloud/state";
import {
  detailErrors,
  executionErrors,
  executionNotFound,
  notPossibleNow,
  refuse,
  workflowNotFound,
} from "./errors";
import { detailBody, listItemBody } from "./executionBody";
import { parameter, readInput, refuseInput } from "./operation";
import type { AomOperation, AomRequest } from "./operation";
import { hasFailed, nodeRuns, programOfSteps, tasksOfSteps } from "../steps";
import { workflowBody } from "./workflowBody";

const executionsPath = "/v1/{project_id}/cms/workflow/{workflow_id}/executions";

/** The operations on executions of workflows. */
export const executionOperations: readonly AomOperation[] = [
  {
    operation: "ExecuteWorkflow",
    method: "POST",
    path: executionsPath,
    errors: executionErrors,
    handle: execute,
  },
  {
    operation: "ListWorkflowExecutions",
    method: "GET",
    path: executionsPath,
    errors: executionErrors,
    handle: list,
  },
  {
    operation: "SearchWorkflowExecutionDetail",
    method: "GET",
    path: `${executionsPath}/{execution_id}/status`,
    errors: detailErrors,
    handle: detail,
  },
  {
    operation: "StartPausingWorkflowExecutions",
    method: "POST",
    path: `${executionsPath}/{execution_id}/operation`,
    errors: executionErrors,
    handle: operate,
  },
  {
    operation: "StopExecution",
    method: "POST",
    path: `${executionsPath}/{execution_id}/terminate`,
    errors: executionErrors,
    handle: stop,
  },
];

/** Of `created_by`. */
const longestName = 32;

/** Starts an execution that keeps a copy of the workflow as it is now. */
export function startExecution(
  state: EmulatorState,
  workflow: Workflow,
  startedBy: string,
  start: Pick<StartOptions, "caller" | "executionId" | "startedAt"> = {},
): Execution {
  const run = state.executions.nextRun(workflow);
  return state.executions.start(workflow, {
    ...start,
    program: programOfSteps(run),
    tasks: tasksOfSteps(run),
    startedBy: startedBy.slice(0, longestName),
    attributes: {
      workflow_snapshot: workflowBody(state, workflow, run),
      workflow_edit_time: workflow.editedAt,
      enterprise_project_id: workflow.script.attributes["enterprise_project_id"] ?? "0",
    },
  });
}

function execute(request: AomRequest): Reply {
  const { state, projectId, identity, call } = request;
  const workflow = state.executions.workflow("aom", projectId, parameter(request, "workflow_id"));
  if (!workflow) refuse(404, workflowNotFound, request);
  const execution = startExecution(state, workflow, identity.userName, { caller: call.caller });
  return jsonReply(200, { execution_id: execution.id });
}

function list(request: AomRequest): Reply {
  const { state, projectId, call, quirks } = request;
  const workflowId = parameter(request, "workflow_id");
  const enterpriseProject = readInput(request, () =>
    readText(call.query.get("x_enterprise_project_id") ?? "0", "x_enterprise_project_id", {
      min: 1,
      max: 64,
    }),
  );
  if (quirks["unknownWorkflowListIs404"] && !state.executions.workflow("aom", projectId, workflowId)) {
    refuse(404, workflowNotFound, request);
  }
  const visible = state.executions
    .executionsOf("aom", projectId, workflowId)
    .filter(({ attributes }) => (attributes["enterprise_project_id"] ?? "0") === enterpriseProject)
    .filter((execution) => isVisible(request, execution, "listDelayMs"));
  return jsonReply(
    200,
    (quirks["oldestFirst"] === true ? visible.reverse() : visible).map((execution) =>
      listItemBody(state, execution, quirks),
    ),
  );
}

function detail(request: AomRequest): Reply {
  const execution = findExecution(request);
  if (execution && isVisible(request, execution, "detailDelayMs")) {
    return jsonReply(200, detailBody(request.state, execution, request.quirks));
  }
  if (request.quirks["unknownExecutionIs400"]) refuse(400, request.errors.invalid, request);
  return refuseUnknown(request);
}

function stop(request: AomRequest): Reply {
  const execution = findExecution(request) ?? refuseUnknown(request);
  const { phase } = request.state.executions.play(execution);
  if (phase === "ended" || phase === "stopping") refuse(400, notPossibleNow, request);
  request.state.executions.intervene(execution, { kind: "stop" });
  return jsonReply(200, request.quirks["stopAnswerText"] ? "success" : { result: "success" });
}

function operate(request: AomRequest): Reply {
  const { query } = request.call;
  const { action, nodeId } = readInput(request, () => ({
    action: readText(query.get("action") ?? undefined, "action", { oneOf: ["restart", "skip", "continue"] }),
    nodeId: readText(query.get("node_id") ?? undefined, "node_id", { min: 1, max: 64 }),
  }));
  const execution = findExecution(request) ?? refuseUnknown(request);
  if (!execution.run.nodes.some(({ id }) => id === nodeId))
    refuseInput(request, `node_id: no node ${nodeId}`);
  if (!mayOperate(request.state, execution, action, nodeId)) refuse(400, notPossibleNow, request);
  request.state.executions.intervene(execution, { kind: action as "restart" | "skip" | "continue", nodeId });
  return jsonReply(200, { result: "success" });
}

// `continue` needs a pause at that node; the others need the execution to have ended by that node's failure.
function mayOperate(state: EmulatorState, execution: Execution, action: string, nodeId: string): boolean {
  const snapshot = state.executions.play(execution);
  const last = nodeRuns(execution.run, snapshot, state.clock.now()).at(-1);
  if (last?.node.id !== nodeId) return false;
  if (action === "continue") return snapshot.phase === "paused";
  const stopped = execution.interventions.some(({ kind }) => kind === "stop");
  return snapshot.phase === "ended" && !stopped && hasFailed(last) && !last.node.ignoreError;
}

function findExecution(request: AomRequest): Execution | undefined {
  const execution = request.state.executions.execution(parameter(request, "execution_id"));
  const belongs =
    execution?.service === "aom" &&
    execution.projectId === request.projectId &&
    execution.workflowId === parameter(request, "workflow_id");
  return belongs ? execution : undefined;
}

function refuseUnknown(request: AomRequest): never {
  refuse(404, executionNotFound, request);
}
