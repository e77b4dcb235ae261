/**
 * Reads the answers of Huawei Cloud COC. Pure. Vendor words end here: `backend` and everything above speak of
 * snapshots. A good answer can have an `error_code` too, which says that all is well: only a missing part of an answer
 * is a failure.
 */
import type { RequestSummary } from "../../../ground/errors";
import { ResponseFormatError } from "../../../ground/errors";
import type { ExecutionSnapshot, ExecutionStep, ExecutionSummary } from "../../../execution/snapshot";
import { durationOf, isSettled } from "../../../execution/snapshot";
import { checkIsAbout, demandExecutionId, readExecutionId } from "../../../execution/executionIds";
import { isJsonObject, readJsonObject, withoutField } from "../../../http/answer";
import type { HttpAnswer } from "../../../http/request";
import type { Span } from "../values";
import { objects, spanOf, textOf } from "../values";
import { toExecutionStatus } from "./statuses";

/**
 * Reads the id of the started execution: `data` itself is the id.
 * @throws ResponseFormatError when there is none that a request could name.
 */
export function parseExecuteDocument(answer: HttpAnswer, request: RequestSummary): string {
  const body = readJsonObject(answer, request);
  if (body["data"] == null) throw withoutData(body, answer, request);
  return demandExecutionId(body["data"], "data", request);
}

/** An execution, without its steps, with the job and the description that it shows. */
export interface ShownExecution {
  readonly snapshot: ExecutionSnapshot;
  /** The job's id; undefined if the answer has none. */
  readonly documentId: string | undefined;
  /** As it was sent; undefined if the answer has none. */
  readonly description: unknown;
}

/**
 * Reads an execution.
 * @returns undefined if the service knows none: it answers 200 without data.
 * @throws ResponseFormatError when there is no status, or it is another execution's.
 */
export function parseShowExecution(
  answer: HttpAnswer,
  request: RequestSummary,
  executionId: string,
): ShownExecution | undefined {
  const data = dataIn(readJsonObject(answer, request), answer, request);
  if (!data) return undefined;
  checkIsAbout(executionId, data["execution_id"], "execution_id", request);
  if (textOf(data["status"]) === undefined) throw withoutField("status", request, answer.status);
  const documentId = textOf(data["document_id"]);
  return { snapshot: snapshotIn(data, executionId), documentId, description: data["description"] };
}

/**
 * Sees that a job is there.
 * @returns false if the service knows none: it answers 200 without data.
 */
export function parseShowDocument(answer: HttpAnswer, request: RequestSummary): boolean {
  return dataIn(readJsonObject(answer, request), answer, request) !== undefined;
}

/** A page of executions. */
export interface ExecutionsPage {
  readonly executions: readonly ExecutionSummary[];
  /** The number of rows on the page, those that cannot be read included. */
  readonly rows: number;
  /** The number of rows of the list, as the service says; undefined if it does not. */
  readonly total: number | undefined;
  /** The number of rows that were left out because their id cannot be read, of executions that may still be running. */
  readonly unreadable: number;
  /** An execution of it that has ended, as its detail would be; the steps are not there either. */
  readonly snapshotOf: (executionId: string) => ExecutionSnapshot | undefined;
}

/**
 * Reads a page of executions.
 * @throws ResponseFormatError when there is no list.
 */
export function parseListExecutions(answer: HttpAnswer, request: RequestSummary): ExecutionsPage {
  const { rows, total } = readList(answer, request);
  const ended = new Map<string, ExecutionSnapshot>();
  let unreadable = 0;
  const executions = objects(rows).flatMap((row): ExecutionSummary[] => {
    const executionId = readExecutionId(row["execution_id"]);
    const status = toExecutionStatus(textOf(row["status"]) ?? "");
    if (executionId === undefined) {
      if (!isSettled(status)) unreadable += 1;
      return [];
    }
    const snapshot = snapshotIn(row, executionId);
    if (isSettled(status)) ended.set(executionId, snapshot);
    const { steps: _steps, ...summary } = snapshot;
    const createdBy = textOf(row["creator"]);
    return [{ ...summary, ...durationOf(snapshot), ...(createdBy === undefined ? {} : { createdBy }) }];
  });
  return {
    executions,
    rows: rows.length,
    total,
    unreadable,
    snapshotOf: (executionId) => ended.get(executionId),
  };
}

/** A page of steps. */
export interface StepsPage {
  readonly steps: readonly JobStep[];
  /** The number of rows on the page. */
  readonly rows: number;
  /** The number of rows of the list, as the service says; undefined if it does not. */
  readonly total: number | undefined;
}

/** A step, and its result. */
export interface JobStep {
  readonly step: ExecutionStep;
  /** False for one that the service lists before the step runs. */
  readonly hasBegun: boolean;
  /** Texts by their names; undefined if there are none. */
  readonly outputs: Readonly<Record<string, string>> | undefined;
}

/**
 * Reads a page of steps.
 * @throws ResponseFormatError when there is no list.
 */
export function parseListExecutionSteps(answer: HttpAnswer, request: RequestSummary): StepsPage {
  const { rows, total } = readList(answer, request);
  return { steps: objects(rows).map(toStep), rows: rows.length, total };
}

function toStep(row: Record<string, unknown>): JobStep {
  const rawStatus = textOf(row["status"]) ?? "";
  const status = toExecutionStatus(rawStatus);
  const span = spanIn(row, isSettled(status));
  const name = textOf(row["name"]);
  const message = textOf(row["message"]);
  const step: ExecutionStep = {
    id: textOf(row["execution_step_id"]) ?? "",
    ...(name === undefined ? {} : { name }),
    status,
    rawStatus,
    ...(span.startedAt === undefined ? {} : { startedAt: span.startedAt }),
    ...durationOf(span),
    ...(message === undefined || status === "succeeded" || status === "running" ? {} : { error: message }),
  };
  return {
    step,
    hasBegun: span.startedAt !== undefined || status !== "waiting",
    outputs: outputsIn(row["outputs"]),
  };
}

function outputsIn(value: unknown): Readonly<Record<string, string>> | undefined {
  const entries = objects(value).flatMap((output) => {
    const key = textOf(output["key"]);
    return key === undefined ? [] : [[key, outputText(output["value"])] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

// Documented as text; anything else is kept as its JSON.
function outputText(value: unknown): string {
  return textOf(value) ?? (value == null || value === "" ? "" : JSON.stringify(value));
}

function snapshotIn(data: Record<string, unknown>, executionId: string): ExecutionSnapshot {
  const rawStatus = textOf(data["status"]) ?? "";
  const status = toExecutionStatus(rawStatus);
  return { executionId, status, rawStatus, ...spanIn(data, isSettled(status)), steps: [] };
}

// COC's names for the times that the other services have too.
function spanIn({ start_time, end_time, update_time }: Record<string, unknown>, settled: boolean): Span {
  return spanOf({ begin_time: start_time, end_time, last_update_time: update_time }, settled);
}

function dataIn(
  body: Record<string, unknown>,
  answer: HttpAnswer,
  request: RequestSummary,
): Record<string, unknown> | undefined {
  const { data } = body;
  if (data === undefined || data === null || data === "") return undefined;
  if (!isJsonObject(data)) throw withoutField("data", request, answer.status);
  return data;
}

function readList(
  answer: HttpAnswer,
  request: RequestSummary,
): { readonly rows: readonly unknown[]; readonly total: number | undefined } {
  const body = readJsonObject(answer, request);
  const total = typeof body["total"] === "number" ? body["total"] : undefined;
  if (Array.isArray(body["data"])) return { rows: body["data"] as unknown[], total };
  // An empty list may be null, or left out.
  if (body["data"] == null && total === 0) return { rows: [], total };
  throw withoutData(body, answer, request);
}

// The code and message in the place of the data are all that there is to go by.
function withoutData(
  body: Record<string, unknown>,
  answer: HttpAnswer,
  request: RequestSummary,
): ResponseFormatError {
  const said = [body["error_code"], body["error_msg"]].flatMap((part) => textOf(part) ?? []).join(": ");
  return new ResponseFormatError(
    `${request.operation}: ${request.url} answered HTTP ${String(answer.status)} without "data"${said && ` (${said})`}.`,
    request,
  );
}
