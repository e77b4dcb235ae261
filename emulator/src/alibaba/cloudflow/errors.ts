/**
 * CloudFlow's error answers: the documented codes with status and text, and the words that Alibaba's shared gateway has
 * for the same things.
 */
import { jsonReply, ReplyError } from "../../http/exchange";
import type { Call, Reply } from "../../http/exchange";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { Refusal } from "../authentication";
import { gatewayRefusal } from "../gateway";

/** One error, ready to be answered. */
export interface ServiceError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const statusOfCode = {
  ActionNotSupported: 400,
  APIVersionNotSupported: 400,
  EntityTooLarge: 400,
  InvalidArgument: 400,
  MissingRequiredHeader: 400,
  MissingRequiredParams: 400,
  ExecutionAlreadyExists: 400,
  ExecutionAlreadyCompleted: 400,
  TaskAlreadyCompleted: 400,
  AccessDenied: 403,
  InvalidAccessKeyID: 403,
  RequestTimeTooSkewed: 403,
  SignatureNotMatch: 403,
  FlowNotExists: 404,
  FlowVersionNotExists: 404,
  FlowAliasNotExists: 404,
  ExecutionNotExists: 404,
  ScheduleNotExists: 404,
  MapRunNotExists: 404,
  FlowAlreadyExists: 409,
  FlowAliasAlreadyExists: 409,
  ScheduleAlreadyExists: 409,
  ConcurrentUpdateError: 409,
  TaskInvalidState: 409,
  PreconditionFailed: 412,
  UnsupportedMediaType: 415,
  ResourceThrottled: 429,
  InternalServerError: 500,
} as const;

/** A code of the service. */
export type ErrorCode = keyof typeof statusOfCode;

/** An error of the service itself. */
export function serviceError(code: ErrorCode, message: string): ServiceError {
  return { status: statusOfCode[code], code, message };
}

/** Messages of errors that several operations have. */
export const messages = {
  throttled: "The request is throttled. Please try again later.",
  internal: "An internal error has occurred. Please retry.",
  denied: "The resources doesn't belong to you.",
  changed: "The resource to be modified has been changed.",
  conflict: "Update conflict, please retry.",
  mediaType: 'The content type must be "application/json".',
  signature:
    "The request signature we calculated does not match the signature you provided. " +
    "Check your access key and signing method.",
} as const;

/** The error for a flow that is not there. */
export const flowNotExists = (name: string): ServiceError =>
  serviceError("FlowNotExists", `Flow ${name} does not exist.`);

/** The error for an execution that is not there. */
export const executionNotExists = (flow: string, name: string): ServiceError =>
  serviceError("ExecutionNotExists", `Execution ${name} for flow ${flow} does not exist.`);

/** The error for a parameter; `detail` names it. */
export const invalidArgument = (detail: string): ServiceError =>
  serviceError("InvalidArgument", `Parameter error. ${detail}`);

/** A refusal in the service's words, or in the gateway's where the service has none. */
export function refusalError(refusal: Refusal): ServiceError {
  switch (refusal.kind) {
    case "missingParameter":
      return serviceError("MissingRequiredParams", `The HTTP query '${refusal.name}' must be specified.`);
    case "missingHeader":
      return serviceError("MissingRequiredHeader", `The HTTP header '${refusal.name}' must be specified.`);
    case "wrongParameter":
      return invalidArgument(`${refusal.name} must not be ${JSON.stringify(refusal.value)}`);
    case "unknownKey":
      return serviceError("InvalidAccessKeyID", `The AccessKey ID ${refusal.accessKeyId} is invalid.`);
    case "badSignature":
    case "incompleteSignature":
      return serviceError("SignatureNotMatch", messages.signature);
    case "badTimestamp":
      return invalidArgument(
        `${JSON.stringify(refusal.given)} is not a time of the form YYYY-MM-DDTHH:MM:SSZ`,
      );
    case "skewed":
      return serviceError(
        "RequestTimeTooSkewed",
        `The difference between the request time ${refusal.given} and the current time ${refusal.now} is too large.`,
      );
    default:
      return gatewayRefusal(refusal);
  }
}

/** The shared gateway's wording of the service's error. An error that the gateway does not have stays as it is. */
export function gatewayTwin(error: ServiceError, refusal?: Refusal): ServiceError {
  if (refusal) return gatewayRefusal(refusal);
  const { message } = error;
  switch (error.code) {
    case "ResourceThrottled":
      return gateway(400, "Throttling.User", "Request was denied due to user flow control.");
    case "ActionNotSupported":
      return gateway(
        404,
        "InvalidAction.NotFound",
        "Specified api is not found, please check your url and method.",
      );
    case "APIVersionNotSupported":
      return gateway(400, "InvalidVersion", "Specified parameter Version is not valid.");
    case "MissingRequiredParams": {
      const name = /'(\w+)'/.exec(message)?.[1] ?? "Parameter";
      return gateway(400, `Missing${name}`, `${name} is mandatory for this action.`);
    }
    case "MissingRequiredHeader":
      return gateway(400, "MissingParameter", message);
    case "InvalidArgument":
      return gateway(400, "InvalidParameter", message);
    case "AccessDenied":
      return gateway(403, "Forbidden.RAM", "User not authorized to operate on the specified resource.");
    case "InternalServerError":
      return gateway(500, "InternalError", "The request processing has failed due to some unknown error.");
    default:
      return error;
  }
}

/** The answer for an error. */
export function errorReply(
  error: ServiceError,
  context: { readonly call: Call; readonly requestId: string; readonly quirks: ActiveQuirks },
  headers: Record<string, string> = {},
): Reply {
  const { call, requestId, quirks } = context;
  const message = quirks["doubleSpaceInMessages"]
    ? error.message.replace(/^(Flow|Execution) /, "$1  ")
    : error.message;
  return jsonReply(
    error.status,
    { RequestId: requestId, HostId: call.headers["host"] ?? "", Code: error.code, Message: message },
    { "x-acs-request-id": requestId, ...headers },
  );
}

/**
 * Ends the handling of a request with an error answer.
 * @throws {ReplyError} always
 */
export function refuse(
  error: ServiceError,
  context: { readonly call: Call; readonly requestId: string; readonly quirks: ActiveQuirks },
): never {
  const worded = context.quirks["gatewayErrors"] ? gatewayTwin(error) : error;
  throw new ReplyError(errorReply(worded, context));
}

function gateway(status: number, code: string, message: string): ServiceError {
  return { status, code, message };
}
