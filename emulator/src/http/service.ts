// What an emulated cloud service has to offer to the server. A new service is one object of this kind.
import type { Call, Reply } from "./exchange";

/** An operation that a request asks for, ready to be carried out. */
export interface MatchedOperation {
  /** The vendor's name of the operation, such as `ExecuteWorkflow`. */
  readonly operation: string;
  /** Authenticates, checks and answers. May throw {@link ReplyError}. */
  readonly respond: () => Reply | Promise<Reply>;
}

export interface Service {
  /** Short name in the log and in faults, such as `aom`. */
  readonly name: string;
  /** Finds the operation by method, path, query, headers or body; `undefined` when the request is not this service's. */
  match(call: Call): MatchedOperation | undefined;
  /** The documented body for an HTTP status that a fault asks for. */
  faultReply(status: number, operation: string, call: Call): Reply;
  /**
   * Makes the request's token worthless from now on and answers as the service does for an expired one;
   * `undefined` when the request carries no token.
   */
  expireToken?(call: Call): Reply | undefined;
  /** Routes as `METHOD /path`, for the message about a missing one. */
  readonly routes: readonly string[];
}
