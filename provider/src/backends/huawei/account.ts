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
import type { TokenBucket } from "../../http/tokenBucket";
import type { Clock } from "../../polling/clock";
import type { AllowanceOf } from "../allowances";
import { Buckets, configuredAllowances } from "../allowances";
import type { BackendContext } from "../backend";
import type { CredentialsInUse } from "../credentialsInUse";
import type { HuaweiCredential, PasswordCredential } from "./credentials";
import { findCredential } from "./credentials";
import type { IamToken, ProjectScope } from "./iam";
import { buildProjectsRequest, buildTokenRequest, parseProjectId, parseToken } from "./iam";
import type { HuaweiLocation } from "./location";
import { toHuaweiError } from "./serviceErrors";
import type { SharedLookup } from "../sharedLookup";
import { shareLookup } from "../sharedLookup";
import { Tokens } from "./tokens";

const scopeRemedy = `set the argument "projectId" or "region", or the configuration huaweicloud:projectId or huaweicloud:region`;

/** What an account needs of the process. */
export interface AccountContext {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly credentials: CredentialsInUse;
  /** How often an operation of this account may be called. */
  readonly allowance: AllowanceOf;
}

// Huawei Cloud publishes no rates for these services: a careful guess, to be replaced by `huaweicloud:requestLimits`.
const assumed = { tokens: 20, perSecond: 10 };

/** One set of credentials at one IAM endpoint. */
export class HuaweiAccount {
  readonly #credential: HuaweiCredential;
  readonly #iamEndpoint: string;
  readonly #context: AccountContext;
  /** Only of a user with a password. */
  readonly #tokens: Tokens | undefined;
  readonly #buckets: Buckets;
  /** By region. */
  readonly #projectIds = new Map<string, SharedLookup<string>>();

  constructor(credential: HuaweiCredential, iamEndpoint: string, context: AccountContext) {
    this.#credential = credential;
    this.#iamEndpoint = iamEndpoint;
    this.#context = context;
    this.#buckets = new Buckets(context.allowance, context.clock);
    this.#tokens = credential.kind === "password" ? this.#tokensOf(credential) : undefined;
  }

  /** Where requests of an operation take their tokens; shared by all that use the account. */
  bucket(service: string, operation: string): TokenBucket {
    return this.#buckets.of(service, operation);
  }

  /** Forgets a token that was refused; true where the next request obtains a new one. */
  forgetToken(token: string): boolean {
    this.#tokens?.forget(token);
    return this.#tokens !== undefined;
  }

  /**
   * The project's id: given, from the token, or looked up by the region's name.
   * @throws ConfigurationError where there is no region to look it up by, or no single project.
   */
  async projectId(location: HuaweiLocation, signal: AbortSignal): Promise<string> {
    if (location.projectId !== undefined) return location.projectId;
    const region = location.region;
    if (region === undefined) throw new ConfigurationError(`no project is set: ${scopeRemedy}.`);
    const summary = summarize(buildProjectsRequest(this.#iamEndpoint, region));
    const lookup = shareLookup(this.#projectIds, region, summary, (own) => this.#lookUpProject(region, own));
    return lookup.wait(signal);
  }

  async #lookUpProject(region: string, signal: AbortSignal): Promise<string> {
    const token = await this.#tokens?.get({ name: region }, signal);
    if (token?.projectId !== undefined) return token.projectId;
    const request = buildProjectsRequest(this.#iamEndpoint, region);
    const authorize = this.#tokens ? byToken(this.#tokens, { name: region }) : this.authorize(undefined);
    return parseProjectId(await this.#send(request, authorize, signal), summarize(request), region);
  }

  /** Authorises requests for a project; undefined for requests to IAM itself. */
  authorize(projectId: string | undefined): Authorize {
    const credential = this.#credential;
    switch (credential.kind) {
      case "token":
        return () => Promise.resolve({ headers: { "x-auth-token": credential.token } });
      case "password":
        if (projectId === undefined || !this.#tokens) {
          throw new ConfigurationError(`no project is set: ${scopeRemedy}.`);
        }
        return byToken(this.#tokens, { id: projectId });
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

  #tokensOf(user: PasswordCredential): Tokens {
    const build = (scope: ProjectScope): HttpRequest => buildTokenRequest(this.#iamEndpoint, user, scope);
    const obtain = async (scope: ProjectScope, signal: AbortSignal): Promise<IamToken> => {
      const request = build(scope);
      const token = parseToken(await this.#send(request, undefined, signal), summarize(request));
      this.#context.credentials.add(token.token);
      return token;
    };
    return new Tokens({ summary: summarize(build({ name: "" })), obtain }, this.#context.clock);
  }

  #send(
    request: HttpRequest,
    authorize: Authorize | undefined,
    signal: AbortSignal,
  ): ReturnType<HttpClient["send"]> {
    const { http, clock } = this.#context;
    const bucket = this.bucket("iam", request.operation);
    return http.send(request, { authorize, toServiceError: toHuaweiError(clock), signal, bucket });
  }
}

/** The account of the current settings, the same object for the same credentials. */
export function openAccount(location: HuaweiLocation, context: BackendContext): HuaweiAccount {
  const credential = findCredential(context.settings);
  // A digest: the key must tell credentials apart without keeping them in the clear a second time.
  const identity = createHash("sha256")
    .update(JSON.stringify([location.iamEndpoint, credential]))
    .digest("hex");
  const { http, clock, settings, credentials } = context;
  credentials.add(...secretsOf(credential));
  return context.shared(`huaweiAccount:${identity}`, () => {
    const allowance = configuredAllowances(settings, "huaweicloud:requestLimits", () => assumed);
    return new HuaweiAccount(credential, location.iamEndpoint, { http, clock, credentials, allowance });
  });
}

function secretsOf(credential: HuaweiCredential): (string | undefined)[] {
  switch (credential.kind) {
    case "token":
      return [credential.token];
    case "password":
      return [credential.password];
    case "accessKey":
      return [credential.secretKey, credential.securityToken];
  }
}

function byToken(tokens: Tokens, scope: ProjectScope): Authorize {
  return async (_request, signal) => ({
    headers: { "x-auth-token": (await tokens.get(scope, signal)).token },
  });
}
