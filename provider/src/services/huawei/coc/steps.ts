/**
 * Reads the steps of an execution, which the service has in a list of its own, and their results.
 */
import { PageWalk } from "../../../execution/pageWalk";
import type { ExecutionSnapshot } from "../../../execution/snapshot";
import type { BucketView } from "../../../http/tokenBucket";
import { summarize } from "../../../http/request";
import type { HuaweiSender } from "../sender";
import type { JobStep } from "./answers";
import { parseListExecutionSteps } from "./answers";
import type { CocJob } from "./api";
import { buildListExecutionSteps } from "./api";

const pageSize = 100;
// A job has at most a few dozen steps; a batched one as many for each batch.
const maxPages = 20;
const leastPage = 10;

/** The steps of one job's executions. */
export class StepsReader {
  readonly #job: CocJob;
  readonly #sender: HuaweiSender;

  constructor(job: CocJob, sender: HuaweiSender) {
    this.#job = job;
    this.#sender = sender;
  }

  /** The remaining requests for steps. */
  get budget(): BucketView {
    return this.#sender.budget("ListExecutionSteps");
  }

  /**
   * The snapshot with its steps. Its output is that of the last step that has one: an execution has none of its own.
   * @throws the errors of the requests.
   */
  async withSteps(snapshot: ExecutionSnapshot, signal: AbortSignal): Promise<ExecutionSnapshot> {
    const { steps, isWhole } = await this.#read(snapshot.executionId, signal);
    const output = steps.findLast(({ outputs }) => outputs !== undefined)?.outputs;
    const begun = steps.filter(({ hasBegun }) => hasBegun).map(({ step }) => step);
    return {
      ...snapshot,
      ...(output === undefined ? {} : { output }),
      steps: begun,
      // Only a list that has steps before they begin tells how many there will be.
      ...(isWhole && begun.length < steps.length ? { stepsTotal: steps.length } : {}),
      ...(isWhole ? {} : { stepsOmitted: true as const }),
    };
  }

  async #read(
    executionId: string,
    signal: AbortSignal,
  ): Promise<{ readonly steps: readonly JobStep[]; readonly isWhole: boolean }> {
    const walk = new PageWalk({ maxPages });
    const steps: JobStep[] = [];
    let nextToken: string | undefined;
    do {
      const offset = Number(walk.token ?? 0);
      const request = buildListExecutionSteps(this.#job, executionId, { limit: pageSize, offset });
      const answer = await this.#sender.send(request, { signal });
      const page = parseListExecutionSteps(answer, summarize(request));
      steps.push(...walk.news(page.steps, keyOf));
      const next = offset + page.rows;
      const isLast =
        page.rows === 0 || (page.total === undefined ? page.rows < leastPage : next >= page.total);
      nextToken = isLast ? undefined : String(next);
    } while (walk.goOn(nextToken));
    return { steps, isWhole: walk.cutShort === undefined };
  }
}

// One step can be listed once for each time that it was run.
function keyOf({ step }: JobStep): string {
  return JSON.stringify([step.id, step.name, step.startedAt]);
}
