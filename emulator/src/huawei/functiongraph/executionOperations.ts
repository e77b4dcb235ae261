/**
 * FunctionGraph operations on one execution: start, start and wait, read, stop, retry, call back.
 */
import type { ProgramSnapshot } from "../../player/play";
import { waitUntil } from "../../executions/settling";
import { isVisible } from "../../cloud/quirks";
import type { Execution, Workflow } from "../../executions/record";
import { jsonReply } from "../../http/exchange";
import type { Reply } from "../../http/exchange";
import { readText, ShapeError } from "../../ground/jsonShape";
import { gatewayReply } from "../gateway";
import { refuse, refuseUnknownExecution } from "./errors";
import { detailBody, syncBody } from "./executionBody";
import { isExpress, startFlow } from "./flow";
import type { FlowStart } from "./flow";
import { findExecution, findFlow, functionGraph, readBody, readInput, refuseInput } from "./operation";
import type { FlowOperation, FlowRequest } from "./operation";

const flowPath = "/v2/{project_id}/fgs/workflows/{workflow_id}";
const executionPath = `${flowPath}/executions/{execution_id}`;

/** The operations on executions of flows. */
export const executionOperations: readonly FlowOperation[] = [
  { operation: "StartWorkflowExecution", method: "POST", path: `${flowPath}/executions`, handle: start },
  {
    operation: "StartSyncWorkflowExecution",
    method: "POST",
    path: `${flowPath}/sync-executions`,
    handle: startSync,
  },
  { operation: "ShowWorkflowExecution", method: "GET", path: executionPath, handle: show },
  { operation: "StopWorkFlow", method: "POST", path: `${executionPath}/terminate`, handle: stop },
  { operation: "RetryWorkFlow", method: "POST", path: `${executionPath}/retry`, handle: retry },
  { operation: "CreateCallbackWorkflow", method: "POST", path: `${flowPath}/callback`, handle: callBack },
];

const largestAsyncBody = 256 * 1024;
const largestSyncBody = 6 * 1024 * 1024;

/** As long as the service waits for a flow, and more than an EXPRESS run can take on an unmoved clock. */
const longestWaitMs = 6 * 60 * 1000;

const emptyAnswer: Reply = { status: 200, headers: { "content-type": "application/json" }, body: "" };

function start(request: FlowRequest): Reply {
  const options = readInput(request, () => readStartHeaders(request));
  const flow = flowToStart(request, largestAsyncBody);
  const execution = startFlow(request.state, flow, { ...readStart(request), ...options });
  return jsonReply(200, { execution_id: execution.id });
}

async function startSync(request: FlowRequest): Promise<Reply> {
  const flow = flowToStart(request, largestSyncBody);
  if (!isExpress(flow)) refuseInput(request, "only flows of mode EXPRESS can be started synchronously");
  const execution = startFlow(request.state, flow, readStart(request));
  const snapshot = await untilEnded(request, execution);
  if (snapshot.phase !== "ended") return gatewayReply(504, "APIGW.0201", "Backend timeout", request.call);
  return jsonReply(200, syncBody(execution, snapshot, request.quirks));
}

function flowToStart(request: FlowRequest, largestBody: number): Workflow {
  if (request.call.body.length > largestBody) refuse(413, request);
  return findFlow(request) ?? refuse(404, request);
}

function readStart(request: FlowRequest): FlowStart {
  return readBody(request, (fields) => ({
    startedBy: request.identity.userName,
    caller: request.call.caller,
    input: fields.required("input", fields.object("input")),
    headers: fields.object("headers") ?? {},
  }));
}

function readStartHeaders({ call, state }: FlowRequest): Pick<FlowStart, "runId" | "mergeParameters"> {
  const created = call.headers["x-create-time"];
  if (created !== undefined) {
    const time = /^\d{4}-\d{2}-\d{2}$/.test(created) ? Date.parse(created) : Number.NaN;
    if (Number.isNaN(time)) throw new ShapeError("X-Create-Time", "must be a date such as 2026-11-21");
    if (time > Math.max(state.clock.now(), state.clock.machineNow()))
      throw new ShapeError("X-Create-Time", "must not be in the future");
  }
  const runId = call.headers["x-workflowrun-id"];
  if (runId !== undefined) {
    readText(runId, "X-WorkflowRun-ID", {
      pattern: /^[A-Za-z0-9]{32}$/,
      patternText: "must have exactly 32 letters or digits",
    });
  }
  const merge = call.headers["x-workflowrun-mergefnparameters"] ?? "";
  readText(merge, "X-WorkflowRun-MergeFnParameters", { oneOf: ["true", "false", ""] });
  return { runId, mergeParameters: merge === "true" };
}

async function untilEnded({ state, call }: FlowRequest, execution: Execution): Promise<ProgramSnapshot> {
  const look = (): ProgramSnapshot =>
    state.executions.play(state.executions.execution(execution.id) ?? execution);
  const isDone = (): boolean => look().phase === "ended";
  await waitUntil(state, isDone, () => look().nextChangeAt, longestWaitMs, call.gone);
  return look();
}

function show(request: FlowRequest): Reply {
  const execution = knownExecution(request);
  if (execution && isVisible(request, execution, "detailDelayMs")) {
    const full = /^true$/i.test(request.call.headers["x-get-workflow-full-history-data"] ?? "");
    return jsonReply(200, detailBody(request.state, execution, request.quirks, full));
  }
  if (request.quirks["unknownExecutionIs400"]) refuse(400, request);
  refuseUnknownExecution(request);
}

function stop(request: FlowRequest): Reply {
  const execution = knownExecution(request) ?? refuseUnknownExecution(request);
  const { phase } = request.state.executions.play(execution);
  if (phase === "ended" || phase === "stopping") refuseInput(request, "the execution is not running");
  request.state.executions.intervene(execution, { kind: "stop" });
  return emptyAnswer;
}

function retry(request: FlowRequest): Reply {
  const flow = findFlow(request);
  if (flow && isExpress(flow)) refuseInput(request, "executions of EXPRESS flows cannot be retried");
  const execution = knownExecution(request) ?? refuseUnknownExecution(request);
  const { phase, outcome } = request.state.executions.play(execution);
  if (phase !== "ended" || outcome !== "fail") refuseInput(request, "only a failed execution can be retried");
  request.state.executions.intervene(execution, { kind: "retry" });
  return emptyAnswer;
}

// EXPRESS flows keep no history, so nothing is known of their executions once they have begun.
function knownExecution(request: FlowRequest): Execution | undefined {
  const execution = findExecution(request, request.params["execution_id"] ?? "");
  return execution && isExpress(execution) && !request.quirks["expressHistory"] ? undefined : execution;
}

function callBack(request: FlowRequest): Reply {
  const { state, call } = request;
  const header = (name: string): string => {
    const value = call.headers[name.toLowerCase()];
    if (value === undefined) throw new ShapeError(name, "is required");
    return readText(value, name, { min: 1, max: 64 });
  };
  const { runId, stateId } = readInput(request, () => ({
    runId: header("X-Workflow-Run-Id"),
    stateId: header("X-Workflow-State-Id"),
  }));
  const report = readBody(request, (fields) => ({
    succeeded: fields.requiredText("result", { oneOf: ["success", "fail"] }) === "success",
    output: fields.required("output", fields.object("output")),
    error: fields.text("error", { min: 1, max: 64 }),
  }));
  if (!findFlow(request)) refuse(404, request);
  const execution = executionOfRun(request, runId) ?? refuseUnknownExecution(request);
  const step = state.executions
    .play(execution)
    .steps.find(
      (one) => one.phase === "awaitingReport" && [one.state.id, one.key, one.parentKey].includes(stateId),
    );
  if (!step) refuseInput(request, `X-Workflow-State-Id: ${stateId} is not waiting for a callback`);
  state.executions.intervene(execution, {
    kind: "report",
    stepKey: step.key,
    attempt: step.attempts.length,
    ...report,
    cause: report.error,
  });
  return jsonReply(200, { execution_id: execution.id });
}

// The run's id is the execution's, or the one that the start brought along.
function executionOfRun(request: FlowRequest, runId: string): Execution | undefined {
  const { state, projectId, params } = request;
  return (
    findExecution(request, runId) ??
    state.executions
      .executionsOf(functionGraph, projectId, params["workflow_id"] ?? "")
      .find(({ attributes }) => attributes["run_id"] === runId)
  );
}
