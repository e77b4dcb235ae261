/**
 * An account of Huawei Cloud in this process: one identity that authorises requests, and the ids of its projects. Shared
 * by all resources with the same identity.
 */
import { createHash } from "node:crypto";
import { ConfigurationError, ServiceError } from "../../ground/errors";
import type { HttpRequest } from "../../http/request";
import { summarize } from "../../http/request";
import type { TokenBucket } from "../../http/tokenBucket";
import { abortAfter } from "../../ground/clock";
import { configuredRateLimits } from "../rateLimits";
import type { BackendContext } from "../../execution/service";
import type { SettingWords } from "../../execution/settingWords";
import type { Found } from "../../execution/settings";
import type { SharedLookup } from "../sharedLookup";
import { shareLookup } from "../sharedLookup";
import type { Acting, Actor } from "./actors";
import type { FoundProject, TokenScope } from "./iam";
import {
  buildAuthDomainsRequest,
  buildProjectRequest,
  buildProjectsRequest,
  parseAccountId,
  parseProject,
  parseShownProject,
} from "./iam";
import type { IdentityEndpoints } from "./iamRequests";
import { IamRequests, ofAccount } from "./iamRequests";
import type { HuaweiIdentity } from "./identity";
import { IdentityActors } from "./identityActors";
import type { HuaweiLocation } from "./location";

function scopeRemedy(words: SettingWords): string {
  const [projectId, region] = [words.write("huaweicloud:projectId"), words.write("huaweicloud:region")];
  return `set the argument "projectId" or "region", or the ${words.several} ${projectId} or ${region}`;
}

// Huawei Cloud publishes no rates for these services: a careful guess, to be replaced by `huaweicloud:requestLimits`.
const assumed = { tokens: 20, perSecond: 10 };
// The longest time that a preview waits for the account, or for the account of a project, in milliseconds.
const placeMs = 10_000;
/** One identity at its endpoints. */
export class HuaweiAccount {
  readonly #iam: IamRequests;
  readonly #actor: Actor;
  /** By name. */
  readonly #projects = new Map<string, SharedLookup<FoundProject>>();
  /** The requests that compare places, by the place that each one is about. */
  readonly #places = new Map<string, SharedLookup<string | undefined>>();
  readonly #unknownPlaces = new Set<string>();

  constructor(identity: HuaweiIdentity, iam: IamRequests) {
    this.#iam = iam;
    this.#actor = new IdentityActors(iam).of(identity);
  }

  /** The bucket from which requests of an operation take their tokens; shared by all that use the account. */
  bucket(service: string, operation: string): TokenBucket {
    return this.#iam.bucket(service, operation);
  }

  /**
   * Obtains keys that have to be obtained.
   * @throws ConfigurationError when there are no credentials; ServiceError or TransportError when they are refused.
   */
  prepare(signal: AbortSignal): Promise<void> {
    return this.#actor.prepare(signal);
  }

  /**
   * The project: its id given, from the token, or looked up by its name.
   * @throws ConfigurationError when there is no name to look it up by, or no single project of that name.
   */
  async project(
    { projectId, projectName }: Pick<HuaweiLocation, "projectId" | "projectName">,
    signal: AbortSignal,
  ): Promise<FoundProject> {
    if (projectId !== undefined) return { id: projectId, accountId: undefined };
    if (!projectName)
      throw new ConfigurationError(`no project is set: ${scopeRemedy(this.#iam.context.words)}.`);
    const name = projectName.value;
    const summary = summarize(buildProjectsRequest(this.#iam.endpoints.iamEndpoint, name));
    const lookup = shareLookup(this.#projects, name, summary, (own) => this.#lookUpProject(projectName, own));
    return lookup.wait(signal);
  }

  async #lookUpProject(name: Found, signal: AbortSignal): Promise<FoundProject> {
    const project = await this.#actor.project(name.value, signal);
    if (project) return project;
    const request = buildProjectsRequest(this.#iam.endpoints.iamEndpoint, name.value);
    const acting = { actor: this.#actor, scope: { name: name.value } };
    const answer = await this.#iam.send(request, acting, signal);
    return parseProject(answer, summarize(request), name, this.#iam.context.words);
  }

  /**
   * The account's id; undefined if it can't be found out in a few seconds, which is then not tried again. The id is
   * only used to compare places, so a failure is no error.
   */
  accountId(signal: AbortSignal): Promise<string | undefined> {
    const request = buildAuthDomainsRequest(this.#iam.endpoints.iamEndpoint);
    return this.#askPlace("account", request, signal, async (inTime) => {
      const answer = await this.#iam.send(request, ofAccount(this.#actor), inTime);
      return parseAccountId(answer, summarize(request));
    });
  }

  /**
   * The id of the project to which the settings lead, where a given one belongs to another account; undefined if it
   * does not, or as {@link accountId}.
   */
  projectInsteadOf(
    otherId: string,
    { projectName }: Pick<HuaweiLocation, "projectName">,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const request = buildProjectRequest(this.#iam.endpoints.iamEndpoint, otherId);
    return this.#askPlace(JSON.stringify([otherId, projectName?.value]), request, signal, async (inTime) => {
      const own = await this.project({ projectId: undefined, projectName }, inTime);
      if (own.id === otherId) return undefined;
      try {
        const answer = await this.#iam.send(request, ofAccount(this.#actor), inTime);
        const accountId = parseShownProject(answer, summarize(request))?.accountId;
        const isForeign =
          accountId !== undefined && own.accountId !== undefined && accountId !== own.accountId;
        return isForeign ? own.id : undefined;
      } catch (error) {
        // Nobody needs a permission for a project of the own account. The answer of a proxy says nothing.
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
      ask(AbortSignal.any([own, abortAfter(this.#iam.context.clock, placeMs)])),
    );
    try {
      return await lookup.wait(signal);
    } catch {
      if (!signal.aborted) this.#unknownPlaces.add(what);
      return undefined;
    }
  }

  /** The actor and the scope of requests. */
  acting(scope: TokenScope): Acting {
    return { actor: this.#actor, scope };
  }
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
    const limit = configuredRateLimits(settings, "huaweicloud:requestLimits", () => assumed);
    const { readFile, words } = settings;
    const own = { http, clock, credentials, limit, readFile, words };
    return new HuaweiAccount(identity, new IamRequests({ iamEndpoint, stsEndpoint }, own));
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
