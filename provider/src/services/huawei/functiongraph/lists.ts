/**
 * The lists of a flow's executions. The service has two: the plain one filters by five statuses; the paged one has all nine
 * words and no filter.
 */
import { IncompleteListError } from "../../../ground/errors";
import { PageWalk } from "../../../execution/pageWalk";
import { demandReadable } from "../../../execution/executionIds";
import type {
  DescribeOptions,
  ExecutionFilter,
  ExecutionPage,
  PageOptions,
} from "../../../execution/service";
import type { ExecutionSummary } from "../../../execution/snapshot";
import { isSettled } from "../../../execution/snapshot";
import { summarize } from "../../../http/request";
import { servedAtMs } from "../../../http/servedAt";
import { matches } from "../../executionFilter";
import type { HuaweiWorkflow } from "../workflow";
import type { FlowPage } from "./answers";
import { buildListWorkflowExecutions, buildShowWorkflowExecutionForPage } from "./api";
import { parsePage } from "./answers";
import { toRawStatuses } from "./statuses";

// Without a window the service lists the last three days only; flows are younger than this.
const earliestMs = Date.UTC(2018, 0, 1);
// The service's clock may be ahead of ours, and ours be wrong: a window that ends too early hides running executions.
const latestAheadMs = 25 * 3_600_000;
// The statuses by which the plain list can filter; the paged list knows more words, but no filter.
const filterable = new Set(["success", "fail", "running", "timeout", "cancel"]);
const unsettledPage = 200;
// A hundred thousand that run at the same time.
const unsettledPages = 500;
// A page of fewer rows than asked for need not be the last: the documents differ on how many there can be at most, and the
// service may have a limit of its own. No service cuts pages to fewer rows than this.
const leastPage = 10;
// For lists with too many rows: an execution that is not among the newest thousand has ended long ago.
const pagesToFind = 10;

/** The lists of one flow. */
export class FlowLists {
  readonly #workflow: HuaweiWorkflow;
  readonly #now: () => number;

  constructor(workflow: HuaweiWorkflow, now: () => number) {
    this.#workflow = workflow;
    this.#now = now;
  }

  /**
   * One page, newest first. Pages go by offset from the newest, so executions that start meanwhile shift the pages:
   * executions are then seen twice, never missed. The reader of the pages drops the second.
   */
  async page(filter: ExecutionFilter, page: PageOptions, signal: AbortSignal): Promise<ExecutionPage> {
    const { client, address, remedies } = this.#workflow;
    const { offset, toMs } = readToken(page.token) ?? { offset: 0, toMs: this.#now() + latestAheadMs };
    const window = {
      fromMs: filter.startedAfterMs ?? earliestMs,
      toMs: Math.min(filter.startedBeforeMs ?? Infinity, toMs),
    };
    const raw =
      filter.status === undefined ? [] : toRawStatuses(filter.status).filter((word) => filterable.has(word));
    const [status] = raw.length === 1 ? raw : [];
    const span = { limit: page.limit, offset, window };
    const request =
      status === undefined || filter.status === "running"
        ? buildShowWorkflowExecutionForPage(address, span)
        : buildListWorkflowExecutions(address, { ...span, status });
    const { attempts } = page;
    const answer = await client.send(request, { signal, attempts, remedies });
    const { executions, rows, total, unreadable } = parsePage(answer, summarize(request));
    // Whole seconds in the window: executions that began within the last second are sorted out here.
    const wanted = executions.filter(matches(filter));
    const served = { executions: wanted, unreadable, servedAtMs: servedAtMs(answer) };
    if (isLastPage({ rows, total }, page.limit, offset)) return served;
    return { ...served, nextToken: writeToken({ offset: offset + rows, toMs }) };
  }

  /**
   * All executions that have not settled, newest first. By the plain list: the paged list cannot filter, and a running
   * execution may be behind thousands that have ended.
   * @throws IncompleteListError when the list has no end, or rows that can't be read.
   */
  async unsettled(signal: AbortSignal): Promise<readonly ExecutionSummary[]> {
    const { client, address, remedies, subject } = this.#workflow;
    const window = { fromMs: earliestMs, toMs: this.#now() + latestAheadMs };
    const walk = new PageWalk({ maxPages: unsettledPages });
    const found: ExecutionSummary[] = [];
    let offset = 0;
    let nextOffset: string | undefined;
    do {
      const span = { limit: unsettledPage, offset, window, status: "running" };
      const request = buildListWorkflowExecutions(address, span);
      const answer = await client.send(request, { signal, remedies });
      const page = parsePage(answer, summarize(request));
      demandReadable(page.unreadable, subject);
      // A service that knows no filter also lists executions that have ended.
      found.push(...walk.news(page.executions, idOf).filter(({ status }) => !isSettled(status)));
      offset += page.rows;
      nextOffset = isLastPage(page, unsettledPage, offset - page.rows) ? undefined : String(offset);
    } while (walk.goOn(nextOffset));
    if (walk.cutShort) {
      throw new IncompleteListError(`the list of executions of ${subject}`, walk.describe());
    }
    return found;
  }

  /** An execution's row; undefined if it is not among the newest thousand. */
  async find(
    executionId: string,
    { attempts, signal }: Pick<DescribeOptions, "attempts" | "signal">,
  ): Promise<ExecutionSummary | undefined> {
    const walk = new PageWalk({ maxPages: pagesToFind });
    let nextToken: string | undefined;
    do {
      const page = await this.page({}, { limit: 100, token: walk.token, attempts }, signal);
      const row = page.executions.find((execution) => execution.executionId === executionId);
      if (row) return row;
      ({ nextToken } = page);
    } while (walk.goOn(nextToken));
    return undefined;
  }
}

function idOf({ executionId }: ExecutionSummary): string {
  return executionId;
}

function isLastPage(
  { rows, total }: Pick<FlowPage, "rows" | "total">,
  limit: number,
  offset: number,
): boolean {
  if (rows >= limit) return false;
  return rows < leastPage || (total !== undefined && offset + rows >= total);
}

interface PageToken {
  readonly offset: number;
  readonly toMs: number;
}

function writeToken(token: PageToken): string {
  return `${String(token.offset)}-${String(token.toMs)}`;
}

function readToken(token: string | undefined): PageToken | undefined {
  const [, offset, toMs] = /^(\d+)-(\d+)$/.exec(token ?? "") ?? [];
  return offset === undefined || toMs === undefined
    ? undefined
    : { offset: Number(offset), toMs: Number(toMs) };
}
