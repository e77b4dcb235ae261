/**
 * Token buckets: how often an operation may be called. Every request of a session takes a token before it is sent, in
 * the order in which they were asked for, so that nobody starves and the service has no reason to refuse.
 */
import type { Clock } from "../ground/clock";
import { steadyClock, wakeUpReason } from "../ground/clock";
import { onAbort } from "../ground/onAbort";

/** The rate limit of an operation. */
export interface RateLimit {
  /** Calls that can be made at once, after a pause. */
  readonly tokens: number;
  /** Calls per second in the long run. */
  readonly perSecond: number;
  /**
   * The most calls without an answer at a time. A call that has had no answer for three seconds no longer counts.
   * @default any number
   */
  readonly unanswered?: number | undefined;
}

// Requests that left one after the other can arrive together: the network and a busy process delay some more than
// others. The requests that a second of such delay can pile up are kept back, so that the service's own bucket never
// runs dry before ours. Measured by `npm run bench`.
const delaySeconds = 1;
// By then a request has arrived, even where its answer is slow.
const arrivesWithinMs = 3_000;

/**
 * The part of a published rate limit that is used; at least half of it. The requests without an answer are then never
 * more than those that are kept back, so that no delay piles up more. If few are kept back, there is no such limit: the
 * limit would slow every burst down to a few requests at a time.
 */
export function withReserve(published: RateLimit): RateLimit {
  const { tokens, perSecond } = published;
  const used = Math.max(1, Math.ceil(tokens / 2), Math.floor(tokens - perSecond * delaySeconds));
  const reserve = tokens - used;
  return {
    tokens: used,
    perSecond: perSecond * 0.98,
    ...(reserve >= used / 2 ? { unanswered: reserve } : {}),
  };
}

/** The part of a bucket that can be read without taking from it. */
export interface BucketView {
  /** The time that a request made now would wait in the queue, in milliseconds. */
  delayMs(): number;
  /** Share of the bucket that is free, 0–1; 0 while somebody waits. */
  level(): number;
}

/** The permit of a request. */
export interface Permit {
  /** False if the signal aborted before there was a token: the request may not be sent. */
  readonly hasToken: boolean;
  /** Call it once the answer is there, or none will come. */
  done(): void;
}

interface Waiting {
  readonly go: (permit: Permit) => void;
}

const freePermit: Permit = { hasToken: true, done: () => undefined };
const noPermit: Permit = { hasToken: false, done: () => undefined };

/** One bucket: first come, first served. */
export class TokenBucket implements BucketView {
  readonly #limit: RateLimit;
  readonly #clock: Clock;
  #level: number;
  #filledAtMs: number;
  #blockedUntilMs = -Infinity;
  #queue: Waiting[] = [];
  #serving = false;
  /** The time at which each of the requests without an answer was let through. */
  readonly #unanswered = new Map<Permit, number>();
  #wake = new AbortController();

  constructor(limit: RateLimit, clock: Clock) {
    this.#limit = limit;
    this.#clock = steadyClock(clock);
    this.#level = limit.tokens;
    this.#filledAtMs = this.#clock.now();
  }

  /** Waits for a token. Resolves early, without one, where the signal aborts before there is one. */
  take(signal: AbortSignal): Promise<Permit> {
    const permit = this.#queue.length === 0 ? this.#takeNow() : undefined;
    if (permit) return Promise.resolve(permit);
    if (signal.aborted) return Promise.resolve(noPermit);
    return new Promise((resolve) => {
      const stay = onAbort(signal, () => {
        this.#queue = this.#queue.filter((other) => other !== waiting);
        // Nobody is left to sleep for.
        if (this.#queue.length === 0) this.#wake.abort(wakeUpReason);
        resolve(noPermit);
      });
      const waiting: Waiting = {
        go: (given) => {
          stay();
          resolve(given);
        },
      };
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
    return missing <= 0 ? blockedMs : blockedMs + Math.ceil((missing / this.#limit.perSecond) * 1000);
  }

  level(): number {
    this.#refill();
    return this.#queue.length > 0 || this.#clock.now() < this.#blockedUntilMs
      ? 0
      : this.#level / this.#limit.tokens;
  }

  // One at a time: the sleep here is for the head of the queue.
  async #serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    try {
      for (let head = this.#queue[0]; head; head = this.#queue[0]) {
        const permit = this.#takeNow();
        if (permit) {
          this.#queue.shift();
          head.go(permit);
        } else {
          this.#wake = new AbortController();
          await this.#clock.sleep(Math.max(1, this.#untilNextMs()), this.#wake.signal);
        }
      }
    } finally {
      this.#serving = false;
    }
  }

  #takeNow(): Permit | undefined {
    this.#refill();
    // Many small refills do not add up exactly.
    if (this.#clock.now() < this.#blockedUntilMs || this.#level < 1 - 1e-6) return undefined;
    if (this.#answerIsDueInMs() > 0) return undefined;
    this.#level = Math.max(0, this.#level - 1);
    if (this.#limit.unanswered === undefined) return freePermit;
    const permit: Permit = {
      hasToken: true,
      done: () => {
        this.#unanswered.delete(permit);
        if (this.#serving) this.#wake.abort(wakeUpReason);
      },
    };
    this.#unanswered.set(permit, this.#clock.now());
    return permit;
  }

  #untilNextMs(): number {
    const now = this.#clock.now();
    const fillMs = ((1 - this.#level) / this.#limit.perSecond) * 1000;
    return Math.ceil(Math.max(fillMs, this.#blockedUntilMs - now, this.#answerIsDueInMs()));
  }

  // The time until another call may be without an answer, in milliseconds, if no answer comes; 0 if it may be now.
  #answerIsDueInMs(): number {
    const { unanswered = Infinity } = this.#limit;
    const now = this.#clock.now();
    for (const [permit, atMs] of this.#unanswered) {
      // In the order in which they were let through, so the first is the oldest.
      const dueInMs = atMs + arrivesWithinMs - now;
      if (this.#unanswered.size < unanswered) return 0;
      if (dueInMs > 0) return dueInMs;
      this.#unanswered.delete(permit);
    }
    return 0;
  }

  #refill(): void {
    const now = this.#clock.now();
    const passedMs = now - this.#filledAtMs;
    this.#filledAtMs = now;
    this.#level = Math.min(this.#limit.tokens, this.#level + (passedMs / 1000) * this.#limit.perSecond);
  }
}
