/** The parts that the routes of the control API share: the arguments of their handlers, and their refusals. */
import type { JsonObject } from "../ground/jsonShape";
import { ShapeError } from "../ground/jsonShape";
import type { Fields } from "../ground/jsonShape";
import { jsonReply, ReplyError } from "../http/exchange";
import type { Call, Reply } from "../http/exchange";
import type { Route } from "../http/router";

/** A request to the control API. */
export interface ControlRequest {
  readonly query: URLSearchParams;
  /** Of the route's path. */
  readonly params: Readonly<Record<string, string>>;
  /**
   * The body's JSON; `{}` without a body.
   * @throws {ShapeError} when the body is not JSON
   */
  readonly json: () => unknown;
}

/** A route of the control API; its path is below the root. */
export interface ControlRoute extends Route {
  /**
   * Answers with JSON; `undefined` for an answer without content.
   * @throws {ShapeError} when a field of the request is wrong
   * @throws {ReplyError} when the object that the request names does not exist, or is not in the right state
   */
  readonly handle: (request: ControlRequest) => JsonObject | undefined;
}

/** An error in the control API's form. */
export function problem(status: number, message: string): Reply {
  return jsonReply(status, { error: message });
}

/**
 * Ends the handling with 404.
 * @throws {ReplyError} always
 */
export function notFound(message: string): never {
  throw new ReplyError(problem(404, message));
}

/** Puts a request into the form that routes take. */
export function controlRequest(call: Call, params: Readonly<Record<string, string>>): ControlRequest {
  return { query: call.query, params, json: () => parseJson(call.body) };
}

/**
 * Reads a time in epoch milliseconds or as RFC 3339.
 * @returns epoch milliseconds; `undefined` without the field
 * @throws {ShapeError} when the field is neither
 */
export function readTime(fields: Fields, name: string): number | undefined {
  const value = fields.raw(name);
  if (typeof value !== "string") return fields.number(name, { min: 0 });
  const time = Date.parse(value);
  if (Number.isNaN(time))
    throw new ShapeError(fields.at(name), "must be epoch milliseconds or an RFC 3339 time");
  return time;
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new ShapeError("body", "must be JSON");
  }
}
