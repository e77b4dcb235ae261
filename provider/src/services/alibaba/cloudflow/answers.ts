/**
 * The answers of CloudFlow's operations, as snapshots and pages. Pure.
 * Vendor words end here: `backend` and everything above speak of snapshots.
 */
import type { RequestSummary } from "../../../ground/errors";
import type { ExecutionSnapshot, ExecutionSummary } from "../../../execution/snapshot";
import { durationOf, isSettled } from "../../../execution/snapshot";
import { exactNumbersAsText, parseJson } from "../../../ground/json";
import { isJsonObject, numberOf, readJsonObject, withoutField } from "../../../http/answer";
import type { HttpAnswer } from "../../../http/request";
import { checkIsAbout, demandExecutionId, readExecutionId } from "../../../execution/executionIds";
import type { HistoryEvent } from "./history";
import { toExecutionStatus } from "./statuses";

/** A page of executions; `nextToken` is absent at the end. */
export interface ExecutionsPage {
  readonly executions: ExecutionSummary[];
  /** The number of rows that were left out because they cannot be read, of executions that may still be running. */
  readonly unreadable: number;
  readonly nextToken: string | undefined;
  /** An execution of the page as DescribeExecution has it. */
  readonly snapshotOf: (executionId: string) => ExecutionSnapshot | undefined;
}

/** The code for "there is, or was, an execution of that name". */
export const alreadyExists = "ExecutionAlreadyExists";

/** The code for "this execution has ended, it can't be stopped". */
export const alreadyCompleted = "ExecutionAlreadyCompleted";

/** The requested execution. */
export interface AskedExecution {
  readonly flowName: string;
  readonly executionName: string;
  /** True for a synchronous run: it is named `<executionName>:<UUID>`. */
  readonly isSync?: boolean;
}

/**
 * Reads an execution (also the answer to a start or a stop). Steps are in the history, not here.
 * @throws ResponseFormatError when name or status is missing, or it is another execution's.
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
  if (rawStatus === undefined) throw withoutField("Status", request);
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
 * Reads a page of executions. Rows without a name, a status, or of another flow are left out.
 * @throws ResponseFormatError when there is no list.
 */
export function parseListExecutions(
  answer: HttpAnswer,
  request: RequestSummary,
  flowName: string,
): ExecutionsPage {
  const body = readJsonObject(answer, request);
  const items = body["Executions"];
  if (!Array.isArray(items)) throw withoutField("Executions", request);
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
    return [{ executionId, rawStatus, ...times, ...durationOf(times) }];
  });
  const snapshotOf = (executionId: string): ExecutionSnapshot | undefined => {
    const found = bodies.get(executionId);
    return found && snapshotFrom(found, executionId, textIn(found, "Status") ?? "");
  };
  return { executions, unreadable, nextToken: nextTokenOf(body), snapshotOf };
}

/**
 * Reads a page of events.
 * @throws ResponseFormatError when there is no list.
 */
export function parseGetExecutionHistory(
  answer: HttpAnswer,
  request: RequestSummary,
): { readonly events: HistoryEvent[]; readonly nextToken: string | undefined } {
  const body = readJsonObject(answer, request);
  const items = body["Events"];
  if (!Array.isArray(items)) throw withoutField("Events", request);
  const events = items.filter(isJsonObject).map((item): HistoryEvent => ({
    eventId: numberOf(item["EventId"]),
    scheduleEventId: numberOf(item["ScheduleEventId"]),
    type: textIn(item, "Type") ?? "",
    stepName: textIn(item, "StepName") ?? "",
    time: timeIn(item, "Time"),
    detail: exactNumbersAsText(parseJsonText(item["EventDetail"])),
  }));
  return { events, nextToken: nextTokenOf(body) };
}

// The time of an end counts only for a settled execution.
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
