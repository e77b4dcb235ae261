/**
 * Huawei Cloud FunctionGraph flows on the wire: builds the requests that the provider sends. `answers` reads the answers. Pure.
 */
import type { HttpRequest } from "../../../http/request";

/** A flow and where it is. */
export interface Flow {
  readonly endpoint: string;
  readonly projectId: string;
  readonly workflowId: string;
}

/** The values with which an execution is started. */
export interface FlowStart {
  readonly input: Readonly<Record<string, unknown>>;
  /** Handed to the functions; the status answer has them too. */
  readonly headers: Readonly<Record<string, unknown>> | undefined;
}

/** A window of start times, milliseconds since the epoch. Without a window the service lists the last three days. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

const headers = { "content-type": "application/json" };

function path(flow: Flow, ...more: string[]): string[] {
  return ["v2", flow.projectId, "fgs", "workflows", flow.workflowId, ...more];
}

/**
 * Starts an execution. Has no token against doubles: never sent twice blindly.
 * @see https://support.huaweicloud.com/api-functiongraph/StartWorkflowExecution.html
 */
export function buildStartWorkflowExecution(flow: Flow, start: FlowStart): HttpRequest {
  return {
    operation: "StartWorkflowExecution",
    method: "POST",
    endpoint: flow.endpoint,
    path: path(flow, "executions"),
    headers,
    body: startBody(start),
    repeatable: false,
    isSeenThrough: true,
  };
}

/**
 * Runs an EXPRESS flow and answers when it has ended, within five minutes. A flow that fails is answered with 200.
 * @see https://support.huaweicloud.com/api-functiongraph/StartSyncWorkflowExecution.html
 */
export function buildStartSyncWorkflowExecution(flow: Flow, start: FlowStart): HttpRequest {
  return {
    operation: "StartSyncWorkflowExecution",
    method: "POST",
    endpoint: flow.endpoint,
    path: path(flow, "sync-executions"),
    headers,
    body: startBody(start),
    repeatable: false,
    isSeenThrough: true,
    timeoutMs: 6 * 60_000,
  };
}

/** The body of a start, as it is sent. */
export function startBody(start: FlowStart): string {
  return JSON.stringify({
    ...(start.headers === undefined ? {} : { headers: start.headers }),
    input: start.input,
  });
}

/**
 * Reads one execution.
 * @param fullHistory true for whole values: the service cuts long ones otherwise.
 * @see https://support.huaweicloud.com/api-functiongraph/ShowWorkflowExecution.html
 */
export function buildShowWorkflowExecution(
  flow: Flow,
  executionId: string,
  fullHistory: boolean,
): HttpRequest {
  return {
    operation: "ShowWorkflowExecution",
    method: "GET",
    endpoint: flow.endpoint,
    path: path(flow, "executions", executionId),
    headers: fullHistory ? { ...headers, "x-get-workflow-full-history-data": "true" } : headers,
    repeatable: true,
  };
}

/**
 * Lists executions, at most 200 at once and without a total.
 * @see https://support.huaweicloud.com/api-functiongraph/ListWorkflowExecutions.html
 */
export function buildListWorkflowExecutions(
  flow: Flow,
  page: {
    readonly limit: number;
    readonly offset: number;
    readonly status?: string | undefined;
    readonly window?: TimeWindow | undefined;
  },
): HttpRequest {
  return {
    operation: "ListWorkflowExecutions",
    method: "GET",
    endpoint: flow.endpoint,
    path: path(flow, "executions"),
    query: [
      ["limit", String(page.limit)],
      ["offset", String(page.offset)],
      ...(page.status === undefined ? [] : [["status", page.status] as const]),
      ...windowQuery(page.window),
    ],
    headers,
    repeatable: true,
  };
}

/**
 * Lists executions by page, at most 100 at once, with a total and all nine statuses.
 * @see https://support.huaweicloud.com/api-functiongraph/ShowWorkflowExecutionForPage.html
 */
export function buildShowWorkflowExecutionForPage(
  flow: Flow,
  page: { readonly limit: number; readonly offset: number; readonly window?: TimeWindow | undefined },
): HttpRequest {
  return {
    operation: "ShowWorkflowExecutionForPage",
    method: "GET",
    endpoint: flow.endpoint,
    path: path(flow, "executions-history"),
    query: [["offset", String(page.offset)], ["limit", String(page.limit)], ...windowQuery(page.window)],
    headers,
    repeatable: true,
  };
}

/**
 * Asks for an execution to be stopped; answered with an empty body.
 * @see https://support.huaweicloud.com/api-functiongraph/StopWorkFlow.html
 */
export function buildStopWorkFlow(flow: Flow, executionId: string): HttpRequest {
  return {
    operation: "StopWorkFlow",
    method: "POST",
    endpoint: flow.endpoint,
    path: path(flow, "executions", executionId, "terminate"),
    headers,
    repeatable: true,
  };
}

/**
 * Runs the failed steps of a NORMAL execution again; it keeps its id. Answered with an empty body.
 * @see https://support.huaweicloud.com/api-functiongraph/RetryWorkFlow.html
 */
export function buildRetryWorkFlow(flow: Flow, executionId: string): HttpRequest {
  return {
    operation: "RetryWorkFlow",
    method: "POST",
    endpoint: flow.endpoint,
    path: path(flow, "executions", executionId, "retry"),
    headers,
    // A second request would retry the steps that the first has set going.
    repeatable: false,
  };
}

/**
 * Shows a flow.
 * @see https://support.huaweicloud.com/api-functiongraph/ShowWorkFlow.html
 */
export function buildShowWorkFlow(flow: Flow): HttpRequest {
  return {
    operation: "ShowWorkFlow",
    method: "GET",
    endpoint: flow.endpoint,
    path: path(flow),
    headers,
    repeatable: true,
  };
}

/** A time as the lists' filters want it: `2026-11-21 06:00:00`, UTC. */
export function formatWindowTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

function windowQuery(window: TimeWindow | undefined): (readonly [string, string])[] {
  if (window === undefined) return [];
  return [
    ["start_time", formatWindowTime(window.fromMs)],
    ["end_time", formatWindowTime(window.toMs)],
  ];
}
