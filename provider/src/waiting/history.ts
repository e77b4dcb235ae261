/**
 * The usual duration of a workflow's executions: requested once, while somebody waits.
 */
import type { PastDurations } from "./schedule";
import { medianMs } from "./schedule";

// Fifty durations tell a distribution well enough, and fit on the first page of every service's list.
const mostDurations = 50;

/** The durations of one workflow's earlier executions. */
export class History {
  readonly #read: (signal: AbortSignal) => Promise<readonly number[]>;
  #durations: PastDurations = [];
  #isAsked = false;

  /** @param read gives durations in milliseconds, newest first. */
  constructor(read: (signal: AbortSignal) => Promise<readonly number[]>) {
    this.#read = read;
  }

  /** True once it was asked for, whether or not there was an answer yet. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** Empty if nothing is known (yet). */
  get durations(): PastDurations {
    return this.#durations;
  }

  /** The median, in milliseconds; undefined if nothing is known (yet). */
  get expectedMs(): number | undefined {
    return medianMs(this.#durations);
  }

  /**
   * Asks once. A request that fails is not sent again; one that the signal ended may be.
   * @param onRead called when the durations are known.
   * @param onFailed called where they can't be read.
   */
  ask(signal: AbortSignal, onRead: () => void, onFailed: () => void): void {
    this.#isAsked = true;
    void this.#read(signal).then(
      (durations) => {
        this.#durations = durations
          .slice(0, mostDurations)
          .filter((ms) => ms > 0)
          .sort((a, b) => a - b);
        onRead();
      },
      () => {
        this.#isAsked = !signal.aborted;
        onFailed();
      },
    );
  }
}
