/** CloudFlow operations that end a callback task, and those on map runs. */
import type { ProgramStep } from "../../player/play";
import type { Execution } from "../../executions/record";
import type { Reply } from "../../http/exchange";
import { isJsonObject, ShapeError } from "../../ground/jsonShape";
import { executionOfRequest, flowOfRequest } from "./executionOperations";
import { invalidArgument, refuse, serviceError } from "./errors";
import { taskOfToken } from "./executions";
import { numberedEvents } from "./history";
import { answer, timeText } from "./operation";
import type { CloudFlowOperation, CloudFlowRequest } from "./operation";
import { missing } from "./parameters";

/** The operations on tasks and maps of running executions. */
export const taskOperations: readonly CloudFlowOperation[] = [
  { action: "ReportTaskSucceeded", method: "POST", handle: reportSucceeded },
  { action: "ReportTaskFailed", method: "POST", handle: reportFailed },
  { action: "DescribeMapRun", method: "GET", handle: describeMapRun },
  // A GET, although it changes something.
  { action: "UpdateMapRun", method: "GET", handle: updateMapRun },
];

function reportSucceeded(request: CloudFlowRequest): Reply {
  const output =
    request.parameters.json("Output", request.quirks["oldDataLimit"] === true) ?? missing("Output");
  if (!isJsonObject(output.value)) throw new ShapeError("Output", "must be a JSON object");
  return report(request, { succeeded: true, output: output.value });
}

function reportFailed(request: CloudFlowRequest): Reply {
  const error = request.parameters.required("Error", { min: 1, max: 128 });
  const cause = request.parameters.text("Cause", { min: 1, max: 4096 });
  return report(request, { succeeded: false, error, cause });
}

function report(
  request: CloudFlowRequest,
  result:
    | { readonly succeeded: true; readonly output: unknown }
    | { readonly succeeded: false; readonly error: string; readonly cause: string | undefined },
): Reply {
  const { state, parameters } = request;
  const token = parameters.required("TaskToken");
  const task = taskOfToken(state, request.projectId, token);
  if (!task) refuse(invalidArgument("TaskToken: is not a token of a task"), request);
  const { execution, stepKey, attempt } = task;
  const snapshot = state.executions.play(execution);
  const step = snapshot.steps.find(({ key }) => key === stepKey);
  if (isOver(step, attempt)) {
    refuse(serviceError("TaskAlreadyCompleted", "The task has already completed."), request);
  }
  if (snapshot.phase === "ended" || step?.phase !== "awaitingReport" || step.attempts.length !== attempt) {
    refuse(serviceError("TaskInvalidState", "The task is not in a state to be reported."), request);
  }
  const reported = state.executions.intervene(execution, { kind: "report", stepKey, attempt, ...result });
  const event = numberedEvents(state, reported, request.quirks).find(
    ({ event: { type, stepKey: key, attempt: of } }) =>
      key === stepKey && of === attempt && (type === "taskSucceeded" || type === "taskFailed"),
  );
  return answer(request, { EventId: event?.id ?? 0 });
}

// A task that was cut off by the end of its execution has not been completed.
function isOver(step: ProgramStep | undefined, attempt: number): boolean {
  const own = step?.attempts.find((one) => one.attempt === attempt);
  return own?.endedAt !== undefined && own.outcome !== "cancel";
}

function describeMapRun(request: CloudFlowRequest): Reply {
  return answer(request, mapRunBody(request, mapRunOf(request)));
}

function updateMapRun(request: CloudFlowRequest): Reply {
  const { state, parameters } = request;
  const count = { min: 0, max: 10_000 };
  const changes = {
    concurrency: parameters.integer("Concurrency", count),
    toleratedFailures: parameters.integer("ToleratedFailedCount", count),
    toleratedFailurePercent: parameters.number("ToleratedFailedPercentage", { min: 0, max: 100 }),
  };
  const { execution, step } = mapRunOf(request);
  if (step.phase === "ended") {
    refuse(serviceError("PreconditionFailed", "The map run has already ended."), request);
  }
  state.executions.intervene(execution, { kind: "updateMap", stepKey: step.key, ...changes });
  return answer(request, {});
}

interface MapRun {
  readonly execution: Execution;
  readonly step: ProgramStep;
}

// A map run is the step of a Map state with a ProcessorConfig; its name is the step's key.
function mapRunOf(request: CloudFlowRequest): MapRun {
  const name = request.parameters.required("MapRunName", { max: 512 });
  const execution = executionOfRequest(request, flowOfRequest(request));
  const step = request.state.executions
    .play(execution)
    .steps.find(({ key, state }) => key === name && state.kind === "map" && state.details !== undefined);
  if (step) return { execution, step };
  return refuse(serviceError("MapRunNotExists", `Map run ${name} does not exist.`), request);
}

const statuses: Readonly<Record<string, string>> = { success: "Succeeded", cancel: "Stopped" };

function mapRunBody(request: CloudFlowRequest, { execution, step }: MapRun): Record<string, unknown> {
  const { state } = step;
  if (state.kind !== "map") return {};
  const updates = execution.interventions.filter((one) => one.kind === "updateMap");
  const limit = (name: "concurrency" | "toleratedFailures" | "toleratedFailurePercent"): number =>
    updates
      .filter(({ stepKey }) => stepKey === step.key)
      .map((update) => update[name])
      .findLast((value) => value !== undefined) ??
    state[name] ??
    0;
  const items = step.items;
  return {
    MapRunName: step.key,
    ExecutionName: request.parameters.text("ExecutionName"),
    Status: step.outcome === undefined ? "Running" : (statuses[step.outcome] ?? "Failed"),
    Concurrency: limit("concurrency"),
    ToleratedFailedCount: limit("toleratedFailures"),
    ToleratedFailedPercentage: limit("toleratedFailurePercent"),
    StartedTime: timeText(step.beganAt),
    StoppedTime: step.endedAt === undefined ? undefined : timeText(step.endedAt),
    ItemCounts: {
      Total: items?.total ?? 0,
      Pending: items?.pending ?? 0,
      Running: items?.running ?? 0,
      Succeed: items?.succeeded ?? 0,
      Failed: items?.failed ?? 0,
      Aborted: items?.aborted ?? 0,
    },
  };
}
