/**
 * The sources of keys for a client of Alibaba Cloud that has none: the metadata service of an ECS (at
 * http://100.100.100.200 in the cloud), with the tokens of its second version, and a credentials URI.
 */
import { jsonReply, ReplyError, textReply } from "../http/exchange";
import type { Reply } from "../http/exchange";
import type { Service } from "../http/service";
import type { MachineRole } from "../accounts/machines";
import { metadataService, tokenOperation } from "../cloud/metadataService";
import type { MetadataRequest, MetadataRoute } from "../cloud/metadataService";
import type { EmulatorState } from "../cloud/state";
import { timeText } from "./sts/operations";

const tokenHeader = "x-aliyun-ecs-metadata-token";
const service = { name: "alibabaMetadata", title: "Alibaba Cloud metadata of machines" };
const rolesPath = "/latest/meta-data/ram/security-credentials";

const routes: readonly MetadataRoute[] = [
  {
    operation: "CreateMetadataToken",
    machine: "alibabaEcs",
    method: "PUT",
    path: "/latest/api/token",
    handle: tokenOperation("X-aliyun-ecs-metadata-token-ttl-seconds"),
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

/** The metadata service of a machine of Alibaba Cloud; answers nothing until such a machine exists. */
export function alibabaMetadataService(state: EmulatorState): Service {
  return metadataService(state, service, routes, tokenHeader);
}

function checkToken({ state, call, machine }: MetadataRequest): void {
  const token = call.headers[tokenHeader];
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
