/**
 * Reads the answers of AWS Step Functions: executions, lists and histories. Pure. The vendor's words end here.
 */
import type { RequestSummary } from "../../../ground/errors";
import { ExactNumber, exactNumbersAsText, parseJson } from "../../../ground/json";
import { isJsonObject, readJsonObject, numberOf, withoutField } from "../../../http/answer";
import type { HttpAnswer } from "../../../http/request";
import { checkIsAbout, demandExecutionId, readExecutionId } from "../../../execution/executionIds";
import type { ExecutionSnapshot, ExecutionSummary } from "../../../execution/snapshot";
import { durationOf, isSettled } from "../../../execution/snapshot";
import type { ExecutionArn } from "./arns";
import { parseExecutionArn } from "./arns";
import type { StateMachineEvent } from "./events";
import { toExecutionStatus } from "./statuses";

type Bag = Readonly<Record<string, unknown>>;

/** The code for "the name is in use, or was within the last 90 days". */
export const alreadyExists = "ExecutionAlreadyExists";

/** An answer to StartExecution. */
export interface StartAnswer {
  readonly executionArn: ExecutionArn;
  /** RFC 3339. */
  readonly startedAt: string | undefined;
}

/**
 * Reads the answer to a start.
 * @throws ResponseFormatError when it names no execution.
 */
export function parseStartExecution(answer: HttpAnswer, request: RequestSummary): StartAnswer {
  const body = readJsonObject(answer, request);
  return { executionArn: executionArnIn(body, request), startedAt: timeIn(body["startDate"]) };
}

/** The execution of a question. */
export interface AskedExecution {
  readonly stateMachine: string;
  readonly executionName: string;
}

/**
 * Reads the answer to DescribeExecution. Steps are in the history, not here.
 * @throws ResponseFormatError when ARN or status is missing, or the answer is about another execution.
 */
export function parseDescribeExecution(
  answer: HttpAnswer,
  request: RequestSummary,
  asked: AskedExecution,
): ExecutionSnapshot {
  const { body, executionName } = executionOf(asked.stateMachine, answer, request);
  checkIsAbout(asked.executionName, executionName, "executionArn", request);
  return snapshotFrom(body, executionName, request);
}

/**
 * Reads the answer to StartSyncExecution: the execution has finished.
 * @throws ResponseFormatError when ARN or status is missing, or the answer is about another execution.
 */
export function parseStartSyncExecution(
  answer: HttpAnswer,
  request: RequestSummary,
  asked: AskedExecution,
): ExecutionSnapshot {
  const { body, executionName } = executionOf(asked.stateMachine, answer, request);
  if (!executionName.startsWith(`${asked.executionName}:`)) {
    checkIsAbout(asked.executionName, executionName, "executionArn", request);
  }
  return snapshotFrom(body, executionName, request);
}

function executionOf(
  machine: string,
  answer: HttpAnswer,
  request: RequestSummary,
): { readonly body: Bag; readonly executionName: string } {
  const body = readJsonObject(answer, request);
  const { stateMachine, executionName } = executionArnIn(body, request);
  checkIsAbout(machine, stateMachine, "executionArn", request);
  return { body, executionName };
}

function snapshotFrom(body: Bag, executionId: string, request: RequestSummary): ExecutionSnapshot {
  const rawStatus = textIn(body["status"]);
  if (rawStatus === undefined) throw withoutField("status", request);
  const times = timesOf(body, rawStatus);
  const error = errorOf(body);
  return {
    executionId,
    rawStatus,
    ...times,
    ...outputOf(body),
    ...(error === undefined || times.status === "succeeded" ? {} : { error }),
    steps: [],
  };
}

/** `error: cause`, as far as an object has them. */
export function errorOf(bag: Bag): string | undefined {
  const parts = [textIn(bag["error"]), textIn(bag["cause"])].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(": ");
}

/** A page of executions; `nextToken` is absent at the end. */
export interface ExecutionsPage {
  readonly executions: ExecutionSummary[];
  /** The number of rows that were left out because they cannot be read, of executions that may still be running. */
  readonly unreadable: number;
  readonly nextToken: string | undefined;
}

/**
 * Reads a page of executions. Rows without an ARN or a status are left out.
 * @throws ResponseFormatError when there is no list.
 */
export function parseListExecutions(
  answer: HttpAnswer,
  request: RequestSummary,
  stateMachine: string,
): ExecutionsPage {
  const body = readJsonObject(answer, request);
  const items = listIn(body, "executions", request);
  let unreadable = 0;
  const executions = items.flatMap((item): ExecutionSummary[] => {
    const arn = parseExecutionArn(textIn(item["executionArn"]) ?? "");
    if (arn && arn.stateMachine !== stateMachine) return [];
    const executionId = readExecutionId(arn?.executionName);
    const rawStatus = textIn(item["status"]) ?? "";
    const times = timesOf(item, rawStatus);
    if (executionId === undefined || rawStatus === "") {
      if (!isSettled(times.status)) unreadable += 1;
      return [];
    }
    return [{ executionId, rawStatus, ...times, ...durationOf(times) }];
  });
  return { executions, unreadable, nextToken: textIn(body["nextToken"]) };
}

/**
 * Reads a page of events.
 * @throws ResponseFormatError when there is no list.
 */
export function parseGetExecutionHistory(
  answer: HttpAnswer,
  request: RequestSummary,
): { readonly events: StateMachineEvent[]; readonly nextToken: string | undefined } {
  const body = readJsonObject(answer, request);
  const events = listIn(body, "events", request).map((item): StateMachineEvent => ({
    id: numberOf(item["id"]),
    previousEventId: numberOf(item["previousEventId"]),
    type: textIn(item["type"]) ?? "",
    time: timeIn(item["timestamp"]),
    details: detailsOf(item),
  }));
  return { events, nextToken: textIn(body["nextToken"]) };
}

// Every type has its details under a name of its own, such as `stateEnteredEventDetails`; an event has one of them at most.
function detailsOf(item: Bag): Bag {
  const found = Object.entries(item).find(
    ([name, value]) => name.endsWith("EventDetails") && isJsonObject(value),
  );
  return found ? (exactNumbersAsText(found[1]) as Bag) : {};
}

function executionArnIn(body: Bag, request: RequestSummary): ExecutionArn {
  const text = textIn(body["executionArn"]);
  if (text === undefined) throw withoutField("executionArn", request);
  const arn = parseExecutionArn(text);
  const executionName = demandExecutionId(arn?.executionName, "executionArn", request);
  return { kind: "execution", stateMachine: "", ...arn, executionName };
}

function listIn(body: Bag, name: string, request: RequestSummary): Bag[] {
  const items = body[name];
  if (!Array.isArray(items)) throw withoutField(name, request);
  return items.filter(isJsonObject);
}

// The time of an end counts only for a settled execution.
function timesOf(body: Bag, rawStatus: string): Pick<ExecutionSummary, "status" | "startedAt" | "settledAt"> {
  const status = toExecutionStatus(rawStatus);
  const startedAt = timeIn(body["startDate"]);
  const settledAt = isSettled(status) ? timeIn(body["stopDate"]) : undefined;
  return {
    status,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(settledAt === undefined ? {} : { settledAt }),
  };
}

// Outputs are JSON texts inside strings; a text that is no JSON is kept as it is.
function outputOf(body: Bag): Pick<ExecutionSnapshot, "output"> {
  const text = textIn(body["output"]);
  return text === undefined ? {} : { output: parseJsonText(text) };
}

function parseJsonText(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

// Numbers: seconds since the epoch, with fractions, of which milliseconds are kept.
function timeIn(value: unknown): string | undefined {
  const seconds = value instanceof ExactNumber ? Number(value.text) : value;
  if (typeof seconds !== "number") return undefined;
  const date = new Date(Math.round(seconds * 1000));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
