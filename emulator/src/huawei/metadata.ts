/**
 * The metadata service of an ECS of Huawei Cloud (at http://169.254.169.254 in the cloud), with the tokens of its
 * second version; and the service that gives keys to a pod of CCE. Both issue the keys of an agency to every client on
 * the machine.
 */
import { jsonReply, ReplyError, textReply } from "../http/exchange";
import type { Reply } from "../http/exchange";
import type { Service } from "../http/service";
import type { TemporaryKey } from "../accounts/directory";
import { instanceId } from "../accounts/machine";
import type { Machine } from "../accounts/machine";
import type { JsonObject } from "../ground/jsonShape";
import { metadataService, tokenOperation } from "../cloud/metadataService";
import type { MetadataRequest, MetadataRoute } from "../cloud/metadataService";
import type { EmulatorState } from "../cloud/state";
import { iamTime } from "./iam/operation";
import { idTokenProblems } from "./iam/tokens";

const tokenHeader = "x-metadata-token";

const service = { name: "huaweiMetadata", title: "Huawei Cloud metadata of machines" };

const routes: readonly MetadataRoute[] = [
  {
    operation: "CreateMetadataToken",
    machine: "huaweiEcs",
    method: "PUT",
    path: "/meta-data/latest/api/token",
    handle: tokenOperation("X-Metadata-Token-Ttl-Seconds"),
  },
  {
    operation: "GetSecurityKey",
    machine: "huaweiEcs",
    method: "GET",
    path: "/openstack/latest/securitykey",
    handle: getSecurityKey,
  },
  {
    operation: "GetMetadata",
    machine: "huaweiEcs",
    method: "GET",
    path: "/openstack/latest/meta_data.json",
    handle: getMetadata,
  },
  {
    operation: "GetPodCredentials",
    machine: "huaweiPod",
    method: "POST",
    path: "/v1/pod-identity/credentials",
    handle: getPodCredentials,
  },
];

/** The metadata service of a machine of Huawei Cloud; answers nothing until such a machine exists. */
export function huaweiMetadataService(state: EmulatorState): Service {
  return metadataService(state, service, routes, tokenHeader);
}

function unauthorized(text: string): Reply {
  return textReply(401, text);
}

function checkToken({ state, call, machine }: MetadataRequest): void {
  const token = call.headers[tokenHeader];
  if (machine.metadataTokens === "absent") return;
  const isGood = token === undefined ? machine.metadataTokens === "optional" : state.machines.isToken(token);
  if (!isGood) throw new ReplyError(unauthorized("Unauthorized"));
}

function getSecurityKey(request: MetadataRequest): Reply {
  const { state, call, machine } = request;
  checkToken(request);
  const found = state.machines.roleOf(machine);
  if (!found) return unauthorized("401 Unauthorized\nPlease configure Cloud Service Agency first");
  const key = state.machines.keysOf(found, call);
  return jsonReply(200, { credential: credentialOf(key) });
}

function credentialOf({ accessKey, secretKey, securityToken, expiresAt }: TemporaryKey): JsonObject {
  return {
    access: accessKey,
    secret: secretKey,
    securitytoken: securityToken,
    expires_at: iamTime(expiresAt),
  };
}

function getMetadata(request: MetadataRequest): Reply {
  const { state, machine } = request;
  checkToken(request);
  const account = state.accounts.byDomain({ name: machine.domain });
  const project =
    account?.projects.find(({ id, name }) => id === machine.project || name === machine.project) ??
    account?.projects[0];
  const region = project?.name.split("_")[0] ?? "cn-north-4";
  const name = `ecs-${machine.domain}`;
  return jsonReply(200, {
    uuid: instanceId(machine),
    availability_zone: `${region}a`,
    enterprise_project_id: "0",
    hostname: `${name}.novalocal`,
    launch_index: 0,
    instance_type: "s6.small.1",
    meta: { os_type: "Linux", charging_mode: "0", os_bit: "64" },
    region_id: region,
    project_id: project?.id ?? "",
    name,
  });
}

function getPodCredentials({ state, call, machine }: MetadataRequest): Reply {
  const found = state.machines.roleOf(machine);
  const provider = state.accounts.identityProvider(machine.idp ?? "")?.provider;
  if (!found || !provider) return unauthorized("the pod has no agency");
  const { problem } = state.idTokens.check(provider, call.headers["authorization"] ?? "");
  if (problem !== undefined) return unauthorized(`the token is not accepted: ${idTokenProblems[problem]}`);
  return jsonReply(200, podAnswer(state.machines.keysOf(found, call), machine));
}

function podAnswer(key: TemporaryKey, { answer }: Machine): JsonObject {
  switch (answer) {
    case "credential":
      return { credential: credentialOf(key) };
    case "credentials":
      return {
        credentials: {
          access_key_id: key.accessKey,
          secret_access_key: key.secretKey,
          security_token: key.securityToken,
          expiration: new Date(key.expiresAt).toISOString(),
        },
      };
    case "flat":
      return {
        accessKeyId: key.accessKey,
        secretAccessKey: key.secretKey,
        securityToken: key.securityToken,
        expiration: new Date(key.expiresAt).toISOString(),
      };
  }
}
