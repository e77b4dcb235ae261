/**
 * Huawei Cloud COC jobs as a backend: the calls of `api` in the account's name.
 */
import type { Arguments } from "../../../execution/argument";
import type {
  Backend,
  BackendContext,
  DescribeOptions,
  ExecutionFilter,
  ExecutionPage,
  PageOptions,
  StartRequest,
  StartedExecution,
} from "../../../execution/service";
import type { ExecutionSnapshot, ExecutionSummary } from "../../../execution/snapshot";
import { isSettled } from "../../../execution/snapshot";
import type { Clock } from "../../../ground/clock";
import { NotFoundError, ServiceError, messageOf } from "../../../ground/errors";
import { withinTime } from "../../../ground/timeLimit";
import { refuseWebPage } from "../../../http/answer";
import type { HttpRequest } from "../../../http/request";
import { summarize } from "../../../http/request";
import { oneLine } from "../../../execution/words";
import { startOnce } from "../../startOnce";
import type { HuaweiSendOptions } from "../sender";
import type { ShownExecution } from "./answers";
import { parseExecuteDocument, parseShowDocument, parseShowExecution } from "./answers";
import type { CocJob, JobStart } from "./api";
import { buildExecuteDocument, buildShowDocument, buildShowExecution, buildUpdateExecution } from "./api";
import type { CocClient } from "./client";
import { JobLists } from "./lists";
import { toKeyValues, toTargets } from "./parameters";
import { markedDescription, runNameIn } from "./runMark";
import { StepsReader } from "./steps";

// The only code for "not found" that the reference has, for scripts.
const notFoundCode = "COC.00040709";
// The codes for a parameter that is not accepted. An execution is asked for by its id alone.
const parameterCodes: readonly string[] = ["COC.00010002", "COC.00014002"];
// The time limit for reading the steps of an execution whose status is known, in milliseconds.
const stepsMs = 30_000;
// While an execution runs its steps are only shown, so they cost one request in this time at the most.
const stepsEveryMs = 5_000;
// Half of the requests for steps are left for the ends, which need them for the output.
const leastFreeForSteps = 0.5;

/** A job in one account. */
export class CocBackend implements Backend {
  readonly keepsHistory = true;
  /** The job, for messages. */
  readonly subject: string;
  readonly #client: CocClient;
  readonly #job: CocJob;
  readonly #args: Arguments;
  readonly #clock: Clock;
  readonly #lists: JobLists;
  readonly #steps: StepsReader;
  readonly #remedy: string;
  /** The time at which the steps of a running execution were last read, by our clock. */
  readonly #stepsReadMs = new Map<string, number>();

  constructor(client: CocClient, args: Arguments, { clock }: Pick<BackendContext, "clock">) {
    const documentId = String(args["documentId"]);
    this.#client = client;
    this.#job = { endpoint: client.endpoint, documentId };
    this.#args = args;
    this.#clock = clock;
    this.subject = `job ${documentId} ${client.where}`;
    this.#remedy =
      `There is no ${this.subject}: check documentId, version, documentType, site, and whose credentials these are. ` +
      "The console's list of jobs shows the ids.";
    this.#lists = new JobLists(this.#job, this.subject, client.sender, clock);
    this.#steps = new StepsReader(this.#job, client.sender);
  }

  get key(): string {
    const { endpoint, documentId } = this.#job;
    const { accountId, accountName } = this.#client.location;
    return JSON.stringify(["coc", endpoint, accountId ?? accountName ?? "", documentId]);
  }

  get budgets(): Backend["budgets"] {
    const { sender } = this.#client;
    return { describe: sender.budget("ShowExecution"), list: sender.budget("ListExecutions") };
  }

  get identity(): string {
    return `coc ${this.#client.site} ${this.#job.documentId}`;
  }

  get location(): Readonly<Record<string, string>> {
    return this.#client.location;
  }

  /** None. The console's addresses of executions are not documented. */
  consoleUrl(): undefined {
    return undefined;
  }

  async start({ runName, signal, patience, onSent }: StartRequest): Promise<StartedExecution> {
    const request = buildExecuteDocument(this.#job, this.#startAs(runName));
    const executionId = await startOnce(request, async () => {
      const answer = await this.#send(request, { signal, patience, onSent });
      return parseExecuteDocument(answer, summarize(request));
    });
    return { executionId };
  }

  #startAs(runName: string): JobStart {
    const { version, documentType, parameters, targetParameterName, targets, description } = this.#args;
    return {
      version: version as string | undefined,
      documentType: documentType as string | undefined,
      parameters: parameters === undefined ? undefined : toKeyValues(parameters as Record<string, unknown>),
      targetParameterName: targetParameterName as string | undefined,
      targets: targets === undefined ? undefined : toTargets(targets as Record<string, string[]>),
      description: markedDescription(runName, description as string | undefined),
    };
  }

  // The steps cost a request of their own. While an execution runs they are only shown; at its end they have the output.
  async describe(executionId: string, options: DescribeOptions): Promise<ExecutionSnapshot> {
    const { listed, sparing, signal, onStatus } = options;
    const snapshot = listed ?? (await this.#show(executionId, options)).snapshot;
    const isEnd = isSettled(snapshot.status);
    if (sparing === true && !isEnd && !this.#areStepsDue(executionId)) return snapshot;
    if (isEnd) onStatus?.(snapshot);
    try {
      const read = (inTime: AbortSignal): Promise<ExecutionSnapshot> =>
        this.#steps.withSteps(snapshot, inTime);
      return await withinTime(this.#clock, stepsMs, signal, read);
    } catch (error) {
      // The status is known; without its steps it is still worth more than an error.
      const why = `the steps could not be read: ${messageOf(error)}`;
      const isOutputMissing = snapshot.status === "succeeded";
      return { ...snapshot, stepsOmitted: true, ...(isOutputMissing ? { outputOmitted: why } : {}) };
    }
  }

  #areStepsDue(executionId: string): boolean {
    const now = this.#clock.now();
    const readMs = this.#stepsReadMs.get(executionId);
    const isRecent = readMs !== undefined && Math.abs(now - readMs) < stepsEveryMs;
    if (isRecent || this.#steps.budget.level() < leastFreeForSteps) return false;
    this.#stepsReadMs.set(executionId, now);
    return true;
  }

  async #show(
    executionId: string,
    { signal, attempts, isGiven }: Pick<DescribeOptions, "signal" | "attempts" | "isGiven">,
  ): Promise<ShownExecution> {
    const request = buildShowExecution(this.#job, executionId);
    const summary = summarize(request);
    try {
      const answer = await this.#client.sender.send(request, { signal, attempts });
      const shown = parseShowExecution(answer, summary, executionId);
      const requestId = answer.header("x-request-id");
      if (!shown) throw notFound(request, requestId, "the answer has no data");
      const { documentId = this.#job.documentId } = shown;
      if (isGiven === true && documentId !== this.#job.documentId) {
        throw notFound(request, requestId, `the execution is one of job ${oneLine(documentId)}`);
      }
      return shown;
    } catch (error) {
      // All that could be wrong with such a request is its id.
      throw isRefusedAs(error, notFoundCode, ...parameterCodes) ? new NotFoundError(error) : error;
    }
  }

  async demandWorkflow(signal: AbortSignal): Promise<void> {
    const request = buildShowDocument(this.#job, this.#startAs(""));
    const answer = await this.#send(request, { signal, attempts: 1 });
    if (!parseShowDocument(answer, summarize(request))) {
      throw notFound(request, answer.header("x-request-id"), "the answer has no data", this.#remedy);
    }
  }

  // Of requests that name the job.
  async #send(request: HttpRequest, options: HuaweiSendOptions): ReturnType<CocClient["sender"]["send"]> {
    try {
      return await this.#client.sender.send(request, { ...options, remedies: { notFound: this.#remedy } });
    } catch (error) {
      if (!isRefusedAs(error, notFoundCode)) throw error;
      const { status, serviceCode, serviceMessage, requestId, retryAfterMs } = error;
      const said = { status, serviceCode, serviceMessage, requestId, retryAfterMs };
      throw new NotFoundError({ ...said, request: error.request, remedy: this.#remedy });
    }
  }

  listPage(filter: ExecutionFilter, page: PageOptions, signal: AbortSignal): Promise<ExecutionPage> {
    return this.#lists.page(filter, page, signal);
  }

  listUnsettled(signal: AbortSignal): Promise<readonly ExecutionSummary[]> {
    return this.#lists.unsettled(signal);
  }

  async readRunName(executionId: string, signal: AbortSignal): Promise<string | null | undefined> {
    return runNameIn((await this.#show(executionId, { signal })).description);
  }

  async stop(executionId: string, signal: AbortSignal): Promise<void> {
    try {
      const request = buildUpdateExecution(this.#job, executionId, "TERMINATE");
      refuseWebPage(await this.#client.sender.send(request, { signal }), summarize(request));
    } catch (error) {
      if (error instanceof NotFoundError) return;
      // The reference has one status for everything that is refused: the execution's status tells the reason.
      if (error instanceof ServiceError && error.status === 400) {
        if (!(await this.#canBeStopped(executionId, signal))) return;
      }
      throw error;
    }
  }

  async #canBeStopped(executionId: string, signal: AbortSignal): Promise<boolean> {
    try {
      const { status, rawStatus } = (await this.#show(executionId, { signal })).snapshot;
      return !isSettled(status) && rawStatus.toLowerCase() !== "canceling";
    } catch (error) {
      if (error instanceof NotFoundError) return false;
      throw error;
    }
  }

  async retry(executionId: string, signal: AbortSignal): Promise<void> {
    await this.#show(executionId, { signal, isGiven: true });
    const request = buildUpdateExecution(this.#job, executionId, "RETRY");
    refuseWebPage(await this.#client.sender.send(request, { signal }), summarize(request));
  }
}

function isRefusedAs(error: unknown, ...codes: readonly string[]): error is ServiceError {
  return (
    error instanceof ServiceError &&
    error.status === 400 &&
    error.serviceCode !== undefined &&
    codes.includes(error.serviceCode)
  );
}

// A missing execution is answered with 200, and so is another job's.
function notFound(
  request: HttpRequest,
  requestId: string | undefined,
  serviceMessage: string,
  remedy?: string,
): NotFoundError {
  return new NotFoundError({
    status: 200,
    serviceCode: undefined,
    serviceMessage,
    requestId,
    retryAfterMs: undefined,
    request: summarize(request),
    remedy,
  });
}
