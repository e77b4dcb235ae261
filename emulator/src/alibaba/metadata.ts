/**
 * Where a client of Alibaba Cloud gets keys without having any: the metadata service of an ECS (at http://100.100.100.200 in
 * the cloud), with the tokens of its second version, and a credentials URI.
 */
import { jsonReply, ReplyError, textReply } from "../http/exchange";
import type { Call, Reply } from "../http/exchange";
import { RouteTable } from "../http/routes";
import type { Route } from "../http/routes";
import type { MatchedOperation, Service } from "../http/service";
import type { Machine } from "../identity/machine";
import type { MachineRole } from "../identity/machines";
import type { EmulatorState } from "../state";
import { timeText } from "./sts/operations";

/** Nothing is published: enough for every client of one machine. */
const allowance = { tokens: 50, perSecond: 20 };
const longestTokenSeconds = 21_600;
const rolesPath = "/latest/meta-data/ram/security-credentials";

interface MetadataRequest {
  readonly state: EmulatorState;
  readonly call: Call;
  readonly machine: Machine;
  readonly params: Readonly<Record<string, string>>;
}

interface MetadataRoute extends Route {
  readonly operation: string;
  readonly machine: "alibabaEcs" | "alibabaUri";
  readonly handle: (request: MetadataRequest) => Reply;
}

const routes: readonly MetadataRoute[] = [
  {
    operation: "CreateMetadataToken",
    machine: "alibabaEcs",
    method: "PUT",
    path: "/latest/api/token",
    handle: createToken,
  },
  {
    operation: "ListRamRoles",
    machine: "alibabaEcs",
    method: "GET",
    path: rolesPath,
    handle: listRoles,
  },
  {
    operation: "ListRamRoles",
    machine: "alibabaEcs",
    method: "GET",
    path: `${rolesPath}/`,
    handle: listRoles,
  },
  {
    operation: "GetRamRoleCredentials",
    machine: "alibabaEcs",
    method: "GET",
    path: `${rolesPath}/{role}`,
    handle: getRoleCredentials,
  },
  {
    operation: "GetCredentialsByUri",
    machine: "alibabaUri",
    method: "GET",
    path: "/alibaba/credentials",
    handle: getByUri,
  },
];

/** What a machine of Alibaba Cloud hands out; answers nothing until there is such a machine. */
export function alibabaMetadataService(state: EmulatorState): Service {
  const serviceName = "alibabaMetadata";
  const table = new RouteTable(routes);
  return {
    name: serviceName,
    routes: table.names(),
    match(call: Call): MatchedOperation | undefined {
      const match = table.match(call.method, call.path);
      const machine = match && state.machines.get(match.route.machine);
      if (!match || !machine) return undefined;
      const { operation, handle } = match.route;
      const respond = (): Reply => {
        const waitMs = state.buckets.take(serviceName, operation, machine.domain, allowance);
        if (waitMs > 0) return textReply(429, "Too Many Requests");
        return handle({ state, call, machine, params: match.params });
      };
      return { operation, respond };
    },
    faultReply: (status) => textReply(status, `${String(status)} as planned by a fault`),
    expireToken(call: Call): Reply | undefined {
      const token = call.headers["x-aliyun-ecs-metadata-token"];
      return token !== undefined && state.machines.expireToken(token)
        ? textReply(401, "Unauthorized")
        : undefined;
    },
  };
}

function createToken({ state, call, machine }: MetadataRequest): Reply {
  if (machine.metadataTokens === "absent") return textReply(404, "Not Found");
  if (call.headers["x-forwarded-for"] !== undefined) return textReply(403, "Forbidden");
  const seconds = Number(call.headers["x-aliyun-ecs-metadata-token-ttl-seconds"] ?? "");
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestTokenSeconds) {
    return textReply(400, "X-aliyun-ecs-metadata-token-ttl-seconds must be 1 to 21600");
  }
  return textReply(200, state.machines.issueToken(seconds));
}

function checkToken({ state, call, machine }: MetadataRequest): void {
  const token = call.headers["x-aliyun-ecs-metadata-token"];
  if (machine.metadataTokens === "absent") return;
  if (token === undefined) {
    if (machine.metadataTokens === "required") throw new ReplyError(textReply(403, "Forbidden"));
    return;
  }
  if (!state.machines.isToken(token)) throw new ReplyError(textReply(401, "Unauthorized"));
}

function listRoles(request: MetadataRequest): Reply {
  checkToken(request);
  const found = request.state.machines.roleOf(request.machine);
  return found ? textReply(200, found.role.name) : textReply(404, "Not Found");
}

function getRoleCredentials(request: MetadataRequest): Reply {
  checkToken(request);
  const found = request.state.machines.roleOf(request.machine);
  if (!found || found.role.name !== request.params["role"]) return textReply(404, "Not Found");
  return credentials(request, found);
}

function getByUri(request: MetadataRequest): Reply {
  const found = request.state.machines.roleOf(request.machine);
  return found ? credentials(request, found) : jsonReply(404, { Code: "Failed", Message: "no role" });
}

function credentials({ state, call, machine }: MetadataRequest, found: MachineRole): Reply {
  const key = state.machines.keysOf(found, call);
  return jsonReply(200, {
    AccessKeyId: key.accessKey,
    AccessKeySecret: key.secretKey,
    Expiration: timeText(key.expiresAt),
    SecurityToken: key.securityToken,
    ...(machine.kind === "alibabaEcs" ? { LastUpdated: timeText(key.issuedAt) } : {}),
    Code: "Success",
  });
}
