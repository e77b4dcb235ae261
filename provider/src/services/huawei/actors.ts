/**
 * The authorisation of an identity's requests: a token that was given, tokens that are obtained for each project, or
 * access keys, permanent or temporary.
 */
import type { RequestSummary } from "../../ground/errors";
import { AuthenticationError } from "../../ground/errors";
import type { HttpClient, SendOptions } from "../../http/httpClient";
import type { Authorization, Authorize, HttpAnswer, HttpRequest } from "../../http/request";
import { formatSdkDate, signHuaweiRequest } from "./signer";
import type { Clock } from "../../ground/clock";
import type { CredentialSource } from "../temporaryCredentials";
import { TemporaryCredentials } from "../temporaryCredentials";
import type { HuaweiKeys } from "./credentials";
import type { FoundProject, TokenScope } from "./iam";
import type { Login } from "./tokens";
import { Tokens } from "./tokens";

/** An identity in whose name requests are sent. */
export interface Actor {
  /** Authorises requests within a scope. */
  authorize(scope: TokenScope): Authorize;
  /** A project where a token tells it; undefined if it has to be looked up. */
  project(name: string, signal: AbortSignal): Promise<FoundProject | undefined>;
  /** Forgets the authorisation of a refused request; true if the next request has a new one. */
  forget(refused: Authorization): boolean;
  /** Obtains keys that have to be obtained, so that a problem with the keys shows before anything is started. */
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
export function obtainedTokens(summary: RequestSummary, obtain: Login["obtain"], clock: Clock): Actor {
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

/** The actor and the scope of a request. */
export interface Acting {
  readonly actor: Pick<Actor, "authorize" | "forget">;
  readonly scope: TokenScope;
}

/**
 * Sends a request in somebody's name; errors as HttpClient.send. Tokens and temporary keys die early when passwords or
 * rights change: those that are refused are replaced once. A refused request was not handled, so even a start may be sent
 * again. A login that was refused on the way is another matter: it would be refused again.
 */
export async function sendAs(
  { actor, scope }: Acting,
  http: HttpClient,
  request: HttpRequest,
  options: Omit<SendOptions, "authorize">,
): Promise<HttpAnswer> {
  let used: Authorization | undefined;
  const authorizeInScope = actor.authorize(scope);
  const authorize: Authorize = async (unsigned, signal) => {
    used = await authorizeInScope(unsigned, signal);
    return used;
  };
  try {
    return await http.send(request, { ...options, authorize });
  } catch (error) {
    if (!isRefusalOf(request, error) || used === undefined || !actor.forget(used)) throw error;
    return await http.send(request, { ...options, authorize });
  }
}

function isRefusalOf(request: HttpRequest, error: unknown): boolean {
  return (
    error instanceof AuthenticationError &&
    error.status === 401 &&
    error.request.operation === request.operation
  );
}

function sign(
  request: Parameters<Authorize>[0],
  keys: HuaweiKeys,
  scope: TokenScope,
  nowMs: number,
  domainId: string | undefined,
): Authorization {
  const added: Record<string, string> = { "x-sdk-date": formatSdkDate(nowMs) };
  const accountId = domainId ?? ("account" in scope ? scope.accountId : undefined);
  if ("id" in scope) added["x-project-id"] = scope.id;
  else if (accountId !== undefined) added["x-domain-id"] = accountId;
  if (keys.securityToken !== undefined) added["x-security-token"] = keys.securityToken;
  const signed = { ...request, headers: { ...request.headers, ...added } };
  return { headers: { ...added, authorization: signHuaweiRequest(signed, keys) } };
}
