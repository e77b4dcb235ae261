/**
 * The CloudFlow service: finds the operation, identifies the caller, applies the rate limits, and passes the request
 * on.
 */
import type { Execution } from "../../executions/record";
import { ReplyError } from "../../http/exchange";
import type { Call, Reply } from "../../http/exchange";
import type { ExecutionOutline, ForeignStart, MatchedOperation, Service } from "../../http/service";
import { ShapeError } from "../../ground/jsonShape";
import { retryAfterSeconds } from "../../http/tokenBuckets";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { AlibabaState } from "../state";
import { DefinitionError } from "../fdl/definition";
import {
  formType,
  inRequestedFormat,
  mediaType,
  readRpcRequest,
  unreadRpcRequest,
  valueOf,
  versionOf,
} from "../rpcRequest";
import type { RpcRequest } from "../rpcRequest";
import type { Parameter } from "../signatures";
import { aliasOperations } from "./aliasOperations";
import {
  errorReply,
  flowNotExists,
  gatewayTwin,
  invalidArgument,
  messages,
  refusalError,
  refuse,
  serviceError,
} from "./errors";
import type { ServiceError } from "./errors";
import { executionOperations } from "./executionOperations";
import { findExecution, startFlow, statusOf, taskToken } from "./executions";
import { flowOperations } from "./flowOperations";
import { flowOf, homeOf } from "./flows";
import { cloudFlow } from "./operation";
import type { CloudFlowOperation, CloudFlowRequest } from "./operation";
import { MissingParameter, Parameters, TooLarge } from "./parameters";
import { taskOperations } from "./taskOperations";

const operations = [...executionOperations, ...flowOperations, ...aliasOperations, ...taskOperations];
const apiVersion = "2019-03-15";
const usualRateLimit = { tokens: 10, perSecond: 2 };
const largestBody = 1024 * 1024;

/** A request of which nothing is known but its own content. */
interface Incoming extends RpcRequest {
  readonly quirks: ActiveQuirks;
}

/** The CloudFlow API (fnf 2019-03-15). */
export function cloudFlowService(state: AlibabaState): Service {
  return {
    name: cloudFlow,
    title: "Alibaba Cloud CloudFlow",
    routes: operations.map(({ method, action }) => `${method} /?Action=${action}`),
    match(call: Call): MatchedOperation | undefined {
      const incoming = read(state, call);
      if (!incoming) return undefined;
      return {
        operation: incoming.action,
        subject: subjectOf(incoming.parameters),
        respond: async () => inRequestedFormat(incoming, await respond(state, incoming)),
      };
    },
    faultReply(status: number, operation: string, call: Call): Reply {
      const incoming = read(state, call) ?? { ...unreadRpcRequest(call, operation), quirks: {} };
      return inRequestedFormat(incoming, errorReply(faultError(status, incoming), incoming));
    },
    expireToken(call: Call): Reply | undefined {
      const incoming = read(state, call);
      if (!incoming || !state.authenticator.expireToken(call, incoming.parameters)) return undefined;
      return inRequestedFormat(incoming, errorReply(refusalError({ kind: "tokenExpired" }), incoming));
    },
    start: (start) => startForeign(state, start),
    outline: (execution) => outline(state, execution),
  };
}

function read(state: AlibabaState, call: Call): Incoming | undefined {
  const request = readRpcRequest(call);
  if (!request) return undefined;
  const { parameters } = request;
  const quirks = state.quirks.active(valueOf(parameters, "FlowName") ?? valueOf(parameters, "Name"));
  return { ...request, quirks };
}

async function respond(state: AlibabaState, incoming: Incoming): Promise<Reply> {
  const { action, quirks } = incoming;
  try {
    const operation = operations.find((candidate) => candidate.action === action);
    if (!operation) {
      const message = `The requested API operation '${action}' is incorrect. Please check.`;
      refuse(serviceError("ActionNotSupported", message), incoming);
    }
    checkVersion(incoming);
    checkBody(incoming);
    const request = admit(state, operation, incoming);
    return await operation.handle(request);
  } catch (error) {
    if (error instanceof ReplyError) return error.reply;
    const known = knownError(error);
    if (!known) throw error;
    return errorReply(quirks["gatewayErrors"] ? gatewayTwin(known) : known, incoming);
  }
}

function checkVersion(incoming: Incoming): void {
  const version = versionOf(incoming);
  if (version === undefined) throw new MissingParameter("Version");
  if (version !== apiVersion) {
    const message = `The requested API version '${version}' is not supported yet. Please check.`;
    refuse(serviceError("APIVersionNotSupported", message), incoming);
  }
}

function checkBody(incoming: Incoming): void {
  const { call, quirks } = incoming;
  if (call.body.length > largestBody) throw new TooLarge(largestBody);
  const type = mediaType(call);
  const unreadable = call.body.length > 0 && type !== "" && type !== formType && type !== "application/json";
  if (unreadable || (quirks["formIs415"] === true && type === formType && call.body.length > 0)) {
    refuse(serviceError("UnsupportedMediaType", messages.mediaType), incoming);
  }
}

function admit(state: AlibabaState, operation: CloudFlowOperation, incoming: Incoming): CloudFlowRequest {
  const { call, parameters, quirks } = incoming;
  const { identity, refusal } = state.authenticator.authenticate(call, parameters);
  if (refusal) {
    const error = refusalError(refusal);
    throw new ReplyError(errorReply(quirks["gatewayErrors"] ? gatewayTwin(error, refusal) : error, incoming));
  }
  const { account } = identity;
  const rateLimit = operation.rateLimit ?? usualRateLimit;
  const waitMs = state.buckets.take(cloudFlow, operation.action, account.domainId, rateLimit);
  if (waitMs > 0) {
    const error = serviceError("ResourceThrottled", messages.throttled);
    const seconds = retryAfterSeconds(waitMs);
    throw new ReplyError(
      quirks["gatewayErrors"]
        ? errorReply(gatewayTwin(error), incoming, { "x-acs-retry-after": seconds })
        : errorReply(error, incoming),
    );
  }
  return {
    state,
    call,
    identity,
    projectId: homeOf(account),
    parameters: new Parameters(parameters),
    quirks,
    requestId: incoming.requestId,
  };
}

// The service's error for a problem that the readers of parameters and definitions find.
function knownError(error: unknown): ServiceError | undefined {
  if (error instanceof MissingParameter) {
    return serviceError("MissingRequiredParams", `The HTTP query '${error.parameter}' must be specified.`);
  }
  if (error instanceof TooLarge) {
    const message = `The payload size exceeds maximum allowed size (${String(error.limit)} bytes).`;
    return serviceError("EntityTooLarge", message);
  }
  if (error instanceof DefinitionError) return invalidArgument(`Definition: ${error.message}`);
  return error instanceof ShapeError ? invalidArgument(error.message) : undefined;
}

function faultError(status: number, { action, parameters, quirks }: Incoming): ServiceError {
  const error = faultOfService(status, action, parameters);
  return quirks["gatewayErrors"] ? gatewayTwin(error) : error;
}

function faultOfService(status: number, action: string, parameters: readonly Parameter[]): ServiceError {
  const flow = valueOf(parameters, "FlowName") ?? valueOf(parameters, "Name") ?? "";
  switch (status) {
    case 400:
      return invalidArgument("Caused by a configured fault.");
    case 403:
      return serviceError("AccessDenied", messages.denied);
    case 404:
      return flowNotExists(flow);
    case 409:
      if (action === "CreateFlow") return serviceError("FlowAlreadyExists", `Flow ${flow} already exists.`);
      return action.startsWith("ReportTask")
        ? serviceError("TaskInvalidState", "The task is not in a state to be reported.")
        : serviceError("ConcurrentUpdateError", messages.conflict);
    case 412:
      return serviceError("PreconditionFailed", messages.changed);
    case 415:
      return serviceError("UnsupportedMediaType", messages.mediaType);
    case 429:
      return serviceError("ResourceThrottled", messages.throttled);
    case 503:
      return {
        status,
        code: "ServiceUnavailable",
        message: "The request has failed due to a temporary failure.",
      };
    default:
      return { ...serviceError("InternalServerError", messages.internal), status };
  }
}

function startForeign(state: AlibabaState, start: ForeignStart): Execution {
  const { workflow, startedBy, executionId, startedAt, input } = start;
  const flow = flowOf(workflow);
  if (executionId !== undefined && findExecution(state, flow, executionId)) {
    throw new ShapeError("executionId", `${executionId} exists already`);
  }
  return startFlow(state, flow, {
    name: executionId,
    startedBy,
    startedAt,
    input: input && { text: JSON.stringify(input), value: input },
  });
}

// The control API shows the tokens too: nobody else would give them to the person or program that has to report.
function outline(state: AlibabaState, execution: Execution): ExecutionOutline {
  const snapshot = state.executions.play(execution);
  return {
    status: snapshot.phase === "ended" ? statusOf(execution, snapshot) : snapshot.phase,
    endedAt: snapshot.endedAt,
    nodes: snapshot.steps.map((step) => ({
      id: step.key,
      status: step.outcome ?? step.phase,
      attempt: step.attempts.at(-1)?.attempt ?? 1,
      ...(step.phase === "awaitingReport" ? { taskToken: taskToken(execution, step) } : {}),
    })),
  };
}

function subjectOf(parameters: readonly Parameter[]): string {
  const names = ["FlowName", "Name", "ExecutionName"].flatMap((name) => valueOf(parameters, name) ?? []);
  return `/${names.join("/")}`;
}
