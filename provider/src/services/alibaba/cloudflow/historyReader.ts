/**
 * Reads the history of an execution page by page: for its steps, and for programs that want the events.
 */
import { AnswerTooLargeError } from "../../../ground/errors";
import { PageWalk } from "../../../execution/pageWalk";
import type { ExecutionSnapshot, ExecutionStep } from "../../../execution/snapshot";
import { isSettled } from "../../../execution/snapshot";
import { summarize } from "../../../http/request";
import type { BucketView } from "../../../http/tokenBucket";
import { buildGetExecutionHistory, parseGetExecutionHistory } from "./api";
import type { FlowRequests } from "./flowRequests";
import type { HistoryEvent } from "./history";
import { StepReader } from "./history";

// The documents disagree on one more.
const maxHistoryPage = 999;
// An execution has 5,000 events, unless the vendor has raised that quota: for steps many more are read than that. Kept are
// fewer, for each may have 64 KiB.
const maxEvents = 100_000;
const maxKeptEvents = 10_000;
const maxHistoryPages = 1_000;
const leastHistoryPage = 10;

/** The histories of one flow's executions. */
export class HistoryReader {
  readonly #requests: FlowRequests;

  constructor(requests: FlowRequests) {
    this.#requests = requests;
  }

  /** What is left of the requests for histories. */
  get budget(): BucketView {
    return this.#requests.budget("GetExecutionHistory");
  }

  /**
   * The snapshot with the steps of its history; what was read before something went wrong counts.
   * @throws what the first page throws.
   */
  async withSteps(snapshot: ExecutionSnapshot, signal: AbortSignal): Promise<ExecutionSnapshot> {
    const reader = new StepReader();
    let count = 0;
    const isWhole = await this.#readHistory(snapshot.executionId, signal, (events) => {
      reader.read(events);
      count += events.length;
      return count < maxEvents;
    });
    const { steps, executionError: error } = reader;
    const known = { ...snapshot, ...(error === undefined ? {} : { error }) };
    if (isWhole) return { ...known, steps };
    // The ends of some are missing: of what has settled nothing runs any more.
    const isOpen = ({ status }: ExecutionStep): boolean => isSettled(snapshot.status) && !isSettled(status);
    const seen = steps.map((step) => (isOpen(step) ? { ...step, status: "unknown" as const } : step));
    return { ...known, steps: seen, stepsOmitted: true };
  }

  /**
   * The events of an execution, oldest first, about 10,000 at the most. `isWhole` is false where the service has more than
   * were read; what was read before something went wrong counts.
   * @throws what the first page throws.
   */
  async read(
    executionId: string,
    signal: AbortSignal,
  ): Promise<{ readonly events: HistoryEvent[]; readonly isWhole: boolean }> {
    const events: HistoryEvent[] = [];
    const isWhole = await this.#readHistory(executionId, signal, (page) => {
      events.push(...page);
      return events.length < maxKeptEvents;
    });
    return { events, isWhole };
  }

  /** Hands over the events of an execution page by page until `take` has enough; true where these were all. */
  async #readHistory(
    executionId: string,
    signal: AbortSignal,
    take: (events: readonly HistoryEvent[]) => boolean,
  ): Promise<boolean> {
    const walk = new PageWalk({ maxPages: maxHistoryPages });
    let limit = maxHistoryPage;
    let nextToken: string | undefined;
    let hasSome = false;
    let wantsMore: boolean;
    do {
      try {
        const page = await this.#historyPage(executionId, { limit, nextToken: walk.token }, signal);
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

  /** A page of the history, and how many events it could be asked for: they can have 64 KiB each. */
  async #historyPage(
    executionId: string,
    { limit, nextToken }: { readonly limit: number; readonly nextToken: string | undefined },
    signal: AbortSignal,
  ): Promise<ReturnType<typeof parseGetExecutionHistory> & { readonly limit: number }> {
    const request = buildGetExecutionHistory(this.#requests.flow, executionId, { limit, nextToken });
    try {
      const answer = await this.#requests.send(request, { signal });
      return { ...parseGetExecutionHistory(answer, summarize(request)), limit };
    } catch (error) {
      if (!(error instanceof AnswerTooLargeError) || limit <= leastHistoryPage) throw error;
      return this.#historyPage(executionId, { limit: Math.ceil(limit / 8), nextToken }, signal);
    }
  }
}

// Where the service numbers its events, a number stands for one.
function keyOf(event: HistoryEvent): string {
  return Number.isFinite(event.eventId) ? String(event.eventId) : JSON.stringify(event);
}
