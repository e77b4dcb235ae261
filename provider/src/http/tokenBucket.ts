/**
 * Token buckets: how often an operation may be called. Every request of a session takes a token before it is sent, in
 * the order in which they were asked for, so that nobody starves and the service has no reason to refuse.
 */
import type { Clock } from "../polling/clock";

/** How often an operation may be called. */
export interface Allowance {
  /** How many calls at once, after a pause. */
  readonly tokens: number;
  /** How many calls per second in the long run. */
  readonly perSecond: number;
}

// Requests that left one after the other can arrive together: the network and a busy process delay some more than
// others. What a second of such delay can pile up is kept back, so that the service's own bucket never runs dry before
// ours. Measured by `npm run bench`.
const delaySeconds = 1;

/** The part of a published allowance that is used; at least half of it. */
export function withReserve(published: Allowance): Allowance {
  const { tokens, perSecond } = published;
  return {
    tokens: Math.max(1, Math.ceil(tokens / 2), Math.floor(tokens - perSecond * delaySeconds)),
    perSecond: perSecond * 0.98,
  };
}

/** What can be known of a bucket without taking from it. */
export interface BucketView {
  /** How long a request made now would wait for its turn, in milliseconds. */
  delayMs(): number;
  /** Share of the bucket that is free, 0–1; 0 while somebody waits. */
  level(): number;
}

interface Waiting {
  readonly go: () => void;
}

/** One bucket: first come, first served. */
export class TokenBucket implements BucketView {
  readonly #allowance: Allowance;
  readonly #clock: Clock;
  #level: number;
  #filledAtMs: number;
  #blockedUntilMs = -Infinity;
  #queue: Waiting[] = [];
  #serving = false;

  constructor(allowance: Allowance, clock: Clock) {
    this.#allowance = allowance;
    this.#clock = clock;
    this.#level = allowance.tokens;
    this.#filledAtMs = clock.now();
  }

  /** Waits for a token. Resolves early, without one, where the signal aborts: the caller looks at it. */
  take(signal: AbortSignal): Promise<void> {
    if (this.#queue.length === 0 && this.#takeNow()) return Promise.resolve();
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      // A derived signal: Node warns of more than ten listeners on one, and many may wait under the same.
      const own = AbortSignal.any([signal]);
      const leave = (): void => {
        this.#queue = this.#queue.filter((other) => other !== waiting);
        resolve();
      };
      const waiting: Waiting = {
        go: () => {
          own.removeEventListener("abort", leave);
          resolve();
        },
      };
      own.addEventListener("abort", leave, { once: true });
      this.#queue.push(waiting);
      void this.#serve();
    });
  }

  /**
   * The service has refused a request although there was a token: somebody else uses the same account. Everybody
   * waits until it would take one again.
   */
  drain(retryAfterMs = 0): void {
    this.#refill();
    this.#level = 0;
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, this.#clock.now() + retryAfterMs);
  }

  delayMs(): number {
    this.#refill();
    const missing = this.#queue.length + 1 - this.#level;
    const blockedMs = Math.max(0, this.#blockedUntilMs - this.#clock.now());
    return missing <= 0 ? blockedMs : blockedMs + Math.ceil((missing / this.#allowance.perSecond) * 1000);
  }

  level(): number {
    this.#refill();
    return this.#queue.length > 0 || this.#clock.now() < this.#blockedUntilMs
      ? 0
      : this.#level / this.#allowance.tokens;
  }

  // One at a time: who sleeps here sleeps for the head of the queue.
  async #serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    try {
      for (let head = this.#queue[0]; head; head = this.#queue[0]) {
        if (this.#takeNow()) {
          this.#queue.shift();
          head.go();
        } else {
          await this.#clock.sleep(Math.max(1, this.#untilNextMs()));
        }
      }
    } finally {
      this.#serving = false;
    }
  }

  #takeNow(): boolean {
    this.#refill();
    // Many small refills do not add up exactly.
    if (this.#clock.now() < this.#blockedUntilMs || this.#level < 1 - 1e-6) return false;
    this.#level = Math.max(0, this.#level - 1);
    return true;
  }

  #untilNextMs(): number {
    const now = this.#clock.now();
    const fillMs = ((1 - this.#level) / this.#allowance.perSecond) * 1000;
    return Math.ceil(Math.max(fillMs, this.#blockedUntilMs - now));
  }

  #refill(): void {
    const now = this.#clock.now();
    // A clock that was set back fills nothing, and a block does not last longer for it than it was to.
    const passedMs = Math.max(0, now - this.#filledAtMs);
    if (now < this.#filledAtMs) this.#blockedUntilMs -= this.#filledAtMs - now;
    this.#filledAtMs = now;
    this.#level = Math.min(
      this.#allowance.tokens,
      this.#level + (passedMs / 1000) * this.#allowance.perSecond,
    );
  }
}
