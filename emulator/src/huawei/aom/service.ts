// The AOM service: finds the operation, lets the gateway and the service check the request, and hands it on.
import { ReplyError, type Call, type Reply } from "../../http/exchange";
import { RouteTable } from "../../http/router";
import { matchByRoute } from "../../http/service";
import type { Service } from "../../http/service";
import type { HuaweiState } from "../state";
import { opensProject } from "../authentication";
import { gatewayFaultReply, passGateway, refuseExpired, throttledReply, unauthorizedReply } from "../gateway";
import { aomErrorReply, refuse, WORKFLOW_NOT_FOUND } from "./errors";
import { EXECUTION_OPERATIONS, startExecution } from "./executionOperations";
import { LOOKUP_OPERATIONS } from "./lookupOperations";
import { refuseInput, type AomOperation, type AomRequest } from "./operation";
import { WORKFLOW_OPERATIONS } from "./workflowOperations";

const OPERATIONS = [...EXECUTION_OPERATIONS, ...WORKFLOW_OPERATIONS, ...LOOKUP_OPERATIONS];

/** No rate is published for AOM: a careful guess, to be replaced by the seed's `limits`. */
const ALLOWANCE = { tokens: 20, perSecond: 10 };

const PROJECT_ID_LENGTH = 32;
const LONGEST_ID = 64;

/** The AOM automation workflow API. */
export function aomService(state: HuaweiState): Service {
  const table = new RouteTable(OPERATIONS);
  return {
    name: "aom",
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
  const waitMs = state.buckets.take("aom", operation, identity.account.domainId, ALLOWANCE);
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
  if (projectId.length !== PROJECT_ID_LENGTH || !/^[\w-]*$/.test(projectId)) {
    refuseInput(
      request,
      `project_id: must have exactly ${String(PROJECT_ID_LENGTH)} letters, digits, - and _`,
    );
  }
  for (const [name, value] of Object.entries(params)) {
    if (name === "project_id") continue;
    if (value.length === 0 || value.length > LONGEST_ID) {
      refuseInput(
        request,
        `${name}: must have 1 to ${String(LONGEST_ID)} characters, has ${String(value.length)}`,
      );
    }
  }
}

function faultReply(state: HuaweiState, status: number, operation: string, call: Call): Reply {
  const gateway = gatewayFaultReply(status, call);
  if (gateway) return gateway;
  const errors = OPERATIONS.find((candidate) => candidate.operation === operation)?.errors;
  const quirks = state.quirks.active();
  if (!errors) throw new ReplyError(unauthorizedReply("unknown operation", call));
  const error = status === 400 ? errors.invalid : status === 404 ? WORKFLOW_NOT_FOUND : errors.internal;
  return aomErrorReply(status, error, operation, quirks);
}
