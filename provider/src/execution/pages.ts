/**
 * Goes through the executions of a workflow page by page, for queries and for starts that look first.
 */
import type { Backend, ExecutionFilter, ExecutionPage } from "./service";
import { describeUnreadable } from "./executionIds";
import { IncompleteListError } from "../ground/errors";
import { PageWalk } from "./pageWalk";
import type { ExecutionSummary } from "./snapshot";

// If the service gives everything at once, one page is all of it.
const wholePage = 1_000;

/**
 * How many executions a page may be asked for.
 * @param pageSize the service's, undefined where it gives everything at once.
 */
export function pageLimit(pageSize: number | undefined): number {
  return pageSize ?? wholePage;
}

/** Where to begin, and how far to go. */
export interface PageSpan {
  /** Executions per page. */
  readonly pageSize: number;
  /**
   * How many executions in all.
   * @default no limit
   */
  readonly limit?: number | undefined;
  /**
   * Goes on where an earlier page ended.
   * @default from the newest
   */
  readonly nextToken?: string | undefined;
  /**
   * How many pages in all.
   * @default 10,000, a million executions
   */
  readonly maxPages?: number | undefined;
}

const mostPages = 10_000;
// What decides about a start is read within the deployment's time: a hundred thousand executions are as much as that holds.
const mostPagesToDecide = 1_000;

/**
 * The pages of a list as they are asked for, newest first; no execution twice, also while new ones start.
 * @throws IncompleteListError after the last page that could be had, where the list has no end.
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
    // What starts meanwhile can push an execution from one page to the next.
    const executions = walk.news(page.executions, ({ executionId }) => executionId);
    count += executions.length;
    ({ nextToken } = page);
    yield { ...page, executions };
  } while (walk.goOn(nextToken));
  if (walk.cutShort) throw new IncompleteListError(nameOf(backend), walk.describe());
}

/**
 * All executions that pass a filter: what decides whether one is started.
 * @throws IncompleteListError where that is not known: the list has no end, or rows that can't be read.
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
