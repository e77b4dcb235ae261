/**
 * FunctionGraph's two lists of a flow's executions. Both page by offset from the newest one, so that every start
 * moves the rest on by one place; a client that sets `end_time` holds its list still.
 */
import { isVisible } from "../../cloud/quirks";
import type { Execution } from "../../executions/record";
import { jsonReply } from "../../http/exchange";
import type { Reply } from "../../http/exchange";
import { readText, ShapeError } from "../../ground/jsonShape";
import { refuse } from "./errors";
import { listItemBody, pageItemBody } from "./executionBody";
import { fiveStatus, isExpress } from "./flow";
import { findFlow, functionGraph, readQuery, readWhole } from "./operation";
import type { FlowOperation, FlowRequest } from "./operation";

const flowPath = "/v2/{project_id}/fgs/workflows/{workflow_id}";

/** The operations on the history of flows. */
export const historyOperations: readonly FlowOperation[] = [
  { operation: "ListWorkflowExecutions", method: "GET", path: `${flowPath}/executions`, handle: list },
  {
    operation: "ShowWorkflowExecutionForPage",
    method: "GET",
    path: `${flowPath}/executions-history`,
    handle: page,
  },
];

const threeDaysMs = 3 * 24 * 3600 * 1000;
const largestAnswer = 200;
const statuses = ["success", "fail", "running", "timeout", "cancel"];

interface Window {
  readonly from: number;
  readonly to: number;
}

function list(request: FlowRequest): Reply {
  const { state, call, quirks } = request;
  const { limit, offset, status, window } = readQuery(request, () => ({
    limit: Math.min(readWhole(request, "limit", { min: 0, max: 500 }) ?? largestAnswer, largestAnswer),
    offset: Math.max(0, readWhole(request, "offset") ?? 0),
    status: readStatus(call.query.get("status") ?? ""),
    window: readWindow(request),
  }));
  const found = executionsIn(request, window).filter(
    (execution) =>
      status === "" ||
      quirks["statusFilterIgnored"] === true ||
      fiveStatus(execution, state.executions.play(execution), {}) === status,
  );
  const shown = found.slice(offset, offset + Math.min(limit, largestPage(request)));
  return jsonReply(200, { executions: shown.map((execution) => listItemBody(state, execution, quirks)) });
}

function page(request: FlowRequest): Reply {
  const { state, quirks } = request;
  const { limit, offset, window } = readQuery(request, () => ({
    limit: required("limit", readWhole(request, "limit", { min: 1, max: 100 })),
    offset: required("offset", readWhole(request, "offset", { min: 0 })),
    window: readWindow(request),
  }));
  const found = executionsIn(request, window);
  const shown = found.slice(offset, offset + Math.min(limit, largestPage(request)));
  return jsonReply(200, {
    total: found.length,
    size: shown.length,
    executions: shown.map((execution) => pageItemBody(state, execution, quirks)),
  });
}

// Newest first. A flow that is not there has no executions: no 404 is documented here.
function executionsIn(request: FlowRequest, { from, to }: Window): Execution[] {
  const { state, projectId, params, quirks } = request;
  if (quirks["unknownWorkflowListIs404"] && !findFlow(request)) refuse(404, request);
  const all = state.executions.executionsOf(functionGraph, projectId, params["workflow_id"] ?? "");
  return (quirks["oldestFirst"] === true ? all.reverse() : all)
    .filter((execution) => quirks["expressHistory"] === true || !isExpress(execution))
    .filter(({ startedAt }) => wholeSecond(startedAt) >= from && wholeSecond(startedAt) <= to)
    .filter((execution) => isVisible(request, execution, "listDelayMs"));
}

// Times are compared as they are written, in whole seconds; both ends of the window belong to it.
const wholeSecond = (time: number): number => Math.floor(time / 1000) * 1000;

function largestPage({ quirks }: FlowRequest): number {
  const { largestPage: limit } = quirks;
  return typeof limit === "number" ? limit : largestAnswer;
}

function readWindow(request: FlowRequest): Window {
  const ignored = request.quirks["timeWindowIgnored"] === true;
  const start = ignored ? undefined : readTime(request, "start_time");
  const end = ignored ? undefined : readTime(request, "end_time");
  const now = request.state.clock.now();
  if (start === undefined) {
    const to = end ?? now;
    return { from: wholeSecond(to - threeDaysMs), to };
  }
  return { from: start, to: end ?? start + threeDaysMs };
}

// `YYYY-MM-DD hh:mm:ss` is documented for the paged list, nothing for the other one: both understand the form of the
// answers too.
function readTime({ call }: FlowRequest, name: string): number | undefined {
  const text = call.query.get(name) ?? "";
  if (text === "") return undefined;
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})Z?$/.exec(text);
  const time = match ? Date.parse(`${match[1] ?? ""}T${match[2] ?? ""}Z`) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new ShapeError(name, `must be a time YYYY-MM-DD hh:mm:ss, not ${JSON.stringify(text)}`);
  }
  return time;
}

function readStatus(text: string): string {
  return text === "" ? "" : readText(text, "status", { oneOf: statuses });
}

function required(name: string, value: number | undefined): number {
  if (value === undefined) throw new ShapeError(name, "is required");
  return value;
}
