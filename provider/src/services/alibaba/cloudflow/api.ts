/**
 * Alibaba Cloud CloudFlow (product fnf, version 2019-03-15) on the wire: request builders and answer readers for the
 * operations we use. Pure. Vendor words end here: `backend` and everything above speak of snapshots.
 */
import type { RequestSummary } from "../../../ground/errors";
import { ResponseFormatError } from "../../../ground/errors";
import type { ExecutionSnapshot, ExecutionSummary } from "../../../execution/snapshot";
import { durationBetweenMs, isSettled } from "../../../execution/snapshot";
import { exactNumbersAsText, parseJson } from "../../../ground/json";
import { isJsonObject, readJsonObject } from "../../../http/answer";
import type { HttpAnswer, HttpRequest } from "../../../http/request";
import { encodeRfc3986 } from "../../../http/request";
import { checkIsAbout, demandExecutionId, readExecutionId } from "../../../execution/executionIds";
import type { HistoryEvent } from "./history";
import { toExecutionStatus } from "./statuses";

/** Version of the API, sent with every request. */
export const apiVersion = "2019-03-15";

/** A flow and where it is. */
export interface CloudFlow {
  readonly endpoint: string;
  readonly flowName: string;
}

/** What an execution is started with. */
export interface CloudFlowStart {
  /** Unique within the flow: a second start of the same name starts nothing. */
  readonly executionName: string;
  /** JSON text. */
  readonly input: string | undefined;
  /** Version or alias. */
  readonly qualifier: string | undefined;
}

/** The filters of ListExecutions. */
export interface ExecutionsFilter {
  /** 1–99 (the documents disagree on 100). */
  readonly limit: number;
  readonly nextToken?: string | undefined;
  readonly status?: string | undefined;
  /** RFC 3339. */
  readonly startedTimeBegin?: string | undefined;
  /** RFC 3339. */
  readonly startedTimeEnd?: string | undefined;
  readonly executionNamePrefix?: string | undefined;
  readonly qualifier?: string | undefined;
}

/** A page of executions; `nextToken` is absent at the end. */
export interface ExecutionsPage {
  readonly executions: ExecutionSummary[];
  /** How many rows were left out because they can't be read, of executions that may still run. */
  readonly unreadable: number;
  readonly nextToken: string | undefined;
  /** An execution of the page as DescribeExecution has it. */
  readonly snapshotOf: (executionId: string) => ExecutionSnapshot | undefined;
}

type Parameter = readonly [string, string | undefined];

// RPC style: one path; POST operations take their parameters as a form, GET operations in the query.
function build(
  flow: CloudFlow,
  operation: string,
  method: "GET" | "POST",
  parameters: readonly Parameter[],
  more: Pick<HttpRequest, "repeatable" | "isSeenThrough" | "timeoutMs">,
): HttpRequest {
  const given = parameters.filter(
    (parameter): parameter is readonly [string, string] => parameter[1] !== undefined,
  );
  const headers = { accept: "application/json", "x-acs-action": operation, "x-acs-version": apiVersion };
  const common = { operation, method, endpoint: flow.endpoint, path: [], ...more };
  if (method === "GET") return { ...common, query: given, headers };
  return {
    ...common,
    headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
    body: given.map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`).join("&"),
  };
}

/**
 * Starts an execution of a Standard flow. The name makes it repeatable: while an execution of that name runs it is
 * returned, afterwards `ExecutionAlreadyExists` comes.
 * @see https://www.alibabacloud.com/help/en/cloudflow/latest/api-fnf-2019-03-15-startexecution
 */
export function buildStartExecution(flow: CloudFlow, start: CloudFlowStart): HttpRequest {
  const more = { repeatable: true, isSeenThrough: true };
  return build(flow, "StartExecution", "POST", startParameters(flow, start), more);
}

/**
 * Runs an Express flow and answers when it has ended, within five minutes. A name does not make it repeatable.
 * @see https://www.alibabacloud.com/help/en/cloudflow/latest/api-fnf-2019-03-15-startsyncexecution
 */
export function buildStartSyncExecution(flow: CloudFlow, start: CloudFlowStart): HttpRequest {
  const more = { repeatable: false, isSeenThrough: true, timeoutMs: 6 * 60_000 };
  return build(flow, "StartSyncExecution", "POST", startParameters(flow, start), more);
}

function startParameters(flow: CloudFlow, start: CloudFlowStart): Parameter[] {
  return [
    ["FlowName", flow.flowName],
    ["ExecutionName", start.executionName],
    ["Input", start.input],
    ["Qualifier", start.qualifier],
  ];
}

/** The code for "there is, or was, an execution of that name". */
export const alreadyExists = "ExecutionAlreadyExists";

/** The code for "this execution has ended, it can't be stopped". */
export const alreadyCompleted = "ExecutionAlreadyCompleted";

/**
 * Looks at one execution.
 * @param waitSeconds 0–60: how long the service may hold the answer back until the execution ends.
 * @see https://www.alibabacloud.com/help/en/cloudflow/latest/api-fnf-2019-03-15-describeexecution
 */
export function buildDescribeExecution(
  flow: CloudFlow,
  executionName: string,
  waitSeconds: number,
): HttpRequest {
  const parameters: Parameter[] = [
    ["FlowName", flow.flowName],
    ["ExecutionName", executionName],
    ["WaitTimeSeconds", waitSeconds > 0 ? String(waitSeconds) : undefined],
  ];
  // The answer may be held back that long, and must then still have time to travel.
  return build(flow, "DescribeExecution", "GET", parameters, {
    repeatable: true,
    timeoutMs: waitSeconds * 1000 + 30_000,
  });
}

/** Which execution was asked about. */
export interface AskedExecution {
  readonly flowName: string;
  readonly executionName: string;
  /** True for a synchronous run: it is named `<executionName>:<UUID>`. */
  readonly isSync?: boolean;
}

/**
 * Reads an execution (also the answer to a start or a stop). Steps are in the history, not here.
 * @throws ResponseFormatError where name or status is missing, or it is another execution's.
 */
export function parseExecution(
  answer: HttpAnswer,
  request: RequestSummary,
  asked: AskedExecution,
): ExecutionSnapshot {
  const body = readJsonObject(answer, request);
  const executionName = demandExecutionId(body["Name"], "Name", request);
  const isRun = asked.isSync === true && executionName.startsWith(`${asked.executionName}:`);
  if (!isRun) checkIsAbout(asked.executionName, executionName, "Name", request);
  checkIsAbout(asked.flowName, body["FlowName"], "FlowName", request);
  const rawStatus = textIn(body, "Status");
  if (rawStatus === undefined) throw missing("Status", request);
  return snapshotFrom(body, executionName, rawStatus);
}

function snapshotFrom(
  body: Record<string, unknown>,
  executionId: string,
  rawStatus: string,
): ExecutionSnapshot {
  const { status, startedAt, settledAt } = timesOf(body, rawStatus);
  const errorText = [body["ErrorCode"], body["ErrorMessage"]].filter(
    (part) => typeof part === "string" && part !== "",
  );
  return {
    executionId,
    status,
    rawStatus,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(settledAt === undefined ? {} : { settledAt }),
    ...outputOf(body["Output"]),
    ...(errorText.length > 0 && status !== "succeeded" ? { error: errorText.join(": ") } : {}),
    steps: [],
  };
}

/**
 * Lists executions, newest first.
 * @see https://help.aliyun.com/zh/cloudflow/cloudflow/developer-reference/api-fnf-2019-03-15-listexecutions
 */
export function buildListExecutions(flow: CloudFlow, filter: ExecutionsFilter): HttpRequest {
  const parameters: Parameter[] = [
    ["FlowName", flow.flowName],
    ["NextToken", filter.nextToken],
    ["Limit", String(filter.limit)],
    ["Status", filter.status],
    ["StartedTimeBegin", filter.startedTimeBegin],
    ["StartedTimeEnd", filter.startedTimeEnd],
    ["ExecutionNamePrefix", filter.executionNamePrefix],
    ["Qualifier", filter.qualifier],
  ];
  return build(flow, "ListExecutions", "GET", parameters, { repeatable: true });
}

/**
 * Reads a page of executions. Rows without a name, a status, or of another flow are left out.
 * @throws ResponseFormatError where there is no list.
 */
export function parseListExecutions(
  answer: HttpAnswer,
  request: RequestSummary,
  flowName: string,
): ExecutionsPage {
  const body = readJsonObject(answer, request);
  const items = body["Executions"];
  if (!Array.isArray(items)) throw missing("Executions", request);
  const bodies = new Map<string, Record<string, unknown>>();
  let unreadable = 0;
  const executions = items.filter(isJsonObject).flatMap((item): ExecutionSummary[] => {
    if ((textIn(item, "FlowName") ?? flowName) !== flowName) return [];
    const executionId = readExecutionId(item["Name"]);
    const rawStatus = textIn(item, "Status") ?? "";
    const times = timesOf(item, rawStatus);
    if (executionId === undefined || rawStatus === "") {
      if (!isSettled(times.status)) unreadable += 1;
      return [];
    }
    bodies.set(executionId, item);
    const durationMs = durationBetweenMs(times.startedAt, times.settledAt);
    return [{ executionId, rawStatus, ...times, ...(durationMs === undefined ? {} : { durationMs }) }];
  });
  const snapshotOf = (executionId: string): ExecutionSnapshot | undefined => {
    const found = bodies.get(executionId);
    return found && snapshotFrom(found, executionId, textIn(found, "Status") ?? "");
  };
  return { executions, unreadable, nextToken: nextTokenOf(body), snapshotOf };
}

/**
 * Reads the events of an execution, oldest first.
 * @see https://www.alibabacloud.com/help/en/cloudflow/latest/api-fnf-2019-03-15-getexecutionhistory
 */
export function buildGetExecutionHistory(
  flow: CloudFlow,
  executionName: string,
  page: { readonly limit: number; readonly nextToken?: string | undefined },
): HttpRequest {
  const parameters: Parameter[] = [
    ["FlowName", flow.flowName],
    ["ExecutionName", executionName],
    ["NextToken", page.nextToken],
    ["Limit", String(page.limit)],
  ];
  return build(flow, "GetExecutionHistory", "GET", parameters, { repeatable: true });
}

/**
 * Reads a page of events.
 * @throws ResponseFormatError where there is no list.
 */
export function parseGetExecutionHistory(
  answer: HttpAnswer,
  request: RequestSummary,
): { readonly events: HistoryEvent[]; readonly nextToken: string | undefined } {
  const body = readJsonObject(answer, request);
  const items = body["Events"];
  if (!Array.isArray(items)) throw missing("Events", request);
  const events = items.filter(isJsonObject).map((item): HistoryEvent => ({
    eventId: Number(item["EventId"]),
    scheduleEventId: Number(item["ScheduleEventId"]),
    type: textIn(item, "Type") ?? "",
    stepName: textIn(item, "StepName") ?? "",
    time: timeIn(item, "Time"),
    detail: exactNumbersAsText(parseJsonText(item["EventDetail"])),
  }));
  return { events, nextToken: nextTokenOf(body) };
}

/**
 * Asks for an execution to be stopped; it may still run when the answer comes.
 * @see https://www.alibabacloud.com/help/en/cloudflow/latest/api-fnf-2019-03-15-stopexecution
 */
export function buildStopExecution(
  flow: CloudFlow,
  executionName: string,
  reason: { readonly error?: string | undefined; readonly cause?: string | undefined },
): HttpRequest {
  const parameters: Parameter[] = [
    ["FlowName", flow.flowName],
    ["ExecutionName", executionName],
    ["Error", reason.error],
    ["Cause", reason.cause],
  ];
  return build(flow, "StopExecution", "POST", parameters, { repeatable: true });
}

// An end is only believed of what has settled.
function timesOf(
  body: Record<string, unknown>,
  rawStatus: string,
): Pick<ExecutionSummary, "status" | "startedAt" | "settledAt"> {
  const status = toExecutionStatus(rawStatus);
  const startedAt = timeIn(body, "StartedTime");
  const settledAt = isSettled(status) ? timeIn(body, "StoppedTime") : undefined;
  return {
    status,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(settledAt === undefined ? {} : { settledAt }),
  };
}

// Outputs are JSON texts inside strings; a text that is no JSON is kept as it is.
function outputOf(value: unknown): { readonly output?: unknown } {
  if (typeof value !== "string" || value === "") return {};
  return { output: parseJsonText(value) };
}

function parseJsonText(value: unknown): unknown {
  if (typeof value !== "string" || value === "") return undefined;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
}

function textIn(body: Record<string, unknown>, name: string): string | undefined {
  const value = body[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function timeIn(body: Record<string, unknown>, name: string): string | undefined {
  const ms = Date.parse(textIn(body, name) ?? "");
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function nextTokenOf(body: Record<string, unknown>): string | undefined {
  return textIn(body, "NextToken");
}

function missing(field: string, request: RequestSummary): ResponseFormatError {
  return new ResponseFormatError(
    `${request.operation}: ${request.url} answered without "${field}".`,
    request,
  );
}
