/** The parts that every AOM operation has: the path, the group of its errors, and the arguments of its handler. */
import type { Call, Reply } from "../../http/exchange";
import { readJsonBody, readOrRefuse } from "../../http/jsonBody";
import type { Route } from "../../http/router";
import type { Fields } from "../../ground/jsonShape";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { EmulatorState } from "../../cloud/state";
import type { Identity } from "../authentication";
import { refuse } from "./errors";
import type { ErrorFamily } from "./errors";

/** An authenticated request whose path parameters have been checked. */
export interface AomRequest {
  readonly state: EmulatorState;
  readonly call: Call;
  readonly operation: string;
  readonly errors: ErrorFamily;
  readonly identity: Identity;
  readonly projectId: string;
  /** Decoded path parameters by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly quirks: ActiveQuirks;
}

/** An operation, and how it answers. */
export interface AomOperation extends Route {
  /** The vendor's name. */
  readonly operation: string;
  readonly errors: ErrorFamily;
  readonly handle: (request: AomRequest) => Reply;
}

/** A path or query parameter that must be there. */
export function parameter(request: AomRequest, name: string): string {
  return request.params[name] ?? "";
}

/**
 * Answers the documented 400 and says in the text which field is wrong.
 * @throws {ReplyError} always
 */
export function refuseInput(request: AomRequest, detail: string): never {
  const { code, message } = request.errors.invalid;
  refuse(400, { code, message: `${message} ${detail}` }, request);
}

/**
 * Reads the JSON body; a problem that `read` finds becomes the documented 400.
 * @throws {ReplyError} when the body is wrong
 */
export function readBody<T>(request: AomRequest, read: (fields: Fields) => T): T {
  return readJsonBody(request.call, read, (problem = "body: must be JSON") => refuseInput(request, problem));
}

/**
 * Runs a reader of request values; a problem that it finds becomes the documented 400.
 * @throws {ReplyError} when a value is wrong
 */
export function readInput<T>(request: AomRequest, read: () => T): T {
  return readOrRefuse(read, (problem) => refuseInput(request, problem));
}
