/**
 * The parts that every FunctionGraph operation has: the path, the arguments of its handler, and the reading of a
 * request.
 */
import type { Execution, Workflow } from "../../executions/record";
import { ReplyError } from "../../http/exchange";
import type { Call, Reply } from "../../http/exchange";
import { readJsonBody, readOrRefuse } from "../../http/jsonBody";
import type { Route } from "../../http/router";
import { ShapeError } from "../../ground/jsonShape";
import type { Fields } from "../../ground/jsonShape";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { EmulatorState } from "../../cloud/state";
import type { Identity } from "../authentication";
import { flowErrorReply, refuse } from "./errors";

/** The service's name in the store, in the log and in faults. */
export const functionGraph = "functiongraph";

/** An authenticated request whose path parameters have been checked. */
export interface FlowRequest {
  readonly state: EmulatorState;
  readonly call: Call;
  readonly operation: string;
  readonly identity: Identity;
  readonly projectId: string;
  /** Decoded path parameters by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly quirks: ActiveQuirks;
}

/** An operation, and how it answers. */
export interface FlowOperation extends Route {
  /** The vendor's name, with its odd capitals. */
  readonly operation: string;
  readonly handle: (request: FlowRequest) => Reply | Promise<Reply>;
}

/**
 * Answers the documented 400 and says in the text which field is wrong.
 * @throws {ReplyError} always
 */
export function refuseInput(request: FlowRequest, detail: string): never {
  refuse(400, request, detail);
}

/**
 * Reads the JSON body; a problem that `read` finds becomes the documented 400.
 * @throws {ReplyError} when the body is wrong
 */
export function readBody<T>(request: FlowRequest, read: (fields: Fields) => T): T {
  return readJsonBody(request.call, read, (problem = "body: must be JSON") => refuseInput(request, problem));
}

/**
 * Runs a reader of request values; a problem that it finds becomes the documented 400.
 * @throws {ReplyError} when a value is wrong
 */
export function readInput<T>(request: FlowRequest, read: () => T): T {
  return readOrRefuse(read, (problem) => refuseInput(request, problem));
}

/**
 * {@link readInput} for values of the query.
 * @throws {ReplyError} when a value is wrong
 */
export function readQuery<T>(request: FlowRequest, read: () => T): T {
  return readOrRefuse(read, (problem) => {
    throw new ReplyError(flowErrorReply(400, request, problem, { query: true }));
  });
}

/**
 * Reads a whole number of the query.
 * @throws {ShapeError} when the text is none, or out of range
 */
export function readWhole(
  { call }: FlowRequest,
  name: string,
  limits: { readonly min?: number; readonly max?: number } = {},
): number | undefined {
  const text = call.query.get(name);
  if (text === null || text === "") return undefined;
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = limits;
  if (!/^-?\d{1,15}$/.test(text))
    throw new ShapeError(name, `must be a whole number, not ${JSON.stringify(text)}`);
  const value = Number(text);
  if (value < min || value > max) {
    const range =
      max === Number.MAX_SAFE_INTEGER ? `at least ${String(min)}` : `${String(min)} to ${String(max)}`;
    throw new ShapeError(name, `must be ${range}, not ${text}`);
  }
  return value;
}

/** The flow that the path names; `undefined` when there is none. */
export function findFlow({ state, projectId, params }: FlowRequest): Workflow | undefined {
  return state.executions.workflow(functionGraph, projectId, params["workflow_id"] ?? "");
}

/** The execution with this id, if it belongs to the flow that the path names. */
export function findExecution(request: FlowRequest, executionId: string): Execution | undefined {
  const { state, projectId, params } = request;
  const execution = state.executions.execution(executionId);
  const belongs =
    execution?.service === functionGraph &&
    execution.projectId === projectId &&
    execution.workflowId === params["workflow_id"];
  return belongs ? execution : undefined;
}
