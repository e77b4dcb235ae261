/**
 * Alibaba Cloud CloudFlow (product fnf, version 2019-03-15) on the wire: builds the requests that the provider
 * sends. `answers` reads the answers. Pure.
 */
import type { HttpRequest } from "../../../http/request";
import { encodeRfc3986 } from "../../../http/request";

/** Version of the API, sent with every request. */
export const apiVersion = "2019-03-15";

/** A flow and where it is. */
export interface CloudFlow {
  readonly endpoint: string;
  readonly flowName: string;
}

/** The values with which an execution is started. */
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

/**
 * Reads one execution.
 * @param waitSeconds 0–60: how long a long poll may last; 0 for an answer at once.
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
  // A long poll may last that long, and its answer must then still have time to travel.
  return build(flow, "DescribeExecution", "GET", parameters, {
    repeatable: true,
    timeoutMs: waitSeconds * 1000 + 30_000,
  });
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
 * Asks for an execution to be stopped; it may still be running when the answer comes.
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
