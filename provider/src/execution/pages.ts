/**
 * Goes through the executions of a workflow page by page, for queries and for starts that search first.
 */
import type { Backend, ExecutionFilter, ExecutionPage } from "./service";
import { describeUnreadable } from "./executionIds";
import { IncompleteListError } from "../ground/errors";
import { PageWalk } from "./pageWalk";
import type { ExecutionSummary } from "./snapshot";

// If the service gives everything at once, one page is all of it.
const wholePage = 1_000;

/**
 * The largest page that can be requested, in executions.
 * @param pageSize the service's page size; undefined if the service gives everything at once.
 */
export function pageLimit(pageSize: number | undefined): number {
  return pageSize ?? wholePage;
}

/** The first page, and the limits. */
export interface PageSpan {
  /** Executions per page. */
  readonly pageSize: number;
  /**
   * The most executions in all.
   * @default no limit
   */
  readonly limit?: number | undefined;
  /**
   * Goes on where an earlier page ended.
   * @default from the newest
   */
  readonly nextToken?: string | undefined;
  /**
   * The most pages in all.
   * @default 10,000, a million executions
   */
  readonly maxPages?: number | undefined;
}

const mostPages = 10_000;
// A list that decides about a start is read within the deployment's time, which is enough for a hundred thousand
// executions at most.
const mostPagesToDecide = 1_000;

/**
 * The pages of a list as they are asked for, newest first; no execution twice, also while new ones start.
 * @throws IncompleteListError after the last page that could be had, when the list has no end.
 */
export async function* pagesOf(
  backend: Pick<Backend, "subject" | "listPage">,
  filter: ExecutionFilter,
  span: PageSpan,
  signal: AbortSignal,
): AsyncGenerator<ExecutionPage, void, undefined> {
  const walk = new PageWalk({ token: span.nextToken, maxPages: span.maxPages ?? mostPages });
  let count = 0;
  let nextToken: string | undefined;
  do {
    const limit = Math.min(span.pageSize, (span.limit ?? Infinity) - count);
    const page = await backend.listPage(filter, { limit, token: walk.token }, signal);
    // Executions that start meanwhile can push an execution from one page to the next.
    const executions = walk.news(page.executions, ({ executionId }) => executionId);
    count += executions.length;
    ({ nextToken } = page);
    yield { ...page, executions };
  } while (walk.goOn(nextToken));
  if (walk.cutShort) throw new IncompleteListError(nameOf(backend), walk.describe());
}

/**
 * All executions that pass a filter: they decide whether an execution is started.
 * @throws IncompleteListError when that is not known: the list has no end, or rows that can't be read.
 */
export async function listAll(
  backend: Backend,
  filter: ExecutionFilter,
  pageSize: number,
  signal: AbortSignal,
): Promise<ExecutionSummary[]> {
  const found: ExecutionSummary[] = [];
  const span = { pageSize, maxPages: mostPagesToDecide };
  for await (const { executions, unreadable = 0 } of pagesOf(backend, filter, span, signal)) {
    if (unreadable > 0) throw new IncompleteListError(nameOf(backend), describeUnreadable(unreadable));
    found.push(...executions);
  }
  return found;
}

function nameOf({ subject }: Pick<Backend, "subject">): string {
  return `the list of executions of ${subject}`;
}
