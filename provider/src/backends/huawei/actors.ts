/**
 * What authorises the requests of an identity: a token that was given, tokens that are obtained for each project, or
 * access keys, permanent or temporary.
 */
import type { RequestSummary } from "../../errors";
import type { Authorization, Authorize } from "../../http/request";
import { formatSdkDate, signHuaweiRequest } from "../../http/signers/huaweiSigner";
import type { Clock } from "../../polling/clock";
import type { CredentialSource } from "../temporaryCredentials";
import { TemporaryCredentials } from "../temporaryCredentials";
import type { HuaweiKeys } from "./credentials";
import type { FoundProject, IamToken, TokenScope } from "./iam";
import { Tokens } from "./tokens";

/** Somebody in whose name requests are sent. */
export interface Actor {
  /** Authorises requests within a scope. */
  authorize(scope: TokenScope): Authorize;
  /** A project where a token tells it; undefined where it has to be looked up. */
  project(name: string, signal: AbortSignal): Promise<FoundProject | undefined>;
  /** Forgets what authorised a refused request; true where the next request is authorised by something new. */
  forget(refused: Authorization): boolean;
  /** Obtains keys that have to be obtained, so that what is wrong with them shows before anything is started. */
  prepare(signal: AbortSignal): Promise<void>;
}

/** A token that somebody else obtained. */
export function givenToken(token: string): Actor {
  return {
    authorize: () => () => Promise.resolve({ headers: { "x-auth-token": token } }),
    project: () => Promise.resolve(undefined),
    forget: () => false,
    prepare: () => Promise.resolve(),
  };
}

/** Tokens that are obtained for each project as they are needed. */
export function obtainedTokens(
  summary: RequestSummary,
  obtain: (scope: TokenScope, signal: AbortSignal) => Promise<IamToken>,
  clock: Clock,
): Actor {
  const tokens = new Tokens({ summary, obtain }, clock);
  return {
    authorize: (scope) => async (_request, signal) => ({
      headers: { "x-auth-token": (await tokens.get(scope, signal)).token },
    }),
    project: async (name, signal) => (await tokens.get({ name }, signal)).project,
    forget: ({ headers }) => {
      const token = headers?.["x-auth-token"];
      if (token !== undefined) tokens.forget(token);
      return token !== undefined;
    },
    prepare: () => Promise.resolve(),
  };
}

/**
 * A permanent access key, or a temporary one that somebody else obtained.
 * @param domainId the key's account, for requests that concern no project.
 */
export function givenKeys(keys: HuaweiKeys, domainId: string | undefined, clock: Clock): Actor {
  return {
    authorize: (scope) => (request) => Promise.resolve(sign(request, keys, scope, clock.now(), domainId)),
    project: () => Promise.resolve(undefined),
    forget: () => false,
    prepare: () => Promise.resolve(),
  };
}

/** Temporary access keys, renewed before they end. */
export function obtainedKeys(source: CredentialSource<HuaweiKeys>, clock: Clock): Actor {
  const current = new TemporaryCredentials(source, clock);
  return {
    authorize: (scope) => async (request, signal) =>
      sign(request, await current.get(signal), scope, clock.now(), undefined),
    project: () => Promise.resolve(undefined),
    forget: ({ headers }) => {
      const token = headers?.["x-security-token"];
      current.forget((keys) => keys.securityToken === token);
      return true;
    },
    prepare: async (signal) => {
      await current.get(signal);
    },
  };
}

function sign(
  request: Parameters<Authorize>[0],
  keys: HuaweiKeys,
  scope: TokenScope,
  nowMs: number,
  domainId: string | undefined,
): Authorization {
  const added: Record<string, string> = { "x-sdk-date": formatSdkDate(nowMs) };
  if ("id" in scope) added["x-project-id"] = scope.id;
  else if (domainId !== undefined) added["x-domain-id"] = domainId;
  if (keys.securityToken !== undefined) added["x-security-token"] = keys.securityToken;
  const signed = { ...request, headers: { ...request.headers, ...added } };
  return { headers: { ...added, authorization: signHuaweiRequest(signed, keys) } };
}
