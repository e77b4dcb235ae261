/**
 * The answers of AOM's operations, as snapshots and pages. Pure.
 * Vendor words end here: `backend` and everything above speak of snapshots.
 */
import type { RequestSummary } from "../../../ground/errors";
import { ResponseFormatError } from "../../../ground/errors";
import type {
  ExecutionSnapshot,
  ExecutionStep,
  ExecutionSummary,
  FailedTarget,
} from "../../../execution/snapshot";
import { durationOf, isSettled } from "../../../execution/snapshot";
import { isJsonObject, readJson, readJsonObject, withoutField } from "../../../http/answer";
import type { HttpAnswer } from "../../../http/request";
import { servedAtMs } from "../../../http/servedAt";
import { checkIsAbout, demandExecutionId, readExecutionId } from "../../../execution/executionIds";
import { objects, spanOf, textOf } from "../values";
import { toExecutionStatus } from "./statuses";

/**
 * Reads the id of the started execution.
 * @throws ResponseFormatError when there is none that a request could name.
 */
export function parseExecuteWorkflow(answer: HttpAnswer, request: RequestSummary): string {
  return demandExecutionId(readJsonObject(answer, request)["execution_id"], "execution_id", request);
}

/**
 * Reads an execution. No field is promised by the reference, so only the status is demanded.
 * @throws ResponseFormatError when there is no status, or it is another execution's.
 */
export function parseSearchWorkflowExecutionDetail(
  answer: HttpAnswer,
  request: RequestSummary,
  executionId: string,
): ExecutionSnapshot {
  const body = readJsonObject(answer, request);
  checkIsAbout(executionId, body["execution_id"], "execution_id", request);
  const rawStatus = body["status"];
  if (typeof rawStatus !== "string" || rawStatus === "") {
    throw withoutField("status", request, answer.status);
  }
  return toSnapshot(body, executionId, nodesOf(body));
}

/** Names of a workflow's nodes by their ids, in its order; empty if the service does not tell them. */
export type NodeNames = ReadonlyMap<string, string | undefined>;

/** The nodes of the workflow as an execution's detail has them; a list does not. */
export function parseNodes(answer: HttpAnswer, request: RequestSummary): NodeNames {
  return nodesOf(readJsonObject(answer, request));
}

function toSnapshot(body: Record<string, unknown>, executionId: string, nodes: NodeNames): ExecutionSnapshot {
  const rawStatus = textOf(body["status"]) ?? "";
  const status = toExecutionStatus(rawStatus);
  const results = objects(body["execution_result_list"]);
  const output = results.map((result) => result["output"]).findLast((value) => value != null);
  return {
    executionId,
    status,
    rawStatus,
    ...spanOf(body, isSettled(status)),
    ...(output === undefined ? {} : { output }),
    steps: results.map((result) => toStep(result, nodes)),
    ...(nodes.size > 0 ? { stepsTotal: nodes.size } : {}),
  };
}

/** A list, newest first. */
export interface AomList {
  readonly executions: ExecutionSummary[];
  /** True if the service listed nothing at all. */
  readonly isEmpty: boolean;
  /**
   * The time at which the service made the list, by the service's clock, in milliseconds since the epoch; absent if the
   * answer does not say.
   */
  readonly servedAtMs: number | undefined;
  /** The number of rows that were left out because their id cannot be read, of executions that may still be running. */
  readonly unreadable: number;
  /** An execution of it as its detail would be, but for the names of the nodes. */
  readonly snapshotOf: (executionId: string, nodes: NodeNames) => ExecutionSnapshot | undefined;
}

/**
 * Reads the list, a bare array; newest first.
 * @throws ResponseFormatError when it is something else.
 */
export function parseListWorkflowExecutions(answer: HttpAnswer, request: RequestSummary): AomList {
  const body = readJson(answer, request);
  if (!Array.isArray(body)) {
    throw new ResponseFormatError(
      `${request.operation}: ${request.url} answered HTTP ${String(answer.status)} with something that is not a list.`,
      request,
    );
  }
  const items = new Map<string, Record<string, unknown>>();
  let unreadable = 0;
  const summaries = objects(body).flatMap((item) => {
    const executionId = readExecutionId(item["execution_id"]);
    const rawStatus = typeof item["status"] === "string" ? item["status"] : "";
    const status = toExecutionStatus(rawStatus);
    if (executionId === undefined) {
      if (!isSettled(status)) unreadable += 1;
      return [];
    }
    items.set(executionId, item);
    const span = spanOf(item, isSettled(status));
    // The schema says created_by, its example create_by.
    const createdBy = item["created_by"] ?? item["create_by"];
    return {
      executionId,
      status,
      rawStatus,
      ...span,
      ...durationOf(span),
      ...(typeof createdBy === "string" && createdBy !== "" ? { createdBy } : {}),
    };
  });
  return {
    executions: summaries.sort((a, b) => compareNewestFirst(beganMs(a), beganMs(b))),
    isEmpty: body.length === 0,
    servedAtMs: servedAtMs(answer),
    unreadable,
    snapshotOf: (executionId, nodes) => {
      const item = items.get(executionId);
      return item && toSnapshot(item, executionId, nodes);
    },
  };
}

// An execution without a start time waits in the queue, so it is the newest. If it has ended all the same,
// its age is unknown.
function beganMs(summary: ExecutionSummary): number {
  if (summary.startedAt !== undefined) return Date.parse(summary.startedAt);
  return isSettled(summary.status) ? -Infinity : Infinity;
}

function compareNewestFirst(a: number, b: number): number {
  return a === b ? 0 : b > a ? 1 : -1;
}

/** A page of the project's workflows. */
export interface WorkflowPage {
  readonly count: number;
  /** The enterprise project of the workflow, where the page has that workflow; null if it does not say. */
  readonly enterpriseProjectId: string | null | undefined;
}

/**
 * Reads a page of workflows.
 * @throws ResponseFormatError when it has no list.
 */
export function parseListWorkflow(
  answer: HttpAnswer,
  request: RequestSummary,
  workflowId: string,
): WorkflowPage {
  const { elements } = readJsonObject(answer, request);
  if (!Array.isArray(elements)) {
    throw withoutField("elements", request, answer.status);
  }
  const workflow = objects(elements).find(({ id }) => id === workflowId);
  return {
    count: elements.length,
    enterpriseProjectId: workflow && (textOf(workflow["enterprise_project_id"]) ?? null),
  };
}

/** The code for a parameter that the service does not accept; the detail also says it of an unknown execution. */
export const parameterError = "AOM.31001403";

/** The code for "this execution can't be stopped (any more)". */
export const cannotBeStopped = "AOM.31001418";

// The names of the nodes are only in the snapshot of the workflow, which is in examples but in no schema.
function nodesOf(body: Record<string, unknown>): NodeNames {
  const snapshot = body["workflow_snapshot"];
  const nodes = isJsonObject(snapshot) ? objects(snapshot["nodes"]) : [];
  return new Map(
    nodes.flatMap((node) =>
      typeof node["id"] === "string" ? [[node["id"], textOf(node["name"])] as const] : [],
    ),
  );
}

function toStep(result: Record<string, unknown>, nodes: NodeNames): ExecutionStep {
  const id = textOf(result["node_id"]) ?? "";
  const name = nodes.get(id);
  const rawStatus = typeof result["status"] === "string" ? result["status"] : "";
  const status = toExecutionStatus(rawStatus);
  const span = spanOf(result, isSettled(status));
  const output = isJsonObject(result["output"]) ? result["output"] : {};
  const error = textOf(
    output["error_msg"] ?? output["error_message"] ?? output["error"] ?? output["message"],
  );
  return {
    id,
    ...(name === undefined ? {} : { name }),
    status,
    rawStatus,
    ...(span.startedAt === undefined ? {} : { startedAt: span.startedAt }),
    ...durationOf(span),
    ...(error === undefined || status === "succeeded" ? {} : { error }),
    ...targetsOf(output),
  };
}

function targetsOf(output: Record<string, unknown>): Pick<ExecutionStep, "targets" | "failedTargets"> {
  const lists = ["success", "fail", "in_execution", "not_performed"] as const;
  if (!lists.some((list) => Array.isArray(output[list]))) return {};
  const failed = objects(output["fail"]);
  return {
    targets: {
      succeeded: objects(output["success"]).length,
      failed: failed.length,
      running: objects(output["in_execution"]).length,
      notPerformed: objects(output["not_performed"]).length,
    },
    ...(failed.length > 0 ? { failedTargets: failed.map(toFailedTarget) } : {}),
  };
}

function toFailedTarget(item: Record<string, unknown>): FailedTarget {
  const parts: Record<keyof FailedTarget, string | undefined> = {
    id: textOf(item["id"]),
    name: textOf(item["name"]),
    // Machines have an address, workloads a namespace.
    address: textOf(item["ip"] ?? item["namespace"]),
    exitCode: textOf(item["exit_code"]),
    message: textOf(item["error_msg"]),
    log: textOf(item["log"]),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}
