/**
 * The requests by which identities are obtained and projects are found: to IAM and to the security token service.
 */
import type { Clock } from "../../ground/clock";
import type { HttpClient } from "../../http/httpClient";
import type { HttpRequest } from "../../http/request";
import type { TokenBucket } from "../../http/tokenBucket";
import type { CredentialsInUse } from "../../execution/credentialsInUse";
import type { SettingWords } from "../../execution/settingWords";
import type { RateLimitOf } from "../rateLimits";
import { Buckets } from "../rateLimits";
import type { Acting, Actor } from "./actors";
import { sendAs } from "./actors";
import type { HuaweiLocation } from "./location";
import type { Remedies } from "./serviceErrors";
import { toHuaweiError } from "./serviceErrors";

/** The parts of the process that an account needs. */
export interface AccountContext {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly credentials: CredentialsInUse;
  /** The rate limit of an operation for this account. */
  readonly limit: RateLimitOf;
  /** Text of a file, or undefined if there is none: files with tokens are read at each renewal. */
  readonly readFile: (path: string) => string | undefined;
  /** The names of settings. */
  readonly words: SettingWords;
}

/** The endpoints at which an identity is obtained. */
export type IdentityEndpoints = Pick<HuaweiLocation, "iamEndpoint" | "stsEndpoint">;

/** The requests of one account. */
export class IamRequests {
  readonly endpoints: IdentityEndpoints;
  readonly context: AccountContext;
  readonly #buckets: Buckets;

  constructor(endpoints: IdentityEndpoints, context: AccountContext) {
    this.endpoints = endpoints;
    this.context = context;
    this.#buckets = new Buckets(context.limit, context.clock);
  }

  /** The bucket from which requests of an operation take their tokens; shared by all that use the account. */
  bucket(service: string, operation: string): TokenBucket {
    return this.#buckets.of(service, operation);
  }

  /**
   * Sends a request; errors as HttpClient.send.
   * @param acting the actor and the scope; undefined if the request itself names its identity.
   */
  send(
    request: HttpRequest,
    acting: Acting | undefined,
    signal: AbortSignal,
    remedies: Remedies = {},
  ): ReturnType<HttpClient["send"]> {
    const { http, clock, words } = this.context;
    const bucket = this.bucket("iam", request.operation);
    const options = { toServiceError: toHuaweiError(clock, words, remedies), signal, bucket };
    return acting ? sendAs(acting, http, request, options) : http.send(request, options);
  }
}

/** Somebody in the whole account, not in one project. */
export function ofAccount(actor: Actor): Acting {
  return { actor, scope: { account: true } };
}
