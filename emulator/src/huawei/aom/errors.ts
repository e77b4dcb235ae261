/** AOM's own error answers: which code each group of operations uses, and the forms the body can take. */
import { jsonReply, ReplyError } from "../../http/exchange";
import type { Reply } from "../../http/exchange";
import type { ActiveQuirks } from "../../cloud/quirks";

/** Code and text of one kind of error. */
export interface ErrorText {
  readonly code: string;
  readonly message: string;
}

/** The errors of a group of operations. */
export interface ErrorFamily {
  readonly unauthorized: ErrorText;
  readonly invalid: ErrorText;
  readonly internal: ErrorText;
}

const invalidInput = { code: "AOM.31001302", message: "Invalid input parameter." };

/** Errors of the operations on executions. */
export const executionErrors: ErrorFamily = {
  unauthorized: { code: "AOM.31009004", message: "auth failed." },
  invalid: invalidInput,
  internal: { code: "AOM.31001405", message: "execution internal server error." },
};

/** Errors of SearchWorkflowExecutionDetail. */
export const detailErrors: ErrorFamily = {
  ...executionErrors,
  invalid: { code: "AOM.31001403", message: "param error." },
  internal: { code: "AOM.31001405", message: "internal server error." },
};

/** Errors of the operations on workflows. */
export const workflowErrors: ErrorFamily = {
  unauthorized: { code: "AOM.31009003", message: "auth failed." },
  invalid: invalidInput,
  internal: { code: "AOM.31001305", message: "workflow internal server error." },
};

const lookupUnauthorized = { code: "AOM.31009011", message: "auth failed." };

/** Errors of the lists of jobs. */
export const jobErrors: ErrorFamily = {
  unauthorized: lookupUnauthorized,
  invalid: { code: "AOM.31003202", message: "job parameter invalid." },
  internal: { code: "AOM.31001305", message: "internal server error." },
};

/** Errors of the lists of templates. */
export const templateErrors: ErrorFamily = {
  unauthorized: lookupUnauthorized,
  invalid: { code: "AOM.31001202", message: "Invalid plan parameter." },
  internal: { code: "AOM.31001305", message: "internal server error." },
};

/** Errors of the lists of scripts. */
export const scriptErrors: ErrorFamily = {
  unauthorized: lookupUnauthorized,
  invalid: { code: "AOM.31002002", message: "Invalid script parameter." },
  internal: { code: "AOM.31002005", message: "script internal server error." },
};

/** Errors of the operations that run a script without a workflow. */
export const fastScriptErrors: ErrorFamily = {
  unauthorized: executionErrors.unauthorized,
  invalid: { code: "AOM.31003902", message: "param error" },
  internal: { code: "AOM.31003932", message: "fast execution error" },
};

/** A workflow that is not there. */
export const workflowNotFound: ErrorText = { code: "AOM.31001306", message: "workflow not exist." };

/** An execution that is not there. */
export const executionNotFound: ErrorText = {
  code: "AOM.31001306",
  message: "Execution not exist. recordInfo is not exist.",
};

/** An operation that does not fit how the execution stands. */
export const notPossibleNow: ErrorText = {
  code: "AOM.31001418",
  message: "The task does not support the current operation.",
};

/** An error answer in the form that the quirks ask for. */
export function aomErrorReply(
  status: number,
  error: ErrorText,
  operation: string,
  quirks: ActiveQuirks,
): Reply {
  const typo = quirks["htpCode"] === true && status === 400 && operation === "SearchWorkflowExecutionDetail";
  const asText = typo || quirks["httpCodeText"] === true;
  return jsonReply(status, {
    error_code: error.code,
    [quirks["errorMessage"] ? "error_message" : "error_msg"]: error.message.slice(0, 1024),
    [typo ? "htp_code" : "http_code"]: asText ? String(status) : status,
  });
}

/**
 * Ends the handling of a request with an error answer.
 * @throws {ReplyError} always
 */
export function refuse(
  status: number,
  error: ErrorText,
  context: { readonly operation: string; readonly quirks: ActiveQuirks },
): never {
  throw new ReplyError(aomErrorReply(status, error, context.operation, context.quirks));
}
