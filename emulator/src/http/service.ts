/** The interface between an emulated cloud service and the server. A new service is one object of this kind. */
import type { Execution, Workflow } from "../executions/record";
import type { JsonObject } from "../ground/jsonShape";
import type { Call, Reply } from "./exchange";
import type { Route, RouteTable } from "./router";

/** An operation that a request asks for, ready to be carried out. */
export interface MatchedOperation {
  /** The vendor's name of the operation, such as `ExecuteWorkflow`. */
  readonly operation: string;
  /**
   * The resource of the request, for faults and the log, where the path does not name it: such as `/flow/execution`.
   */
  readonly subject?: string;
  /** Authenticates, checks and answers. May throw {@link ReplyError}. */
  readonly respond: () => Reply | Promise<Reply>;
}

/** A start that comes through the control API, as if someone else had asked the service for it. */
export interface ForeignStart {
  readonly workflow: Workflow;
  readonly startedBy: string;
  readonly executionId: string | undefined;
  readonly startedAt: number | undefined;
  readonly input: JsonObject | undefined;
  readonly headers: JsonObject | undefined;
}

/** An execution in the words of the control API. */
export interface ExecutionOutline {
  /** The phase, or the outcome when it has ended. */
  readonly status: string;
  readonly endedAt: number | undefined;
  readonly nodes: readonly {
    readonly id: string;
    readonly status: string;
    readonly attempt: number;
    /** Of a task that waits for a report. */
    readonly taskToken?: string;
  }[];
}

/** A service, as the server and the control API know it. */
export interface Service {
  /** Short name in the log and in faults, such as `iam`. */
  readonly name: string;
  /** The vendor's name, for `--help` and the page, such as `Huawei Cloud IAM`. */
  readonly title: string;
  /** Finds the operation by method, path, query, headers or body; `undefined` when the request is not this service's. */
  match(call: Call): MatchedOperation | undefined;
  /** The documented body for an HTTP status that a fault asks for. */
  faultReply(status: number, operation: string, call: Call): Reply;
  /**
   * Makes the request's token worthless from now on and answers as the service does for an expired one;
   * `undefined` when the request carries no token.
   */
  expireToken?(call: Call): Reply | undefined;
  /** Starts an execution without a request; a service without it has no executions. */
  start?(start: ForeignStart): Execution;
  /** The state of an execution now. @default in the words of the player */
  outline?(execution: Execution): ExecutionOutline;
  /** Routes as `METHOD /path`, for the message about a missing one. */
  readonly routes: readonly string[];
}

/** Makes the {@link Service.match} of a service whose operations each have a route of their own. */
export function matchByRoute<R extends Route & { readonly operation: string }>(
  table: RouteTable<R>,
  respond: (route: R, params: Readonly<Record<string, string>>, call: Call) => Reply | Promise<Reply>,
): Service["match"] {
  return (call) => {
    const match = table.match(call.method, call.path);
    if (!match) return undefined;
    const { route, params } = match;
    return { operation: route.operation, respond: () => respond(route, params, call) };
  };
}
