/**
 * The lists of a flow's executions: by filters, executions that have not settled, and the executions of a start's name.
 */
import { IncompleteListError, NotFoundError, ServiceError } from "../../../ground/errors";
import { PageWalk } from "../../../execution/pageWalk";
import { demandReadable } from "../../../execution/executionIds";
import type { ExecutionFilter, ExecutionPage, NamedExecution, PageOptions } from "../../../execution/service";
import type { ExecutionSummary } from "../../../execution/snapshot";
import { isSettled } from "../../../execution/snapshot";
import { summarize } from "../../../http/request";
import { matches } from "../../executionFilter";
import { buildListExecutions } from "./api";
import { parseListExecutions } from "./answers";
import type { FlowRequests } from "./flowRequests";
import { toRawStatuses } from "./statuses";

/** The largest page of a list, in executions: the documents disagree on one more. */
export const maxListPage = 99;
// An account has 10,000 executions that run.
const unsettledPages = 1_000;
// Executions of one name: more than a few of them are somebody else's.
const pagesOfName = 10;

/** The lists of one flow. */
export class FlowLists {
  readonly #requests: FlowRequests;
  readonly #qualifier: string | undefined;

  /** @param qualifier the version or alias by which pages are filtered. */
  constructor(requests: FlowRequests, qualifier: string | undefined) {
    this.#requests = requests;
    this.#qualifier = qualifier;
  }

  /** One page of the flow's executions. */
  async page(filter: ExecutionFilter, page: PageOptions, signal: AbortSignal): Promise<ExecutionPage> {
    const raw = filter.status === undefined ? [] : toRawStatuses(filter.status);
    const request = buildListExecutions(this.#requests.flow, {
      limit: page.limit,
      nextToken: page.token,
      status: raw.length === 1 ? raw[0] : undefined,
      startedTimeBegin: timeText(filter.startedAfterMs),
      startedTimeEnd: timeText(filter.startedBeforeMs),
      executionNamePrefix: filter.namePrefix,
      qualifier: this.#qualifier,
    });
    const answer = await this.#requests.send(request, { signal, attempts: page.attempts });
    const list = parseListExecutions(answer, summarize(request), this.#requests.flow.flowName);
    return { ...list, executions: list.executions.filter(matches(filter)) };
  }

  /**
   * All executions that have not settled, newest first.
   * @throws IncompleteListError when the list has no end, or rows that can't be read.
   */
  async unsettled(signal: AbortSignal): Promise<readonly ExecutionSummary[]> {
    const found = new Map<string, ExecutionSummary>();
    for (const status of toRawStatuses("running")) {
      const walk = new PageWalk({ maxPages: unsettledPages });
      let nextToken: string | undefined;
      do {
        const span = { limit: maxListPage, nextToken: walk.token, status };
        const request = buildListExecutions(this.#requests.flow, span);
        const answer = await this.#requests.send(request, { signal });
        const page = parseListExecutions(answer, summarize(request), this.#requests.flow.flowName);
        demandReadable(page.unreadable, this.#requests.subject);
        for (const execution of walk.news(page.executions, ({ executionId }) => executionId)) {
          // A service that knows no filter also lists executions that have ended.
          if (!isSettled(execution.status)) found.set(execution.executionId, execution);
        }
        ({ nextToken } = page);
      } while (walk.goOn(nextToken));
      if (walk.cutShort) {
        throw new IncompleteListError(`the list of executions of ${this.#requests.subject}`, walk.describe());
      }
    }
    return [...found.values()].sort((a, b) => (b.startedAt ?? "").localeCompare(a.startedAt ?? ""));
  }

  /** Executions whose start carried a name that begins so, newest first; undefined if the service refuses to tell. */
  async started(namePrefix: string, signal: AbortSignal): Promise<NamedExecution[] | undefined> {
    const walk = new PageWalk({ maxPages: pagesOfName });
    const found: NamedExecution[] = [];
    let nextToken: string | undefined;
    try {
      do {
        const span = { limit: maxListPage, nextToken: walk.token, executionNamePrefix: namePrefix };
        const request = buildListExecutions(this.#requests.flow, span);
        const answer = await this.#requests.send(request, { signal });
        const page = parseListExecutions(answer, summarize(request), this.#requests.flow.flowName);
        for (const { executionId } of walk.news(page.executions, (one) => one.executionId)) {
          const snapshot = page.snapshotOf(executionId);
          if (!snapshot || !executionId.startsWith(namePrefix)) continue;
          // A synchronous run is named `<the start's name>:<UUID>`.
          const runName = executionId.replace(/:[^:]*$/, "");
          found.push({ runName, snapshot: { ...snapshot, stepsOmitted: true } });
        }
        ({ nextToken } = page);
      } while (walk.goOn(nextToken));
    } catch (error) {
      if (found.length > 0) return found;
      // The documentation says in one place that lists have executions of Express flows, and denies it in none: a
      // refusal is no reason to fail.
      if (error instanceof NotFoundError) return [];
      if (error instanceof ServiceError && !error.retryable) return undefined;
      throw error;
    }
    return found;
  }
}

function timeText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
