/**
 * Runs queries in the program's own process, with the stack's configuration. Used by the `get…` functions of the
 * services' modules.
 */
import * as pulumi from "@pulumi/pulumi";
import { redactTexts } from "../dynamic/redaction/redact";
import { processSettings } from "../dynamic/processSettings";
import { redactSent } from "../dynamic/secrets";
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

/**
 * Runs a query in a session of its own. Neither what it gives nor what it throws has a credential in it that a service
 * has echoed: programs show and store both.
 */
export async function query<T>(run: (session: Session) => Promise<T>): Promise<T> {
  const session = programSession();
  try {
    return withoutCredentials(await run(session), session);
  } catch (error) {
    throw withoutCredentialsIn(error, session);
  }
}

function withoutCredentials<T>(value: T, { credentials }: Session): T {
  return redactTexts(value, (text) => redactSent(text, credentials.texts)) as T;
}

// The error itself: programs tell errors by their classes.
function withoutCredentialsIn(error: unknown, session: Session): unknown {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1) {
    for (const name of ["message", "stack", "serviceCode", "serviceMessage", "requestId"]) {
      const text = (each as unknown as Record<string, unknown>)[name];
      if (typeof text !== "string") continue;
      const redacted = withoutCredentials(text, session);
      if (redacted !== text) Object.defineProperty(each, name, { value: redacted, configurable: true });
    }
  }
  return error;
}

// With the configuration of the stack that is being deployed; outside of a deployment there is none.
function programSession(): Session {
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
  const wanted = { status, startedAfter, startedBefore, executionNamePrefix, limit, nextToken };
  return query((session) => listExecutions(services[service], { ...where }, wanted, session));
}

/** Goes through all executions of a workflow, page by page as they are consumed. */
export async function* iterateOver(
  service: ServiceName,
  args: ListArgs & object,
): AsyncGenerator<ExecutionSummary, void, undefined> {
  const { status, startedAfter, startedBefore, executionNamePrefix, ...where } = args;
  const wanted = { status, startedAfter, startedBefore, executionNamePrefix };
  const session = programSession();
  try {
    for await (const execution of iterateExecutions(services[service], { ...where }, wanted, session)) {
      yield withoutCredentials(execution, session);
    }
  } catch (error) {
    throw withoutCredentialsIn(error, session);
  }
}

/** Looks at one execution. */
export async function queryExecution<Result>(
  service: ServiceName,
  args: object,
  executionId: string,
): Promise<Result> {
  return (await query((session) =>
    getExecution(services[service], { ...args }, executionId, session),
  )) as Result;
}

/** Runs the failed steps of an execution again. */
export function retryFailedSteps(service: ServiceName, args: object, executionId: string): Promise<void> {
  return query((session) => retryExecution(services[service], { ...args }, executionId, session));
}

/** Makes the `…Output` form of a function. */
export function outputForm<Args extends object, Result>(
  call: (args: Args) => Promise<Result>,
): (args: InputOf<Args>) => pulumi.Output<Result> {
  const callUnwrapped = (known: unknown): Promise<Result> => call(known as Args);
  return (args) =>
    pulumi.all([args as pulumi.Input<object>]).apply<Result>(([known]) => callUnwrapped(known));
}
