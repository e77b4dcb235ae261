/**
 * The lists of a job's executions. The service pages by offset and filters by start time; everything else is sorted out
 * here.
 */
import { IncompleteListError } from "../../../ground/errors";
import type { Clock } from "../../../ground/clock";
import { demandReadable } from "../../../execution/executionIds";
import { PageWalk } from "../../../execution/pageWalk";
import type { ExecutionFilter, ExecutionPage, PageOptions } from "../../../execution/service";
import type { ExecutionSummary } from "../../../execution/snapshot";
import { isSettled } from "../../../execution/snapshot";
import { summarize } from "../../../http/request";
import { servedAtMs } from "../../../http/servedAt";
import { matches } from "../../executionFilter";
import type { HuaweiSender } from "../sender";
import type { ExecutionsPage } from "./answers";
import { parseListExecutions } from "./answers";
import type { CocJob } from "./api";
import { buildListExecutions } from "./api";

/** The number of rows that are requested for a page; the service documents no limit. */
export const listPageSize = 100;
// A service that gives fewer rows than it is asked for, and no total, gives its own ten at least.
const leastPage = 10;
// The service cannot be asked for running executions, so all executions that began since then are read. Executions of
// jobs take hours at the most. An older execution that was left suspended is not found.
const unsettledSinceMs = 30 * 24 * 3_600_000;
const unsettledPages = 500;

/** The lists of one job. */
export class JobLists {
  readonly #job: CocJob;
  readonly #subject: string;
  readonly #sender: HuaweiSender;
  readonly #clock: Clock;

  /** @param subject the job, for messages. */
  constructor(job: CocJob, subject: string, sender: HuaweiSender, clock: Clock) {
    this.#job = job;
    this.#subject = subject;
    this.#sender = sender;
    this.#clock = clock;
  }

  /**
   * One page, newest first. Executions that start meanwhile shift the pages: executions are then seen twice, never
   * missed. The reader of the pages drops the second.
   */
  async page(
    filter: ExecutionFilter,
    { limit, token, attempts }: PageOptions,
    signal: AbortSignal,
  ): Promise<ExecutionPage> {
    const offset = Number(token ?? 0);
    const { startedAfterMs } = filter;
    const request = buildListExecutions(this.#job, {
      limit,
      offset,
      // The service lists executions that began later than the given time; an execution that began at that time counts
      // too.
      startedAfterMs: startedAfterMs === undefined ? undefined : Math.max(0, Math.floor(startedAfterMs) - 1),
    });
    const answer = await this.#sender.send(request, { signal, attempts });
    const page = parseListExecutions(answer, summarize(request));
    const { executions, rows, unreadable, snapshotOf } = page;
    return {
      executions: executions.filter(matches(filter)),
      ...(isLastPage(page, { limit, offset }) ? {} : { nextToken: String(offset + rows) }),
      servedAtMs: servedAtMs(answer),
      unreadable,
      snapshotOf,
    };
  }

  /**
   * The executions of the last 30 days that have not settled, newest first.
   * @throws IncompleteListError when the list has no end, or rows that can't be read.
   */
  async unsettled(signal: AbortSignal): Promise<readonly ExecutionSummary[]> {
    const filter = { startedAfterMs: this.#clock.now() - unsettledSinceMs };
    const walk = new PageWalk({ maxPages: unsettledPages });
    const found: ExecutionSummary[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.page(filter, { limit: listPageSize, token: walk.token }, signal);
      demandReadable(page.unreadable, this.#subject);
      const news = walk.news(page.executions, ({ executionId }) => executionId);
      found.push(...news.filter(({ status }) => !isSettled(status)));
      ({ nextToken } = page);
    } while (walk.goOn(nextToken));
    if (walk.cutShort) {
      throw new IncompleteListError(`the list of executions of ${this.#subject}`, walk.describe());
    }
    return found;
  }
}

function isLastPage(
  { rows, total }: Pick<ExecutionsPage, "rows" | "total">,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): boolean {
  if (rows === 0) return true;
  if (rows >= limit) return false;
  return total === undefined ? rows < leastPage : offset + rows >= total;
}
