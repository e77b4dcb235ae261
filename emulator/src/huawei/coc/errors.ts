/** COC's own error answers. Nearly all of them are 400 for every problem; the code tells the problem. */
import { jsonReply, ReplyError } from "../../http/exchange";
import type { Reply } from "../../http/exchange";

/** Code and text of one kind of error. */
export interface ErrorText {
  readonly code: string;
  readonly message: string;
}

/** A parameter that is not accepted. */
export const invalidParameter: ErrorText = { code: "COC.00014002", message: "Invalid parameter." };

/** A project that is not the account's. */
export const foreignScope: ErrorText = { code: "COC.00010014", message: "Failed to query the IAM project." };

/** A job that is not there. The code is that of scripts: none is documented for jobs. */
export const documentNotFound: ErrorText = { code: "COC.00040709", message: "The document does not exist." };

/** An execution that is not there. */
export const executionNotFound: ErrorText = {
  code: "COC.00040709",
  message: "The execution does not exist.",
};

/** A mistake of the service. */
export const internalError: ErrorText = { code: "COC.00040701", message: "Internal server error." };

/**
 * An error answer.
 * @param detail - follows the text.
 */
export function cocErrorReply(status: number, { code, message }: ErrorText, detail = ""): Reply {
  return jsonReply(status, { error_code: code, error_msg: `${message} ${detail}`.trimEnd() });
}

/**
 * Ends the handling of a request with an error answer.
 * @throws {ReplyError} always
 */
export function refuse(status: number, error: ErrorText, detail?: string): never {
  throw new ReplyError(cocErrorReply(status, error, detail));
}
