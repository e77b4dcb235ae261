/** CloudFlow operations on executions: start, wait for, read, list, stop. */
import { randomUUID } from "node:crypto";
import { isVisible } from "../../cloud/quirks";
import type { Execution } from "../../executions/record";
import { waitUntil } from "../../executions/settling";
import type { Reply } from "../../http/exchange";
import { isJsonObject, ShapeError } from "../../ground/jsonShape";
import { executionBody } from "./executionBody";
import { executionNotExists, flowNotExists, refuse, serviceError } from "./errors";
import { findExecution, startFlow, startOf, statusOf } from "./executions";
import { findFlow, qualifiedDefinition } from "./flows";
import type { Flow } from "./flows";
import { eventBody, numberedEvents } from "./history";
import { answer, timeText } from "./operation";
import type { CloudFlowOperation, CloudFlowRequest } from "./operation";
import { pageOf, readPosition } from "./paging";

const statuses = ["Starting", "Running", "Stopped", "Succeeded", "Failed", "TimedOut"] as const;
const longestWaitSeconds = 60;
const defaultLimit = 60;
const readingRateLimit = { tokens: 50, perSecond: 5 };

/** A synchronous execution ends after five minutes of emulated time; nobody waits longer than this for it. */
const longestSyncMs = 24 * 3_600_000;

/** The operations on executions of flows. */
export const executionOperations: readonly CloudFlowOperation[] = [
  {
    action: "StartExecution",
    method: "POST",
    rateLimit: { tokens: 100, perSecond: 100 },
    handle: start,
  },
  { action: "StartSyncExecution", method: "POST", handle: startSync },
  { action: "StopExecution", method: "POST", handle: stop },
  { action: "DescribeExecution", method: "GET", rateLimit: readingRateLimit, handle: describe },
  { action: "ListExecutions", method: "GET", handle: list },
  { action: "GetExecutionHistory", method: "GET", rateLimit: readingRateLimit, handle: history },
];

/** The flow that a request is for, or the documented 404. */
export function flowOfRequest(request: CloudFlowRequest, parameter = "FlowName"): Flow {
  const name = request.parameters.requiredName(parameter);
  return findFlow(request.state, request.projectId, name) ?? refuse(flowNotExists(name), request);
}

/**
 * The execution that a request is for, or the documented 404. Those of Express flows can be queried too.
 * @see https://www.alibabacloud.com/help/en/serverless-workflow/latest/standard-workflow-and-express-workflow
 */
export function executionOfRequest(request: CloudFlowRequest, flow: Flow, quirk?: string): Execution {
  const name = request.parameters.required("ExecutionName", { max: 200 });
  const execution = findExecution(request.state, flow, name);
  if (
    !execution ||
    isForgotten(request, execution) ||
    (quirk !== undefined && !isVisible(request, execution, quirk))
  ) {
    refuse(executionNotExists(flow.name, name), request);
  }
  return execution;
}

function start(request: CloudFlowRequest): Reply {
  const { state, parameters, identity } = request;
  const name = parameters.name("ExecutionName");
  const input = readInput(request);
  const flow = flowOfRequest(request);
  if (flow.express) refuse(serviceError("ActionNotSupported", "Express execution is not supported"), request);
  const running = name === undefined ? undefined : findExecution(state, flow, name);
  if (running) {
    if (state.executions.play(running).phase === "ended") {
      refuse(
        serviceError(
          "ExecutionAlreadyExists",
          `Execution ${startOf(running).executionName} for flow ${flow.name} already exists.`,
        ),
        request,
      );
    }
    return answer(request, executionBody(state, running, request.quirks, {}));
  }
  const started = startFlow(state, flow, {
    name,
    input,
    ...readQualifier(request, flow, name ?? ""),
    startedBy: identity.userName,
    caller: request.call.caller,
  });
  return answer(request, executionBody(state, started, request.quirks, {}));
}

async function startSync(request: CloudFlowRequest): Promise<Reply> {
  const { state, parameters, identity, quirks } = request;
  const given = parameters.name("ExecutionName") ?? randomUUID();
  const input = readInput(request);
  const flow = flowOfRequest(request);
  if (!flow.express) return refuseStandard(request, flow, given);
  const started = startFlow(state, flow, {
    name: `${given}:${randomUUID()}`,
    input,
    ...readQualifier(request, flow, given),
    startedBy: identity.userName,
    caller: request.call.caller,
  });
  await untilEnded(request, started, longestSyncMs);
  const snapshot = state.executions.play(started);
  const { executionName, variables } = startOf(started);
  const failed = snapshot.outcome !== undefined && snapshot.outcome !== "success";
  const timedOut = snapshot.outcome === "timeout" && !snapshot.error;
  return answer(request, {
    Name: executionName,
    FlowName: flow.name,
    Status: statusOf(started, snapshot),
    ErrorCode: failed ? (timedOut ? "ExecutionTimedOut" : (snapshot.error?.code ?? "")) : undefined,
    ErrorMessage: failed
      ? (quirks["syncErrorMessage"] ?? (timedOut ? "execution timed out" : (snapshot.error?.cause ?? "")))
      : undefined,
    Output: snapshot.output === undefined ? undefined : JSON.stringify(snapshot.output),
    StartedTime: timeText(started.startedAt),
    StoppedTime: snapshot.endedAt === undefined ? undefined : timeText(snapshot.endedAt),
    Environment: { Variables: variables.map(({ Name, Value }) => ({ Name, Value })) },
  });
}

function refuseStandard(request: CloudFlowRequest, flow: Flow, name: string): Reply {
  const message = "Standard execution is not supported";
  if (!request.quirks["syncOnStandardIs200"]) refuse(serviceError("ActionNotSupported", message), request);
  const now = timeText(request.state.clock.now());
  return answer(request, {
    Name: `${name}:${randomUUID()}`,
    FlowName: flow.name,
    Status: "Failed",
    ErrorCode: "ActionNotSupported",
    ErrorMessage: message,
    StartedTime: now,
    StoppedTime: now,
  });
}

function stop(request: CloudFlowRequest): Reply {
  const { state, parameters, quirks } = request;
  const error = parameters.text("Error", { min: 1, max: 128 });
  const cause = parameters.text("Cause", { min: 1, max: 4096 });
  const flow = flowOfRequest(request);
  const execution = executionOfRequest(request, flow);
  const { phase } = state.executions.play(execution);
  if (phase === "ended") {
    const { executionName } = startOf(execution);
    const message = `Execution '${executionName}' for flow '${flow.name}' has already completed.`;
    refuse(serviceError("ExecutionAlreadyCompleted", message), request);
  }
  // The answer still says Running: a stop is asynchronous.
  const before = executionBody(state, execution, quirks, { roleArn: true });
  const delayMs = quirks["stopDelayMs"];
  if (phase !== "stopping") {
    state.executions.intervene(execution, {
      kind: "stop",
      error,
      cause,
      takesMs: typeof delayMs === "number" ? delayMs : undefined,
    });
  }
  return answer(request, before);
}

async function describe(request: CloudFlowRequest): Promise<Reply> {
  const { state, parameters, quirks } = request;
  const seconds = parameters.integer("WaitTimeSeconds", { min: 0, max: longestWaitSeconds }) ?? 0;
  const flow = flowOfRequest(request);
  const execution = executionOfRequest(request, flow, "detailDelayMs");
  if (seconds > 0 && quirks["noLongPoll"] !== true) await untilEnded(request, execution, seconds * 1000);
  const now = state.executions.execution(execution.id);
  if (!now) refuse(executionNotExists(flow.name, startOf(execution).executionName), request);
  return answer(request, executionBody(state, now, quirks, { environment: true }));
}

// The store holds a new object for every change of an execution.
function untilEnded(request: CloudFlowRequest, { id }: Execution, realMs: number): Promise<void> {
  const { state, call } = request;
  const current = (): Execution | undefined => state.executions.execution(id);
  return waitUntil(
    state,
    () => {
      const execution = current();
      return !execution || state.executions.play(execution).phase === "ended";
    },
    () => {
      const execution = current();
      return execution && state.executions.play(execution).nextChangeAt;
    },
    realMs,
    call.gone,
  );
}

function list(request: CloudFlowRequest): Reply {
  const { state, parameters, quirks } = request;
  const limit = parameters.integer("Limit", { min: 1, max: quirks["englishLimits"] ? 99 : 100 });
  const asked = parameters.text("Status", { oneOf: statuses });
  const status = quirks["statusFilterIgnored"] === true ? undefined : asked;
  const times = quirks["timeWindowIgnored"] === true ? undefined : parameters;
  const begin = times?.time("StartedTimeBegin") ?? Number.NEGATIVE_INFINITY;
  const end = times?.time("StartedTimeEnd") ?? Number.POSITIVE_INFINITY;
  const prefix = parameters.text("ExecutionNamePrefix", { max: 128 }) ?? "";
  const qualifier = parameters.text("Qualifier");
  const mapRun = parameters.text("MapRunName");
  const metadataOnly = parameters.flag("MetadataOnly") ?? false;
  const position = readPosition(parameters.text("NextToken"));
  const flow = flowOfRequest(request);
  const matching = state.executions
    .executionsOf(flow.workflow.service, request.projectId, flow.name)
    .filter((execution) => {
      const { executionName, qualifier: own } = startOf(execution);
      return (
        !isForgotten(request, execution) &&
        mapRun === undefined &&
        execution.startedAt >= begin &&
        execution.startedAt <= end &&
        executionName.startsWith(prefix) &&
        (qualifier === undefined || own === qualifier) &&
        (status === undefined || statusOf(execution, state.executions.play(execution)) === status) &&
        isVisible(request, execution, "listDelayMs")
      );
    });
  const { largestPage, oldestFirst } = quirks;
  const most = typeof largestPage === "number" ? largestPage : Number.POSITIVE_INFINITY;
  const page = pageOf(matching, position, Math.min(limit ?? defaultLimit, most), oldestFirst === true);
  return answer(request, {
    Executions: page.items.map((execution) =>
      executionBody(state, execution, quirks, { environment: true, metadataOnly }),
    ),
    NextToken: page.nextToken,
  });
}

function history(request: CloudFlowRequest): Reply {
  const { state, parameters, quirks } = request;
  const limit = parameters.integer("Limit", { min: 1, max: quirks["englishLimits"] ? 999 : 1000 });
  const from = parameters.integer("NextToken", { min: 1, max: Number.MAX_SAFE_INTEGER }) ?? 1;
  const flow = flowOfRequest(request);
  const events = numberedEvents(state, executionOfRequest(request, flow, "detailDelayMs"), quirks);
  const page = events.slice(from - 1, from - 1 + (limit ?? defaultLimit));
  const next = from + page.length;
  return answer(request, {
    Events: page.map(eventBody),
    NextToken: next <= events.length ? String(next) : undefined,
  });
}

function readInput({ parameters, quirks }: CloudFlowRequest): { text: string; value: unknown } | undefined {
  const input = parameters.json("Input", quirks["oldDataLimit"] === true);
  if (input && !isJsonObject(input.value)) throw new ShapeError("Input", "must be a JSON object");
  return input;
}

function readQualifier(
  request: CloudFlowRequest,
  flow: Flow,
  executionName: string,
): { qualifier?: string; definition?: string } {
  const qualifier = request.parameters.text("Qualifier", { max: 128 });
  if (qualifier === undefined) return {};
  const definition = qualifiedDefinition(flow, qualifier, executionName);
  if (definition !== undefined) return { qualifier, definition };
  const isNumber = /^\d+$/.test(qualifier);
  const what = isNumber ? "Version" : "Alias";
  refuse(
    serviceError(
      isNumber ? "FlowVersionNotExists" : "FlowAliasNotExists",
      `${what} ${qualifier} for flow ${flow.name} does not exist.`,
    ),
    request,
  );
}

function isForgotten({ state, quirks }: CloudFlowRequest, execution: Execution): boolean {
  const when = quirks["expressForgotten"];
  if (when === undefined || !startOf(execution).express) return false;
  return when === "always" || state.executions.play(execution).phase === "ended";
}
