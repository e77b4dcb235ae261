/**
 * Huawei Cloud AOM workflows on the wire: builds the requests that the provider sends. `answers` reads the answers. Pure.
 */
import type { HttpRequest } from "../../../http/request";

/** A workflow and where it is. */
export interface AomWorkflow {
  readonly endpoint: string;
  readonly projectId: string;
  readonly workflowId: string;
}

// The reference lists it as mandatory for every operation, also where there is no body.
const headers = { "content-type": "application/json" };

function executionsPath(workflow: AomWorkflow, ...more: string[]): string[] {
  return ["v1", workflow.projectId, "cms", "workflow", workflow.workflowId, "executions", ...more];
}

/**
 * Starts an execution. It takes no parameters and has no token against doubles: never sent twice blindly.
 * @see https://support.huaweicloud.com/api-aom/ExecuteWorkflow.html
 */
export function buildExecuteWorkflow(workflow: AomWorkflow): HttpRequest {
  return {
    operation: "ExecuteWorkflow",
    method: "POST",
    endpoint: workflow.endpoint,
    path: executionsPath(workflow),
    headers,
    repeatable: false,
    isSeenThrough: true,
  };
}

/**
 * Reads one execution.
 * @see https://support.huaweicloud.com/intl/en-us/api-aom/SearchWorkflowExecutionDetail.html
 */
export function buildSearchWorkflowExecutionDetail(workflow: AomWorkflow, executionId: string): HttpRequest {
  return {
    operation: "SearchWorkflowExecutionDetail",
    method: "GET",
    endpoint: workflow.endpoint,
    path: executionsPath(workflow, executionId, "status"),
    headers,
    repeatable: true,
  };
}

/**
 * Lists the executions of a workflow: all of them in one answer, there is no paging and no filter.
 * @param enterpriseProjectId the service takes `"0"` where it is left out.
 * @see https://support.huaweicloud.com/api-aom/ListWorkflowExecutions.html
 */
export function buildListWorkflowExecutions(
  workflow: AomWorkflow,
  enterpriseProjectId?: string,
): HttpRequest {
  return {
    operation: "ListWorkflowExecutions",
    method: "GET",
    endpoint: workflow.endpoint,
    path: executionsPath(workflow),
    // In the query, with underscores: not the header of similar name that other services take.
    query: enterpriseProjectId === undefined ? [] : [["x_enterprise_project_id", enterpriseProjectId]],
    headers,
    repeatable: true,
    // Everything that ever ran, with all its steps and logs: a thousand executions of 20 targets are about 10 MB.
    maxAnswerBytes: 64 * 1024 * 1024,
  };
}

/**
 * Asks for an execution to be stopped. Any 2xx means accepted: the documents disagree on the body.
 * @see https://support.huaweicloud.com/api-aom/StopExecution.html
 */
export function buildStopExecution(workflow: AomWorkflow, executionId: string): HttpRequest {
  return {
    operation: "StopExecution",
    method: "POST",
    endpoint: workflow.endpoint,
    path: executionsPath(workflow, executionId, "terminate"),
    headers,
    repeatable: true,
  };
}

/** Workflows on a page of their list; the service gives no more. */
export const workflowsPerPage = 100;

/**
 * Lists the project's workflows, newest first: there is no operation that shows one.
 * @param page counted from 1.
 * @param enterpriseProjectId those of one enterprise project only.
 * @see https://support.huaweicloud.com/api-aom/ListWorkflow.html
 */
export function buildListWorkflow(
  { endpoint, projectId }: AomWorkflow,
  page: number,
  enterpriseProjectId: string | undefined,
): HttpRequest {
  const filter = enterpriseProjectId === undefined ? {} : { enterprise_project_id: enterpriseProjectId };
  return {
    operation: "ListWorkflow",
    method: "POST",
    endpoint,
    path: ["v1", projectId, "cms", "workflow-list"],
    headers,
    body: JSON.stringify({
      sort_field: "create_time",
      sort_type: "DESC",
      page,
      size: workflowsPerPage,
      ...filter,
    }),
    repeatable: true,
  };
}
