/**
 * Reads the history of an execution page by page: for its steps, and for programs that want the events.
 */
import { AnswerTooLargeError } from "../../../ground/errors";
import { PageWalk } from "../../../execution/pageWalk";
import type { ExecutionSnapshot, ExecutionStep } from "../../../execution/snapshot";
import { isSettled } from "../../../execution/snapshot";
import { summarize } from "../../../http/request";
import type { BucketView } from "../../../http/tokenBucket";
import { parseGetExecutionHistory } from "./answers";
import { buildGetExecutionHistory } from "./api";
import type { StateMachineEvent } from "./events";
import { StepReader } from "./history";
import type { StatesRequests } from "./statesRequests";

const maxHistoryPage = 1_000;
// The service ends an execution with 25,000 events. Kept are fewer, for each may have 256 KiB of data.
const maxEvents = 100_000;
const maxKeptEvents = 10_000;
const maxHistoryPages = 1_000;
const leastHistoryPage = 10;

type Take = (events: readonly StateMachineEvent[]) => boolean;

/** The histories of one state machine's executions. */
export class HistoryReader {
  readonly #requests: StatesRequests;

  constructor(requests: StatesRequests) {
    this.#requests = requests;
  }

  /** The remaining requests for histories. */
  get budget(): BucketView {
    return this.#requests.budget("GetExecutionHistory");
  }

  /**
   * The snapshot with the steps of its history; what was read before something went wrong counts.
   * @param maxPages of a thousand events each; what is on later pages is left out. All by default.
   * @throws what the first page throws.
   */
  async withSteps(
    snapshot: ExecutionSnapshot,
    signal: AbortSignal,
    maxPages = maxHistoryPages,
  ): Promise<ExecutionSnapshot> {
    const reader = new StepReader();
    let count = 0;
    let pages = 0;
    // Steps need names and errors; the service sends these without the data.
    const isWhole = await this.#readHistory(snapshot.executionId, { signal, withData: false }, (events) => {
      reader.read(events);
      count += events.length;
      pages += 1;
      return count < maxEvents && pages < maxPages;
    });
    const { steps, executionError: error } = reader;
    const known = { ...snapshot, ...(error === undefined || snapshot.error !== undefined ? {} : { error }) };
    if (isWhole) return { ...known, steps };
    // The ends of some are missing: of what has settled nothing runs any more.
    const isOpen = ({ status }: ExecutionStep): boolean => isSettled(snapshot.status) && !isSettled(status);
    const seen = steps.map((step) => (isOpen(step) ? { ...step, status: "unknown" as const } : step));
    return { ...known, steps: seen, stepsOmitted: true };
  }

  /**
   * The events of an execution with their data, oldest first, about 10,000 at the most. `isWhole` is false where the service has
   * more than were read; what was read before something went wrong counts.
   * @throws what the first page throws.
   */
  async read(
    executionId: string,
    signal: AbortSignal,
  ): Promise<{ readonly events: StateMachineEvent[]; readonly isWhole: boolean }> {
    const events: StateMachineEvent[] = [];
    const isWhole = await this.#readHistory(executionId, { signal, withData: true }, (page) => {
      events.push(...page);
      return events.length < maxKeptEvents;
    });
    return { events, isWhole };
  }

  /** Hands over the events of an execution page by page until `take` has enough; true where these were all. */
  async #readHistory(
    executionId: string,
    how: { readonly signal: AbortSignal; readonly withData: boolean },
    take: Take,
  ): Promise<boolean> {
    const walk = new PageWalk({ maxPages: maxHistoryPages });
    let limit = maxHistoryPage;
    let nextToken: string | undefined;
    let hasSome = false;
    let wantsMore: boolean;
    do {
      try {
        const page = await this.#historyPage(executionId, { limit, nextToken: walk.token, ...how });
        const news = walk.news(page.events, keyOf);
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

  /** A page of the history, and how many events it could be asked for: they can have 256 KiB each. */
  async #historyPage(
    executionId: string,
    page: {
      readonly limit: number;
      readonly nextToken: string | undefined;
      readonly withData: boolean;
      readonly signal: AbortSignal;
    },
  ): Promise<ReturnType<typeof parseGetExecutionHistory> & { readonly limit: number }> {
    const { limit, signal } = page;
    const request = buildGetExecutionHistory(this.#requests.place, executionId, page);
    try {
      const answer = await this.#requests.send(request, { signal });
      return { ...parseGetExecutionHistory(answer, summarize(request)), limit };
    } catch (error) {
      if (!(error instanceof AnswerTooLargeError) || limit <= leastHistoryPage) throw error;
      return this.#historyPage(executionId, { ...page, limit: Math.ceil(limit / 8) });
    }
  }
}

function keyOf(event: StateMachineEvent): string {
  return Number.isFinite(event.id) ? String(event.id) : JSON.stringify(event);
}
