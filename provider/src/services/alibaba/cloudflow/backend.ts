/**
 * Alibaba Cloud CloudFlow as a backend: arguments, and the calls of `api` through HttpClient.
 */
import { NotFoundError, ServiceError } from "../../../ground/errors";
import type { ExecutionSnapshot, ExecutionSummary } from "../../../execution/snapshot";
import { isSettled } from "../../../execution/snapshot";
import { refuseWebPage } from "../../../http/answer";
import { summarize } from "../../../http/request";
import type { Clock } from "../../../ground/clock";
import { withinTime } from "../../../ground/timeLimit";
import { accountOfSettings } from "../account";
import { AlibabaClient, checkSettings, findAccount } from "../alibabaClient";
import type { AlibabaLocation } from "../location";
import { checkLocation, resolveLocation } from "../location";
import { alibabaTransport } from "../transport";
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
import { address, concurrencyWithoutHistory, jsonObject, oneOf, text } from "../../../execution/rules";
import { startByName, startOnce } from "../../startOnce";
import type { CloudFlow, CloudFlowStart } from "./api";
import {
  buildDescribeExecution,
  buildStartExecution,
  buildStartSyncExecution,
  buildStopExecution,
} from "./api";
import { alreadyCompleted, alreadyExists, parseExecution } from "./answers";
import type { FlowSender } from "./flowRequests";
import { FlowRequests, bucketsOf } from "./flowRequests";
import { HistoryReader } from "../../historyReader";
import type { HistoryEvent } from "./history";
import { historySource } from "./historySource";
import { FlowLists, maxListPage } from "./lists";

const name = text({
  min: 1,
  max: 128,
  pattern: /^[A-Za-z_][A-Za-z0-9_-]*$/,
  patternName: "letters, digits, - and _, and begin with a letter or _",
});

// The longest time that the outcome may wait for its steps, in milliseconds.
const historyMs = 60_000;

// The data of an event, by the vendor's page on limits (updated 2026-03-11). The page on inputs and outputs (2025-05-07) says
// the same of the input of a state, and that it has to be an object.
const maxInputBytes = 64 * 1024;

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
    functions: ["getExecutionHistory"],
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
    // An account that the settings tell is compared without a request.
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
  const sender = { client, buckets: bucketsOf(context), clock: context.clock };
  return new CloudFlowBackend(location, args, sender);
}

/** A flow in one account; in addition to the members of all services, it has `history`. */
export class CloudFlowBackend implements Backend {
  readonly #location: AlibabaLocation;
  readonly #flow: CloudFlow;
  readonly #start: Omit<CloudFlowStart, "executionName">;
  readonly #isExpress: boolean;
  readonly #client: AlibabaClient;
  readonly #clock: Clock;
  readonly #requests: FlowRequests;
  readonly #history: HistoryReader<HistoryEvent>;
  readonly #lists: FlowLists;

  constructor(location: AlibabaLocation, args: Arguments, sender: FlowSender) {
    this.#location = location;
    this.#flow = { endpoint: location.endpoint, flowName: String(args["flowName"]) };
    this.#start = {
      input: inputText(args["input"]),
      qualifier: args["qualifier"] as string | undefined,
    };
    this.#isExpress = args["executionMode"] === "Express";
    this.#client = sender.client;
    this.#clock = sender.clock;
    this.#requests = new FlowRequests(this.#flow, this.subject, sender);
    this.#history = new HistoryReader(historySource(this.#requests));
    this.#lists = new FlowLists(this.#requests, this.#start.qualifier);
  }

  get key(): string {
    // A list is filtered by the qualifier.
    return JSON.stringify([
      "cloudflow",
      this.#flow.endpoint,
      this.#flow.flowName,
      this.#start.qualifier ?? "",
    ]);
  }

  get budgets(): Backend["budgets"] {
    return {
      describe: this.#requests.budget("DescribeExecution"),
      list: this.#requests.budget("ListExecutions"),
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
    return !this.#isExpress;
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
    const start: CloudFlowStart = { executionName: runName, ...this.#start };
    if (!this.keepsHistory) {
      const request = buildStartSyncExecution(this.#flow, start);
      const outcome = await startOnce(request, async () =>
        parseExecution(await this.#requests.send(request, { signal, patience, onSent }), summarize(request), {
          ...asked,
          isSync: true,
        }),
      );
      return { executionId: outcome.executionId, outcome };
    }

    const request = buildStartExecution(this.#flow, start);
    const { executionId, startedAt } = await startByName(request, alreadyExists, async (onSendAgain) => {
      const answer = await this.#requests.send(request, { signal, patience, onSent, onSendAgain });
      return parseExecution(answer, summarize(request), asked);
    });
    return { executionId, startedAt };
  }

  // The steps are in the history, which costs a request of its own. A wait needs the history once, when all is over: to
  // explain a failure at any cost, or else if the service takes a request without delay.
  async describe(executionId: string, options: DescribeOptions): Promise<ExecutionSnapshot> {
    const snapshot = options.listed ?? (await this.#describe(executionId, options));
    const isSparing = options.sparing === true;
    if (isSparing && !isSettled(snapshot.status)) return snapshot;
    options.onStatus?.(snapshot);
    if (isSparing && snapshot.status === "succeeded" && this.#history.budget.delayMs() > 0) {
      return { ...snapshot, stepsOmitted: true };
    }
    try {
      return await withinTime(this.#clock, historyMs, options.signal, (signal) =>
        this.#history.withSteps(snapshot, signal),
      );
    } catch {
      // The status is known; without its steps it is still worth more than an error.
      return { ...snapshot, stepsOmitted: true };
    }
  }

  async readProgress(executionId: string, signal: AbortSignal): Promise<ExecutionSnapshot | undefined> {
    // Half of the history requests are left for the ends.
    if (this.#history.budget.level() < 0.5) return undefined;
    const running = { executionId, status: "running", rawStatus: "Running", steps: [] } as const;
    return this.#history.withSteps(running, signal);
  }

  async #describe(executionId: string, options: DescribeOptions): Promise<ExecutionSnapshot> {
    const request = buildDescribeExecution(this.#flow, executionId, options.waitSeconds ?? 0);
    const asked = { flowName: this.#flow.flowName, executionName: executionId };
    return parseExecution(await this.#requests.send(request, options), summarize(request), asked);
  }

  listPage(filter: ExecutionFilter, page: PageOptions, signal: AbortSignal): Promise<ExecutionPage> {
    return this.#lists.page(filter, page, signal);
  }

  listUnsettled(signal: AbortSignal): Promise<readonly ExecutionSummary[]> {
    return this.#lists.unsettled(signal);
  }

  findStarted(namePrefix: string, signal: AbortSignal): Promise<NamedExecution[] | undefined> {
    return this.#lists.started(namePrefix, signal);
  }

  history(executionId: string, signal: AbortSignal): ReturnType<HistoryReader<HistoryEvent>["read"]> {
    return this.#history.read(executionId, signal);
  }

  readRunName(executionId: string): Promise<string> {
    return Promise.resolve(executionId);
  }

  async stop(executionId: string, signal: AbortSignal, reason: StopReason = {}): Promise<void> {
    try {
      const request = buildStopExecution(this.#flow, executionId, reason);
      refuseWebPage(await this.#requests.send(request, { signal }), summarize(request));
    } catch (error) {
      if (error instanceof NotFoundError) return;
      if (error instanceof ServiceError && error.serviceCode === alreadyCompleted) return;
      throw error;
    }
  }
}

function inputText(input: unknown): string | undefined {
  return input === undefined || typeof input === "string" ? input : JSON.stringify(input);
}
