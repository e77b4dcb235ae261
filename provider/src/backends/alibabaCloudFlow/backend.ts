/**
 * Alibaba Cloud CloudFlow as a backend: arguments, and the calls of `api` through HttpClient.
 */
import { NotFoundError, RunNameTakenError, ServiceError, StartUncertainError, messageOf } from "../../errors";
import type { ExecutionSnapshot, ExecutionSummary } from "../../execution/snapshot";
import { isSettled } from "../../execution/snapshot";
import type { Authorize, HttpAnswer, HttpRequest } from "../../http/request";
import { summarize } from "../../http/request";
import { mayHaveBeenHandled } from "../../http/retry";
import type { Allowance, BucketView } from "../../http/tokenBucket";
import { authorizeBy, findSignatureAlgorithm } from "../alibaba/authorization";
import { openCredentialSource } from "../alibaba/credentials";
import type { AlibabaLocation } from "../alibaba/location";
import { checkLocation, resolveLocation } from "../alibaba/location";
import { toAlibabaError } from "../alibaba/serviceErrors";
import { Buckets, configuredAllowances } from "../allowances";
import type {
  Arguments,
  Backend,
  BackendContext,
  BackendDefinition,
  DescribeOptions,
  ExecutionFilter,
  ExecutionPage,
  PageOptions,
  StartRequest,
  StartedExecution,
  StopReason,
} from "../backend";
import { matches } from "../executionFilter";
import { address, concurrencyWithoutHistory, json, oneOf, text } from "../rules";
import { startOnce } from "../startOnce";
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
import { executionError, stepsOf } from "./history";
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
  capabilities: {
    runMark: "name",
    longPollSeconds: 60,
    pageSize: maxListPage,
    listTells: "outcome",
  },
  arguments: {
    flowName: { rule: name, required: true, replaces: true },
    executionName: { rule: name, replaces: true, isPayload: true },
    input: { rule: json(1024 * 1024), replaces: true, isJson: true, isPayload: true },
    qualifier: { rule: text({ min: 1, max: 128 }), replaces: true },
    executionMode: { rule: oneOf("Standard", "Express"), replaces: true, defaultValue: "Standard" },
    region: { rule: text({ min: 1, max: 64 }), replaces: true, located: true },
    endpoint: { rule: address },
  },
  check: (args, settings, unknown) => {
    const problems = checkLocation(args, settings, unknown);
    const unseen =
      args["executionMode"] === "Express"
        ? concurrencyWithoutHistory(args["concurrency"], `executionMode "Express"`)
        : undefined;
    return unseen === undefined ? problems : [...problems, { argument: "concurrency", reason: unseen }];
  },
  connect: (args, context) => Promise.resolve(openCloudFlow(args, context)),
} as const satisfies BackendDefinition;

function openCloudFlow(args: Arguments, context: BackendContext): CloudFlowBackend {
  const location = resolveLocation(args, context.settings);
  const source = context.shared("alibabaCredentials", () => openCredentialSource(context.settings));
  const authorize = authorizeBy(findSignatureAlgorithm(context.settings), source, context);
  const buckets = context.shared("alibabaBuckets", () => {
    const allowance = configuredAllowances(context.settings, "alicloud:requestLimits", publishedAllowance);
    return new Buckets(allowance, context.clock);
  });
  return new CloudFlowBackend(location, args, { authorize, buckets, context });
}

/** A flow in one account; besides what all services have, it has `history`. */
export class CloudFlowBackend implements Backend {
  readonly #location: AlibabaLocation;
  readonly #flow: CloudFlow;
  readonly #args: Arguments;
  readonly #authorize: Authorize;
  readonly #buckets: Buckets;
  readonly #context: BackendContext;

  constructor(
    location: AlibabaLocation,
    args: Arguments,
    {
      authorize,
      buckets,
      context,
    }: { readonly authorize: Authorize; readonly buckets: Buckets; readonly context: BackendContext },
  ) {
    this.#location = location;
    this.#flow = { endpoint: location.endpoint, flowName: String(args["flowName"]) };
    this.#args = args;
    this.#authorize = authorize;
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
    return region === undefined ? {} : { region };
  }

  get keepsHistory(): boolean {
    return this.#args["executionMode"] !== "Express";
  }

  consoleUrl(executionId: string): string | undefined {
    const { region } = this.#location;
    if (region === undefined) return undefined;
    const flow = `https://fnf.console.aliyun.com/fnf/${region}/flows/item/${this.#flow.flowName}`;
    return this.keepsHistory ? `${flow}/executions/${executionId}` : flow;
  }

  async start({ runName, signal }: StartRequest): Promise<StartedExecution> {
    const start: CloudFlowStart = {
      executionName: runName,
      input: inputText(this.#args["input"]),
      qualifier: this.#args["qualifier"] as string | undefined,
    };
    if (!this.keepsHistory) {
      const request = buildStartSyncExecution(this.#flow, start);
      const outcome = await startOnce(request, async () =>
        parseExecution(await this.#send(request, { signal }), summarize(request)),
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
      const { executionId, startedAt } = await startOnce(request, async () =>
        parseExecution(await this.#send(request, { signal, onSendAgain }), summarize(request)),
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
    if (options.sparing !== true) return this.#withSteps(snapshot, options.signal);
    if (!isSettled(snapshot.status)) return snapshot;
    if (snapshot.status === "succeeded" && this.#historyBudget.delayMs() > 0) {
      return { ...snapshot, stepsOmitted: true };
    }
    try {
      return await this.#withSteps(snapshot, options.signal);
    } catch (error) {
      // The outcome is known; without its steps it is still worth more than an error.
      if (options.signal.aborted) throw error;
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
    return parseExecution(await this.#send(request, options), summarize(request));
  }

  async #withSteps(snapshot: ExecutionSnapshot, signal: AbortSignal): Promise<ExecutionSnapshot> {
    const events = await this.history(snapshot.executionId, signal);
    const error = executionError(events);
    return { ...snapshot, ...(error === undefined ? {} : { error }), steps: stepsOf(events) };
  }

  /** All events of an execution, oldest first. */
  async history(executionId: string, signal: AbortSignal): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const request = buildGetExecutionHistory(this.#flow, executionId, { limit: maxHistoryPage, nextToken });
      const page = parseGetExecutionHistory(await this.#send(request, { signal }), summarize(request));
      events.push(...page.events);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return events;
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
    const { executions, nextToken, snapshotOf } = parseListExecutions(
      await this.#send(request, { signal, attempts: page.attempts }),
      summarize(request),
    );
    return { executions: executions.filter(matches(filter)), nextToken, snapshotOf };
  }

  async listUnsettled(signal: AbortSignal): Promise<readonly ExecutionSummary[]> {
    const found = new Map<string, ExecutionSummary>();
    for (const status of toRawStatuses("running")) {
      let nextToken: string | undefined;
      do {
        const request = buildListExecutions(this.#flow, { limit: maxListPage, nextToken, status });
        const page = parseListExecutions(await this.#send(request, { signal }), summarize(request));
        for (const execution of page.executions) found.set(execution.executionId, execution);
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
    }
    return [...found.values()].sort((a, b) => (b.startedAt ?? "").localeCompare(a.startedAt ?? ""));
  }

  readRunName(executionId: string): Promise<string> {
    return Promise.resolve(executionId);
  }

  async stop(executionId: string, signal: AbortSignal, reason: StopReason = {}): Promise<void> {
    try {
      await this.#send(buildStopExecution(this.#flow, executionId, reason), { signal });
    } catch (error) {
      if (error instanceof NotFoundError) return;
      if (error instanceof ServiceError && error.serviceCode === alreadyCompleted) return;
      throw error;
    }
  }

  #send(
    request: HttpRequest,
    options: {
      readonly signal: AbortSignal;
      readonly attempts?: number | undefined;
      readonly onSendAgain?: (reason: unknown) => void;
    },
  ): Promise<HttpAnswer> {
    return this.#context.http.send(request, {
      signal: options.signal,
      attempts: options.attempts,
      onSendAgain: options.onSendAgain,
      authorize: this.#authorize,
      bucket: this.#buckets.of("cloudflow", request.operation),
      toServiceError: toAlibabaError(this.#context.clock, {
        notFound: `There is no ${this.subject}, or no such execution of it: check flowName and region.`,
      }),
    });
  }
}

function inputText(input: unknown): string | undefined {
  return input === undefined || typeof input === "string" ? input : JSON.stringify(input);
}

function timeText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
