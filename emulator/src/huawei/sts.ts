/**
 * Huawei Cloud's STS of IAM 5: agencies for callers with keys, agencies for bearers of id tokens, and the caller's
 * identity. The STS stands behind the gateway. Of its error codes only STS5.1001 and STS5.1106 have been seen; the
 * others are guesses.
 */
import { jsonReply, ReplyError } from "../http/exchange";
import type { Call, Reply } from "../http/exchange";
import { RouteTable } from "../http/router";
import type { Route } from "../http/router";
import { readJsonBody } from "../http/jsonBody";
import { matchByRoute } from "../http/service";
import type { Service } from "../http/service";
import { agencyUrn, providerUrn } from "../accounts/account";
import type { Account, AssumableRole } from "../accounts/account";
import { chainOf, lookUp, sessionRef } from "../accounts/principal";
import type { Principal, SessionRef } from "../accounts/principal";
import { trustsCaller, trustsIdToken } from "../accounts/trust";
import { readText } from "../ground/jsonShape";
import type { Fields, JsonObject, TextLimits } from "../ground/jsonShape";
import type { HuaweiState } from "./state";
import type { Identity } from "./authentication";
import { gatewayFaultReply, passGateway, refuseExpired, throttledReply } from "./gateway";
import { idTokenProblems } from "./iam/tokens";

const serviceName = "huaweiSts";
/** No rate is published: a careful guess, to be replaced by the seed's `limits`. */
const rateLimit = { tokens: 20, perSecond: 10 };
const durations = { min: 900, max: 43_200, integer: true } as const;
const defaultSeconds = 3600;
/** For callers who use temporary keys themselves. */
const longestChainedSeconds = 3600;

interface StsRequest {
  readonly state: HuaweiState;
  readonly call: Call;
  readonly operation: string;
}

interface StsRoute extends Route {
  readonly operation: string;
  readonly handle: (request: StsRequest) => Reply;
}

const routes: readonly StsRoute[] = [
  { operation: "AssumeAgency", method: "POST", path: "/v5/agencies/assume", handle: assumeAgency },
  {
    operation: "AssumeAgencyWithOIDC",
    method: "POST",
    path: "/v5/agencies/assume-with-oidc",
    handle: assumeAgencyWithOidc,
  },
  { operation: "GetCallerIdentity", method: "GET", path: "/v5/caller-identity", handle: getCallerIdentity },
];

/** The STS API of Huawei Cloud. */
export function huaweiStsService(state: HuaweiState): Service {
  const table = new RouteTable(routes);
  return {
    name: serviceName,
    title: "Huawei Cloud STS",
    routes: table.names(),
    match: matchByRoute(table, ({ operation, handle }, _params, call) => handle({ state, call, operation })),
    faultReply: (status, _operation, call) =>
      gatewayFaultReply(status, call) ?? errorReply(status, "Caused by a configured fault.", call),
    expireToken: (call) => refuseExpired(state.accounts, call),
  };
}

const codes: Readonly<Record<number, string>> = {
  400: "STS5.1002",
  403: "STS5.1001",
  404: "STS5.1106",
};

function errorReply(status: number, message: string, call: Call): Reply {
  const code = codes[status] ?? "STS5.0001";
  return jsonReply(status, { error_code: code, error_msg: message, request_id: call.requestId });
}

function refuse(status: number, message: string, { call }: StsRequest): never {
  throw new ReplyError(errorReply(status, message, call));
}

function identify(request: StsRequest): Identity {
  const { state, call } = request;
  const identity = passGateway(state, call);
  limit(request, identity.account);
  return identity;
}

function limit({ state, call, operation }: StsRequest, account: Account): void {
  const waitMs = state.buckets.take(serviceName, operation, account.domainId, rateLimit);
  if (waitMs > 0) throw new ReplyError(throttledReply(waitMs, call));
}

interface Wanted {
  readonly agencyUrn: string;
  readonly session: string;
  readonly seconds: number;
}

const name: TextLimits = {
  pattern: /^[\w+=,.@-]{2,128}$/,
  patternText: "must have 2 to 128 letters, digits and _+=,.@-",
};

function readWanted(fields: Fields): Wanted {
  fields.text("policy", { min: 2, max: 4096 });
  fields.list("policy_ids", (item, path) => readText(item, path, { min: 1, max: 64 }));
  return {
    agencyUrn: fields.requiredText("agency_urn", { min: 1, max: 1500 }),
    session: fields.requiredText("agency_session_name", name),
    seconds: fields.number("duration_seconds", durations) ?? defaultSeconds,
  };
}

function readBody<T>(request: StsRequest, read: (fields: Fields) => T): T {
  return readJsonBody(request.call, read, (problem = "The body must be JSON.") =>
    refuse(400, `Invalid parameter. ${problem}`, request),
  );
}

function assumeAgency(request: StsRequest): Reply {
  const { wanted, externalId, sourceIdentity } = readBody(request, (fields) => ({
    wanted: readWanted(fields),
    externalId: fields.text("external_id", { min: 2, max: 1224 }),
    sourceIdentity: fields.text("source_identity", { min: 2, max: 64 }),
  }));
  const caller = identify(request);
  const found = findAgency(request, wanted.agencyUrn);
  const allowed = trustsCaller(found.agency, caller.principal) && found.agency.externalId === externalId;
  if (!allowed) refuse(403, `Not authorized to assume the agency '${wanted.agencyUrn}'`, request);
  checkSeconds(request, wanted.seconds, found.agency, caller.temporaryKey);
  const { ref } = caller.principal;
  const inherited = ref.kind === "session" ? ref.sourceIdentity : undefined;
  const holder = sessionRef("huawei", found.account, found.agency, {
    session: wanted.session,
    assumedBy: chainOf(caller.principal),
    sourceIdentity: sourceIdentity ?? inherited,
  });
  return credentials(request, found, holder, wanted.seconds);
}

function assumeAgencyWithOidc(request: StsRequest): Reply {
  const { state, call } = request;
  const { wanted, urn, idToken } = readBody(request, (fields) => ({
    wanted: readWanted(fields),
    urn: fields.requiredText("provider_urn", { min: 1, max: 1500 }),
    idToken: fields.requiredText("id_token", { min: 4, max: 20_000 }),
  }));
  const found = findAgency(request, wanted.agencyUrn);
  const { account, agency } = found;
  limit(request, account);
  const provider = account.identityProviders.find((candidate) => providerUrn(account, candidate) === urn);
  if (!provider) refuse(404, `The identity provider '${urn}' cannot be found`, request);
  const { claims, problem } = state.idTokens.check(provider, idToken);
  if (problem !== undefined) refuse(400, `invalid id token: ${idTokenProblems[problem]}`, request);
  const { subject, audiences } = claims;
  if (!trustsIdToken(agency, provider.name, subject)) {
    refuse(403, `Not authorized to assume the agency '${wanted.agencyUrn}'`, request);
  }
  checkSeconds(request, wanted.seconds, agency, false);
  const domain = account.domainName;
  const caller = lookUp(account, { kind: "federated", domain, idp: provider.name, subject });
  if (caller) call.caller.actor = caller.actor;
  const holder = sessionRef("huawei", found.account, found.agency, {
    session: wanted.session,
    assumedBy: caller ? [caller.actor] : [],
  });
  return credentials(request, found, holder, wanted.seconds, {
    audience: audiences[0] ?? "",
    provider: urn,
    subject_from_id_token: subject,
  });
}

interface FoundAgency {
  readonly account: Account;
  readonly agency: AssumableRole;
}

function findAgency(request: StsRequest, urn: string): FoundAgency {
  if (!/^iam::[^:]+:agency:.+$/.test(urn))
    refuse(400, "Invalid parameter. agency_urn: is not a URN", request);
  for (const account of request.state.accounts.accounts) {
    const agency = account.agencies.find((candidate) => agencyUrn(account, candidate) === urn);
    if (agency) return { account, agency };
  }
  return refuse(404, `The agency '${urn}' cannot be found`, request);
}

function checkSeconds(
  request: StsRequest,
  seconds: number,
  { maxSessionSeconds }: AssumableRole,
  chained: boolean,
): void {
  const longest = chained ? Math.min(longestChainedSeconds, maxSessionSeconds) : maxSessionSeconds;
  if (seconds <= longest) return;
  refuse(400, `Invalid parameter. duration_seconds: must be at most ${String(longest)}`, request);
}

function credentials(
  request: StsRequest,
  { account, agency }: FoundAgency,
  holder: SessionRef,
  seconds: number,
  more: JsonObject = {},
): Reply {
  const key = request.state.accounts.issueKey(holder, "huaweiSts", seconds);
  const session = holder.session ?? "";
  return jsonReply(200, {
    ...(holder.sourceIdentity === undefined ? {} : { source_identity: holder.sourceIdentity }),
    assumed_agency: { urn: sessionUrn(account, agency, session), id: `${agency.id}:${session}` },
    credentials: {
      access_key_id: key.accessKey,
      secret_access_key: key.secretKey,
      security_token: key.securityToken,
      expiration: new Date(key.expiresAt).toISOString(),
    },
    ...more,
  });
}

function sessionUrn(account: Account, agency: Pick<AssumableRole, "name">, session: string): string {
  return `sts::${account.domainId}:assumed-agency:${agency.name}/${session}`;
}

function getCallerIdentity(request: StsRequest): Reply {
  const { account, principal } = identify(request);
  return jsonReply(200, { account_id: account.domainId, ...principalOf(account, principal) });
}

function principalOf(account: Account, { ref, id, name: userName, role }: Principal): JsonObject {
  const { domainId } = account;
  switch (ref.kind) {
    case "root":
      return { principal_urn: `iam::${domainId}:root`, principal_id: domainId };
    case "user":
      return { principal_urn: `iam::${domainId}:user:${userName}`, principal_id: id };
    case "federated":
      return {
        principal_urn: `sts::${domainId}:external-user:${ref.idp}/${ref.subject}`,
        principal_id: `${ref.idp}:${ref.subject}`,
      };
    case "session": {
      const session = ref.session ?? "";
      return {
        principal_urn: sessionUrn(account, { name: role?.name ?? "" }, session),
        principal_id: `${id}:${session}`,
      };
    }
  }
}
