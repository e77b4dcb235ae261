/** The AOM service: finds the operation, lets the gateway and the service check the request, and hands it on. */
import { ReplyError } from "../../http/exchange";
import type { Call, Reply } from "../../http/exchange";
import { RouteTable } from "../../http/router";
import { matchByRoute } from "../../http/service";
import type { Service } from "../../http/service";
import type { HuaweiState } from "../state";
import { opensProject } from "../authentication";
import { gatewayFaultReply, passGateway, refuseExpired, throttledReply, unauthorizedReply } from "../gateway";
import { aomErrorReply, refuse, workflowNotFound } from "./errors";
import { executionOperations, startExecution } from "./executionOperations";
import { lookupOperations } from "./lookupOperations";
import { refuseInput } from "./operation";
import type { AomOperation, AomRequest } from "./operation";
import { workflowOperations } from "./workflowOperations";

const operations = [...executionOperations, ...workflowOperations, ...lookupOperations];

/** No rate is published for AOM: a careful guess, to be replaced by the seed's `limits`. */
const rateLimit = { tokens: 20, perSecond: 10 };

const projectIdLength = 32;
const longestId = 64;

/** The AOM automation workflow API. */
export function aomService(state: HuaweiState): Service {
  const table = new RouteTable(operations);
  return {
    name: "aom",
    title: "Huawei Cloud AOM workflows",
    routes: table.names(),
    match: matchByRoute(table, (route, params, call) => respond(state, route, params, call)),
    faultReply: (status, operation, call) => faultReply(state, status, operation, call),
    expireToken: (call) => refuseExpired(state.accounts, call),
    start: ({ workflow, startedBy, executionId, startedAt }) =>
      startExecution(state, workflow, startedBy, { executionId, startedAt }),
  };
}

function respond(
  state: HuaweiState,
  route: AomOperation,
  params: Readonly<Record<string, string>>,
  call: Call,
): Reply {
  const { operation, errors, handle } = route;
  const identity = passGateway(state, call);
  const waitMs = state.buckets.take("aom", operation, identity.account.domainId, rateLimit);
  if (waitMs > 0) return throttledReply(waitMs, call);

  const projectId = params["project_id"] ?? "";
  const quirks = state.quirks.active(params["workflow_id"]);
  const request: AomRequest = { state, call, operation, errors, identity, projectId, params, quirks };
  checkContentType(request);
  checkPath(request);
  if (!opensProject(identity, projectId, call)) refuse(401, errors.unauthorized, request);
  return handle(request);
}

// Mandatory by the documents on every operation, on a GET and without a body too; every SDK sends it.
function checkContentType(request: AomRequest): void {
  const contentType = request.call.headers["content-type"] ?? "";
  const mediaType = contentType.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json" || contentType.length > 32) {
    refuseInput(request, `Content-Type: must be application/json, is ${JSON.stringify(contentType)}`);
  }
}

function checkPath(request: AomRequest): void {
  const { projectId, params } = request;
  if (projectId.length !== projectIdLength || !/^[\w-]*$/.test(projectId)) {
    refuseInput(request, `project_id: must have exactly ${String(projectIdLength)} letters, digits, - and _`);
  }
  for (const [name, value] of Object.entries(params)) {
    if (name === "project_id") continue;
    if (value.length === 0 || value.length > longestId) {
      refuseInput(
        request,
        `${name}: must have 1 to ${String(longestId)} characters, has ${String(value.length)}`,
      );
    }
  }
}

function faultReply(state: HuaweiState, status: number, operation: string, call: Call): Reply {
  const gateway = gatewayFaultReply(status, call);
  if (gateway) return gateway;
  const errors = operations.find((candidate) => candidate.operation === operation)?.errors;
  const quirks = state.quirks.active();
  if (!errors) throw new ReplyError(unauthorizedReply("unknown operation", call));
  const error = status === 400 ? errors.invalid : status === 404 ? workflowNotFound : errors.internal;
  return aomErrorReply(status, error, operation, quirks);
}
