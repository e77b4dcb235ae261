/**
 * A look-up that many need at the same time (a token, a project): made once, and all wait for the same answer.
 */
import type { RequestSummary } from "../ground/errors";
import { interruptionOf } from "../http/interruption";
import { onAbort } from "../ground/onAbort";

/**
 * A look-up under way or done. The look-up has a signal of its own, so that a caller that gives up does not end it for
 * the others. The look-up ends when all callers have given up.
 */
export class SharedLookup<T> {
  readonly #summary: RequestSummary;
  readonly #forget: () => void;
  readonly #ownController = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;
  #settled = false;
  #value: T | undefined;

  /**
   * Begins the look-up.
   * @param summary for the error of a caller that gives up.
   * @param forget called when it fails or is ended early: the next one has to begin anew.
   */
  constructor(summary: RequestSummary, request: (signal: AbortSignal) => Promise<T>, forget: () => void) {
    this.#summary = summary;
    this.#forget = forget;
    this.#result = request(this.#ownController.signal).then(
      (value) => {
        this.#settled = true;
        this.#value = value;
        return value;
      },
      (error: unknown) => {
        this.#settled = true;
        forget();
        throw error;
      },
    );
    // It may fail when nobody waits any more.
    this.#result.catch(() => undefined);
  }

  /** The result; undefined while the lookup is under way. */
  get value(): T | undefined {
    return this.#value;
  }

  /**
   * Waits for the answer.
   * @throws the look-up's error, the same for all callers; RequestInterruptedError or OutOfTimeError when `signal`
   *   aborts before.
   */
  wait(signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting -= 1;
        if (this.#waiting === 0 && !this.#settled) this.#abandon();
        reject(interruptionOf(signal, this.#summary, { mayHaveArrived: false }));
      };
      this.#waiting += 1;
      if (signal.aborted) {
        giveUp();
        return;
      }
      const stay = onAbort(signal, giveUp);
      this.#result.finally(stay).then(resolve, reject);
    });
  }

  // Forgotten at once: a new caller must not join a look-up that is being ended.
  #abandon(): void {
    this.#forget();
    this.#ownController.abort();
  }
}

/** The look-up under `key`, begun now where there is none. One that fails is not remembered. */
export function shareLookup<T>(
  lookups: Map<string, SharedLookup<T>>,
  key: string,
  summary: RequestSummary,
  request: (signal: AbortSignal) => Promise<T>,
): SharedLookup<T> {
  const known = lookups.get(key);
  if (known) return known;
  const begun = new SharedLookup<T>(summary, request, () => {
    if (lookups.get(key) === begun) lookups.delete(key);
  });
  lookups.set(key, begun);
  return begun;
}
