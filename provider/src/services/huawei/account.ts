/**
 * An account of Huawei Cloud in this process: one identity that authorises requests, and the ids of its projects. Shared
 * by all resources with the same identity.
 */
import { createHash } from "node:crypto";
import { ConfigurationError, ServiceError } from "../../ground/errors";
import type { HttpClient } from "../../http/httpClient";
import type { HttpRequest } from "../../http/request";
import { summarize } from "../../http/request";
import type { TokenBucket } from "../../http/tokenBucket";
import type { Clock } from "../../ground/clock";
import { abortAfter } from "../../ground/clock";
import type { AllowanceOf } from "../allowances";
import { Buckets, configuredAllowances } from "../allowances";
import type { BackendContext } from "../../execution/service";
import type { CredentialsInUse } from "../../execution/credentialsInUse";
import type { SettingWords } from "../../execution/settingWords";
import type { Found } from "../../execution/settings";
import type { SharedLookup } from "../sharedLookup";
import { shareLookup } from "../sharedLookup";
import type { CredentialSource } from "../temporaryCredentials";
import { readTokenFile } from "../tokenFile";
import type { Acting, Actor } from "./actors";
import { givenKeys, givenToken, obtainedKeys, obtainedTokens, sendAs } from "./actors";
import type { HuaweiKeys, IdTokenCredential, IdTokenPlace, OidcCredential } from "./credentials";
import type { FoundProject, TokenScope } from "./iam";
import {
  buildAgencyTokenRequest,
  buildAuthDomainsRequest,
  buildIdTokenRequest,
  buildProjectRequest,
  buildProjectsRequest,
  buildTokenRequest,
  parseAccountId,
  parseProject,
  parseShownProject,
  parseToken,
} from "./iam";
import type { HuaweiIdentity } from "./identity";
import {
  buildAgencyKeysRequest,
  buildAssumeAgencyRequest,
  buildAssumeAgencyWithOidcRequest,
  buildTokenKeysRequest,
  parseKeys,
} from "./keyRequests";
import type { HuaweiLocation } from "./location";
import { ecsKeys, podKeys } from "./machineKeys";
import type { AgencyToken, Role } from "./roles";
import type { Remedies } from "./serviceErrors";
import { toHuaweiError } from "./serviceErrors";
import type { Login } from "./tokens";

function scopeRemedy(words: SettingWords): string {
  const [projectId, region] = [words.write("huaweicloud:projectId"), words.write("huaweicloud:region")];
  return `set the argument "projectId" or "region", or the ${words.several} ${projectId} or ${region}`;
}

/** What an account needs of the process. */
export interface AccountContext {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly credentials: CredentialsInUse;
  /** How often an operation of this account may be called. */
  readonly allowance: AllowanceOf;
  /** Text of a file, or undefined where there is none: files with tokens are read at each renewal. */
  readonly readFile: (path: string) => string | undefined;
  /** How settings are named. */
  readonly words: SettingWords;
}

/** Where an identity is obtained. */
export type IdentityEndpoints = Pick<HuaweiLocation, "iamEndpoint" | "stsEndpoint">;

// Huawei Cloud publishes no rates for these services: a careful guess, to be replaced by `huaweicloud:requestLimits`.
const assumed = { tokens: 20, perSecond: 10 };
// How long a preview waits to know the account, or whose a project is.
const placeMs = 10_000;
// Of keys that are made of an identity provider's token, in seconds.
const idTokenKeysSeconds = 3600;

/** One identity at its endpoints. */
export class HuaweiAccount {
  readonly #endpoints: IdentityEndpoints;
  readonly #context: AccountContext;
  readonly #actor: Actor;
  readonly #buckets: Buckets;
  /** By name. */
  readonly #projects = new Map<string, SharedLookup<FoundProject>>();
  /** What is asked to compare places, by what it is asked of. */
  readonly #places = new Map<string, SharedLookup<string | undefined>>();
  readonly #unknownPlaces = new Set<string>();

  constructor(identity: HuaweiIdentity, endpoints: IdentityEndpoints, context: AccountContext) {
    this.#endpoints = endpoints;
    this.#context = context;
    this.#buckets = new Buckets(context.allowance, context.clock);
    this.#actor = this.#assume(identity.agency, this.#actorOf(identity));
  }

  /** Where requests of an operation take their tokens; shared by all that use the account. */
  bucket(service: string, operation: string): TokenBucket {
    return this.#buckets.of(service, operation);
  }

  /**
   * Obtains keys that have to be obtained.
   * @throws ConfigurationError where there are no credentials; ServiceError or TransportError where they are refused.
   */
  prepare(signal: AbortSignal): Promise<void> {
    return this.#actor.prepare(signal);
  }

  /**
   * The project: its id given, from the token, or looked up by its name.
   * @throws ConfigurationError where there is no name to look it up by, or no single project of that name.
   */
  async project(
    { projectId, projectName }: Pick<HuaweiLocation, "projectId" | "projectName">,
    signal: AbortSignal,
  ): Promise<FoundProject> {
    if (projectId !== undefined) return { id: projectId, accountId: undefined };
    if (!projectName) throw new ConfigurationError(`no project is set: ${scopeRemedy(this.#context.words)}.`);
    const name = projectName.value;
    const summary = summarize(buildProjectsRequest(this.#endpoints.iamEndpoint, name));
    const lookup = shareLookup(this.#projects, name, summary, (own) => this.#lookUpProject(projectName, own));
    return lookup.wait(signal);
  }

  async #lookUpProject(name: Found, signal: AbortSignal): Promise<FoundProject> {
    const project = await this.#actor.project(name.value, signal);
    if (project) return project;
    const request = buildProjectsRequest(this.#endpoints.iamEndpoint, name.value);
    const acting = { actor: this.#actor, scope: { name: name.value } };
    const answer = await this.#send(request, acting, signal);
    return parseProject(answer, summarize(request), name, this.#context.words);
  }

  /**
   * The account's id; undefined where it can't be found out in a few seconds, which is then not tried again. Only used to
   * compare places, so whatever goes wrong is no error.
   */
  accountId(signal: AbortSignal): Promise<string | undefined> {
    const request = buildAuthDomainsRequest(this.#endpoints.iamEndpoint);
    return this.#askPlace("account", request, signal, async (inTime) => {
      const answer = await this.#send(request, ofAccount(this.#actor), inTime);
      return parseAccountId(answer, summarize(request));
    });
  }

  /**
   * The id of the project to which the settings lead, where a given one belongs to another account; undefined where it
   * does not, or as {@link accountId}.
   */
  projectInsteadOf(
    otherId: string,
    { projectName }: Pick<HuaweiLocation, "projectName">,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const request = buildProjectRequest(this.#endpoints.iamEndpoint, otherId);
    return this.#askPlace(JSON.stringify([otherId, projectName?.value]), request, signal, async (inTime) => {
      const own = await this.project({ projectId: undefined, projectName }, inTime);
      if (own.id === otherId) return undefined;
      try {
        const answer = await this.#send(request, ofAccount(this.#actor), inTime);
        const accountId = parseShownProject(answer, summarize(request))?.accountId;
        const isForeign =
          accountId !== undefined && own.accountId !== undefined && accountId !== own.accountId;
        return isForeign ? own.id : undefined;
      } catch (error) {
        // Nobody needs a permission for a project of the own account. What a proxy answers says nothing.
        const isRefused = error instanceof ServiceError && !error.isForeign;
        if (isRefused && (error.status === 403 || error.status === 404)) return own.id;
        throw error;
      }
    });
  }

  async #askPlace(
    what: string,
    request: HttpRequest,
    signal: AbortSignal,
    ask: (inTime: AbortSignal) => Promise<string | undefined>,
  ): Promise<string | undefined> {
    if (this.#unknownPlaces.has(what)) return undefined;
    const lookup = shareLookup(this.#places, what, summarize(request), (own) =>
      ask(AbortSignal.any([own, abortAfter(this.#context.clock, placeMs)])),
    );
    try {
      return await lookup.wait(signal);
    } catch {
      if (!signal.aborted) this.#unknownPlaces.add(what);
      return undefined;
    }
  }

  /** In whose name requests for a project are sent. */
  acting(projectId: string): Acting {
    return { actor: this.#actor, scope: { id: projectId } };
  }

  #actorOf({ credential, domainId }: HuaweiIdentity): Actor {
    const { http, clock, credentials, readFile } = this.#context;
    const keysFrom = (source: CredentialSource<HuaweiKeys>): Actor =>
      obtainedKeys(this.#remembering(source), clock);
    switch (credential.kind) {
      case "token":
        return givenToken(credential.token);
      case "password":
        return this.#tokens(
          (scope) => buildTokenRequest(this.#endpoints.iamEndpoint, credential, scope),
          undefined,
        );
      case "accessKey":
        return givenKeys(credential, domainId, clock);
      case "idToken":
        return keysFrom(this.#keysOfIdToken(credential));
      case "oidc":
        return keysFrom(this.#keysOfOidc(credential));
      case "pod":
        return keysFrom(
          podKeys(http, credential, readFile, (secret) => {
            credentials.add(secret);
          }),
        );
      case "ecs":
        return keysFrom(ecsKeys(http, credential.isAsked, this.#context.words));
    }
  }

  #assume(agency: Role | AgencyToken | undefined, base: Actor): Actor {
    const { iamEndpoint, stsEndpoint } = this.#endpoints;
    if (!agency) return base;
    if (agency.kind === "agencyToken") {
      const build = (scope: TokenScope): HttpRequest => buildAgencyTokenRequest(iamEndpoint, agency, scope);
      return this.#tokens(build, base, agencyRemedies(agency.agencyName, agency.domainName));
    }
    const { domain } = agency;
    const request =
      "id" in domain
        ? buildAssumeAgencyRequest(stsEndpoint, domain.id, agency)
        : buildAgencyKeysRequest(iamEndpoint, domain.name, agency);
    const remedies = agencyRemedies(agency.agencyName, "id" in domain ? domain.id : domain.name);
    const source: CredentialSource<HuaweiKeys> = {
      summary: summarize(request),
      obtain: async (signal) =>
        parseKeys(await this.#send(request, ofAccount(base), signal, remedies), summarize(request)),
    };
    return obtainedKeys(this.#remembering(source), this.#context.clock);
  }

  #tokens(build: (scope: TokenScope) => HttpRequest, base: Actor | undefined, remedies?: Remedies): Actor {
    const obtain: Login["obtain"] = async (scope, signal) => {
      const request = build(scope);
      const answer = await this.#send(request, base && ofAccount(base), signal, remedies);
      const obtained = parseToken(answer, summarize(request));
      this.#context.credentials.add(obtained.value.token);
      return obtained;
    };
    return obtainedTokens(summarize(build({ name: "" })), obtain, this.#context.clock);
  }

  #keysOfIdToken({ idpId, idToken }: IdTokenCredential): CredentialSource<HuaweiKeys> {
    const { iamEndpoint } = this.#endpoints;
    return {
      summary: summarize(buildIdTokenRequest(iamEndpoint, idpId, "")),
      obtain: async (signal) => {
        const first = buildIdTokenRequest(iamEndpoint, idpId, this.#readIdToken(idToken));
        const { token } = parseToken(await this.#send(first, undefined, signal), summarize(first)).value;
        this.#context.credentials.add(token);
        const second = buildTokenKeysRequest(iamEndpoint, token, idTokenKeysSeconds);
        const acting = ofAccount(givenToken(token));
        return parseKeys(await this.#send(second, acting, signal), summarize(second));
      },
    };
  }

  #keysOfOidc(credential: OidcCredential): CredentialSource<HuaweiKeys> {
    const { stsEndpoint } = this.#endpoints;
    const build = (idToken: string): HttpRequest =>
      buildAssumeAgencyWithOidcRequest(stsEndpoint, credential, idToken);
    return {
      summary: summarize(build("")),
      obtain: async (signal) => {
        const request = build(this.#readIdToken(credential.idToken));
        return parseKeys(await this.#send(request, undefined, signal), summarize(request));
      },
    };
  }

  // At each renewal: who issues id tokens replaces the file before the present one ends.
  #readIdToken(place: IdTokenPlace): string {
    const { credentials, readFile } = this.#context;
    const token = "text" in place ? place.text : readTokenFile(place, readFile);
    credentials.add(token);
    return token;
  }

  // Before anything is sent with them.
  #remembering(source: CredentialSource<HuaweiKeys>): CredentialSource<HuaweiKeys> {
    return {
      summary: source.summary,
      obtain: async (signal) => {
        const obtained = await source.obtain(signal);
        this.#context.credentials.add(obtained.value.secretKey, obtained.value.securityToken);
        return obtained;
      },
    };
  }

  #send(
    request: HttpRequest,
    acting: Acting | undefined,
    signal: AbortSignal,
    remedies: Remedies = {},
  ): ReturnType<HttpClient["send"]> {
    const { http, clock, words } = this.#context;
    const bucket = this.bucket("iam", request.operation);
    const options = { toServiceError: toHuaweiError(clock, words, remedies), signal, bucket };
    return acting ? sendAs(acting, http, request, options) : http.send(request, options);
  }
}

function ofAccount(actor: Actor): Acting {
  return { actor, scope: { account: true } };
}

function agencyRemedies(agencyName: string, domain: string): Remedies {
  const agency = `the agency "${agencyName}" of the account ${domain}`;
  return {
    notFound: `There is no such agency: check ${agency} in the settings.`,
    refused: `Check that ${agency} lets these credentials assume it, and that they may assume agencies (Agent Operator).`,
  };
}

/** The account of the current settings, the same object for the same identity at the same endpoints. */
export function openAccount(
  identity: HuaweiIdentity,
  { iamEndpoint, stsEndpoint }: IdentityEndpoints,
  context: BackendContext,
): HuaweiAccount {
  const { credential, agency, domainId } = identity;
  // A digest: the key must tell identities apart without keeping their secrets in the clear a second time.
  const digest = createHash("sha256")
    .update(JSON.stringify([iamEndpoint, stsEndpoint, credential, agency, domainId]))
    .digest("hex");
  const { http, clock, settings, credentials } = context;
  credentials.add(...secretsOf(identity));
  return context.shared(`huaweiAccount:${digest}`, () => {
    const allowance = configuredAllowances(settings, "huaweicloud:requestLimits", () => assumed);
    const { readFile, words } = settings;
    const own = { http, clock, credentials, allowance, readFile, words };
    return new HuaweiAccount(identity, { iamEndpoint, stsEndpoint }, own);
  });
}

function secretsOf({ credential }: HuaweiIdentity): (string | undefined)[] {
  switch (credential.kind) {
    case "token":
      return [credential.token];
    case "password":
      return [credential.password];
    case "accessKey":
      return [credential.secretKey, credential.securityToken];
    case "idToken":
    case "oidc":
      return ["text" in credential.idToken ? credential.idToken.text : undefined];
    case "pod":
    case "ecs":
      return [];
  }
}
