/**
 * The functions of the services: one execution, its events, the executions of a workflow, failed steps run again.
 */
import type { InvokeOptions } from "@pulumi/pulumi";
import type { ServiceName } from "../services/registry";
import {
  getExecutionHistory,
  getWorkflowExecution,
  getWorkflowExecutions,
  retryWorkflowExecution,
} from "../fronts/shared/executionFunctions";
import { iterateExecutions } from "../lifecycle/index";
import { services } from "../services/registry";
import type { ProgramFunction } from "./functions";
import { programFunction, programIteration } from "./functions";
import type { ExecutionListArgs, ExecutionListResult, ExecutionPageArgs, ExecutionSummary } from "./types";

type ListArgs = ExecutionListArgs & { readonly executionNamePrefix?: string };

/** Lists executions of a workflow; arguments that are no filter name the workflow's place. */
export function executionsQuery<Args extends ListArgs & ExecutionPageArgs & object>(
  service: ServiceName,
): ProgramFunction<Args, ExecutionListResult> {
  return programFunction(service, "getWorkflowExecutions", (args: Args, session) =>
    getWorkflowExecutions(services[service], { ...args } as Record<string, unknown>, session),
  );
}

/** Goes through all executions of a workflow, page by page as they are consumed. */
export function iterateOver(
  service: ServiceName,
  args: ListArgs & object,
  opts: InvokeOptions | undefined,
): AsyncGenerator<ExecutionSummary, void, undefined> {
  return programIteration(
    service,
    "listWorkflowExecutions",
    args,
    opts,
    ({ status, startedAfter, startedBefore, executionNamePrefix, ...where }, session) => {
      const wanted = { status, startedAfter, startedBefore, executionNamePrefix };
      return iterateExecutions(services[service], where, wanted, session);
    },
    (answer) => (answer as Partial<ExecutionListResult> | undefined)?.executions ?? [],
  );
}

/** Reads one execution. */
export function executionQuery<Args extends { readonly executionId: string }, Result>(
  service: ServiceName,
): ProgramFunction<Args, Result> {
  return programFunction(
    service,
    "getWorkflowExecution",
    async (args: Args, session) =>
      (await getWorkflowExecution(services[service], { ...args }, session)) as Result,
  );
}

/** Reads the events of one execution. */
export function historyQuery<Args extends { readonly executionId: string }, Result>(
  service: ServiceName,
): ProgramFunction<Args, Result> {
  return programFunction(
    service,
    "getExecutionHistory",
    async (args: Args, session) =>
      (await getExecutionHistory(services[service], { ...args }, session)) as Result,
  );
}

/** Runs the failed steps of an execution again. */
export function retryOfFailedSteps<Args extends { readonly executionId: string }>(
  service: ServiceName,
): ProgramFunction<Args, void> {
  return programFunction(service, "retryWorkflowExecution", (args: Args, session) =>
    retryWorkflowExecution(services[service], { ...args }, session),
  );
}
