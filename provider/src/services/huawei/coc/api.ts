/**
 * Huawei Cloud COC jobs on the wire: requests for the operations that we use. Pure; `answers` reads the answers. The
 * service calls a job a document, and an execution a ticket.
 */
import type { HttpRequest } from "../../../http/request";
import type { JobTarget, KeyValue } from "./parameters";

/** A job and where it is. */
export interface CocJob {
  readonly endpoint: string;
  readonly documentId: string;
}

/** The values with which an execution is started. */
export interface JobStart {
  /** As the service names versions: `v2`. The latest where it is left out. */
  readonly version?: string | undefined;
  readonly documentType?: string | undefined;
  readonly parameters?: readonly KeyValue[] | undefined;
  readonly targetParameterName?: string | undefined;
  readonly targets?: readonly JobTarget[] | undefined;
  /** Shown again by the execution. */
  readonly description: string;
}

/** The operations on an execution; the service knows `RESUME` and `SKIP_BATCH` too. */
export type JobOperation = "TERMINATE" | "RETRY";

const headers = { "content-type": "application/json" };

/**
 * Starts an execution. It has no token against doubles: never sent twice blindly.
 * @see https://support.huaweicloud.com/api-coc/ExecuteDocument.html
 */
export function buildExecuteDocument({ endpoint, documentId }: CocJob, start: JobStart): HttpRequest {
  return {
    operation: "ExecuteDocument",
    method: "POST",
    endpoint,
    path: ["v1", "documents", documentId],
    headers,
    body: startBody(start),
    repeatable: false,
    isSeenThrough: true,
  };
}

// A value that is left out of a start is left out of its JSON.
function startBody(start: JobStart): string {
  return JSON.stringify({
    version: start.version,
    parameters: start.parameters,
    target_parameter_name: start.targetParameterName,
    targets: start.targets,
    document_type: start.documentType,
    description: start.description,
  });
}

/**
 * Reads one execution. Its steps are not in the answer.
 * @see https://support.huaweicloud.com/api-coc/ShowExecution.html
 */
export function buildShowExecution({ endpoint }: CocJob, executionId: string): HttpRequest {
  return {
    operation: "ShowExecution",
    method: "GET",
    endpoint,
    path: ["v1", "executions", executionId],
    headers,
    repeatable: true,
  };
}

/** The span of a list; both numbers count rows. */
export interface ListSpan {
  readonly limit: number;
  readonly offset: number;
}

/**
 * Lists the executions of a job. The service has no filter by status. Its filter by end time is left alone: that asks for
 * executions that have ended.
 * @param startedAfterMs milliseconds since the epoch; executions that began later.
 * @see https://support.huaweicloud.com/api-coc/ListExecutions.html
 */
export function buildListExecutions(
  { endpoint, documentId }: CocJob,
  { limit, offset, startedAfterMs }: ListSpan & { readonly startedAfterMs?: number | undefined },
): HttpRequest {
  return {
    operation: "ListExecutions",
    method: "GET",
    endpoint,
    path: ["v1", "executions"],
    query: [
      ["limit", String(limit)],
      ["offset", String(offset)],
      ["document_id", documentId],
      // A batched execution has executions of its own for its batches.
      ["exclude_child_executions", "true"],
      ...(startedAfterMs === undefined ? [] : [["start_time", String(startedAfterMs)] as const]),
    ],
    headers,
    repeatable: true,
  };
}

/**
 * Lists the steps of an execution.
 * @see https://support.huaweicloud.com/api-coc/ListExecutionSteps.html
 */
export function buildListExecutionSteps(
  { endpoint }: CocJob,
  executionId: string,
  { limit, offset }: ListSpan,
): HttpRequest {
  return {
    operation: "ListExecutionSteps",
    method: "GET",
    endpoint,
    path: ["v1", "executions", executionId, "steps"],
    query: [
      ["limit", String(limit)],
      ["offset", String(offset)],
    ],
    headers,
    repeatable: true,
  };
}

/**
 * Stops an execution, or runs its failed steps again; it keeps its id. The id is in the body, not in the path.
 * @see https://support.huaweicloud.com/api-coc/UpdateExecution.html
 */
export function buildUpdateExecution(
  { endpoint }: CocJob,
  executionId: string,
  operation: JobOperation,
): HttpRequest {
  return {
    operation: "UpdateExecution",
    method: "POST",
    endpoint,
    path: ["v1", "executions"],
    headers,
    body: JSON.stringify({ execution_id: executionId, operate_type: operation }),
    // A second retry would retry the steps that the first has set going.
    repeatable: operation === "TERMINATE",
  };
}

/**
 * Shows a version of a job: the latest one of a job of the account, unless the start says otherwise.
 * @see https://support.huaweicloud.com/api-coc/ShowDocument.html
 */
export function buildShowDocument(
  { endpoint, documentId }: CocJob,
  { version, documentType }: Pick<JobStart, "version" | "documentType">,
): HttpRequest {
  return {
    operation: "ShowDocument",
    method: "GET",
    endpoint,
    path: ["v1", "documents", documentId],
    query: [
      ...(version === undefined ? [] : [["version", version] as const]),
      ...(documentType === undefined ? [] : [["document_type", documentType] as const]),
    ],
    headers,
    repeatable: true,
  };
}
