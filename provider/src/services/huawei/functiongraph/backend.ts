/**
 * Huawei Cloud FunctionGraph flows as a backend: arguments, and the calls of `api` through the shared Huawei client.
 */
import {
  AnswerTooLargeError,
  IncompleteListError,
  NotFoundError,
  ServiceError,
} from "../../../ground/errors";
import { PageWalk } from "../../../execution/pageWalk";
import type { ExecutionSnapshot, ExecutionSummary } from "../../../execution/snapshot";
import { isSettled } from "../../../execution/snapshot";
import { refuseWebPage } from "../../../http/answer";
import { summarize } from "../../../http/request";
import { servedAtMs } from "../../../http/servedAt";
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
import { matches } from "../../executionFilter";
import { demandReadable } from "../../../execution/executionIds";
import { HuaweiClient, locatePlace } from "../huaweiClient";
import type { HuaweiService } from "../location";
import { checkLocation, placeOf } from "../location";
import { huaweiTransport } from "../transport";
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
import type { Flow, FlowPage, FlowStart } from "./api";
import {
  buildListWorkflowExecutions,
  buildRetryWorkFlow,
  buildShowWorkflowExecution,
  buildShowWorkFlow,
  buildShowWorkflowExecutionForPage,
  buildStartSyncWorkflowExecution,
  buildStartWorkflowExecution,
  buildStopWorkFlow,
  parsePage,
  parseShowWorkflowExecution,
  parseStart,
  parseStartHeader,
  parseStartSync,
  startBody,
} from "./api";
import { toRawStatuses } from "./statuses";
import { huaweiLocationKeys } from "../huaweiClient";

const functionGraph: HuaweiService = {
  name: "functiongraph",
  title: "Huawei Cloud FunctionGraph",
  endpointName: "fgs",
};

// Without a window the service looks at the last three days only; flows are younger than this.
const earliestMs = Date.UTC(2018, 0, 1);
// The service's clock may be ahead of ours, and ours be wrong: a window that ends too early hides what runs now.
const latestAheadMs = 25 * 3_600_000;
// What the plain list can filter by; the paged one knows more words, but no filter.
const filterable = new Set(["success", "fail", "running", "timeout", "cancel"]);

// The start's header by which an execution is recognised as one of ours.
const runHeader = "x-pulumi-runbook";
const unsettledPage = 200;
// A hundred thousand that run at the same time.
const unsettledPages = 500;
// A page of fewer rows than asked for need not be the last: the documents differ on how many there can be at most, and the
// service may have a limit of its own. No service cuts pages to fewer rows than this.
const leastPage = 10;
// Where one look is too large: what is not among the newest thousand has ended long ago.
const pagesToFind = 10;

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

// Input and headers travel in one body. What is not known yet can only make it larger.
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

class FunctionGraphBackend implements Backend {
  readonly #client: HuaweiClient;
  readonly #flow: Flow;
  readonly #start: FlowStart;
  readonly #mode: Mode;
  readonly #fullHistory: boolean;
  readonly #now: () => number;

  constructor(client: HuaweiClient, args: Arguments, now: () => number) {
    this.#client = client;
    this.#flow = {
      endpoint: client.endpoint,
      projectId: client.projectId,
      workflowId: String(args["workflowId"]),
    };
    this.#start = {
      input: (args["input"] ?? {}) as FlowStart["input"],
      headers: args["headers"] as FlowStart["headers"],
    };
    this.#mode = modeOf(args);
    this.#fullHistory = args["fullHistory"] === true;
    this.#now = now;
  }

  get key(): string {
    const { endpoint, projectId, workflowId } = this.#flow;
    return JSON.stringify(["functiongraph", endpoint, projectId, workflowId]);
  }

  get budgets(): Backend["budgets"] {
    return {
      describe: this.#client.budget("ShowWorkflowExecution"),
      list: this.#client.budget("ShowWorkflowExecutionForPage"),
    };
  }

  get subject(): string {
    return `flow ${this.#flow.workflowId} of ${this.#client.where}`;
  }

  get identity(): string {
    return this.#client.identityOf(this.#flow.workflowId);
  }

  get location(): Record<string, string> {
    return this.#client.location;
  }

  get keepsHistory(): boolean {
    return this.#mode === "NORMAL";
  }

  // The console has no documented address for an execution, and its host depends on the account's site, which nothing
  // tells: mainland and international accounts share their regions.
  consoleUrl(): undefined {
    return undefined;
  }

  async start({ runName, signal, patience, onSent }: StartRequest): Promise<StartedExecution> {
    const options = { signal, patience, onSent, remedies: this.#remedies };
    if (this.#mode === "EXPRESS") {
      const request = buildStartSyncWorkflowExecution(this.#flow, this.#start);
      const outcome = await startOnce(request, async () => {
        const answer = await this.#client.send(request, options);
        return parseStartSync(answer, summarize(request));
      });
      return { executionId: outcome.executionId, outcome };
    }
    // The flow's own headers stay as they are, also should one have this name.
    const headers = { [runHeader]: runName, ...this.#start.headers };
    const request = buildStartWorkflowExecution(this.#flow, { ...this.#start, headers });
    const executionId = await startOnce(request, async () => {
      const answer = await this.#client.send(request, options);
      return parseStart(answer, summarize(request));
    });
    return { executionId };
  }

  async describe(executionId: string, options: DescribeOptions): Promise<ExecutionSnapshot> {
    try {
      return await this.#look(executionId, options, this.#fullHistory);
    } catch (error) {
      if (!(error instanceof AnswerTooLargeError)) throw error;
      return this.#lookForLess(executionId, options, error);
    }
  }

  async #look(
    executionId: string,
    { signal, attempts }: DescribeOptions,
    fullHistory: boolean,
  ): Promise<ExecutionSnapshot> {
    const request = buildShowWorkflowExecution(this.#flow, executionId, fullHistory);
    const answer = await this.#client.send(request, { signal, attempts });
    return parseShowWorkflowExecution(answer, summarize(request), executionId);
  }

  // A hundred nodes of whole values may be more than can be read: then with values that the service cuts, and if that is
  // too much too, as the list has it, which tells how it stands and nothing else.
  async #lookForLess(
    executionId: string,
    options: DescribeOptions,
    tooLarge: AnswerTooLargeError,
  ): Promise<ExecutionSnapshot> {
    if (this.#fullHistory) {
      const brief = await this.#look(executionId, options, false).catch((error: unknown) => {
        if (!(error instanceof AnswerTooLargeError)) throw error;
        return undefined;
      });
      if (brief) return brief;
    }
    const walk = new PageWalk({ maxPages: pagesToFind });
    let nextToken: string | undefined;
    do {
      const span = { limit: 100, token: walk.token, attempts: options.attempts };
      const page = await this.listPage({}, span, options.signal);
      const row = page.executions.find((execution) => execution.executionId === executionId);
      if (row) {
        const { durationMs: _durationMs, createdBy: _createdBy, ...summary } = row;
        const why = "the service's answer has more than can be read";
        const isOutputMissing = row.status === "succeeded";
        return {
          ...summary,
          steps: [],
          stepsOmitted: true,
          ...(isOutputMissing ? { outputOmitted: why } : {}),
        };
      }
      ({ nextToken } = page);
    } while (walk.goOn(nextToken));
    throw tooLarge;
  }

  // Two lists: the plain one filters by five statuses; the paged one has all nine words and no filter. Both page by
  // offset from the newest, so what starts meanwhile shifts the pages: executions are then seen twice, never missed,
  // and whoever goes through the pages drops the second.
  async listPage(filter: ExecutionFilter, page: PageOptions, signal: AbortSignal): Promise<ExecutionPage> {
    const { offset, toMs } = readToken(page.token) ?? { offset: 0, toMs: this.#now() + latestAheadMs };
    const window = {
      fromMs: filter.startedAfterMs ?? earliestMs,
      toMs: Math.min(filter.startedBeforeMs ?? Infinity, toMs),
    };
    const raw =
      filter.status === undefined ? [] : toRawStatuses(filter.status).filter((word) => filterable.has(word));
    const [status] = raw.length === 1 ? raw : [];
    const span = { limit: page.limit, offset, window };
    const request =
      status === undefined || filter.status === "running"
        ? buildShowWorkflowExecutionForPage(this.#flow, span)
        : buildListWorkflowExecutions(this.#flow, { ...span, status });
    const { attempts } = page;
    const answer = await this.#client.send(request, { signal, attempts, remedies: this.#remedies });
    const { executions, rows, total, unreadable } = parsePage(answer, summarize(request));
    // Whole seconds in the window: what began within the last one is sorted out here.
    const wanted = executions.filter(matches(filter));
    const served = { executions: wanted, unreadable, servedAtMs: servedAtMs(answer) };
    if (isLastPage({ rows, total }, page.limit, offset)) return served;
    return { ...served, nextToken: writeToken({ offset: offset + rows, toMs }) };
  }

  // A flow that is not there has no executions either.
  async demandWorkflow(signal: AbortSignal): Promise<void> {
    await this.#client.send(buildShowWorkFlow(this.#flow), { signal, attempts: 1, remedies: this.#remedies });
  }

  // The plain list: the paged one can't filter, and what runs may be behind thousands that have ended.
  async listUnsettled(signal: AbortSignal): Promise<readonly ExecutionSummary[]> {
    const window = { fromMs: earliestMs, toMs: this.#now() + latestAheadMs };
    const walk = new PageWalk({ maxPages: unsettledPages });
    const found: ExecutionSummary[] = [];
    let offset = 0;
    let nextOffset: string | undefined;
    do {
      const span = { limit: unsettledPage, offset, window, status: "running" };
      const request = buildListWorkflowExecutions(this.#flow, span);
      const answer = await this.#client.send(request, { signal, remedies: this.#remedies });
      const page = parsePage(answer, summarize(request));
      demandReadable(page.unreadable, this.subject);
      // A service that knows no filter lists what has ended too.
      found.push(...walk.news(page.executions, idOf).filter(({ status }) => !isSettled(status)));
      offset += page.rows;
      nextOffset = isLastPage(page, unsettledPage, offset - page.rows) ? undefined : String(offset);
    } while (walk.goOn(nextOffset));
    if (walk.cutShort) {
      throw new IncompleteListError(`the list of executions of ${this.subject}`, walk.describe());
    }
    return found;
  }

  async readRunName(executionId: string, signal: AbortSignal): Promise<string | null | undefined> {
    const request = buildShowWorkflowExecution(this.#flow, executionId, false);
    const answer = await this.#client.send(request, { signal });
    return parseStartHeader(answer, summarize(request), executionId, runHeader);
  }

  async stop(executionId: string, signal: AbortSignal): Promise<void> {
    try {
      const request = buildStopWorkFlow(this.#flow, executionId);
      refuseWebPage(await this.#client.send(request, { signal }), summarize(request));
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
    const request = buildRetryWorkFlow(this.#flow, executionId);
    const answer = await this.#client.send(request, { signal, remedies: this.#remedies });
    refuseWebPage(answer, summarize(request));
  }

  get #remedies(): { notFound: string } {
    return {
      notFound: `There is no ${this.subject}: check workflowId, projectId and region. The console's list of flows shows the ids.`,
    };
  }
}

function idOf({ executionId }: ExecutionSummary): string {
  return executionId;
}

function isLastPage(
  { rows, total }: Pick<FlowPage, "rows" | "total">,
  limit: number,
  offset: number,
): boolean {
  if (rows >= limit) return false;
  return rows < leastPage || (total !== undefined && offset + rows >= total);
}

interface PageToken {
  readonly offset: number;
  readonly toMs: number;
}

function writeToken(token: PageToken): string {
  return `${String(token.offset)}-${String(token.toMs)}`;
}

function readToken(token: string | undefined): PageToken | undefined {
  const [, offset, toMs] = /^(\d+)-(\d+)$/.exec(token ?? "") ?? [];
  return offset === undefined || toMs === undefined
    ? undefined
    : { offset: Number(offset), toMs: Number(toMs) };
}
