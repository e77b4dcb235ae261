/**
 * Goes through the executions of a workflow page by page, for queries and for starts that look first.
 */
import type { Backend, ExecutionFilter, ExecutionPage } from "../backends/backend";
import type { ExecutionSummary } from "../execution/snapshot";

// Where the service gives everything at once, one page is all of it.
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
}

/** The pages of a list as they are asked for, newest first; no execution twice, also while new ones start. */
export async function* pagesOf(
  backend: Backend,
  filter: ExecutionFilter,
  span: PageSpan,
  signal: AbortSignal,
): AsyncGenerator<ExecutionPage, void, undefined> {
  // What starts meanwhile can push an execution from one page to the next.
  const seen = new Set<string>();
  let token = span.nextToken;
  do {
    const limit = Math.min(span.pageSize, (span.limit ?? Infinity) - seen.size);
    const page = await backend.listPage(filter, { limit, token }, signal);
    const executions = page.executions.filter(({ executionId }) => !seen.has(executionId));
    for (const { executionId } of executions) seen.add(executionId);
    yield { ...page, executions };
    token = page.nextToken;
  } while (token !== undefined);
}

/** All executions that pass a filter. */
export async function listAll(
  backend: Backend,
  filter: ExecutionFilter,
  pageSize: number,
  signal: AbortSignal,
): Promise<ExecutionSummary[]> {
  const found: ExecutionSummary[] = [];
  for await (const page of pagesOf(backend, filter, { pageSize }, signal)) found.push(...page.executions);
  return found;
}
