/**
 * The operations of Alibaba Cloud's STS: roles for callers with keys, roles for bearers of id tokens, and the caller's
 * identity.
 */
import { jsonReply } from "../../http/exchange";
import type { Reply } from "../../http/exchange";
import { derivedDigits } from "../../accounts/account";
import type { Account, AssumableRole, IdentityProvider } from "../../accounts/account";
import type { IdTokenClaims, IdTokenProblem } from "../../accounts/idTokens";
import { chainOf, lookUp, sessionRef } from "../../accounts/principal";
import type { Principal, SessionRef } from "../../accounts/principal";
import { trustsCaller, trustsIdToken } from "../../accounts/trust";
import type { JsonObject } from "../../ground/jsonShape";
import type { AlibabaState } from "../state";
import type { RpcRequest } from "../rpcRequest";
import { valueOf } from "../rpcRequest";
import {
  invalidParameter,
  missingParameter,
  notAuthorized,
  oidcError,
  refuse,
  rootAccount,
  unknownRole,
} from "./errors";

const shortestSeconds = 900;
const defaultSeconds = 3600;
/** Of a role that is assumed with the keys of another one. */
const longestChainedSeconds = 3600;
const longestPolicy = 2048;

/** A request whose operation is known. */
export interface StsRequest extends RpcRequest {
  readonly state: AlibabaState;
}

/** AssumeRole. */
export function assumeRole(request: StsRequest, caller: Principal): Reply {
  const wanted = readWanted(request);
  const externalId = valueOf(request.parameters, "ExternalId");
  if (caller.ref.kind === "root") refuse(rootAccount, request);
  const found = findRole(request, wanted.roleArn) ?? refuse(unknownRole, request);
  const allowed = trustsCaller(found.role, caller) && found.role.externalId === externalId;
  if (!allowed) refuse(notAuthorized, request);
  const chained = caller.ref.kind === "session";
  const seconds = readSeconds(request, chained ? longestChainedSeconds : found.role.maxSessionSeconds);
  const sourceIdentity =
    valueOf(request.parameters, "SourceIdentity") ?? (chained ? caller.ref.sourceIdentity : undefined);
  const session = sessionRef("alibaba", found.account, found.role, {
    session: wanted.session,
    assumedBy: chainOf(caller),
    sourceIdentity,
  });
  return credentialsReply(request, found, session, seconds);
}

/** AssumeRoleWithOIDC: unsigned; the id token identifies the caller. */
export function assumeRoleWithOidc(request: StsRequest): Reply {
  const { state, call, parameters } = request;
  const provider = findProvider(request);
  const wanted = readWanted(request);
  const token =
    valueOf(parameters, "OIDCToken") ??
    refuse(oidcError("OIDCToken.Invalid", "The OIDCToken can not empty."), request);
  const { claims, problem } = state.idTokens.check(provider.provider, token);
  if (problem !== undefined) {
    const [code, message] = idTokenProblems[problem];
    refuse(oidcError(`OIDCToken.${code}`, message), request);
  }
  const found = findRole(request, wanted.roleArn);
  const idp = provider.provider.name;
  if (found?.account !== provider.account || !trustsIdToken(found.role, idp, claims.subject)) {
    refuse(oidcError("NoPermission", "There is no permission"), request);
  }
  const domain = provider.account.domainName;
  const caller = lookUp(provider.account, { kind: "federated", domain, idp, subject: claims.subject });
  if (caller) call.caller.actor = caller.actor;
  const seconds = readSeconds(request, found.role.maxSessionSeconds);
  const session = sessionRef("alibaba", found.account, found.role, {
    session: wanted.session,
    assumedBy: caller ? [caller.actor] : [],
  });
  return credentialsReply(request, found, session, seconds, { OIDCTokenInfo: tokenInfo(claims) });
}

/** GetCallerIdentity. */
export function getCallerIdentity(request: StsRequest, { ref, account, id, name, role }: Principal): Reply {
  const { accountId } = account;
  switch (ref.kind) {
    case "session": {
      const session = ref.session ?? "";
      return reply(request, {
        IdentityType: "AssumedRoleUser",
        AccountId: accountId,
        RoleId: id,
        PrincipalId: `${id}:${session}`,
        Arn: `acs:ram::${accountId}:assumed-role/${role?.name ?? ""}/${session}`,
      });
    }
    case "root":
      return reply(request, {
        IdentityType: "Account",
        AccountId: accountId,
        UserId: accountId,
        PrincipalId: accountId,
        Arn: `acs:ram::${accountId}:root`,
      });
    default: {
      const userId = derivedDigits(18, "ramUser", id);
      return reply(request, {
        IdentityType: "RAMUser",
        AccountId: accountId,
        UserId: userId,
        PrincipalId: userId,
        Arn: `acs:ram::${accountId}:user/${name}`,
      });
    }
  }
}

interface Wanted {
  readonly roleArn: readonly [accountId: string, roleName: string];
  readonly session: string;
}

function readWanted(request: StsRequest): Wanted {
  const { parameters } = request;
  const arn = valueOf(parameters, "RoleArn") ?? refuse(missingParameter("RoleArn"), request);
  const session =
    valueOf(parameters, "RoleSessionName") ?? refuse(missingParameter("RoleSessionName"), request);
  const [, accountId, roleName] = /^acs:ram::(\d+):role\/([\w.-]+)$/i.exec(arn) ?? [];
  if (accountId === undefined || roleName === undefined) {
    refuse(invalidParameter("RoleArn", "The parameter RoleArn is wrongly formed."), request);
  }
  if (!/^[\w.@-]{2,64}$/.test(session)) {
    const message = "The parameter RoleSessionName is wrongly formed.";
    refuse(invalidParameter("RoleSessionName", message), request);
  }
  checkPolicy(request);
  return { roleArn: [accountId, roleName], session };
}

function checkPolicy(request: StsRequest): void {
  const policy = valueOf(request.parameters, "Policy") ?? "{}";
  if (policy.length > longestPolicy) {
    refuse(invalidParameter("PolicySize", "The size of Policy must be smaller than 2048 bytes."), request);
  }
  try {
    JSON.parse(policy);
  } catch {
    const message = "The parameter Policy has not passed grammar check.";
    refuse(invalidParameter("PolicyGrammar", message), request);
  }
}

function readSeconds(request: StsRequest, longest: number): number {
  const text = valueOf(request.parameters, "DurationSeconds") ?? String(defaultSeconds);
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= shortestSeconds && seconds <= longest) return seconds;
  const message = `The Min/Max value of DurationSeconds is 15min/${String(longest / 3600)}hr.`;
  return refuse(invalidParameter("DurationSeconds", message), request);
}

interface FoundRole {
  readonly account: Account;
  readonly role: AssumableRole;
}

// Names of roles are the same in capitals and small letters; the documents' own ARNs have small ones.
function findRole({ state }: StsRequest, [accountId, name]: Wanted["roleArn"]): FoundRole | undefined {
  const account = state.accounts.byAccountId(accountId);
  const role = account?.roles.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  return account && role && { account, role };
}

function findProvider(request: StsRequest): {
  readonly account: Account;
  readonly provider: IdentityProvider;
} {
  const { parameters, state } = request;
  const arn = valueOf(parameters, "OIDCProviderArn") ?? refuse(missingParameter("OIDCProviderArn"), request);
  const [, accountId, name] = /^acs:ram::(\d+):oidc-provider\/([\w.-]+)$/.exec(arn) ?? [];
  if (accountId === undefined || name === undefined) {
    refuse(oidcError("NoPermission", "Parameter OIDCProviderArn is not valid"), request);
  }
  const account = state.accounts.byAccountId(accountId);
  const provider = account?.identityProviders.find((candidate) => candidate.name === name);
  if (account && provider) return { account, provider };
  return refuse(oidcError("NoPermission", "No such OIDC Provider registered."), request);
}

const idTokenProblems: Readonly<Record<IdTokenProblem, readonly [code: string, message: string]>> = {
  malformed: ["Invalid", "The number of Jwt field should be divided into 3 parts with '.' ."],
  algorithm: ["Invalid", "The algorithm that be specified in Jwt header is unknown."],
  signature: ["InvalidSignature", "OIDC token validate failed: invalid signature."],
  issuer: ["IssuerNotMatch", "Invalid issuer."],
  audience: ["AudienceNotMatch", "Invalid audience."],
  notYetValid: ["Invalid", "This JsonWebToken is not valid yet."],
  expired: ["Expired", "This JsonWebToken is expired."],
};

function credentialsReply(
  request: StsRequest,
  { account, role }: FoundRole,
  holder: SessionRef,
  seconds: number,
  more: JsonObject = {},
): Reply {
  const key = request.state.accounts.issueKey(holder, "alibabaSts", seconds);
  const { session = "", sourceIdentity } = holder;
  return reply(request, {
    AssumedRoleUser: {
      Arn: `acs:ram::${account.accountId}:role/${role.name}/${session}`,
      AssumedRoleId: `${role.id}:${session}`,
    },
    Credentials: {
      AccessKeyId: key.accessKey,
      AccessKeySecret: key.secretKey,
      SecurityToken: key.securityToken,
      Expiration: timeText(key.expiresAt),
    },
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
    ...more,
  });
}

function tokenInfo({ subject, issuer, audiences, issuedAt, expiresAt }: IdTokenClaims): JsonObject {
  return {
    Subject: subject,
    Issuer: issuer,
    ClientIds: audiences.join(","),
    IssuanceTime: timeText(issuedAt * 1000),
    ExpirationTime: timeText(expiresAt * 1000),
    VerificationInfo: "Success",
  };
}

function reply({ requestId }: StsRequest, fields: JsonObject): Reply {
  return jsonReply(200, { RequestId: requestId, ...fields }, { "x-acs-request-id": requestId });
}

/** RFC 3339 without a fraction, as the SDKs read it. */
export function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
