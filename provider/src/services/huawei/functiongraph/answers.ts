/**
 * The answers of FunctionGraph's operations, as snapshots and pages. Pure.
 * Vendor words end here: `backend` and everything above speak of snapshots.
 */
import type { RequestSummary } from "../../../ground/errors";
import type { ExecutionSnapshot, ExecutionStep, ExecutionSummary } from "../../../execution/snapshot";
import { durationOf, isSettled } from "../../../execution/snapshot";
import { isJsonObject, readJsonObject, withoutField } from "../../../http/answer";
import type { HttpAnswer } from "../../../http/request";
import { checkIsAbout, demandExecutionId, readExecutionId } from "../../../execution/executionIds";
import { objects, spanOf, textOf } from "../values";
import { toExecutionStatus } from "./statuses";

/**
 * Reads the id of the started execution.
 * @throws ResponseFormatError when there is none that a request could name.
 */
export function parseStart(answer: HttpAnswer, request: RequestSummary): string {
  return demandExecutionId(idIn(readJsonObject(answer, request)), "execution_id", request);
}

/**
 * Reads the outcome of a synchronous run: times as text, errors by node, output only where it succeeded.
 * @throws ResponseFormatError when there is no id that a request could name, or no status.
 */
export function parseStartSync(answer: HttpAnswer, request: RequestSummary): ExecutionSnapshot {
  const body = readJsonObject(answer, request);
  const executionId = demandExecutionId(idIn(body), "execution_id", request);
  const { status, rawStatus } = statusIn(body, answer, request);
  return {
    executionId,
    status,
    rawStatus,
    ...spanOf(body, true),
    ...outputOf(body),
    steps: objects(body["errors"]).map((item): ExecutionStep => {
      const span = spanOf(item, true);
      const error = textOf(item["error_message"]);
      return {
        id: textOf(item["node_id"]) ?? "",
        status: "failed",
        rawStatus: "fail",
        ...(span.startedAt === undefined ? {} : { startedAt: span.startedAt }),
        ...durationOf(span),
        ...(error === undefined ? {} : { error }),
      };
    }),
  };
}

/**
 * Reads an execution.
 * @throws ResponseFormatError when there is no status, or it is another execution's.
 */
export function parseShowWorkflowExecution(
  answer: HttpAnswer,
  request: RequestSummary,
  executionId: string,
): ExecutionSnapshot {
  const body = readJsonObject(answer, request);
  checkIsAbout(executionId, idIn(body), "execution_id", request);
  const { status, rawStatus } = statusIn(body, answer, request);
  return {
    executionId,
    status,
    rawStatus,
    ...spanOf(body, isSettled(status)),
    ...outputOf(body),
    steps: objects(body["node_execution_details"]).map(toStep),
  };
}

/**
 * Reads one of the headers that an execution was started with.
 * @returns its text; null if the start had none of this name; undefined if the service does not show headers.
 * @throws ResponseFormatError when the answer is not JSON, or another execution's.
 */
export function parseStartHeader(
  answer: HttpAnswer,
  request: RequestSummary,
  executionId: string,
  name: string,
): string | null | undefined {
  const body = readJsonObject(answer, request);
  checkIsAbout(executionId, idIn(body), "execution_id", request);
  const started = body["headers"];
  if (!isJsonObject(started)) return undefined;
  const found = Object.entries(started).find(([key]) => key.toLowerCase() === name);
  return found === undefined ? null : (textOf(found[1]) ?? null);
}

/** A page of either list. */
export interface FlowPage {
  readonly executions: readonly ExecutionSummary[];
  /** The number of rows on the page, those that cannot be read included. */
  readonly rows: number;
  /** The number of rows of the list by the service's word; only the paged list tells. */
  readonly total: number | undefined;
  /** The number of rows that were left out because their id cannot be read, of executions that may still be running. */
  readonly unreadable: number;
}

/**
 * Reads a page of either list.
 * @throws ResponseFormatError when there is no list.
 */
export function parsePage(answer: HttpAnswer, request: RequestSummary): FlowPage {
  const { executions: rows, total } = readJsonObject(answer, request);
  if (!Array.isArray(rows)) throw withoutField("executions", request, answer.status);
  let unreadable = 0;
  const executions = objects(rows).flatMap((item) => {
    const summary = toSummary(item);
    if (summary) return [summary];
    if (!isSettled(toExecutionStatus(textOf(item["status"]) ?? ""))) unreadable += 1;
    return [];
  });
  return {
    executions,
    rows: rows.length,
    total: typeof total === "number" ? total : undefined,
    unreadable,
  };
}

// The last record is the present one: a retried node has several.
function toStep(detail: Record<string, unknown>): ExecutionStep {
  const last = objects(detail["executions"]).at(-1) ?? {};
  const rawStatus = textOf(last["status"]) ?? "";
  const status = toExecutionStatus(rawStatus);
  const span = spanOf(last, isSettled(status));
  const name = textOf(detail["node_name"]);
  const error = errorText(last["error_message"]);
  return {
    id: textOf(detail["node_id"]) ?? "",
    ...(name === undefined ? {} : { name }),
    status,
    rawStatus,
    ...(span.startedAt === undefined ? {} : { startedAt: span.startedAt }),
    ...durationOf(span),
    ...(error === undefined || status === "succeeded" ? {} : { error }),
  };
}

// Documented as an object on nodes; the vendor's example has the whole message in a broken key.
function errorText(value: unknown): string | undefined {
  const text = textOf(value);
  if (text !== undefined) return text;
  if (!isJsonObject(value) || Object.keys(value).length === 0) return undefined;
  const known = textOf(
    value["detail"] ?? value["error_message"] ?? value["errorMessage"] ?? value["message"],
  );
  if (known !== undefined) return known;
  const isBroken = Object.values(value).every((item) => item === null);
  return isBroken ? Object.keys(value).join(", ") : JSON.stringify(value);
}

// A number beyond the safe ones is rounded already, and names another execution.
function idIn({ execution_id: id }: Record<string, unknown>): unknown {
  return Number.isSafeInteger(id) ? String(id) : id;
}

function toSummary(item: Record<string, unknown>): ExecutionSummary | undefined {
  const executionId = readExecutionId(idIn(item));
  if (executionId === undefined) return undefined;
  const rawStatus = textOf(item["status"]) ?? "";
  const status = toExecutionStatus(rawStatus);
  const span = spanOf(item, isSettled(status));
  const createdBy = textOf(item["created_by"]);
  return {
    executionId,
    status,
    rawStatus,
    ...span,
    ...durationOf(span),
    ...(createdBy === undefined ? {} : { createdBy }),
  };
}

// Only a run that succeeded has an output; `{}` and null stand for none.
function outputOf(body: Record<string, unknown>): { readonly output?: unknown } {
  const output = body["output"];
  if (output == null || (isJsonObject(output) && Object.keys(output).length === 0)) return {};
  return { output };
}

function statusIn(
  body: Record<string, unknown>,
  answer: HttpAnswer,
  request: RequestSummary,
): Pick<ExecutionSnapshot, "status" | "rawStatus"> {
  const rawStatus = textOf(body["status"]);
  if (rawStatus === undefined) throw withoutField("status", request, answer.status);
  return { status: toExecutionStatus(rawStatus), rawStatus };
}
