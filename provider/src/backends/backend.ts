/**
 * What every workflow service looks like to `lifecycle/`. One folder beside this file implements it per service;
 * nothing outside those folders knows a service by name.
 */
import type { HttpClient } from "../http/httpClient";
import type { ExecutionSnapshot, ExecutionSummary } from "../execution/snapshot";
import type { Clock } from "../polling/clock";
import type { Settings } from "./settings";

/** Plain arguments of a resource, as they arrive from a front: known values only, secrets in the clear. */
export type Arguments = Readonly<Record<string, unknown>>;

/** Something wrong with an argument. */
export interface ArgumentProblem {
  /** The argument's name. */
  readonly argument: string;
  /** What is wrong with the value, the limit, and the remedy; a sentence that follows the name. */
  readonly reason: string;
}

/** Validates one argument. Gets only known values. */
export type ArgumentRule = (value: unknown) => string | undefined;

/** An argument of a service. */
export interface ArgumentSpec {
  /** Says what is wrong with a value, or nothing. */
  readonly rule: ArgumentRule;
  readonly required?: boolean;
  /** True where another value means another execution: a change runs the workflow again. */
  readonly replaces?: boolean;
}

/** What the backends share in one process and provider: connections, time, settings, and caches of their own. */
export interface BackendContext {
  readonly http: HttpClient;
  readonly settings: Settings;
  readonly clock: Clock;
  /** One object per key for the life of the process: accounts with their tokens, later request budgets. */
  shared<T>(key: string, make: () => T): T;
}

/** A service. */
export interface BackendDefinition {
  /** Name of the module that programs import, e.g. `aom`. */
  readonly service: string;
  /** For messages, e.g. `Huawei Cloud AOM`. */
  readonly title: string;
  /** The service's own arguments; the common ones are in `lifecycle/arguments`. */
  readonly arguments: Readonly<Record<string, ArgumentSpec>>;
  /**
   * What is wrong with arguments and settings together (e.g. no region anywhere). Values that are not known yet
   * are absent and named in `unknown`. No request is made.
   */
  check(args: Arguments, settings: Settings, unknown: ReadonlySet<string>): ArgumentProblem[];
  /**
   * Opens the service for a workflow.
   * @throws ConfigurationError where a setting is missing; ServiceError or TransportError where a look-up fails.
   */
  connect(args: Arguments, context: BackendContext, signal: AbortSignal): Promise<Backend>;
}

/** One workflow of one service, in one account. */
export interface Backend {
  /** The workflow, for messages: `workflow 3f2… (cn-north-4)`. */
  readonly subject: string;
  /** Where the execution is, as outputs: resolved region and project. Kept in state, so that read finds it again. */
  readonly location: Readonly<Record<string, string>>;
  /** Page for people; absent where there is none. */
  consoleUrl(executionId: string): string | undefined;
  /**
   * Starts an execution. Never sent twice unless the first was certainly not handled.
   * @returns its id.
   * @throws StartUncertainError where it may have been started all the same.
   */
  start(signal: AbortSignal): Promise<string>;
  /**
   * Looks at an execution once.
   * @param attempts how many times the request may be sent; the poller passes 1, it has its own schedule.
   * @throws NotFoundError where the service does not know it (any more).
   */
  describe(executionId: string, signal: AbortSignal, attempts?: number): Promise<ExecutionSnapshot>;
  /** Executions of the workflow, newest first. */
  list(signal: AbortSignal): AsyncIterable<ExecutionSummary>;
  /** Asks the service to stop an execution. Settled and unknown ones are no error: there is nothing to stop. */
  stop(executionId: string, signal: AbortSignal): Promise<void>;
}
