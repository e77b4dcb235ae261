/**
 * An account of Huawei Cloud in this process: authorises requests by token or signature, renews obtained tokens
 * before they expire, and knows the project. Shared by all resources with the same credentials.
 */
import { createHash } from "node:crypto";
import { ConfigurationError } from "../../errors";
import type { HttpClient } from "../../http/httpClient";
import type { Authorize, HttpRequest } from "../../http/request";
import { summarize } from "../../http/request";
import { formatSdkDate, signHuaweiRequest } from "../../http/signers/huaweiSigner";
import type { Clock } from "../../polling/clock";
import type { BackendContext } from "../backend";
import type { HuaweiCredential } from "./credentials";
import { findCredential } from "./credentials";
import type { IamToken, ProjectScope } from "./iam";
import { buildProjectsRequest, buildTokenRequest, parseProjectId, parseToken } from "./iam";
import type { HuaweiLocation } from "./location";
import { toHuaweiError } from "./serviceErrors";

// A request that begins just before the expiry must still be accepted.
const renewBeforeExpiryMs = 10 * 60_000;

const scopeRemedy = `set the argument "projectId" or "region", or the configuration huaweicloud:projectId or huaweicloud:region`;

/** What an account needs of the process. */
export interface AccountContext {
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** One set of credentials at one IAM endpoint. */
export class HuaweiAccount {
  readonly #credential: HuaweiCredential;
  readonly #iamEndpoint: string;
  readonly #context: AccountContext;
  // Promises, so that a hundred resources that start at once make one request.
  readonly #tokens = new Map<string, Promise<IamToken>>();
  readonly #projectIds = new Map<string, Promise<string>>();

  constructor(credential: HuaweiCredential, iamEndpoint: string, context: AccountContext) {
    this.#credential = credential;
    this.#iamEndpoint = iamEndpoint;
    this.#context = context;
  }

  /** True where a refused token can be replaced by a new one. */
  get renewsTokens(): boolean {
    return this.#credential.kind === "password";
  }

  /** Forgets the token of a project: the next request obtains a new one. */
  forgetToken(projectId: string): void {
    for (const [key, token] of this.#tokens) {
      void token.then(
        (value) => {
          if (value.projectId === projectId || key === scopeKey({ id: projectId })) this.#tokens.delete(key);
        },
        () => undefined,
      );
    }
  }

  /**
   * The project's id: given, from the token, or looked up by the region's name.
   * @throws ConfigurationError where there is no region to look it up by, or no single project.
   */
  async projectId(location: HuaweiLocation, signal: AbortSignal): Promise<string> {
    if (location.projectId !== undefined) return location.projectId;
    const region = location.region;
    if (region === undefined) throw new ConfigurationError(`no project is set: ${scopeRemedy}.`);
    if (this.#credential.kind === "password") {
      const { projectId } = await this.#token({ name: region }, signal);
      if (projectId !== undefined) return projectId;
    }
    return remember(this.#projectIds, region, async () => {
      const request = buildProjectsRequest(this.#iamEndpoint, region);
      const authorize =
        this.#credential.kind === "password" ? this.#byToken({ name: region }) : this.authorize(undefined);
      const answer = await this.#send(request, authorize, signal);
      return parseProjectId(answer, summarize(request), region);
    });
  }

  /** Authorises requests for a project; undefined for requests to IAM itself. */
  authorize(projectId: string | undefined): Authorize {
    const credential = this.#credential;
    switch (credential.kind) {
      case "token":
        return () => Promise.resolve({ headers: { "x-auth-token": credential.token } });
      case "password":
        if (projectId === undefined) throw new ConfigurationError(`no project is set: ${scopeRemedy}.`);
        return this.#byToken({ id: projectId });
      case "accessKey":
        return (request) => {
          const added: Record<string, string> = { "x-sdk-date": formatSdkDate(this.#context.clock.now()) };
          if (projectId !== undefined) added["x-project-id"] = projectId;
          if (credential.securityToken !== undefined) added["x-security-token"] = credential.securityToken;
          const signed = { ...request, headers: { ...request.headers, ...added } };
          const authorization = signHuaweiRequest(signed, credential);
          return Promise.resolve({ headers: { ...added, authorization } });
        };
    }
  }

  #byToken(scope: ProjectScope): Authorize {
    return async (_request, signal) => ({
      headers: { "x-auth-token": (await this.#token(scope, signal)).token },
    });
  }

  async #token(scope: ProjectScope, signal: AbortSignal): Promise<IamToken> {
    const credential = this.#credential;
    if (credential.kind !== "password") throw new TypeError("only a user with a password obtains tokens");
    // A token obtained by the region's name is as good for its project.
    for (const known of [scopeKey(scope), ...this.#tokens.keys()]) {
      const token = await this.#tokens.get(known)?.catch(() => undefined);
      if (token === undefined) continue;
      if (token.expiresAtMs - this.#context.clock.now() <= renewBeforeExpiryMs) this.#tokens.delete(known);
      else if (known === scopeKey(scope) || ("id" in scope && token.projectId === scope.id)) return token;
    }
    return remember(this.#tokens, scopeKey(scope), async () => {
      const request = buildTokenRequest(this.#iamEndpoint, credential, scope);
      return parseToken(await this.#send(request, undefined, signal), summarize(request));
    });
  }

  #send(
    request: HttpRequest,
    authorize: Authorize | undefined,
    signal: AbortSignal,
  ): ReturnType<HttpClient["send"]> {
    const { http, clock } = this.#context;
    return http.send(request, { authorize, toServiceError: toHuaweiError(clock), signal });
  }
}

/** The account of the current settings, the same object for the same credentials. */
export function openAccount(location: HuaweiLocation, context: BackendContext): HuaweiAccount {
  const credential = findCredential(context.settings);
  // A digest: the key must tell credentials apart without keeping them in the clear a second time.
  const identity = createHash("sha256")
    .update(JSON.stringify([location.iamEndpoint, credential]))
    .digest("hex");
  return context.shared(
    `huaweiAccount:${identity}`,
    () => new HuaweiAccount(credential, location.iamEndpoint, { http: context.http, clock: context.clock }),
  );
}

function scopeKey(scope: ProjectScope): string {
  return "id" in scope ? `id:${scope.id}` : `name:${scope.name}`;
}

// A failed look-up is not remembered: the next request tries again.
function remember<T>(cache: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = cache.get(key);
  if (known) return known;
  const made = make();
  cache.set(key, made);
  made.catch(() => {
    if (cache.get(key) === made) cache.delete(key);
  });
  return made;
}
