/**
 * The watch over one workflow: the subscriptions to its executions, and the one loop that polls for them. `pollPolicy`
 * decides when and how; `waitUntilSettled` subscribes.
 */
import type { Clock } from "../ground/clock";
import { steadyClock, wakeUpReason } from "../ground/clock";
import { requestMs } from "../execution/limits";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { History } from "./history";
import { ListSweep } from "./listSweep";
import type { PollPolicy, PollRequest, PollView } from "./pollPolicy";
import { plannedPolicy } from "./pollPolicy";
import { RequestCredit } from "./requestCredit";
import { ServiceClock } from "./serviceClock";
import { StatusRequests } from "./statusRequests";
import type { Subscriber, Subscription, SubscriptionState } from "./subscription";
import { nextStatus, subscriptionState } from "./subscription";
import type { WatchedWorkflow } from "./watchedWorkflow";

/** The watch over one workflow's executions; one per workflow and session. */
export class WorkflowWatch {
  /** Never goes back; all times of the watch are by it. */
  readonly clock: Clock;
  readonly #workflow: WatchedWorkflow;
  readonly #policy: PollPolicy;
  readonly #subscriptions = new Set<SubscriptionState>();
  readonly #credit: RequestCredit;
  readonly #history: History;
  readonly #serviceClock = new ServiceClock();
  readonly #requests: StatusRequests;
  readonly #lists: ListSweep;
  #isRunning = false;
  #wakeUp = new AbortController();
  /** Ends the shared work once the last subscriber has left. */
  #ended = new AbortController();

  constructor(workflow: WatchedWorkflow) {
    this.clock = steadyClock(workflow.clock);
    this.#workflow = workflow;
    this.#policy = workflow.policy ?? plannedPolicy;
    this.#credit = new RequestCredit(this.clock);
    this.#history = new History((signal) => workflow.pastDurations(signal));
    const parts = {
      workflow,
      clock: this.clock,
      credit: this.#credit,
      serviceClock: this.#serviceClock,
      subscriptions: this.#subscriptions,
    };
    this.#requests = new StatusRequests({
      ...parts,
      onStatus: (state) => {
        this.#plan(state);
        if (state.last) state.waiter?.resolve(state.last);
        this.#wake();
      },
    });
    this.#lists = new ListSweep({
      ...parts,
      onPage: (page, batch) => {
        this.#requests.take(page, batch);
      },
    });
  }

  /** Begins to watch an execution. */
  subscribe(subscriber: Subscriber): Subscription {
    this.#earn();
    this.#credit.welcome(this.#subscriptions.size === 0);
    const state = subscriptionState(subscriber, this.clock.now());
    if (subscriber.justStarted) this.#plan(state);
    this.#subscriptions.add(state);
    return {
      next: () => this.#next(state),
      expectedMs: () => this.#history.expectedMs,
      elapsedMs: () => this.clock.now() - state.beganMs,
      mayPollAtDeadline: () => this.#mayPollAtDeadline(),
      unsubscribe: () => {
        this.#unsubscribe(state);
      },
    };
  }

  #unsubscribe(state: SubscriptionState): void {
    this.#earn();
    this.#subscriptions.delete(state);
    if (this.#subscriptions.size > 0) return;
    this.#serviceClock.forgetBefore([]);
    this.#ended.abort();
    this.#ended = new AbortController();
    this.#wake();
  }

  #next(state: SubscriptionState): Promise<ExecutionSnapshot> {
    const { subscriber, last, lastPollMs } = state;
    // A status from the deadline or later is the last one.
    if (last && this.clock.now() >= subscriber.deadlineMs && lastPollMs >= subscriber.deadlineMs)
      return Promise.resolve(last);
    const status = nextStatus(state);
    if (state.waiter) this.#wake();
    return status;
  }

  #wake(): void {
    if (this.#isRunning) this.#wakeUp.abort(wakeUpReason);
    else void this.#run();
  }

  // One sleeper for all: wakes when somebody is due, and whenever something has happened.
  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while (this.#subscriptions.size > 0) {
        this.#wakeUp = new AbortController();
        const { signal } = this.#wakeUp;
        const nextMs = this.#sendDue();
        if (nextMs === Infinity) await aborted(signal);
        else await this.clock.sleep(Math.max(1, nextMs - this.clock.now()), signal);
        // Events of the same moment are handled together.
        await Promise.resolve();
      }
    } finally {
      // Together with the decision to end: a subscription just after the decision begins anew.
      this.#isRunning = false;
    }
  }

  /** Sends all requests that are due. Gives the time of the next. */
  #sendDue(): number {
    const view = this.#view();
    this.#earn();
    this.#askForHistory(view);
    this.#releaseAtDeadline(view.now);
    for (const request of this.#policy.requests(view)) this.#send(request);
    return Math.min(this.#policy.wakeAtMs(view), this.#requests.readProgress(view.now));
  }

  #view(): PollView {
    return {
      now: this.clock.now(),
      workflow: this.#workflow,
      subscriptions: this.#subscriptions,
      lists: this.#lists,
      credit: this.#credit,
      history: this.#history.durations,
    };
  }

  #send(request: PollRequest): void {
    if (request.kind === "list") void this.#list(request.batch);
    else if (request.kind === "longPoll") void this.#requests.longPoll(request.state);
    else void this.#requests.poll(request.state, 0);
  }

  #mayPollAtDeadline(): boolean {
    // A status request at the deadline is not worth more time than one request may take.
    return this.#workflow.budgets.describe.delayMs() <= requestMs;
  }

  // If a status request at the deadline would have to wait too long, the last status is all there is to see.
  #releaseAtDeadline(now: number): void {
    for (const { subscriber, isPolling, last, waiter } of this.#subscriptions) {
      if (now >= subscriber.deadlineMs && !isPolling && last && !this.#mayPollAtDeadline())
        waiter?.resolve(last);
    }
  }

  async #list(batch: readonly SubscriptionState[]): Promise<void> {
    await this.#lists.run(batch, this.#ended.signal);
    this.#wake();
  }

  #askForHistory(view: PollView): void {
    if (this.#history.isAsked || !this.#policy.wantsHistory(view)) return;
    this.#credit.spend();
    const wake = (): void => {
      this.#wake();
    };
    const planAnew = (): void => {
      this.#earn();
      for (const state of this.#subscriptions) {
        if (state.subscriber.justStarted && !state.isPolling) this.#plan(state);
        state.subscriber.onHistory?.();
      }
      wake();
    };
    this.#history.ask(this.#ended.signal, planAnew, wake);
  }

  /** Sets when the next status is due. */
  #plan(state: SubscriptionState): void {
    const view = this.#view();
    const delayMs = this.#policy.delayMs(state, view);
    state.dueMs = Math.min(view.now + delayMs, Math.max(view.now, state.subscriber.deadlineMs));
  }

  #earn(): void {
    this.#credit.earn(this.#subscriptions.size);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      resolve();
    };
    if (signal.aborted) wake();
    else signal.addEventListener("abort", wake, { once: true });
  });
}
