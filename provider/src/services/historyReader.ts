/**
 * Reads the history of an execution page by page, for services that number their events: for its steps, and for programs
 * that want the events.
 */
import { AnswerTooLargeError } from "../ground/errors";
import { PageWalk } from "../execution/pageWalk";
import type { ExecutionHistory } from "../execution/service";
import type { ExecutionSnapshot, ExecutionStep } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import type { BucketView } from "../http/tokenBucket";

// No service lets an execution have this many events, unless a quota was raised: for steps many more are read. Kept are
// fewer, for each may have a quarter of a megabyte.
const maxEvents = 100_000;
const maxKeptEvents = 10_000;
const maxHistoryPages = 1_000;
const leastHistoryPage = 10;

/** The page of a history to request, and the detail of its events. */
export interface HistoryPageOptions {
  /** The most events. */
  readonly limit: number;
  readonly nextToken: string | undefined;
  /** False if the names and errors of events are enough. */
  readonly withData: boolean;
  readonly signal: AbortSignal;
}

/** A page of a history, oldest first. */
export interface HistoryPage<Event> {
  readonly events: readonly Event[];
  readonly nextToken: string | undefined;
}

/** A reader that makes steps of events: it is given the events in pages, oldest first. */
export interface StepsOfEvents<Event> {
  read(events: readonly Event[]): void;
  readonly steps: ExecutionStep[];
  /**
   * The reason why the execution ended, by its events; undefined if the execution ended well or the events do not say.
   */
  readonly executionError: string | undefined;
}

/** The source of the histories of one workflow's executions. */
export interface HistorySource<Event> {
  /** The most events of one page. */
  readonly pageSize: number;
  /** True if the events tell more of a failure than the snapshot does. */
  readonly isErrorInEvents: boolean;
  /** The remaining requests for histories. */
  budget(): BucketView;
  /** Asks for one page. */
  page(executionId: string, options: HistoryPageOptions): Promise<HistoryPage<Event>>;
  /** The number of an event; not a finite one where the service gave none. */
  numberOf(event: Event): number;
  steps(): StepsOfEvents<Event>;
}

/** The histories of one workflow's executions. */
export class HistoryReader<Event> {
  readonly #source: HistorySource<Event>;

  constructor(source: HistorySource<Event>) {
    this.#source = source;
  }

  /** The remaining requests for histories. */
  get budget(): BucketView {
    return this.#source.budget();
  }

  /**
   * The snapshot with the steps of its history. Steps that were read before an error count.
   * @param maxPages the most pages that are read; events on later pages are left out. All by default.
   * @throws the error of the first page.
   */
  async withSteps(
    snapshot: ExecutionSnapshot,
    signal: AbortSignal,
    maxPages = maxHistoryPages,
  ): Promise<ExecutionSnapshot> {
    const reader = this.#source.steps();
    let count = 0;
    let pages = 0;
    const isWhole = await this.#readHistory(snapshot.executionId, { signal, withData: false }, (events) => {
      reader.read(events);
      count += events.length;
      pages += 1;
      return count < maxEvents && pages < maxPages;
    });
    const { steps, executionError } = reader;
    const isKnown = snapshot.error !== undefined && !this.#source.isErrorInEvents;
    const known = {
      ...snapshot,
      ...(executionError === undefined || isKnown ? {} : { error: executionError }),
    };
    if (isWhole) return { ...known, steps };
    // The ends of some steps are missing, although no step of a settled execution is still running.
    const isOpen = ({ status }: ExecutionStep): boolean => isSettled(snapshot.status) && !isSettled(status);
    const seen = steps.map((step) => (isOpen(step) ? { ...step, status: "unknown" as const } : step));
    return { ...known, steps: seen, stepsOmitted: true };
  }

  /**
   * The events of an execution with their data, oldest first, about 10,000 at the most. `isWhole` is false if the
   * service has more than were read. Events that were read before an error count.
   * @throws the error of the first page.
   */
  async read(executionId: string, signal: AbortSignal): Promise<ExecutionHistory<Event>> {
    const events: Event[] = [];
    const isWhole = await this.#readHistory(executionId, { signal, withData: true }, (page) => {
      events.push(...page);
      return events.length < maxKeptEvents;
    });
    return { events, isWhole };
  }

  /** Gives the events of an execution page by page until `take` has enough; true if these were all. */
  async #readHistory(
    executionId: string,
    how: Pick<HistoryPageOptions, "signal" | "withData">,
    take: (events: readonly Event[]) => boolean,
  ): Promise<boolean> {
    const walk = new PageWalk({ maxPages: maxHistoryPages });
    let limit = this.#source.pageSize;
    let nextToken: string | undefined;
    let hasSome = false;
    let wantsMore: boolean;
    do {
      try {
        const page = await this.#page(executionId, { limit, nextToken: walk.token, ...how });
        const news = walk.news(page.events, (event) => this.#keyOf(event));
        hasSome ||= news.length > 0;
        wantsMore = take(news);
        ({ nextToken, limit } = page);
      } catch (error) {
        if (!hasSome) throw error;
        return false;
      }
    } while (wantsMore && walk.goOn(nextToken));
    return nextToken === undefined;
  }

  /** A page of the history, and how many events it could be asked for: with much data in them they are fewer. */
  async #page(
    executionId: string,
    options: HistoryPageOptions,
  ): Promise<HistoryPage<Event> & { readonly limit: number }> {
    const { limit } = options;
    try {
      return { ...(await this.#source.page(executionId, options)), limit };
    } catch (error) {
      if (!(error instanceof AnswerTooLargeError) || limit <= leastHistoryPage) throw error;
      return this.#page(executionId, { ...options, limit: Math.ceil(limit / 8) });
    }
  }

  // If the service numbers its events, a number stands for one.
  #keyOf(event: Event): string {
    const number = this.#source.numberOf(event);
    return Number.isFinite(number) ? String(number) : JSON.stringify(event);
  }
}
