/**
 * The rate limit of each operation of a service, and the buckets that keep to it; shared by all resources of one
 * account in a process.
 */
import { ConfigurationError } from "../ground/errors";
import { isJsonObject } from "../http/answer";
import type { RateLimit } from "../http/tokenBucket";
import { TokenBucket, withReserve } from "../http/tokenBucket";
import type { Clock } from "../ground/clock";
import type { Settings } from "../execution/settings";
import { nameSetting } from "../execution/settingWords";
import { fromConfig } from "../execution/settings";

/** The rate limit of an operation. */
export type RateLimitOf = (service: string, operation: string) => RateLimit;

/** The buckets of one account, one per operation, made as they are needed. */
export class Buckets {
  readonly #limit: RateLimitOf;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(limit: RateLimitOf, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** The bucket of an operation. */
  of(service: string, operation: string): TokenBucket {
    const key = `${service}:${operation}`;
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = new TokenBucket(this.#limit(service, operation), this.#clock);
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }
}

/**
 * The service's own limits with a reserve, or the limits of the configuration, which are used as they are: a map from
 * operation, service or `*` to `{ "tokens": 20, "perSecond": 10 }`.
 * @param key of the configuration, e.g. `huaweicloud:requestLimits`.
 * @param published the limits that the service publishes.
 * @throws ConfigurationError when the configuration has another shape.
 */
export function configuredRateLimits(settings: Settings, key: string, published: RateLimitOf): RateLimitOf {
  const configured = readRateLimits(settings, key);
  return (service, operation) =>
    configured.get(operation) ??
    configured.get(service) ??
    configured.get("*") ??
    withReserve(published(service, operation));
}

function readRateLimits(settings: Settings, key: string): ReadonlyMap<string, RateLimit> {
  const text = fromConfig(settings, key)?.value;
  if (text === undefined) return new Map();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const entries = isJsonObject(value) ? Object.entries(value) : [["", undefined] as const];
  return new Map(
    entries.map(([name, limit]) => {
      if (isJsonObject(limit)) {
        const [tokens, perSecond] = [Number(limit["tokens"]), Number(limit["perSecond"])];
        if (tokens >= 1 && perSecond > 0) return [name, { tokens, perSecond }];
      }
      throw new ConfigurationError(
        `${nameSetting(settings.words, key)} must be a map from operation to ` +
          `{"tokens": at least 1, "perSecond": more than 0}. ` +
          `Set it with: ${settings.words.assign(`${key}.<operation>.tokens`, "20")} (and the same for perSecond)`,
      );
    }),
  );
}
