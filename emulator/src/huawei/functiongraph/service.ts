/**
 * The FunctionGraph service, as far as flows go: finds the operation, lets the gateway and the service check the
 * request, and hands it on.
 */
import type { Call, Reply } from "../../http/exchange";
import { RouteTable } from "../../http/router";
import { matchByRoute } from "../../http/service";
import type { Service } from "../../http/service";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { HuaweiState } from "../state";
import { opensProject } from "../authentication";
import { gatewayFaultReply, passGateway, refuseExpired, throttledReply } from "../gateway";
import { flowErrorReply, refuse } from "./errors";
import { executionOperations } from "./executionOperations";
import { startForeign } from "./flow";
import { historyOperations } from "./historyOperations";
import { metricOperations } from "./metricOperations";
import { functionGraph, refuseInput } from "./operation";
import type { FlowOperation, FlowRequest } from "./operation";
import { workflowOperations } from "./workflowOperations";

const operations = [...executionOperations, ...historyOperations, ...workflowOperations, ...metricOperations];

/** No rate is published for flows: a careful guess, to be replaced by the seed's `limits`. */
const rateLimit = { tokens: 20, perSecond: 10 };

const longestParameters: Readonly<Record<string, number>> = {
  project_id: 64,
  workflow_id: 512,
  execution_id: 64,
  workflow_urn: 512,
};

/** The FunctionGraph API for flows. */
export function functionGraphService(state: HuaweiState): Service {
  const table = new RouteTable(operations);
  return {
    name: functionGraph,
    title: "Huawei Cloud FunctionGraph flows",
    routes: table.names(),
    match: matchByRoute(table, (route, params, call) => respond(state, route, params, call)),
    faultReply: (status, operation, call) => faultReply(state.quirks.active(), status, operation, call),
    expireToken: (call) => refuseExpired(state.accounts, call),
    start: (start) => startForeign(state, start),
  };
}

function respond(
  state: HuaweiState,
  { operation, handle }: FlowOperation,
  params: Readonly<Record<string, string>>,
  call: Call,
): Reply | Promise<Reply> {
  const identity = passGateway(state, call);
  const quirks = state.quirks.active(params["workflow_id"]);
  const waitMs = state.buckets.take(functionGraph, operation, identity.account.domainId, rateLimit);
  if (waitMs > 0) {
    const throttled = throttledReply(waitMs, call);
    if (!quirks["fssCodes"]) return throttled;
    const retryAfter = { "retry-after": throttled.headers["retry-after"] ?? "1" };
    return flowErrorReply(429, { operation, quirks, call }, "", { headers: retryAfter });
  }

  const projectId = params["project_id"] ?? "";
  const request: FlowRequest = { state, call, operation, identity, projectId, params, quirks };
  checkPath(request);
  checkContentType(request);
  if (!opensProject(identity, projectId, call)) refuse(403, request, "project_id: not yours");
  return handle(request);
}

function checkPath(request: FlowRequest): void {
  for (const [name, value] of Object.entries(request.params)) {
    const longest = longestParameters[name] ?? 64;
    if (value.length === 0 || value.length > longest) {
      refuseInput(
        request,
        `${name}: must have 1 to ${String(longest)} characters, has ${String(value.length)}`,
      );
    }
  }
}

// No document asks for the header, but a body can only be JSON.
function checkContentType(request: FlowRequest): void {
  const { body, headers } = request.call;
  const mediaType = (headers["content-type"] ?? "application/json").split(";")[0]?.trim().toLowerCase();
  if (body.length > 0 && mediaType !== "application/json") {
    refuseInput(request, `Content-Type: must be application/json, is ${JSON.stringify(mediaType)}`);
  }
}

function faultReply(quirks: ActiveQuirks, status: number, operation: string, call: Call): Reply {
  const gateway = quirks["fssCodes"] ? undefined : gatewayFaultReply(status, call);
  return gateway ?? flowErrorReply(status, { operation, quirks, call });
}
