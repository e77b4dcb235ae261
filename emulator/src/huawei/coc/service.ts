/** The COC service: finds the operation, lets the gateway and the service check the request, and hands it on. */
import { ReplyError } from "../../http/exchange";
import type { Call, Reply } from "../../http/exchange";
import { RouteTable } from "../../http/router";
import { matchByRoute } from "../../http/service";
import type { Service } from "../../http/service";
import type { Identity } from "../authentication";
import { gatewayFaultReply, passGateway, refuseExpired, throttledReply, unauthorizedReply } from "../gateway";
import type { HuaweiState } from "../state";
import { documentOperations } from "./documentOperations";
import {
  cocErrorReply,
  documentNotFound,
  foreignScope,
  internalError,
  invalidParameter,
  refuse,
} from "./errors";
import { executionOperations } from "./executionOperations";
import { startForeign } from "./executions";
import { coc, refuseInput } from "./operation";
import type { CocOperation, CocRequest } from "./operation";

const operations = [...executionOperations, ...documentOperations];

/** No rate is published for COC: a careful guess, to be replaced by the seed's `limits`. */
const rateLimit = { tokens: 20, perSecond: 10 };

const longestId = 128;

/** The COC API for jobs. */
export function cocService(state: HuaweiState): Service {
  const table = new RouteTable(operations);
  const match = matchByRoute(table, (route, params, call) => respond(state, route, params, call));
  return {
    name: coc,
    title: "Huawei Cloud COC jobs",
    routes: table.names(),
    match: (call) => {
      const found = match(call);
      const subject = found && subjectOf(state, call);
      return found && subject !== undefined ? { ...found, subject } : found;
    },
    faultReply: (status, _operation, call) =>
      gatewayFaultReply(status, call) ?? cocErrorReply(status, faultText(status)),
    expireToken: (call) => refuseExpired(state.accounts, call),
    start: (start) => startForeign(state, start),
  };
}

function faultText(status: number): Parameters<typeof cocErrorReply>[1] {
  if (status === 404) return documentNotFound;
  return status < 500 ? invalidParameter : internalError;
}

function respond(
  state: HuaweiState,
  { operation, handle }: CocOperation,
  params: Readonly<Record<string, string>>,
  call: Call,
): Reply {
  const identity = passGateway(state, call);
  const waitMs = state.buckets.take(coc, operation, identity.account.domainId, rateLimit);
  if (waitMs > 0) return throttledReply(waitMs, call);
  const quirks = state.quirks.active(documentOf(state, params, call));
  const request: CocRequest = { state, call, operation, identity, params, quirks };
  checkScope(request);
  checkPath(request);
  checkContentType(call);
  return handle(request);
}

// The execution that a path or a body names; neither names its job.
const namedExecution = /^\/v1\/executions\/([^/]+)|"execution_id"\s*:\s*"([^"]+)"/;

/** `/job/execution`, for requests that name the execution alone. */
function subjectOf({ executions }: HuaweiState, { path, method, body }: Call): string | undefined {
  const [, inPath, inBody] = namedExecution.exec(method === "POST" ? body.toString("utf8") : path) ?? [];
  const id = inPath ?? inBody;
  const execution = id === undefined ? undefined : executions.execution(decodeURIComponent(id));
  return execution && `/${execution.workflowId}/${execution.id}`;
}

// Requests for an execution do not name its job.
function documentOf(
  { executions }: HuaweiState,
  params: Readonly<Record<string, string>>,
  call: Call,
): string | undefined {
  const execution = executions.execution(params["execution_id"] ?? "");
  return execution?.workflowId ?? params["document_id"] ?? call.query.get("document_id") ?? undefined;
}

// Requests are for the account as a whole; one that names a project of the account is as good.
function checkScope({ call, identity, quirks }: CocRequest): void {
  const [domainId, projectId] = [call.headers["x-domain-id"], call.headers["x-project-id"]];
  const isSigned = call.headers["x-auth-token"] === undefined;
  if (isSigned && domainId === undefined && projectId === undefined && quirks["scopeRequired"]) {
    throw new ReplyError(unauthorizedReply("x-domain-id not found", call));
  }
  if (domainId !== undefined && domainId !== identity.account.domainId) refuse(403, foreignScope);
  if (projectId !== undefined && !opens(identity, projectId)) refuse(403, foreignScope);
}

function opens({ projects }: Identity, projectId: string): boolean {
  return projects.some(({ id }) => id === projectId);
}

function checkPath({ params }: CocRequest): void {
  for (const [name, value] of Object.entries(params)) {
    if (value.length > 0 && value.length <= longestId) continue;
    refuseInput(`${name}: must have 1 to ${String(longestId)} characters, has ${String(value.length)}`);
  }
}

function checkContentType({ body, headers }: Call): void {
  const mediaType = (headers["content-type"] ?? "application/json").split(";")[0]?.trim().toLowerCase();
  if (body.length > 0 && mediaType !== "application/json") {
    refuseInput(`Content-Type: must be application/json, is ${JSON.stringify(mediaType)}`);
  }
}
