/** Huawei IAM as far as clients of the workflow services need it: tokens, temporary keys, projects, regions and domains. */
import { ReplyError } from "../../http/exchange";
import type { Call, Reply } from "../../http/exchange";
import { RouteTable } from "../../http/router";
import type { Route } from "../../http/router";
import type { MatchedOperation, Service } from "../../http/service";
import type { QuirkDefinition } from "../../cloud/quirks";
import type { HuaweiState } from "../state";
import { expireCredential } from "../gateway";
import { iamError } from "./operation";
import type { IamOperation } from "./operation";
import { listAuthProjects, listDomains, listProjects, listRegions, showProject } from "./projects";
import { securityTokenOperation } from "./securityTokens";
import { createByIdToken, createUnscopedByIdToken, tokenOperation, validateToken } from "./tokens";

/** The other ways in which IAM is said to behave, or may. */
export const iamQuirks: readonly QuirkDefinition[] = [
  {
    name: "assumeRoleByTokenOnly",
    kind: "flag",
    description: "assume_role needs X-Auth-Token: a signed request is 401, as documents up to 2024 say",
  },
  {
    name: "chainedKeysOneHour",
    kind: "flag",
    description: "securitytokens signed with a temporary key give 3600 seconds at most",
  },
  {
    name: "unknownAgencyIs403",
    kind: "flag",
    description: "an unknown agency is answered with 403, not 404",
  },
  {
    name: "noAuthDomains",
    kind: "flag",
    description: "the list of domains is empty, as for a user who may not see them",
  },
  {
    name: "foreignProject",
    kind: "text",
    words: ["forbidden", "unauthorized", "shown"],
    description: "a project of another account is answered with 403, 401, or shown; not 404",
  },
];

interface IamRoute extends Route {
  /** By the body, where one path has several operations. */
  readonly operationOf: (call: Call) => IamOperation;
}

const always =
  (operation: string, handle: IamOperation["handle"]): IamRoute["operationOf"] =>
  () => ({ operation, handle });

const routes: readonly IamRoute[] = [
  { method: "POST", path: "/v3/auth/tokens", operationOf: tokenOperation },
  { method: "GET", path: "/v3/auth/tokens", operationOf: always("KeystoneValidateToken", validateToken) },
  {
    method: "POST",
    path: "/v3.0/OS-AUTH/id-token/tokens",
    operationOf: always("CreateTokenWithIdToken", createByIdToken),
  },
  {
    method: "POST",
    path: "/v3/OS-FEDERATION/identity_providers/{idp_id}/protocols/{protocol_id}/auth",
    operationOf: always("CreateUnscopedTokenWithIdToken", createUnscopedByIdToken),
  },
  { method: "POST", path: "/v3.0/OS-CREDENTIAL/securitytokens", operationOf: securityTokenOperation },
  { method: "GET", path: "/v3/projects", operationOf: always("KeystoneListProjects", listProjects) },
  {
    method: "GET",
    path: "/v3/projects/{project_id}",
    operationOf: always("KeystoneShowProject", showProject),
  },
  {
    method: "GET",
    path: "/v3/auth/projects",
    operationOf: always("KeystoneListAuthProjects", listAuthProjects),
  },
  { method: "GET", path: "/v3/auth/domains", operationOf: always("KeystoneListAuthDomains", listDomains) },
  { method: "GET", path: "/v3/regions", operationOf: always("KeystoneListRegions", listRegions) },
];

/** The IAM service. */
export function iamService(state: HuaweiState): Service {
  const table = new RouteTable(routes);
  return {
    name: "iam",
    title: "Huawei Cloud IAM",
    routes: table.names(),
    match(call: Call): MatchedOperation | undefined {
      const match = table.match(call.method, call.path);
      if (!match) return undefined;
      const { operation, handle } = match.route.operationOf(call);
      const request = { state, call, operation, params: match.params };
      return {
        operation,
        respond: () =>
          withTrace(
            answer(() => handle(request)),
            call,
          ),
      };
    },
    faultReply: (status, _operation, call) =>
      withTrace(iamError(status, "caused by a configured fault"), call),
    expireToken(call: Call): Reply | undefined {
      if (expireCredential(state.accounts, call) === undefined) return undefined;
      return withTrace(iamError(401, "The request you have made requires authentication."), call);
    },
  };
}

function answer(handle: () => Reply): Reply {
  try {
    return handle();
  } catch (error) {
    if (error instanceof ReplyError) return error.reply;
    throw error;
  }
}

function withTrace(reply: Reply, call: Call): Reply {
  return { ...reply, headers: { ...reply.headers, "x-iam-trace-id": `token_emulator_${call.requestId}` } };
}
