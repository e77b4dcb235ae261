/** Request limits: one token bucket per service, operation and account, refilled by the emulated clock. */
import type { Clock } from "../ground/clock";

/** The size of a bucket and how fast it fills. */
export interface RateLimit {
  readonly tokens: number;
  readonly perSecond: number;
}

interface Bucket {
  level: number;
  filledAt: number;
}

/** Buckets for all services. Does nothing until it is switched on. */
export class TokenBuckets {
  readonly #clock: Clock;
  readonly #configured: Readonly<Record<string, RateLimit>>;
  readonly #buckets = new Map<string, Bucket>();

  /**
   * @param enforced - `false`: every request passes.
   * @param configured - rate limits by `operation` or `service:operation`; `*` replaces the default of every
   * service.
   */
  constructor(
    clock: Clock,
    readonly enforced: boolean,
    configured: Readonly<Record<string, RateLimit>> = {},
  ) {
    this.#clock = clock;
    this.#configured = configured;
  }

  /**
   * Takes one token. Returns 0 when there was one, otherwise the milliseconds until the next.
   * @param fallback - the service's own rate limit for this operation, unless the seed has another.
   */
  take(service: string, operation: string, account: string, fallback: RateLimit): number {
    if (!this.enforced) return 0;
    const rateLimit =
      this.#configured[`${service}:${operation}`] ??
      this.#configured[operation] ??
      this.#configured["*"] ??
      fallback;
    const key = `${service}\n${operation}\n${account}`;
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { level: rateLimit.tokens, filledAt: now };
    const refill = (Math.max(0, now - bucket.filledAt) / 1000) * rateLimit.perSecond;
    bucket.level = Math.min(rateLimit.tokens, bucket.level + refill);
    bucket.filledAt = now;
    this.#buckets.set(key, bucket);
    // Many small refills do not add up exactly.
    if (bucket.level >= 1 - 1e-6) {
      bucket.level = Math.max(0, bucket.level - 1);
      return 0;
    }
    return Math.ceil(((1 - bucket.level) / rateLimit.perSecond) * 1000);
  }

  /** Fills every bucket again. */
  refill(): void {
    this.#buckets.clear();
  }
}

/** A wait in whole seconds, at least one, as a header says it. */
export function retryAfterSeconds(waitMs: number): string {
  return String(Math.max(1, Math.ceil(waitMs / 1000)));
}
