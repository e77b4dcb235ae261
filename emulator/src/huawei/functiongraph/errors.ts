/**
 * FunctionGraph's own error answers. Its flow operations have codes of the family `FGS.`; the service's published table
 * has another family, `FSS.`, which also covers the errors that the first family has no codes for.
 */
import { jsonReply, ReplyError } from "../../http/exchange";
import type { Call, Reply } from "../../http/exchange";
import type { ActiveQuirks } from "../../cloud/quirks";

interface ErrorText {
  readonly code: string;
  readonly message: string;
}

const flowErrors: Readonly<Record<number, ErrorText>> = {
  400: { code: "FGS.3002", message: "Invalid parameters." },
  404: { code: "FGS.5002", message: "Function flow not found." },
  500: { code: "FGS.3002", message: "Internal Error." },
};

const serviceErrors: Readonly<Record<number, ErrorText>> = {
  400: { code: "FSS.0400", message: "Invalid parameter." },
  401: { code: "FSS.0401", message: "Unauthorized access." },
  403: { code: "FSS.0403", message: "Forbidden." },
  404: { code: "FSS.0404", message: "The resource is not found." },
  406: { code: "FSS.0406", message: "Not acceptable." },
  408: { code: "FSS.0408", message: "The request timed out." },
  409: { code: "FSS.0409", message: "The resource already exists." },
  410: { code: "FSS.0410", message: "The resource does not exist." },
  413: { code: "FSS.0413", message: "The request body is too large." },
  424: { code: "FSS.0424", message: "Failed dependency." },
  426: { code: "FSS.0426", message: "Upgrade required." },
  428: { code: "FSS.0428", message: "Precondition required." },
  429: { code: "FSS.0429", message: "Too many requests." },
  500: { code: "FSS.0500", message: "Internal server error." },
  502: { code: "FSS.0502", message: "Bad gateway." },
  503: { code: "FSS.0503", message: "Service unavailable." },
  504: { code: "FSS.0504", message: "Gateway timeout." },
};

const invalidQuery: ErrorText = { code: "FSS.1001", message: "Invalid query parameter." };

const longestMessage = 512;

/** Operations whose documented 400 has no `request_id`, although the specification has one. */
const withoutRequestId = ["StartWorkflowExecution", "StartSyncWorkflowExecution"];

/** The parts of a request that an error answer depends on, beside its status. */
export interface ErrorContext {
  readonly operation: string;
  readonly quirks: ActiveQuirks;
  readonly call: Pick<Call, "requestId">;
}

/**
 * An error answer in the form that the quirks ask for. Only a 404 has no `request_id` in its body; the header
 * `X-Request-Id` is there always.
 * @param detail - follows the documented text, or with `alone` takes its place.
 * `query`: it is about a query parameter, for which the second family has a code of its own.
 */
export function flowErrorReply(
  status: number,
  context: ErrorContext,
  detail = "",
  {
    alone = false,
    query = false,
    headers = {},
  }: { alone?: boolean; query?: boolean; headers?: Record<string, string> } = {},
): Reply {
  const { operation, quirks, call } = context;
  const flowError = quirks["fssCodes"] ? undefined : flowErrors[status];
  const serviceError = query ? invalidQuery : serviceErrors[status];
  const { code, message } = flowError ?? serviceError ?? { code: "FSS.0500", message: "Error." };
  const text = alone ? detail : `${message} ${detail}`.trimEnd();
  const hasRequestId =
    status === 404
      ? quirks["notFoundRequestId"] === true
      : !(status === 400 && quirks["noRequestId"] && withoutRequestId.includes(operation));
  const body = { error_code: code, error_msg: text.slice(0, longestMessage) };
  return jsonReply(status, hasRequestId ? { ...body, request_id: call.requestId } : body, headers);
}

/**
 * Ends the handling of a request with an error answer.
 * @throws {ReplyError} always
 */
export function refuse(status: number, context: ErrorContext, detail?: string): never {
  throw new ReplyError(flowErrorReply(status, context, detail));
}

/**
 * Ends the handling of a request with the documented 404, about an execution instead of a flow.
 * @throws {ReplyError} always
 */
export function refuseUnknownExecution(context: ErrorContext): never {
  throw new ReplyError(flowErrorReply(404, context, "Function flow execution not found.", { alone: true }));
}
