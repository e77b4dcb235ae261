/**
 * Alibaba Cloud CloudFlow as a backend: arguments, and the calls of `api` through HttpClient.
 */
import {
  AnswerTooLargeError,
  IncompleteListError,
  NotFoundError,
  RunNameTakenError,
  ServiceError,
  StartUncertainError,
  messageOf,
} from "../../../ground/errors";
import { PageWalk } from "../../../execution/pageWalk";
import type { ExecutionSnapshot, ExecutionStep, ExecutionSummary } from "../../../execution/snapshot";
import { isSettled } from "../../../execution/snapshot";
import { refuseWebPage } from "../../../http/answer";
import type { SendOptions } from "../../../http/httpClient";
import type { HttpAnswer, HttpRequest } from "../../../http/request";
import { summarize } from "../../../http/request";
import { mayHaveBeenHandled } from "../../../http/retry";
import type { Allowance, BucketView } from "../../../http/tokenBucket";
import { withinTime } from "../../../ground/timeLimit";
import { accountOfSettings } from "../account";
import { AlibabaClient, checkSettings, findAccount } from "../alibabaClient";
import type { AlibabaLocation } from "../location";
import { checkLocation, resolveLocation } from "../location";
import { toAlibabaError } from "../serviceErrors";
import { alibabaTransport } from "../transport";
import { Buckets, configuredAllowances } from "../../allowances";
import type { Arguments } from "../../../execution/argument";
import type {
  Backend,
  BackendContext,
  BackendDefinition,
  DescribeOptions,
  ExecutionFilter,
  ExecutionPage,
  NamedExecution,
  PageOptions,
  StartRequest,
  StartedExecution,
  StopReason,
} from "../../../execution/service";
import { matches } from "../../executionFilter";
import { demandReadable } from "../../../execution/executionIds";
import {
  address,
  concurrencyWithoutHistory,
  elsewhere,
  jsonObject,
  oneOf,
  text,
} from "../../../execution/rules";
import { startOnce } from "../../startOnce";
import type { CloudFlow, CloudFlowStart } from "./api";
import {
  alreadyCompleted,
  alreadyExists,
  buildDescribeExecution,
  buildGetExecutionHistory,
  buildListExecutions,
  buildStartExecution,
  buildStartSyncExecution,
  buildStopExecution,
  parseExecution,
  parseGetExecutionHistory,
  parseListExecutions,
} from "./api";
import type { HistoryEvent } from "./history";
import { StepReader } from "./history";
import { toRawStatuses } from "./statuses";

const name = text({
  min: 1,
  max: 128,
  pattern: /^[A-Za-z_][A-Za-z0-9_-]*$/,
  patternName: "letters, digits, - and _, and begin with a letter or _",
});

// The documents disagree on one more.
const maxHistoryPage = 999;
const maxListPage = 99;
// An execution has 5,000 events, unless the vendor has raised that quota: for steps many more are read than that. Kept are
// fewer, for each may have 64 KiB.
const maxEvents = 100_000;
const maxKeptEvents = 10_000;
const maxHistoryPages = 1_000;
const leastHistoryPage = 10;
// How long the outcome may wait for its steps.
const historyMs = 60_000;
// An account has 10,000 executions that run.
const unsettledPages = 1_000;
// Executions of one name: more than a few of them are somebody else's.
const pagesOfName = 10;

// The data of an event, by the vendor's page on limits (updated 2026-03-11). The page on inputs and outputs (2025-05-07) says
// the same of the input of a state, and that it has to be an object.
const maxInputBytes = 64 * 1024;
// Flows of the older Serverless Workflow take half of that, which only the service can tell.
const tooLarge =
  "The input is too large for the flow. Flows of the older Serverless Workflow (`type: flow`) accept 32 KiB: " +
  `${elsewhere}, or rewrite the flow as \`Type: StateMachine\`.`;

// Per account, from the limits page of the vendor; every other operation has 10 and 2.
const published: Readonly<Record<string, Allowance>> = {
  StartExecution: { tokens: 100, perSecond: 100 },
  DescribeExecution: { tokens: 50, perSecond: 5 },
  GetExecutionHistory: { tokens: 50, perSecond: 5 },
};

function publishedAllowance(_service: string, operation: string): Allowance {
  return published[operation] ?? { tokens: 10, perSecond: 2 };
}

/** Alibaba Cloud CloudFlow. */
export const alibabaCloudFlow = {
  service: "cloudflow",
  title: "Alibaba Cloud CloudFlow",
  runNameArgument: "executionName",
  locationKeys: ["region", "accountId", "accountKey"],
  capabilities: {
    runMark: "name",
    longPollSeconds: 60,
    pageSize: maxListPage,
    listTells: "outcome",
  },
  arguments: {
    flowName: { rule: name, required: true, replaces: true },
    executionName: { rule: name, replaces: true },
    input: { rule: jsonObject(maxInputBytes), replaces: true, isJson: true, isPayload: true, isInput: true },
    qualifier: { rule: text({ min: 1, max: 128 }), replaces: true },
    executionMode: { rule: oneOf("Standard", "Express"), replaces: true, defaultValue: "Standard" },
    region: { rule: text({ min: 1, max: 64 }), replaces: true, located: true },
    endpoint: { rule: address },
  },
  transport: alibabaTransport,
  place: (settings) => {
    const accountId = accountOfSettings(settings);
    return accountId === undefined ? {} : { accountId };
  },
  askPlace: async (stored, _args, context, signal) => {
    // What the settings tell is compared without a question.
    if (stored["accountId"] === undefined || accountOfSettings(context.settings) !== undefined) return {};
    const accountId = await findAccount(stored, context, signal);
    return accountId === undefined ? {} : { accountId };
  },
  check: (args, settings, unknown) => {
    const problems = checkSettings(settings);
    // A profile that can't be used tells no region either.
    if (problems.length === 0) problems.push(...checkLocation(args, settings, unknown));
    const unseen =
      args["executionMode"] === "Express"
        ? concurrencyWithoutHistory(args["concurrency"], `executionMode "Express"`)
        : undefined;
    return unseen === undefined ? problems : [...problems, { argument: "concurrency", reason: unseen }];
  },
  connect: (args, context, signal) => openCloudFlow(args, context, signal),
} as const satisfies BackendDefinition;

async function openCloudFlow(
  args: Arguments,
  context: BackendContext,
  signal: AbortSignal,
): Promise<CloudFlowBackend> {
  const location = resolveLocation(args, context.settings);
  const client = await AlibabaClient.open(args, context, signal);
  const buckets = context.shared("alibabaBuckets", () => {
    const allowance = configuredAllowances(context.settings, "alicloud:requestLimits", publishedAllowance);
    return new Buckets(allowance, context.clock);
  });
  return new CloudFlowBackend(location, args, { client, buckets, context });
}

/** A flow in one account; besides what all services have, it has `history`. */
export class CloudFlowBackend implements Backend {
  readonly #location: AlibabaLocation;
  readonly #flow: CloudFlow;
  readonly #args: Arguments;
  readonly #client: AlibabaClient;
  readonly #buckets: Buckets;
  readonly #context: BackendContext;

  constructor(
    location: AlibabaLocation,
    args: Arguments,
    {
      client,
      buckets,
      context,
    }: { readonly client: AlibabaClient; readonly buckets: Buckets; readonly context: BackendContext },
  ) {
    this.#location = location;
    this.#flow = { endpoint: location.endpoint, flowName: String(args["flowName"]) };
    this.#args = args;
    this.#client = client;
    this.#buckets = buckets;
    this.#context = context;
  }

  get key(): string {
    // A list is filtered by the qualifier.
    return JSON.stringify([
      "cloudflow",
      this.#flow.endpoint,
      this.#flow.flowName,
      this.#args["qualifier"] ?? "",
    ]);
  }

  get budgets(): Backend["budgets"] {
    return {
      describe: this.#buckets.of("cloudflow", "DescribeExecution"),
      list: this.#buckets.of("cloudflow", "ListExecutions"),
    };
  }

  get subject(): string {
    return `flow ${this.#flow.flowName} (${this.#location.region ?? this.#location.endpoint})`;
  }

  get identity(): string {
    return `cloudflow ${this.#location.region ?? this.#location.endpoint} ${this.#flow.flowName}`;
  }

  get location(): Record<string, string> {
    const { region } = this.#location;
    return { ...(region === undefined ? {} : { region }), ...this.#client.account };
  }

  get keepsHistory(): boolean {
    return this.#args["executionMode"] !== "Express";
  }

  // The address of the international site's console is not known; this one would ask for another account.
  consoleUrl(executionId: string): string | undefined {
    const { region, isInternational } = this.#location;
    if (region === undefined || isInternational) return undefined;
    const flow = `https://fnf.console.aliyun.com/fnf/${region}/flows/item/${this.#flow.flowName}`;
    return this.keepsHistory ? `${flow}/executions/${executionId}` : flow;
  }

  async start({ runName, signal, patience, onSent }: StartRequest): Promise<StartedExecution> {
    const asked = { flowName: this.#flow.flowName, executionName: runName };
    const start: CloudFlowStart = {
      executionName: runName,
      input: inputText(this.#args["input"]),
      qualifier: this.#args["qualifier"] as string | undefined,
    };
    if (!this.keepsHistory) {
      const request = buildStartSyncExecution(this.#flow, start);
      const outcome = await startOnce(request, async () =>
        parseExecution(await this.#send(request, { signal, patience, onSent }), summarize(request), {
          ...asked,
          isSync: true,
        }),
      );
      return { executionId: outcome.executionId, outcome };
    }

    const request = buildStartExecution(this.#flow, start);
    let sentAgain = 0;
    let leftOpen = 0;
    const onSendAgain = (reason: unknown): void => {
      sentAgain += 1;
      if (mayHaveBeenHandled(reason, request.operation)) leftOpen += 1;
    };
    try {
      const options = { signal, patience, onSent, onSendAgain };
      const { executionId, startedAt } = await startOnce(request, async () =>
        parseExecution(await this.#send(request, options), summarize(request), asked),
      );
      return { executionId, startedAt };
    } catch (error) {
      if (!(error instanceof ServiceError && error.serviceCode === alreadyExists)) {
        // What an earlier attempt left open stays open, however the last one failed.
        if (leftOpen > 0) throw new StartUncertainError(messageOf(error), { cause: error });
        throw error;
      }
      throw new RunNameTakenError(messageOf(error), { isSentAgain: sentAgain > 0, cause: error });
    }
  }

  // The steps are in the history, which costs a request of its own. A wait needs it once, when all is over: to
  // explain a failure whatever it takes, else where the service takes a request without delay.
  async describe(executionId: string, options: DescribeOptions): Promise<ExecutionSnapshot> {
    const snapshot = options.listed ?? (await this.#look(executionId, options));
    const isSparing = options.sparing === true;
    if (isSparing && !isSettled(snapshot.status)) return snapshot;
    options.onStatus?.(snapshot);
    if (isSparing && snapshot.status === "succeeded" && this.#historyBudget.delayMs() > 0) {
      return { ...snapshot, stepsOmitted: true };
    }
    try {
      return await withinTime(this.#context.clock, historyMs, options.signal, (signal) =>
        this.#withSteps(snapshot, signal),
      );
    } catch {
      // How it stands is known; without its steps it is still worth more than an error.
      return { ...snapshot, stepsOmitted: true };
    }
  }

  async peek(executionId: string, signal: AbortSignal): Promise<ExecutionSnapshot | undefined> {
    // Half of the history requests are left for the ends.
    if (this.#historyBudget.level() < 0.5) return undefined;
    const running = { executionId, status: "running", rawStatus: "Running", steps: [] } as const;
    return this.#withSteps(running, signal);
  }

  get #historyBudget(): BucketView {
    return this.#buckets.of("cloudflow", "GetExecutionHistory");
  }

  async #look(executionId: string, options: DescribeOptions): Promise<ExecutionSnapshot> {
    const request = buildDescribeExecution(this.#flow, executionId, options.waitSeconds ?? 0);
    const asked = { flowName: this.#flow.flowName, executionName: executionId };
    return parseExecution(await this.#send(request, options), summarize(request), asked);
  }

  async #withSteps(snapshot: ExecutionSnapshot, signal: AbortSignal): Promise<ExecutionSnapshot> {
    const reader = new StepReader();
    let count = 0;
    const isWhole = await this.#readHistory(snapshot.executionId, signal, (events) => {
      reader.read(events);
      count += events.length;
      return count < maxEvents;
    });
    const { steps, executionError: error } = reader;
    const known = { ...snapshot, ...(error === undefined ? {} : { error }) };
    if (isWhole) return { ...known, steps };
    // The ends of some are missing: of what has settled nothing runs any more.
    const isOpen = ({ status }: ExecutionStep): boolean => isSettled(snapshot.status) && !isSettled(status);
    const seen = steps.map((step) => (isOpen(step) ? { ...step, status: "unknown" as const } : step));
    return { ...known, steps: seen, stepsOmitted: true };
  }

  /**
   * The events of an execution, oldest first, about 10,000 at the most. `isWhole` is false where the service has more than
   * were read; what was read before something went wrong counts.
   * @throws what the first page throws.
   */
  async history(
    executionId: string,
    signal: AbortSignal,
  ): Promise<{ readonly events: HistoryEvent[]; readonly isWhole: boolean }> {
    const events: HistoryEvent[] = [];
    const isWhole = await this.#readHistory(executionId, signal, (page) => {
      events.push(...page);
      return events.length < maxKeptEvents;
    });
    return { events, isWhole };
  }

  /** Hands over the events of an execution page by page until `take` has enough; true where these were all. */
  async #readHistory(
    executionId: string,
    signal: AbortSignal,
    take: (events: readonly HistoryEvent[]) => boolean,
  ): Promise<boolean> {
    const walk = new PageWalk({ maxPages: maxHistoryPages });
    let limit = maxHistoryPage;
    let nextToken: string | undefined;
    let hasSome = false;
    let wantsMore: boolean;
    do {
      try {
        const page = await this.#historyPage(executionId, { limit, nextToken: walk.token }, signal);
        const news = walk.news(page.events, keyOf);
        hasSome ||= news.length > 0;
        wantsMore = take(news);
        ({ nextToken, limit } = page);
      } catch (error) {
        if (!hasSome) throw error;
        return false;
      }
    } while (wantsMore && walk.goOn(nextToken));
    return nextToken === undefined;
  }

  /** A page of the history, and how many events it could be asked for: they can have 64 KiB each. */
  async #historyPage(
    executionId: string,
    { limit, nextToken }: { readonly limit: number; readonly nextToken: string | undefined },
    signal: AbortSignal,
  ): Promise<ReturnType<typeof parseGetExecutionHistory> & { readonly limit: number }> {
    const request = buildGetExecutionHistory(this.#flow, executionId, { limit, nextToken });
    try {
      const answer = await this.#send(request, { signal });
      return { ...parseGetExecutionHistory(answer, summarize(request)), limit };
    } catch (error) {
      if (!(error instanceof AnswerTooLargeError) || limit <= leastHistoryPage) throw error;
      return this.#historyPage(executionId, { limit: Math.ceil(limit / 8), nextToken }, signal);
    }
  }

  async listPage(filter: ExecutionFilter, page: PageOptions, signal: AbortSignal): Promise<ExecutionPage> {
    const raw = filter.status === undefined ? [] : toRawStatuses(filter.status);
    const request = buildListExecutions(this.#flow, {
      limit: page.limit,
      nextToken: page.token,
      status: raw.length === 1 ? raw[0] : undefined,
      startedTimeBegin: timeText(filter.startedAfterMs),
      startedTimeEnd: timeText(filter.startedBeforeMs),
      executionNamePrefix: filter.namePrefix,
      qualifier: this.#args["qualifier"] as string | undefined,
    });
    const answer = await this.#send(request, { signal, attempts: page.attempts });
    const list = parseListExecutions(answer, summarize(request), this.#flow.flowName);
    return { ...list, executions: list.executions.filter(matches(filter)) };
  }

  async listUnsettled(signal: AbortSignal): Promise<readonly ExecutionSummary[]> {
    const found = new Map<string, ExecutionSummary>();
    for (const status of toRawStatuses("running")) {
      const walk = new PageWalk({ maxPages: unsettledPages });
      let nextToken: string | undefined;
      do {
        const span = { limit: maxListPage, nextToken: walk.token, status };
        const request = buildListExecutions(this.#flow, span);
        const answer = await this.#send(request, { signal });
        const page = parseListExecutions(answer, summarize(request), this.#flow.flowName);
        demandReadable(page.unreadable, this.subject);
        for (const execution of walk.news(page.executions, ({ executionId }) => executionId)) {
          // A service that knows no filter lists what has ended too.
          if (!isSettled(execution.status)) found.set(execution.executionId, execution);
        }
        ({ nextToken } = page);
      } while (walk.goOn(nextToken));
      if (walk.cutShort) {
        throw new IncompleteListError(`the list of executions of ${this.subject}`, walk.describe());
      }
    }
    return [...found.values()].sort((a, b) => (b.startedAt ?? "").localeCompare(a.startedAt ?? ""));
  }

  async findStarted(namePrefix: string, signal: AbortSignal): Promise<NamedExecution[] | undefined> {
    const walk = new PageWalk({ maxPages: pagesOfName });
    const found: NamedExecution[] = [];
    let nextToken: string | undefined;
    try {
      do {
        const span = { limit: maxListPage, nextToken: walk.token, executionNamePrefix: namePrefix };
        const request = buildListExecutions(this.#flow, span);
        const answer = await this.#send(request, { signal });
        const page = parseListExecutions(answer, summarize(request), this.#flow.flowName);
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
      // Whether lists have executions of Express flows is documented in one place and denied by none: a refusal is no
      // reason to fail.
      if (error instanceof NotFoundError) return [];
      if (error instanceof ServiceError && !error.retryable) return undefined;
      throw error;
    }
    return found;
  }

  readRunName(executionId: string): Promise<string> {
    return Promise.resolve(executionId);
  }

  async stop(executionId: string, signal: AbortSignal, reason: StopReason = {}): Promise<void> {
    try {
      const request = buildStopExecution(this.#flow, executionId, reason);
      refuseWebPage(await this.#send(request, { signal }), summarize(request));
    } catch (error) {
      if (error instanceof NotFoundError) return;
      if (error instanceof ServiceError && error.serviceCode === alreadyCompleted) return;
      throw error;
    }
  }

  #send(
    request: HttpRequest,
    {
      signal,
      patience,
      attempts,
      onSendAgain,
      onSent,
    }: Pick<SendOptions, "signal" | "patience" | "attempts" | "onSendAgain" | "onSent">,
  ): Promise<HttpAnswer> {
    return this.#client.send(request, {
      signal,
      patience,
      attempts,
      onSendAgain,
      onSent,
      bucket: this.#buckets.of("cloudflow", request.operation),
      toServiceError: toAlibabaError(this.#context.clock, {
        notFound: `There is no ${this.subject}, or no such execution of it: check flowName and region.`,
        tooLarge,
      }),
    });
  }
}

// Where the service numbers its events, a number stands for one.
function keyOf(event: HistoryEvent): string {
  return Number.isFinite(event.eventId) ? String(event.eventId) : JSON.stringify(event);
}

function inputText(input: unknown): string | undefined {
  return input === undefined || typeof input === "string" ? input : JSON.stringify(input);
}

function timeText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
