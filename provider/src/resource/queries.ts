/**
 * Runs queries in the program's own process, with the stack's configuration. Used by the `get…` functions of the
 * services' modules.
 */
import * as pulumi from "@pulumi/pulumi";
import { processSettings } from "../dynamic/processSettings";
import type { ServiceName, Session } from "../lifecycle/index";
import {
  getExecution,
  iterateExecutions,
  listExecutions,
  openSession,
  retryExecution,
  services,
} from "../lifecycle/index";
import type {
  ExecutionListArgs,
  ExecutionListResult,
  ExecutionPageArgs,
  ExecutionSummary,
  InputOf,
} from "./types";

/** A session with the configuration of the stack that is being deployed; outside of a deployment there is none. */
export function programSession(): Session {
  // The raw look-up: Config.get warns of every secret, and here secrets stay within the session.
  return openSession({ settings: processSettings((key) => pulumi.runtime.getConfig(key)) });
}

type ListArgs = ExecutionListArgs & { readonly executionNamePrefix?: string };

/** Lists executions of a workflow; what is no filter says where the workflow is. */
export function queryExecutions(
  service: ServiceName,
  args: ListArgs & ExecutionPageArgs & object,
): Promise<ExecutionListResult> {
  const { status, startedAfter, startedBefore, executionNamePrefix, limit, nextToken, ...where } = args;
  const query = { status, startedAfter, startedBefore, executionNamePrefix, limit, nextToken };
  return listExecutions(services[service], { ...where }, query, programSession());
}

/** Goes through all executions of a workflow, page by page as they are consumed. */
export function iterateOver(
  service: ServiceName,
  args: ListArgs & object,
): AsyncGenerator<ExecutionSummary, void, undefined> {
  const { status, startedAfter, startedBefore, executionNamePrefix, ...where } = args;
  const query = { status, startedAfter, startedBefore, executionNamePrefix };
  return iterateExecutions(services[service], { ...where }, query, programSession());
}

/** Looks at one execution. */
export async function queryExecution<Result>(
  service: ServiceName,
  args: object,
  executionId: string,
): Promise<Result> {
  return (await getExecution(services[service], { ...args }, executionId, programSession())) as Result;
}

/** Runs the failed steps of an execution again. */
export function retryFailedSteps(service: ServiceName, args: object, executionId: string): Promise<void> {
  return retryExecution(services[service], { ...args }, executionId, programSession());
}

/** Makes the `…Output` form of a function. */
export function outputForm<Args extends object, Result>(
  call: (args: Args) => Promise<Result>,
): (args: InputOf<Args>) => pulumi.Output<Result> {
  const callUnwrapped = (known: unknown): Promise<Result> => call(known as Args);
  return (args) =>
    pulumi.all([args as pulumi.Input<object>]).apply<Result>(([known]) => callUnwrapped(known));
}
