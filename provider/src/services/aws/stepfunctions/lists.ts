/**
 * The lists of a state machine's executions: by filters, and those that have not settled.
 */
import { IncompleteListError } from "../../../ground/errors";
import { PageWalk } from "../../../execution/pageWalk";
import { demandReadable } from "../../../execution/executionIds";
import type { ExecutionFilter, ExecutionPage, PageOptions } from "../../../execution/service";
import type { ExecutionSummary } from "../../../execution/snapshot";
import { isSettled } from "../../../execution/snapshot";
import { servedAtMs } from "../../../http/servedAt";
import { summarize } from "../../../http/request";
import { matches } from "../../executionFilter";
import { parseListExecutions } from "./answers";
import { buildListExecutions, maxListPage } from "./api";
import type { StatesRequests } from "./statesRequests";
import { toRawStatus } from "./statuses";

// An account has a million executions that run.
const unsettledPages = 1_000;

/** The lists of one state machine. */
export class ExecutionLists {
  readonly #requests: StatesRequests;

  constructor(requests: StatesRequests) {
    this.#requests = requests;
  }

  /** One page of the state machine's executions. The service filters by the status alone; the rest is done here. */
  async page(filter: ExecutionFilter, page: PageOptions, signal: AbortSignal): Promise<ExecutionPage> {
    const { place } = this.#requests;
    const request = buildListExecutions(place, {
      limit: page.limit,
      nextToken: page.token,
      status: filter.status === undefined ? undefined : toRawStatus(filter.status),
    });
    const answer = await this.#requests.send(request, { signal, attempts: page.attempts });
    const list = parseListExecutions(answer, summarize(request), place.machine.name);
    return {
      ...list,
      executions: list.executions.filter(matches(filter)),
      servedAtMs: servedAtMs(answer),
      // Newest first: the executions that follow have begun before, too.
      nextToken: isPast(list.executions, filter) ? undefined : list.nextToken,
    };
  }

  /**
   * All executions that have not settled, newest first.
   * @throws IncompleteListError when the list has no end, or rows that can't be read.
   */
  async unsettled(signal: AbortSignal): Promise<readonly ExecutionSummary[]> {
    const { place, subject } = this.#requests;
    const found = new Map<string, ExecutionSummary>();
    const walk = new PageWalk({ maxPages: unsettledPages });
    let nextToken: string | undefined;
    do {
      const span = { limit: maxListPage, nextToken: walk.token, status: toRawStatus("running") };
      const request = buildListExecutions(place, span);
      const answer = await this.#requests.send(request, { signal });
      const page = parseListExecutions(answer, summarize(request), place.machine.name);
      demandReadable(page.unreadable, subject);
      for (const execution of walk.news(page.executions, ({ executionId }) => executionId)) {
        // Between the filter and the answer one may have ended.
        if (!isSettled(execution.status)) found.set(execution.executionId, execution);
      }
      ({ nextToken } = page);
    } while (walk.goOn(nextToken));
    if (walk.cutShort) {
      throw new IncompleteListError(`the list of executions of ${subject}`, walk.describe());
    }
    return [...found.values()].sort((a, b) => (b.startedAt ?? "").localeCompare(a.startedAt ?? ""));
  }
}

// The service's order is by its own clock: only a page that is past the window by more than clocks differ ends the list.
const skewMs = 3_600_000;

function isPast(executions: readonly ExecutionSummary[], { startedAfterMs }: ExecutionFilter): boolean {
  const oldest = executions.at(-1)?.startedAt;
  return startedAfterMs !== undefined && oldest !== undefined && Date.parse(oldest) < startedAfterMs - skewMs;
}
