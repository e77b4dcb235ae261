/**
 * Huawei Cloud FunctionGraph flows as a backend: arguments, and the calls of `api` through the shared Huawei client.
 */
import { AnswerTooLargeError, NotFoundError, ServiceError } from "../../../ground/errors";
import type { ExecutionSnapshot, ExecutionSummary } from "../../../execution/snapshot";
import { isSettled } from "../../../execution/snapshot";
import { refuseWebPage } from "../../../http/answer";
import { summarize } from "../../../http/request";
import type { Arguments } from "../../../execution/argument";
import type {
  Backend,
  BackendDefinition,
  DescribeOptions,
  ExecutionFilter,
  ExecutionPage,
  PageOptions,
  StartRequest,
  StartedExecution,
} from "../../../execution/service";
import { HuaweiClient, huaweiLocationKeys, locatePlace } from "../huaweiClient";
import type { HuaweiService } from "../location";
import { checkLocation, placeOf } from "../location";
import { huaweiTransport } from "../transport";
import { HuaweiWorkflow } from "../workflow";
import {
  address,
  boolean,
  concurrencyWithoutHistory,
  elsewhere,
  identifier,
  isMap,
  map,
  oneOf,
  text,
} from "../../../execution/rules";
import { startOnce } from "../../startOnce";
import type { FlowStart } from "./api";
import {
  buildRetryWorkFlow,
  buildShowWorkflowExecution,
  buildShowWorkFlow,
  buildStartSyncWorkflowExecution,
  buildStartWorkflowExecution,
  buildStopWorkFlow,
  startBody,
} from "./api";
import { parseShowWorkflowExecution, parseStart, parseStartHeader, parseStartSync } from "./answers";
import { FlowLists } from "./lists";

const functionGraph: HuaweiService = {
  name: "functiongraph",
  title: "Huawei Cloud FunctionGraph",
  endpointName: "fgs",
};

// The start's header by which an execution is recognised as one of ours.
const runHeader = "x-pulumi-runbook";
// Of a start's body, by the vendor's page on quotas: 256 KB asynchronous, 6 MB synchronous.
const maxBodyBytes = { NORMAL: 256 * 1024, EXPRESS: 6 * 1024 * 1024 };
// The longest name that a start carries.
const longestRunName = "n".repeat(128);

/** Huawei Cloud FunctionGraph flows. */
export const huaweiFunctionGraph = {
  service: "functiongraph",
  title: functionGraph.title,
  locationKeys: huaweiLocationKeys,
  capabilities: {
    runMark: "detail",
    longPollSeconds: 0,
    pageSize: 100,
    listTells: "status",
    functions: ["retryWorkflowExecution"],
  },
  arguments: {
    workflowId: { rule: identifier({ min: 1, max: 512 }), required: true, replaces: true },
    input: { rule: map, replaces: true, defaultValue: {}, isPayload: true, isInput: true },
    headers: { rule: map, replaces: true, isPayload: true, isInput: true },
    mode: { rule: oneOf("NORMAL", "EXPRESS"), replaces: true, defaultValue: "NORMAL" },
    fullHistory: { rule: boolean },
    region: { rule: text({ min: 1, max: 64 }), replaces: true, located: true },
    projectId: {
      rule: text({ min: 1, max: 64, pattern: /^[\w-]*$/, patternName: "letters, digits, - and _" }),
      replaces: true,
      located: true,
    },
    endpoint: { rule: address },
  },
  transport: huaweiTransport,
  place: placeOf,
  askPlace: (stored, args, context, signal) => locatePlace(functionGraph, { stored, args }, context, signal),
  check: (args, settings, unknown) => {
    const problems = checkLocation(functionGraph, args, settings, unknown);
    const tooLarge = unknown.has("mode") ? undefined : bodyTooLarge(args);
    if (tooLarge !== undefined) problems.push({ argument: "input", reason: tooLarge });
    const unseen =
      modeOf(args) === "EXPRESS"
        ? concurrencyWithoutHistory(args["concurrency"], `mode "EXPRESS"`)
        : undefined;
    if (unseen !== undefined) problems.push({ argument: "concurrency", reason: unseen });
    return problems;
  },
  connect: async (args, context, signal) => {
    const client = await HuaweiClient.open(functionGraph, args, context, signal);
    return new FunctionGraphBackend(client, args, () => context.clock.now());
  },
} as const satisfies BackendDefinition;

type Mode = keyof typeof maxBodyBytes;

function modeOf(args: Arguments): Mode {
  return args["mode"] === "EXPRESS" ? "EXPRESS" : "NORMAL";
}

// Input and headers travel in one body. A value that is not known yet can only make the body larger.
function bodyTooLarge(args: Arguments): string | undefined {
  const { input = {}, headers = {} } = args;
  if (!isMap(input) || !isMap(headers)) return undefined;
  const mode = modeOf(args);
  const own = args["headers"] === undefined ? undefined : headers;
  const sent = mode === "NORMAL" ? { [runHeader]: longestRunName, ...own } : own;
  const bytes = Buffer.byteLength(startBody({ input, headers: sent }));
  if (bytes <= maxBodyBytes[mode]) return undefined;
  return (
    `and "headers" make a request of ${String(bytes)} bytes, more than the ${String(maxBodyBytes[mode])} that the service ` +
    `takes (mode ${mode}): ${elsewhere}`
  );
}

class FunctionGraphBackend extends HuaweiWorkflow implements Backend {
  readonly #lists: FlowLists;
  readonly #start: FlowStart;
  readonly #mode: Mode;
  readonly #fullHistory: boolean;

  constructor(client: HuaweiClient, args: Arguments, now: () => number) {
    super(client, String(args["workflowId"]), { one: "flow", listed: "flows" });
    this.#lists = new FlowLists(this, now);
    this.#start = {
      input: (args["input"] ?? {}) as FlowStart["input"],
      headers: args["headers"] as FlowStart["headers"],
    };
    this.#mode = modeOf(args);
    this.#fullHistory = args["fullHistory"] === true;
  }

  get key(): string {
    const { endpoint, projectId, workflowId } = this.address;
    return JSON.stringify(["functiongraph", endpoint, projectId, workflowId]);
  }

  get budgets(): Backend["budgets"] {
    return {
      describe: this.client.budget("ShowWorkflowExecution"),
      list: this.client.budget("ShowWorkflowExecutionForPage"),
    };
  }

  get keepsHistory(): boolean {
    return this.#mode === "NORMAL";
  }

  async start({ runName, signal, patience, onSent }: StartRequest): Promise<StartedExecution> {
    const options = { signal, patience, onSent, remedies: this.remedies };
    if (this.#mode === "EXPRESS") {
      const request = buildStartSyncWorkflowExecution(this.address, this.#start);
      const outcome = await startOnce(request, async () => {
        const answer = await this.client.send(request, options);
        return parseStartSync(answer, summarize(request));
      });
      return { executionId: outcome.executionId, outcome };
    }
    // The flow's own headers stay as they are, also should one have this name.
    const headers = { [runHeader]: runName, ...this.#start.headers };
    const request = buildStartWorkflowExecution(this.address, { ...this.#start, headers });
    const executionId = await startOnce(request, async () => {
      const answer = await this.client.send(request, options);
      return parseStart(answer, summarize(request));
    });
    return { executionId };
  }

  async describe(executionId: string, options: DescribeOptions): Promise<ExecutionSnapshot> {
    try {
      return await this.#describe(executionId, options, this.#fullHistory);
    } catch (error) {
      if (!(error instanceof AnswerTooLargeError)) throw error;
      return this.#describeBriefly(executionId, options, error);
    }
  }

  async #describe(
    executionId: string,
    { signal, attempts }: DescribeOptions,
    fullHistory: boolean,
  ): Promise<ExecutionSnapshot> {
    const request = buildShowWorkflowExecution(this.address, executionId, fullHistory);
    const answer = await this.client.send(request, { signal, attempts });
    return parseShowWorkflowExecution(answer, summarize(request), executionId);
  }

  // A hundred nodes of whole values may be more than can be read: then with values that the service cuts, and if that is
  // too much too, as the list has it, which tells how it stands and nothing else.
  async #describeBriefly(
    executionId: string,
    options: DescribeOptions,
    tooLarge: AnswerTooLargeError,
  ): Promise<ExecutionSnapshot> {
    if (this.#fullHistory) {
      const brief = await this.#describe(executionId, options, false).catch((error: unknown) => {
        if (!(error instanceof AnswerTooLargeError)) throw error;
        return undefined;
      });
      if (brief) return brief;
    }
    const row = await this.#lists.find(executionId, options);
    if (!row) throw tooLarge;
    const { durationMs: _durationMs, createdBy: _createdBy, ...summary } = row;
    const why = "the service's answer is too large to read";
    const isOutputMissing = row.status === "succeeded";
    return {
      ...summary,
      steps: [],
      stepsOmitted: true,
      ...(isOutputMissing ? { outputOmitted: why } : {}),
    };
  }

  // A flow that is not there has no executions either.
  async demandWorkflow(signal: AbortSignal): Promise<void> {
    const { client, address, remedies } = this;
    await client.send(buildShowWorkFlow(address), { signal, attempts: 1, remedies });
  }

  listPage(filter: ExecutionFilter, page: PageOptions, signal: AbortSignal): Promise<ExecutionPage> {
    return this.#lists.page(filter, page, signal);
  }

  listUnsettled(signal: AbortSignal): Promise<readonly ExecutionSummary[]> {
    return this.#lists.unsettled(signal);
  }

  async readRunName(executionId: string, signal: AbortSignal): Promise<string | null | undefined> {
    const request = buildShowWorkflowExecution(this.address, executionId, false);
    const answer = await this.client.send(request, { signal });
    return parseStartHeader(answer, summarize(request), executionId, runHeader);
  }

  async stop(executionId: string, signal: AbortSignal): Promise<void> {
    try {
      const request = buildStopWorkFlow(this.address, executionId);
      refuseWebPage(await this.client.send(request, { signal }), summarize(request));
    } catch (error) {
      if (error instanceof NotFoundError) return;
      // The reference names no code for "has ended": the status tells it.
      if (error instanceof ServiceError && error.status === 400) {
        const { status } = await this.describe(executionId, { signal });
        if (isSettled(status)) return;
      }
      throw error;
    }
  }

  async retry(executionId: string, signal: AbortSignal): Promise<void> {
    const request = buildRetryWorkFlow(this.address, executionId);
    const answer = await this.client.send(request, { signal, remedies: this.remedies });
    refuseWebPage(answer, summarize(request));
  }
}
