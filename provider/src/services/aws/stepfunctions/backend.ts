/**
 * The executions of one state machine: the calls of `api` through HttpClient.
 */
import { NotFoundError } from "../../../ground/errors";
import type { Clock } from "../../../ground/clock";
import { withinTime } from "../../../ground/timeLimit";
import { refuseWebPage } from "../../../http/answer";
import type { HttpRequest } from "../../../http/request";
import { summarize } from "../../../http/request";
import type {
  Backend,
  BackendContext,
  DescribeOptions,
  ExecutionFilter,
  ExecutionHistory,
  ExecutionPage,
  PageOptions,
  StartRequest,
  StartedExecution,
  StopReason,
} from "../../../execution/service";
import type { ExecutionSnapshot, ExecutionSummary } from "../../../execution/snapshot";
import { isSettled } from "../../../execution/snapshot";
import { isMap } from "../../../execution/rules";
import type { Arguments } from "../../../execution/argument";
import { AwsClient } from "../awsClient";
import { parseDescribeExecution } from "./answers";
import type { StatesPlace } from "./api";
import { buildDescribeExecution, buildRedriveExecution, buildStopExecution } from "./api";
import { executionArn } from "./arns";
import { consoleUrlOf } from "./console";
import { HistoryReader } from "../../historyReader";
import type { StateMachineEvent } from "./events";
import { historySource } from "./historySource";
import { ExecutionLists } from "./lists";
import { placeOf } from "./place";
import { startNamed, startSync } from "./starts";
import type { StatesSender } from "./statesRequests";
import { StatesRequests, bucketsOf } from "./statesRequests";

// The longest time that the outcome may wait for its steps, in milliseconds.
const historyMs = 60_000;
// While an execution runs, its steps are worth this many requests at a time; longer histories show their beginning.
const pagesWhileRunning = 2;

/**
 * Opens a state machine. Makes no request.
 * @throws ConfigurationError, InputError when a setting or the place is wrong.
 */
export function openStateMachine(args: Arguments, context: BackendContext): StepFunctionsBackend {
  const place = placeOf(args, context.settings);
  const client = AwsClient.open(place.machine, context);
  const sender = { client, buckets: bucketsOf(context, place), clock: context.clock };
  return new StepFunctionsBackend(place, args, sender, context);
}

/** A state machine; in addition to the members of all services, it has `history`. */
export class StepFunctionsBackend implements Backend {
  readonly #place: StatesPlace;
  readonly #input: string | undefined;
  readonly #isExpress: boolean;
  readonly #clock: Clock;
  readonly #uuid: () => string;
  readonly #requests: StatesRequests;
  readonly #history: HistoryReader<StateMachineEvent>;
  readonly #lists: ExecutionLists;

  constructor(
    place: StatesPlace,
    args: Arguments,
    sender: StatesSender,
    { uuid }: Pick<BackendContext, "uuid">,
  ) {
    this.#place = place;
    this.#input = inputText(args["input"]);
    this.#isExpress = args["stateMachineType"] === "EXPRESS";
    this.#clock = sender.clock;
    this.#uuid = uuid;
    this.#requests = new StatesRequests(place, sender);
    this.#history = new HistoryReader(historySource(this.#requests));
    this.#lists = new ExecutionLists(this.#requests);
  }

  get key(): string {
    // A list shows the executions of the version or alias by which it is asked for.
    return JSON.stringify(["stepfunctions", this.#place.endpoint, this.#place.machine.arn]);
  }

  get budgets(): Backend["budgets"] {
    return {
      describe: this.#requests.budget("DescribeExecution"),
      list: this.#requests.budget("ListExecutions"),
    };
  }

  get subject(): string {
    return this.#requests.subject;
  }

  get identity(): string {
    return `stepfunctions ${this.#place.machine.unqualifiedArn}`;
  }

  get location(): Record<string, string> {
    const { region, accountId } = this.#place.machine;
    return { region, accountId };
  }

  get keepsHistory(): boolean {
    return !this.#isExpress;
  }

  consoleUrl(executionId: string): string | undefined {
    const { machine } = this.#place;
    return consoleUrlOf(machine, this.keepsHistory ? executionArn(machine, executionId) : undefined);
  }

  start(options: StartRequest): Promise<StartedExecution> {
    const start = { name: options.runName, input: this.#input };
    return this.#isExpress
      ? startSync(this.#requests, start, options)
      : startNamed(this.#requests, start, options);
  }

  // The steps are in the history, which costs a request of its own. A wait needs the history once, when all is over: to
  // explain a failure at any cost, or else if the service takes a request without delay.
  async describe(executionId: string, options: DescribeOptions): Promise<ExecutionSnapshot> {
    const snapshot = await this.#describe(executionId, options);
    const isSparing = options.sparing === true;
    const hasEnded = isSettled(snapshot.status);
    if (hasEnded || !isSparing) options.onStatus?.(snapshot);
    // While it runs, half of the history requests are left for the ends.
    const isSpared = hasEnded
      ? snapshot.status === "succeeded" && this.#history.budget.delayMs() > 0
      : this.#history.budget.level() < 0.5;
    if (isSparing && isSpared) return hasEnded ? { ...snapshot, stepsOmitted: true } : snapshot;
    const maxPages = isSparing && !hasEnded ? pagesWhileRunning : undefined;
    try {
      return await withinTime(this.#clock, historyMs, options.signal, (signal) =>
        this.#history.withSteps(snapshot, signal, maxPages),
      );
    } catch {
      // The status is known; without its steps it is still worth more than an error.
      return { ...snapshot, stepsOmitted: true };
    }
  }

  async #describe(executionId: string, options: DescribeOptions): Promise<ExecutionSnapshot> {
    const request = buildDescribeExecution(this.#place, executionId);
    if (this.#isExpress) throw notShown(request);
    const answer = await this.#requests.send(request, options);
    const asked = { stateMachine: this.#place.machine.name, executionName: executionId };
    return parseDescribeExecution(answer, summarize(request), asked);
  }

  listPage(filter: ExecutionFilter, page: PageOptions, signal: AbortSignal): Promise<ExecutionPage> {
    return this.#lists.page(filter, page, signal);
  }

  listUnsettled(signal: AbortSignal): Promise<readonly ExecutionSummary[]> {
    return this.#lists.unsettled(signal);
  }

  /** The events of an execution: {@link HistoryReader.read}. */
  history(executionId: string, signal: AbortSignal): Promise<ExecutionHistory<StateMachineEvent>> {
    return this.#history.read(executionId, signal);
  }

  readRunName(executionId: string): Promise<string> {
    return Promise.resolve(executionId);
  }

  async stop(executionId: string, signal: AbortSignal, reason: StopReason = {}): Promise<void> {
    // The id of an EXPRESS execution is known only after its end, and the service would refuse the request.
    if (this.#isExpress) return;
    try {
      // One that has finished already is answered like one that is stopped now.
      const request = buildStopExecution(this.#place, executionId, reason);
      refuseWebPage(await this.#requests.send(request, { signal }), summarize(request));
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }

  async retry(executionId: string, signal: AbortSignal): Promise<void> {
    // One token for all attempts of this call: a second one redrives nothing.
    const request = buildRedriveExecution(this.#place, executionId, this.#uuid());
    refuseWebPage(await this.#requests.send(request, { signal }), summarize(request));
  }
}

// The service refuses the request for EXPRESS executions, and a policy that is made for them does not even allow it.
function notShown(request: HttpRequest): NotFoundError {
  return new NotFoundError({
    status: undefined,
    serviceCode: undefined,
    serviceMessage: "the service shows no execution of an EXPRESS state machine",
    requestId: undefined,
    retryAfterMs: undefined,
    request: summarize(request),
  });
}

function inputText(input: unknown): string | undefined {
  return isMap(input) ? JSON.stringify(input) : (input as string | undefined);
}
