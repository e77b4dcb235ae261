/**
 * AWS Step Functions (API 2016-11-23, JSON 1.0) on the wire: builds the requests that the provider sends. `answers` reads the
 * answers. Pure.
 */
import type { HttpRequest } from "../../../http/request";
import type { StateMachine } from "./arns";
import { executionArn } from "./arns";

/** The largest page of a list, in executions. */
export const maxListPage = 1_000;

/** A state machine, and the address of the service. */
export interface StatesPlace {
  readonly machine: StateMachine;
  readonly endpoint: string;
  /** Synchronous runs have an address of their own. */
  readonly syncEndpoint: string;
}

/** The arguments of a start. */
export interface ExecutionStart {
  /** Of a STANDARD state machine unique for 90 days after the execution has finished. */
  readonly name: string;
  /** JSON text. */
  readonly input: string | undefined;
}

/**
 * The time limit of an EXPRESS run with its way there and back, in milliseconds: the service ends it after five
 * minutes.
 */
const syncTimeoutMs = 6 * 60_000;

function build(
  endpoint: string,
  operation: string,
  parameters: Readonly<Record<string, unknown>>,
  more: Pick<HttpRequest, "repeatable" | "isSeenThrough" | "timeoutMs">,
): HttpRequest {
  return {
    operation,
    method: "POST",
    endpoint,
    path: [],
    headers: {
      accept: "application/json",
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `AWSStepFunctions.${operation}`,
    },
    // Parameters that are undefined are left out.
    body: JSON.stringify(parameters),
    ...more,
  };
}

/**
 * Starts an execution of a STANDARD state machine. The name makes the request repeatable: while an execution of that name runs
 * with the same input, the service returns that execution, otherwise `ExecutionAlreadyExists`.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function buildStartExecution({ endpoint, machine }: StatesPlace, start: ExecutionStart): HttpRequest {
  const parameters = { stateMachineArn: machine.arn, name: start.name, input: start.input };
  return build(endpoint, "StartExecution", parameters, { repeatable: true, isSeenThrough: true });
}

/**
 * Runs an EXPRESS state machine, and answers when the execution has finished, within five minutes. Names of EXPRESS executions
 * are not unique: the request is not repeatable.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
 */
export function buildStartSyncExecution(
  { syncEndpoint, machine }: StatesPlace,
  start: ExecutionStart,
): HttpRequest {
  const parameters = { stateMachineArn: machine.arn, name: start.name, input: start.input };
  const more = { repeatable: false, isSeenThrough: true, timeoutMs: syncTimeoutMs };
  return build(syncEndpoint, "StartSyncExecution", parameters, more);
}

/**
 * Asks how one execution stands.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export function buildDescribeExecution(
  { endpoint, machine }: StatesPlace,
  executionName: string,
): HttpRequest {
  const parameters = { executionArn: executionArn(machine, executionName) };
  return build(endpoint, "DescribeExecution", parameters, { repeatable: true });
}

/** The filters of ListExecutions. */
export interface ExecutionsFilter {
  /** 1–1000. */
  readonly limit: number;
  readonly nextToken?: string | undefined;
  /** One of the service's status words. */
  readonly status?: string | undefined;
}

/**
 * Lists executions, newest first. Of a state machine ARN with a version or alias, the service lists the executions that were
 * started by it.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
 */
export function buildListExecutions(
  { endpoint, machine }: StatesPlace,
  filter: ExecutionsFilter,
): HttpRequest {
  const parameters = {
    stateMachineArn: machine.arn,
    statusFilter: filter.status,
    maxResults: filter.limit,
    nextToken: filter.nextToken,
  };
  return build(endpoint, "ListExecutions", parameters, { repeatable: true });
}

/**
 * Reads the events of an execution, oldest first.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
 */
export function buildGetExecutionHistory(
  { endpoint, machine }: StatesPlace,
  executionName: string,
  page: {
    readonly limit: number;
    readonly nextToken?: string | undefined;
    /** False leaves inputs and outputs out of the events. */
    readonly withData: boolean;
  },
): HttpRequest {
  const parameters = {
    executionArn: executionArn(machine, executionName),
    maxResults: page.limit,
    nextToken: page.nextToken,
    includeExecutionData: page.withData,
  };
  return build(endpoint, "GetExecutionHistory", parameters, { repeatable: true });
}

// Limits of the wire, in characters. A longer text is cut: a stop must not fail because of its reason.
const maxErrorLength = 256;
const maxCauseLength = 32_768;

/**
 * Asks the service to stop an execution. One that has finished already keeps its outcome.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html
 */
export function buildStopExecution(
  { endpoint, machine }: StatesPlace,
  executionName: string,
  reason: { readonly error?: string | undefined; readonly cause?: string | undefined },
): HttpRequest {
  const parameters = {
    executionArn: executionArn(machine, executionName),
    error: reason.error?.slice(0, maxErrorLength),
    cause: reason.cause?.slice(0, maxCauseLength),
  };
  return build(endpoint, "StopExecution", parameters, { repeatable: true });
}

/**
 * Runs an execution again from the states that failed, under the same ARN.
 * @param token makes the request repeatable; 1–64 characters.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
 */
export function buildRedriveExecution(
  { endpoint, machine }: StatesPlace,
  executionName: string,
  token: string,
): HttpRequest {
  const parameters = { executionArn: executionArn(machine, executionName), clientToken: token };
  return build(endpoint, "RedriveExecution", parameters, { repeatable: true });
}
