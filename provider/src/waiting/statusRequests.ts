/**
 * Status requests for single executions, and the effects of a status, whether a request or a list has told the status.
 */
import type { Clock } from "../ground/clock";
import type { ExecutionPage } from "../execution/service";
import type { ExecutionSnapshot, ExecutionSummary } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import type { RequestCredit } from "./requestCredit";
import type { ServiceClock } from "./serviceClock";
import type { SubscriptionState } from "./subscription";
import { nextProgressMs } from "./subscription";
import type { WatchedWorkflow } from "./watchedWorkflow";

/** The means of status requests. */
export interface StatusRequestsOptions {
  readonly workflow: Pick<WatchedWorkflow, "longPollSeconds" | "budgets" | "clock">;
  /** The watch's. */
  readonly clock: Clock;
  readonly credit: RequestCredit;
  readonly serviceClock: ServiceClock;
  /** All subscriptions. */
  readonly subscriptions: ReadonlySet<SubscriptionState>;
  /** Called with each status, before the waiter has it. */
  readonly onStatus: (state: SubscriptionState) => void;
}

// A long poll that ends before a quarter of its time, with the execution still running, was interrupted.
const earlyShare = 0.25;
// Below two seconds, an early answer can't be told from one that is on time.
const shortestTellingSeconds = 2;
// Steps are read only while half of the rate limit is free: the ends need the rest.
const leastFreeForSteps = 0.5;

/** The status requests of one workflow's watch. */
export class StatusRequests {
  readonly #options: StatusRequestsOptions;

  constructor(options: StatusRequestsOptions) {
    this.#options = options;
  }

  /**
   * A long poll: the service answers when the execution ends, or after some time. Never throws: the waiter gets the error.
   */
  async longPoll(state: SubscriptionState): Promise<void> {
    const beganMs = this.#options.clock.now();
    const leftSeconds = Math.floor((state.subscriber.deadlineMs - beganMs) / 1000);
    const waitSeconds = Math.min(this.#options.workflow.longPollSeconds, leftSeconds);
    const hasAnswered = await this.poll(state, waitSeconds);
    // A failure tells nothing about the longest duration of a long poll.
    if (!hasAnswered || waitSeconds < shortestTellingSeconds) return;
    const isEarly = this.#options.clock.now() - beganMs < waitSeconds * 1000 * earlyShare;
    state.earlyAnswers = isEarly ? state.earlyAnswers + 1 : 0;
  }

  /**
   * A status request. Never throws: the waiter gets the error.
   * @param waitSeconds the longest duration of a long poll.
   * @param listed the snapshot that a list has just given: only the missing parts are requested.
   * @returns true if the service has answered.
   */
  async poll(state: SubscriptionState, waitSeconds: number, listed?: ExecutionSnapshot): Promise<boolean> {
    state.isPolling = true;
    if (!listed) this.#options.credit.spend();
    try {
      const snapshot = await state.subscriber.poll({ signal: state.signal, waitSeconds, listed });
      state.missed = 0;
      this.#see(state, snapshot);
      return true;
    } catch (error) {
      state.isPolling = false;
      state.dueMs = this.#options.clock.now();
      state.waiter?.reject(error);
      return false;
    }
  }

  #see(state: SubscriptionState, seen: ExecutionSnapshot): void {
    // Steps that this status does not tell, an earlier one may have told.
    const steps = seen.steps.length > 0 || isSettled(seen.status) ? seen.steps : (state.last?.steps ?? []);
    const snapshot = { ...seen, steps };
    const { workflow, clock, serviceClock, onStatus } = this.#options;
    const nowMs = clock.now();
    state.isPolling = false;
    state.polls += 1;
    state.lastPollMs = nowMs;
    state.last = snapshot;
    const machineMs = workflow.clock.now();
    serviceClock.learn(state, snapshot.startedAt, { nowMs, machineMs });
    onStatus(state);
  }

  /** Takes the statuses on a page, for executions with a subscription. */
  take(page: ExecutionPage, batch: readonly SubscriptionState[]): void {
    const rows = new Map(page.executions.map((row) => [row.executionId, row]));
    const inBatch = new Set(batch);
    for (const state of this.#options.subscriptions) {
      const row = rows.get(state.subscriber.executionId);
      if (!row || state.isPolling || (!state.waiter && !inBatch.has(state))) continue;
      state.missed = 0;
      const listed = page.snapshotOf?.(row.executionId);
      if (listed && isSettled(row.status)) state.subscriber.onEnd?.(listed);
      // A settled execution is polled once more for the parts that the list does not tell; a running one now and then
      // for its steps.
      if (isSettled(row.status) || (!listed && this.#areStepsDue(state))) void this.poll(state, 0, listed);
      else this.#see(state, listed ?? { ...(state.last ?? { steps: [] }), ...statusOf(row) });
    }
  }

  // True if the steps were not read for a while, and there are requests to spare.
  #areStepsDue(state: SubscriptionState): boolean {
    const now = this.#options.clock.now();
    const isToSpare = this.#options.credit.isToSpare(this.#options.subscriptions.size);
    const { describe } = this.#options.workflow.budgets;
    if (now < state.progressMs || !isToSpare || describe.level() < leastFreeForSteps) return false;
    state.progressMs = nextProgressMs(state, now);
    return true;
  }

  /**
   * Reads the steps of executions whose long poll is under way, if the steps are due. Returns the next time at which
   * steps are due.
   */
  readProgress(now: number): number {
    let nextMs = Infinity;
    for (const state of this.#options.subscriptions) {
      if (!state.isPolling || !state.subscriber.readProgress) continue;
      if (state.progressMs <= now) void this.#requestProgress(state);
      nextMs = Math.min(nextMs, state.progressMs);
    }
    return nextMs;
  }

  async #requestProgress(state: SubscriptionState): Promise<void> {
    const { subscriber, signal } = state;
    state.progressMs = nextProgressMs(state, this.#options.clock.now());
    try {
      const snapshot = await subscriber.readProgress?.(signal);
      if (!snapshot || !this.#options.subscriptions.has(state)) return;
      state.last = { ...(state.last ?? snapshot), steps: snapshot.steps };
      subscriber.onProgress?.(state.last);
    } catch {
      // The steps are only for the person who watches; the long poll under way reports the problem.
    }
  }
}

// A list's durations and authors are for queries.
function statusOf({
  durationMs: _durationMs,
  createdBy: _createdBy,
  ...row
}: ExecutionSummary): Omit<ExecutionSummary, "durationMs" | "createdBy"> {
  return row;
}
