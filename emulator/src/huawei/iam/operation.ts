/**
 * The parts that the operations of Huawei IAM share: nested, numeric errors, the identity of the caller, and request
 * limits.
 */
import { jsonReply, ReplyError } from "../../http/exchange";
import type { Call, Reply } from "../../http/exchange";
import { readJsonBody } from "../../http/jsonBody";
import { retryAfterSeconds } from "../../http/tokenBuckets";
import { Fields, ShapeError } from "../../ground/jsonShape";
import type { HuaweiState } from "../state";
import type { Authentication, Identity } from "../authentication";

/** An operation's name, and how it answers. */
export interface IamOperation {
  /** The vendor's name. */
  readonly operation: string;
  readonly handle: (request: IamRequest) => Reply;
}

/** A request that has been matched; nobody has looked at its credentials yet. */
export interface IamRequest {
  readonly state: HuaweiState;
  readonly call: Call;
  readonly operation: string;
  /** Decoded path parameters by name. */
  readonly params: Readonly<Record<string, string>>;
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

const rateLimit = { tokens: 20, perSecond: 10 };

/** An error in IAM's form. */
export function iamError(code: number, message: string): Reply {
  return jsonReply(code, { error: { code, message, title: titles[code] ?? "Error" } });
}

/**
 * Ends the handling of a request with an error.
 * @throws {ReplyError} always
 */
export function fail(code: number, message: string): never {
  throw new ReplyError(iamError(code, message));
}

/**
 * Answers 429 when the account calls the operation too often.
 * @throws {ReplyError} when the account calls the operation too often
 */
export function limit({ state, operation }: IamRequest, domainId: string): void {
  const waitMs = state.buckets.take("iam", operation, domainId, rateLimit);
  if (waitMs === 0) return;
  const reply = iamError(429, "Too many requests.");
  const retryAfter = retryAfterSeconds(waitMs);
  throw new ReplyError({ ...reply, headers: { ...reply.headers, "retry-after": retryAfter } });
}

/**
 * The caller, by signature or token.
 * @throws {ReplyError} with 401 or 429 for everybody else
 */
export function identify(request: IamRequest): Identity {
  return admit(request, request.state.authenticator.authenticate(request.call));
}

/** {@link identify} for a token that is not in the usual header. */
export function identifyByToken(request: IamRequest, token: string): Identity {
  const authentication = request.state.authenticator.byToken(token);
  if (!authentication.refusal) request.call.caller.actor = authentication.identity.principal.actor;
  return admit(request, authentication);
}

function admit(request: IamRequest, authentication: Authentication): Identity {
  if (authentication.refusal) {
    fail(401, `The request you have made requires authentication. (${authentication.refusal.reason})`);
  }
  limit(request, authentication.identity.account.domainId);
  return authentication.identity;
}

/**
 * Reads the JSON body; a problem that `read` finds becomes the documented 400.
 * @throws {ReplyError} when the body is wrong
 */
export function readBody<T>({ call }: IamRequest, read: (fields: Fields) => T): T {
  return readJsonBody(call, read, (problem) => {
    const detail = problem === undefined ? "" : ` ${problem}`;
    return fail(400, `The request body is invalid.${detail}`);
  });
}

/** A thing that is named by its id or its name. */
export interface NameOrId {
  readonly id: string | undefined;
  readonly name: string | undefined;
}

/**
 * Reads `{id}` or `{name}`.
 * @throws {ShapeError} when neither is there, or one is no text
 */
export function readNameOrId(value: unknown, path: string): NameOrId {
  const fields = new Fields(value, path);
  const wanted = { id: fields.text("id", { min: 1 }), name: fields.text("name", { min: 1 }) };
  if (wanted.id === undefined && wanted.name === undefined) {
    throw new ShapeError(path, "must have id or name");
  }
  return wanted;
}

/** True if the thing has the wanted id or name; the id counts when both are given. */
export function isWanted(thing: { readonly id: string; readonly name: string }, wanted: NameOrId): boolean {
  return wanted.id === undefined ? thing.name === wanted.name : thing.id === wanted.id;
}

/** Six fractional digits, as IAM writes them. */
export function iamTime(time: number): string {
  return new Date(time).toISOString().replace("Z", "000Z");
}
