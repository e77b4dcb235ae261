// AOM's own error answers: which code each group of operations uses, and the forms the body can take.
import { jsonReply, ReplyError, type Reply } from "../../http/exchange";
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

const INVALID_INPUT = { code: "AOM.31001302", message: "Invalid input parameter." };

export const EXECUTION_ERRORS: ErrorFamily = {
  unauthorized: { code: "AOM.31009004", message: "auth failed." },
  invalid: INVALID_INPUT,
  internal: { code: "AOM.31001405", message: "execution internal server error." },
};

export const DETAIL_ERRORS: ErrorFamily = {
  ...EXECUTION_ERRORS,
  invalid: { code: "AOM.31001403", message: "param error." },
  internal: { code: "AOM.31001405", message: "internal server error." },
};

export const WORKFLOW_ERRORS: ErrorFamily = {
  unauthorized: { code: "AOM.31009003", message: "auth failed." },
  invalid: INVALID_INPUT,
  internal: { code: "AOM.31001305", message: "workflow internal server error." },
};

const LOOKUP_UNAUTHORIZED = { code: "AOM.31009011", message: "auth failed." };

export const JOB_ERRORS: ErrorFamily = {
  unauthorized: LOOKUP_UNAUTHORIZED,
  invalid: { code: "AOM.31003202", message: "job parameter invalid." },
  internal: { code: "AOM.31001305", message: "internal server error." },
};

export const TEMPLATE_ERRORS: ErrorFamily = {
  unauthorized: LOOKUP_UNAUTHORIZED,
  invalid: { code: "AOM.31001202", message: "Invalid plan parameter." },
  internal: { code: "AOM.31001305", message: "internal server error." },
};

export const SCRIPT_ERRORS: ErrorFamily = {
  unauthorized: LOOKUP_UNAUTHORIZED,
  invalid: { code: "AOM.31002002", message: "Invalid script parameter." },
  internal: { code: "AOM.31002005", message: "script internal server error." },
};

export const FAST_SCRIPT_ERRORS: ErrorFamily = {
  unauthorized: EXECUTION_ERRORS.unauthorized,
  invalid: { code: "AOM.31003902", message: "param error" },
  internal: { code: "AOM.31003932", message: "fast execution error" },
};

export const WORKFLOW_NOT_FOUND: ErrorText = { code: "AOM.31001306", message: "workflow not exist." };
export const EXECUTION_NOT_FOUND: ErrorText = {
  code: "AOM.31001306",
  message: "Execution not exist. recordInfo is not exist.",
};
export const NOT_POSSIBLE_NOW: ErrorText = {
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

/** Ends the handling of a request with an error answer. */
export function refuse(
  status: number,
  error: ErrorText,
  context: { readonly operation: string; readonly quirks: ActiveQuirks },
): never {
  throw new ReplyError(aomErrorReply(status, error, context.operation, context.quirks));
}
