/**
 * One list for many: reads the status of a batch of executions from the workflow's list, in as few pages as it takes.
 */
import { backoffDelayMs } from "../ground/backoff";
import type { Clock } from "../ground/clock";
import { AuthenticationError, NotFoundError, ServiceError } from "../ground/errors";
import { pageLimit } from "../execution/pages";
import { PageWalk } from "../execution/pageWalk";
import type { ExecutionFilter, ExecutionPage } from "../execution/service";
import type { StartWindow } from "./listWindow";
import { chooseWindow } from "./listWindow";
import type { RequestCredit } from "./requestCredit";
import type { ServiceClock } from "./serviceClock";
import { convertedWithinMs } from "./serviceClock";
import type { SubscriptionState } from "./subscription";
import type { WatchedWorkflow } from "./watchedWorkflow";

/** The means of a sweep. */
export interface ListSweepOptions {
  readonly workflow: Pick<WatchedWorkflow, "pageSize" | "listPage" | "random">;
  /** The watch's. */
  readonly clock: Clock;
  readonly credit: RequestCredit;
  readonly serviceClock: ServiceClock;
  /** All subscriptions. */
  readonly subscriptions: ReadonlySet<SubscriptionState>;
  /** Called with each page; `batch` are those that the sweep is for. */
  readonly onPage: (page: ExecutionPage, batch: readonly SubscriptionState[]) => void;
}

// If lists fail, individual polls take over, and lists are tried again after a pause, unless they are not allowed. Soon at
// first: polling a thousand individually takes longer than most outages.
const listPause = { firstMs: 2_000, factor: 5, maxMs: 60_000 };
// The page for a window may have more rows than were known. The rest is on the next pages, of which at most this many are
// read: the next sweep is better informed.
const pagesPerWindow = 3;
// The services do not document whether a span includes its ends.
const boundaryMs = 1;

/** The lists of one workflow's watch. */
export class ListSweep {
  readonly #options: ListSweepOptions;
  #isRunning = false;
  #pausedUntilMs = -Infinity;
  /** In a row. */
  #failures = 0;
  #lastRows = 0;

  constructor(options: ListSweepOptions) {
    this.#options = options;
  }

  /** True while a list is under way. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /**
   * The time at which lists are tried again after a failure, by the watch's clock; Infinity if lists are not allowed.
   */
  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  /** Rows of the last page. */
  get lastRows(): number {
    return this.#lastRows;
  }

  /** Lists for a batch. Never throws: a failure pauses lists, unless the signal has ended them. */
  async run(batch: readonly SubscriptionState[], signal: AbortSignal): Promise<void> {
    const { serviceClock, subscriptions } = this.#options;
    const pollsBefore = new Map(batch.map((state) => [state, state.polls]));
    const isUnseen = (state: SubscriptionState): boolean =>
      !state.isPolling && state.polls === pollsBefore.get(state);
    this.#isRunning = true;
    try {
      for (const state of (await this.#readAll(batch, isUnseen, signal)).filter(isUnseen)) state.missed += 1;
      this.#failures = 0;
    } catch (error) {
      // Ended because everybody has left: that says nothing of lists.
      if (!signal.aborted) this.#pause(error);
    } finally {
      this.#isRunning = false;
      serviceClock.forgetBefore(subscriptions);
    }
  }

  // Gives those that the pages should have had.
  async #readAll(
    batch: readonly SubscriptionState[],
    isUnseen: (state: SubscriptionState) => boolean,
    signal: AbortSignal,
  ): Promise<readonly SubscriptionState[]> {
    const { workflow, serviceClock, subscriptions } = this.#options;
    const { pageSize } = workflow;
    if (pageSize === undefined) {
      await this.#readPage({}, undefined, batch, signal);
      return batch;
    }
    if (!serviceClock.isKnown) {
      // No start can be converted: from the newest on, until all were found.
      const maxPages = Math.ceil(subscriptions.size / pageSize) + 1;
      await this.#readPages({}, maxPages, batch, signal, () => batch.some(isUnseen));
      return batch;
    }
    const window = this.#windowFor(batch, pageSize);
    const inside = batch.filter((state) => {
      const startMs = this.#startOf(state);
      return startMs >= window.startedAfterMs && startMs <= window.startedBeforeMs;
    });
    await this.#readPages(window, pagesPerWindow, batch, signal, () => inside.some(isUnseen));
    return inside;
  }

  #windowFor(batch: readonly SubscriptionState[], pageSize: number): StartWindow {
    const { clock, serviceClock } = this.#options;
    const now = clock.now();
    const isConverted = batch.some(({ startedAtMs }) => startedAtMs === undefined);
    const waiting = batch.map((state) => ({
      startedMs: this.#startOf(state),
      overdueMs: Math.max(0, now - state.dueMs),
    }));
    return chooseWindow(waiting, serviceClock.starts, {
      pageSize,
      slackMs: isConverted ? convertedWithinMs : boundaryMs,
    });
  }

  #startOf(state: SubscriptionState): number {
    return this.#options.serviceClock.startOf(state) ?? state.beganMs;
  }

  async #readPages(
    window: ExecutionFilter,
    maxPages: number,
    batch: readonly SubscriptionState[],
    signal: AbortSignal,
    isWanted: () => boolean,
  ): Promise<void> {
    const walk = new PageWalk({ maxPages });
    let nextToken: string | undefined;
    do nextToken = await this.#readPage(window, walk.token, batch, signal);
    while (walk.goOn(nextToken) && isWanted());
  }

  async #readPage(
    window: ExecutionFilter,
    token: string | undefined,
    batch: readonly SubscriptionState[],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { workflow, serviceClock, credit, onPage } = this.#options;
    credit.spend();
    const how = { limit: pageLimit(workflow.pageSize), token, attempts: 1 };
    const page = await workflow.listPage(window, how, signal);
    this.#lastRows = page.executions.length;
    for (const { executionId, startedAt } of page.executions) serviceClock.note(executionId, startedAt);
    onPage(page, batch);
    return page.nextToken;
  }

  #pause(error: unknown): void {
    const { clock, workflow } = this.#options;
    const isForbidden = error instanceof AuthenticationError || error instanceof NotFoundError;
    const pauseMs = isForbidden ? Infinity : backoffDelayMs(listPause, this.#failures, workflow.random);
    const askedMs = error instanceof ServiceError ? (error.retryAfterMs ?? 0) : 0;
    this.#failures += 1;
    this.#pausedUntilMs = clock.now() + Math.max(pauseMs, askedMs);
  }
}
