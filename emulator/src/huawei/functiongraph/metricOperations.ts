/** FunctionGraph's two metric operations: executions of one flow, or of all flows of the project, counted by time. */
import type { Execution } from "../../executions/record";
import { jsonReply } from "../../http/exchange";
import type { Reply } from "../../http/exchange";
import type { JsonObject } from "../../ground/jsonShape";
import { refuse } from "./errors";
import { functionGraph, readQuery, readWhole } from "./operation";
import type { FlowOperation, FlowRequest } from "./operation";
import { flowUrn } from "./wording";

const statistic = "/v2/{project_id}/fgs/workflow-statistic";

/** The operations on the figures of flows. */
export const metricOperations: readonly FlowOperation[] = [
  { operation: "ShowTenantMetric", method: "GET", path: statistic, handle: tenantMetric },
  { operation: "ShowWorkFlowMetric", method: "GET", path: `${statistic}/{workflow_urn}`, handle: flowMetric },
];

const minuteMs = 60_000;
const defaultPeriodMinutes = 60;
/** A longer time is told in longer steps. */
const mostPoints = 60;

/** The lists that a `metric_type` asks for; there is none for rejected starts. */
const listNames: Readonly<Record<string, readonly string[]>> = {
  totalCount: ["count"],
  errorCount: ["fail_count"],
  averageDuration: ["duration"],
  running: ["running_count"],
  rejectCount: [],
};

interface Course {
  readonly beganAt: number;
  readonly endedAt: number | undefined;
  readonly failed: boolean;
}

function tenantMetric(request: FlowRequest): Reply {
  const type = request.call.query.get("metric_type") ?? "";
  return answer(request, () => true, Object.hasOwn(listNames, type) ? listNames[type] : undefined);
}

function flowMetric(request: FlowRequest): Reply {
  const { state, projectId, params } = request;
  const urn = params["workflow_urn"];
  const flow = state.executions
    .workflows()
    .find(
      (one) => one.service === functionGraph && one.projectId === projectId && flowUrn(state, one) === urn,
    );
  if (!flow) refuse(404, request);
  return answer(request, ({ workflowId }) => workflowId === flow.id, undefined);
}

function answer(
  request: FlowRequest,
  isMeant: (execution: Execution) => boolean,
  lists: readonly string[] | undefined,
): Reply {
  const { state, projectId } = request;
  const { from, to } = readQuery(request, () => readRange(request));
  const courses = state.executions
    .executions()
    .filter((one) => one.service === functionGraph && one.projectId === projectId && isMeant(one))
    .map((execution): Course => {
      const { beganAt, endedAt, outcome } = state.executions.play(execution);
      return { beganAt, endedAt, failed: endedAt !== undefined && outcome !== "success" };
    });
  const step = Math.max(1, Math.ceil((to - from) / minuteMs / mostPoints)) * minuteMs;
  const points: { start: number; end: number }[] = [];
  for (let start = from; start < to; start += step) points.push({ start, end: Math.min(start + step, to) });
  const metric = (name: string, value: (start: number, end: number) => number): JsonObject => ({
    [name]:
      lists === undefined || lists.includes(name)
        ? points.map(({ start, end }) => ({ timestamp: start, value: value(start, end) }))
        : [],
  });
  const within = (time: number | undefined, start: number, end: number): boolean =>
    time !== undefined && time >= start && time < end;
  return jsonReply(200, {
    ...metric("count", (start, end) => courses.filter(({ beganAt }) => within(beganAt, start, end)).length),
    ...metric("duration", (start, end) =>
      average(courses.filter(({ endedAt }) => within(endedAt, start, end)).map(durationOf)),
    ),
    ...metric(
      "fail_count",
      (start, end) => courses.filter(({ failed, endedAt }) => failed && within(endedAt, start, end)).length,
    ),
    ...metric(
      "running_count",
      (_start, end) =>
        courses.filter(({ beganAt, endedAt }) => beganAt < end && (endedAt === undefined || endedAt >= end))
          .length,
    ),
  });
}

const durationOf = ({ beganAt, endedAt }: Course): number => (endedAt ?? beganAt) - beganAt;

const average = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

// `period` minutes up to now, unless the ends are given.
function readRange(request: FlowRequest): { from: number; to: number } {
  const period = readWhole(request, "period", { min: 1, max: 1_000_000 }) ?? defaultPeriodMinutes;
  const to = readWhole(request, "end_time", { min: 0 }) ?? request.state.clock.now();
  const from = readWhole(request, "start_time", { min: 0 }) ?? to - period * minuteMs;
  return { from, to };
}
