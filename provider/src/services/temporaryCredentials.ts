/**
 * Credentials that end: obtained once for all requests that need them at the same time, kept for their life, and
 * renewed before they end. Shared by the vendors' accounts.
 */
import type { RequestSummary } from "../ground/errors";
import type { Clock } from "../ground/clock";
import { abortAfter, steadyClock } from "../ground/clock";
import type { SharedLookup } from "./sharedLookup";
import { shareLookup } from "./sharedLookup";

// A request that is sent just before the end must still be accepted, and so must a long poll that ends after it.
const longestReserveMs = 10 * 60_000;
// Of credentials with a short life, such as 15 minutes, this part is left for the renewal.
const reservedShare = 1 / 3;
// The rest after a failed renewal while the present credentials are still good, in milliseconds.
const renewAgainMs = 30_000;

// The longest time that a request waits for a renewal that it does not need yet, in milliseconds: a service that hangs
// must not hold up a status request.
const renewalPatienceMs = 10_000;

/** Credentials as they were obtained. */
export interface ObtainedCredentials<T> {
  readonly value: T;
  /**
   * The end of the credentials, by the service's clock, in milliseconds since the epoch; undefined if the end is not
   * known.
   */
  readonly expiresAtMs: number | undefined;
  /**
   * The time at which the service answered, by the service's clock, in milliseconds since the epoch; undefined if the
   * answer does not say.
   */
  readonly servedAtMs?: number | undefined;
}

/** The source of credentials that are renewed. */
export interface CredentialSource<T> {
  /** For the error of a request that is interrupted while it waits for them. */
  readonly summary: RequestSummary;
  /** Obtains new ones. It is not called twice at the same time. */
  obtain(signal: AbortSignal): Promise<ObtainedCredentials<T>>;
}

/** One identity's credentials in this process. */
export class TemporaryCredentials<T> {
  readonly #source: CredentialSource<T>;
  readonly #clock: Clock;
  readonly #timers: Clock;
  /** Holds one look-up at most. */
  readonly #lookups = new Map<"current", SharedLookup<T>>();
  #current: { readonly value: T; readonly renewAtMs: number; readonly endsAtMs: number } | undefined;

  /** @param clock measures the life from the moment at which credentials arrive. */
  constructor(source: CredentialSource<T>, clock: Clock) {
    this.#source = source;
    this.#clock = steadyClock(clock);
    this.#timers = clock;
  }

  /**
   * The credentials, obtained now where there are none or they end soon. While the present ones are good, a renewal
   * that fails or takes too long does not matter: a later request tries it again.
   * @throws the error of the source, the same for all callers; RequestInterruptedError when `signal` aborts.
   */
  async get(signal: AbortSignal): Promise<T> {
    const current = this.#current;
    if (current && this.#clock.now() < current.renewAtMs) return current.value;
    const lookup = shareLookup(this.#lookups, "current", this.#source.summary, (own) => this.#renew(own));
    const isGood = current !== undefined && this.#clock.now() < current.endsAtMs;
    try {
      return await lookup.wait(
        isGood ? AbortSignal.any([signal, abortAfter(this.#timers, renewalPatienceMs)]) : signal,
      );
    } catch (error) {
      const kept = this.#current;
      if (signal.aborted || !kept || this.#clock.now() >= kept.endsAtMs) throw error;
      this.#current = { ...kept, renewAtMs: this.#clock.now() + renewAgainMs };
      return kept.value;
    }
  }

  /** The credentials that are there and have not ended; undefined if there are none. */
  get present(): T | undefined {
    const current = this.#current;
    return current && this.#clock.now() < current.endsAtMs ? current.value : undefined;
  }

  /** True while they are being obtained. */
  get isUnderWay(): boolean {
    return this.#lookups.size > 0;
  }

  /** Forgets these very credentials, which were refused; ones that have replaced them stay. */
  forget(isRefused: (value: T) => boolean): void {
    if (this.#current && isRefused(this.#current.value)) this.#current = undefined;
  }

  async #renew(signal: AbortSignal): Promise<T> {
    const { value, expiresAtMs, servedAtMs } = await this.#source.obtain(signal);
    // The life is a difference of two times of the service: this machine's clock may be wrong.
    const now = this.#clock.now();
    const lifeMs = expiresAtMs === undefined ? Infinity : expiresAtMs - (servedAtMs ?? now);
    const reserveMs = Math.min(longestReserveMs, lifeMs * reservedShare);
    this.#current = { value, renewAtMs: now + lifeMs - reserveMs, endsAtMs: now + lifeMs };
    this.#lookups.delete("current");
    return value;
  }
}
