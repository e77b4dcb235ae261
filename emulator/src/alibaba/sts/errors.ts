/** The error answers of Alibaba Cloud's STS. */
import { jsonReply, ReplyError } from "../../http/exchange";
import type { Reply } from "../../http/exchange";
import type { GatewayError } from "../gateway";
import type { RpcRequest } from "../rpcRequest";

/** The error for a caller who may not do this. */
export const notAuthorized: GatewayError = {
  status: 403,
  code: "NoPermission",
  message: "You are not authorized to do this action. You should be authorized by RAM.",
};

/** An account itself cannot assume roles. */
export const rootAccount: GatewayError = {
  status: 403,
  code: "NoPermission",
  message: "Roles may not be assumed by root accounts.",
};

/** The error for a role that is not there. */
export const unknownRole: GatewayError = {
  status: 404,
  code: "EntityNotExist.Role",
  message: "The specified Role not exists.",
};

/** A parameter has a value that is not allowed. */
export function invalidParameter(name: string, message: string): GatewayError {
  return { status: 400, code: `InvalidParameter.${name}`, message };
}

/** A parameter that has to be there is not. */
export function missingParameter(name: string): GatewayError {
  return { status: 400, code: `Missing${name}`, message: `${name} is mandatory for this action.` };
}

/** The bearer of an id token is not let in. */
export function oidcError(code: string, message: string): GatewayError {
  return { status: 401, code: `AuthenticationFail.${code}`, message };
}

/** The service's error for a status that a fault asks for. */
export function faultError(status: number): GatewayError {
  switch (status) {
    case 400:
      return { status, code: "InvalidParameter", message: "Caused by a configured fault." };
    case 401:
      return oidcError("NoPermission", "There is no permission");
    case 403:
      return notAuthorized;
    case 404:
      return unknownRole;
    case 429:
      return { status, code: "Throttling.User", message: "Request was denied due to user flow control." };
    case 503:
      return {
        status,
        code: "ServiceUnavailable",
        message: "The request has failed due to a temporary failure of the server.",
      };
    default:
      return { status, code: "InternalError", message: "STS Server Internal Error happened." };
  }
}

/** The answer for an error. */
export function errorReply(
  { status, code, message }: GatewayError,
  { call, requestId }: RpcRequest,
  headers: Record<string, string> = {},
): Reply {
  const body = { RequestId: requestId, HostId: call.headers["host"] ?? "", Code: code, Message: message };
  return jsonReply(status, body, { "x-acs-request-id": requestId, ...headers });
}

/**
 * Ends the handling of a request with an error answer.
 * @throws {ReplyError} always
 */
export function refuse(error: GatewayError, request: RpcRequest): never {
  throw new ReplyError(errorReply(error, request));
}
