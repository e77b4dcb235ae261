/**
 * The service's clock as seen from ours: how far it is ahead, and the starts that are known by it. Lists are asked for by
 * spans of starts, so a start that our clock alone knows has to be converted.
 */
import type { SubscriptionState } from "./subscription";

// The answer to a start may be noticed so late where a thousand start at once. More is no late answer, but a clock that
// was set.
const noticedWithinMs = 30_000;
// Some services tell whole seconds: a start may lie up to this much after the time that they tell.
const wholeSecondMs = 1_000;

/** The largest distance of a converted start from the true start, in milliseconds: the time that an answer takes. */
export const convertedWithinMs = 500;

/** The service's clock, as far as one workflow's watch knows it. */
export class ServiceClock {
  /** By execution, in milliseconds since the epoch by the service's clock. */
  readonly #starts = new Map<string, number>();
  /**
   * The time by which the service's clock is ahead of ours, by the executions that began just now; undefined if there
   * are none.
   */
  #aheadMs: number | undefined;

  /** True once a start by our clock can be converted. */
  get isKnown(): boolean {
    return this.#aheadMs !== undefined;
  }

  /** The starts that lists and statuses have shown, others' too, in any order. */
  get starts(): Iterable<number> {
    return this.#starts.values();
  }

  /** The number of starts that are remembered. */
  get size(): number {
    return this.#starts.size;
  }

  /**
   * Remembers a start.
   * @param startedAt RFC 3339, as the service tells it.
   * @returns the same in milliseconds since the epoch; undefined if it is missing or no time.
   */
  note(executionId: string, startedAt: string | undefined): number | undefined {
    const startedAtMs = Date.parse(startedAt ?? "");
    if (Number.isNaN(startedAtMs)) return undefined;
    this.#starts.set(executionId, startedAtMs);
    return startedAtMs;
  }

  /** The start of an execution by the service's clock; undefined if neither the service nor our clock tells. */
  startOf({ startedAtMs, beganMs }: SubscriptionState): number | undefined {
    if (startedAtMs !== undefined) return startedAtMs;
    return this.#aheadMs === undefined ? undefined : beganMs + this.#aheadMs;
  }

  /**
   * Learns from a status when the execution began, by the service's clock and by ours.
   * @param startedAt as the service tells it; nothing is learned where it is missing.
   * @param nowMs by the watch's clock.
   * @param machineMs the same moment by the machine's clock, which can be set.
   */
  learn(
    state: SubscriptionState,
    startedAt: string | undefined,
    { nowMs, machineMs }: { readonly nowMs: number; readonly machineMs: number },
  ): void {
    const { executionId, justStarted, isStopping } = state.subscriber;
    const startedAtMs = this.note(executionId, startedAt);
    if (startedAtMs === undefined) return;
    // The time that an execution of another starter has run: by its start and the machine's clock, if they go together.
    const ranMs = machineMs - startedAtMs;
    const isFirst = state.startedAtMs === undefined;
    if (isFirst && !justStarted && isStopping !== true && ranMs > 0) state.beganMs = nowMs - ranMs;
    state.startedAtMs = startedAtMs;
    if (justStarted) state.beganMs = this.#correctedBeginMs(state.beganMs, startedAtMs);
  }

  // If a thousand start at once, answers are noticed late. Those that were noticed soonest tell how far the service's
  // clock is ahead, and with it when the others began.
  #correctedBeginMs(beganMs: number, startedAtMs: number): number {
    this.#aheadMs = Math.max(this.#aheadMs ?? -Infinity, startedAtMs - beganMs);
    const roundedMs = startedAtMs % wholeSecondMs === 0 ? wholeSecondMs : 0;
    const correctedMs = startedAtMs - this.#aheadMs + roundedMs;
    return correctedMs < beganMs && beganMs - correctedMs < noticedWithinMs ? correctedMs : beganMs;
  }

  /** Forgets the starts that no list for these executions can have: those before the first of them, or all for none. */
  forgetBefore(waiting: Iterable<SubscriptionState>): void {
    let firstMs = Infinity;
    for (const state of waiting) firstMs = Math.min(firstMs, this.startOf(state) ?? -Infinity);
    // A converted start may still be corrected.
    const keepFromMs = firstMs - noticedWithinMs - convertedWithinMs;
    for (const [executionId, startedAtMs] of this.#starts) {
      if (startedAtMs < keepFromMs) this.#starts.delete(executionId);
    }
  }
}
