/**
 * The interface of every workflow service to `lifecycle/`. One folder beside this file implements the interface per
 * service; nothing outside those folders knows a service by name.
 */
import type { HttpClient } from "../http/httpClient";
import type { BucketView } from "../http/tokenBucket";
import type { Transport } from "../http/transport";
import type { ExecutionSnapshot, ExecutionStatus, ExecutionSummary } from "./snapshot";
import type { Clock } from "../ground/clock";
import type { CredentialsInUse } from "./credentialsInUse";
import type { Settings } from "./settings";
import type { ArgumentProblem, ArgumentSpec, Arguments } from "./argument";
import type { BackendCapabilities } from "./capabilities";

/**
 * The means that the backends share in one process and provider: connections, time, settings, and caches of their own.
 */
export interface BackendContext {
  /** Travels as {@link BackendDefinition.transport} says. */
  readonly http: HttpClient;
  readonly settings: Settings;
  /** The list to which every secret that authenticates is added before the secret is sent. */
  readonly credentials: CredentialsInUse;
  readonly clock: Clock;
  /** A new UUID. */
  readonly uuid: () => string;
  /** One object per key for the life of the process: accounts with their tokens, later request budgets. */
  shared<T>(key: string, make: () => T): T;
}

/** The events of an execution. */
export interface ExecutionHistory<Event = object> {
  /** In the service's own words, oldest first. */
  readonly events: readonly Event[];
  /** False if the service has more than were read. */
  readonly isWhole: boolean;
}

/** A service. */
export interface BackendDefinition<Service extends Backend = Backend> {
  /** Name of the module that programs import, e.g. `aom`. */
  readonly service: string;
  /** For messages, e.g. `Huawei Cloud AOM`. */
  readonly title: string;
  readonly capabilities: BackendCapabilities;
  /** The service's argument by which a program chooses the name of an execution; absent if there is none. */
  readonly runNameArgument?: string;
  /** Names of the outputs that say where an execution is ({@link Backend.location}): it does not move with the settings. */
  readonly locationKeys: readonly string[];
  /** The service's own arguments; the common ones are in `execution/commonArguments`. */
  readonly arguments: Readonly<Record<string, ArgumentSpec>>;
  /**
   * The transport of requests, by the vendor's settings. No request is made.
   * @throws ConfigurationError when a setting is wrong.
   */
  transport(settings: Settings): Transport;
  /**
   * The place of executions, as far as the settings alone tell, by the names in {@link Backend.location}. An execution
   * in another place is another execution. Left out if the settings tell nothing. No request is made.
   * @throws ConfigurationError when a setting is wrong.
   */
  place?(settings: Settings): Readonly<Record<string, string>>;
  /**
   * The part of the place that {@link place} leaves out: requested from the vendor, for a stored execution. Anything
   * that takes longer than a few seconds is left out.
   * @param args the program's present arguments; a place that they name is not requested.
   * @throws ConfigurationError when a setting is wrong.
   */
  askPlace?(
    stored: Arguments,
    args: Arguments,
    context: BackendContext,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, string>>>;
  /**
   * The problems of arguments and settings together (e.g. no region anywhere). Values that are not known yet are absent
   * and named in `unknown`. No request is made.
   */
  check(args: Arguments, settings: Settings, unknown: ReadonlySet<string>): ArgumentProblem[];
  /**
   * Opens the service for a workflow.
   * @throws ConfigurationError when a setting is missing; ServiceError or TransportError when a look-up fails.
   */
  connect(args: Arguments, context: BackendContext, signal: AbortSignal): Promise<Service>;
}

/** Options for a start. */
export interface StartRequest {
  /**
   * Names the wanted run, the same whenever it is asked for. 1–128 characters `A-Za-z0-9_-` (fewer where
   * {@link BackendCapabilities.longestRunName} says so), the first one a letter or `_` unless the program chose it. Services
   * that can't carry it ignore it.
   */
  readonly runName: string;
  /**
   * Ends it before it is on its way. Then the answer is worth waiting for, also for a deployment that is being cancelled:
   * with it the execution is in the state, without it the next deployment has to find it.
   */
  readonly signal: AbortSignal;
  /**
   * Ends it where it would have to wait before it is on its way: for a token, or to be sent again.
   * @default signal
   */
  readonly patience?: AbortSignal | undefined;
  /** Called whenever it is about to go out: from now on it may have been started. */
  readonly onSent?: (() => void) | undefined;
}

/** The result of a start. */
export interface StartedExecution {
  readonly executionId: string;
  /** RFC 3339, where the answer says it: earlier than now if the name's execution was running already. */
  readonly startedAt?: string | undefined;
  /** Set where the start already answers with the outcome (synchronous runs). */
  readonly outcome?: ExecutionSnapshot;
}

/** Options for polling an execution. */
export interface DescribeOptions {
  readonly signal: AbortSignal;
  /**
   * The most times that the request may be sent. The poller passes 1, because the poller has its own schedule.
   * @default HttpClient's
   */
  readonly attempts?: number | undefined;
  /**
   * The longest duration of a long poll, in seconds; at most the service's capability.
   * @default 0
   */
  readonly waitSeconds?: number | undefined;
  /** The snapshot that a list has just given: only the missing parts are requested. */
  readonly listed?: ExecutionSnapshot | undefined;
  /**
   * True for the polls of a wait: requests that only add details are made where the service has them to spare.
   * @default false
   */
  readonly sparing?: boolean | undefined;
  /** Called with the execution's status, if the status is known before the details are read. */
  readonly onStatus?: ((snapshot: ExecutionSnapshot) => void) | undefined;
  /**
   * True if a person gave the id: the execution may be another workflow's, which counts as unknown.
   * @default false
   */
  readonly isGiven?: boolean | undefined;
}

/** The filter of a list. */
export interface ExecutionFilter {
  readonly status?: ExecutionStatus | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAfterMs?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly startedBeforeMs?: number | undefined;
  /** Beginning of the execution's name, where the service has names. */
  readonly namePrefix?: string | undefined;
}

/** The page of a list to request, and the limits of the request. */
export interface PageOptions {
  /** Executions on the page; at most the capability's page size. */
  readonly limit: number;
  /** The last page's `nextToken`. */
  readonly token?: string | undefined;
  /**
   * The most times that the request may be sent. The planner of waits passes 1, because the planner has its own
   * schedule.
   * @default HttpClient's
   */
  readonly attempts?: number | undefined;
}

/** One page of a list, newest first. */
export interface ExecutionPage {
  /** May hold fewer than asked for, also none, with more to come. */
  readonly executions: readonly ExecutionSummary[];
  /** The token of the next page; absent at the end. */
  readonly nextToken?: string | undefined;
  /**
   * The time at which the service made the page, by the service's clock, in milliseconds since the epoch; absent if the
   * answer does not say.
   */
  readonly servedAtMs?: number | undefined;
  /**
   * The number of rows that were left out because their id cannot be read, of executions that may still be running.
   * @default 0
   */
  readonly unreadable?: number | undefined;
  /** The snapshot in the list, beyond the summary; absent if the list has no more than the summary. */
  readonly snapshotOf?: (executionId: string) => ExecutionSnapshot | undefined;
}

/** An execution, and the name that its start carried. */
export interface NamedExecution {
  readonly runName: string;
  readonly snapshot: ExecutionSnapshot;
}

/** The reason for stopping an execution, for services that keep the reason. */
export interface StopReason {
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** One workflow of one service, in one account. */
export interface Backend {
  /** Tells workflows apart: the same for all resources whose executions one list shows. */
  readonly key: string;
  /** The remaining budgets of requests that `describe` and `listPage` may make. */
  readonly budgets: { readonly describe: BucketView; readonly list: BucketView };
  /** The workflow, for messages: `workflow 3f2… (cn-north-4)`. */
  readonly subject: string;
  /** The same text for the same workflow, on every machine and with every credential; for memories and locks. */
  readonly identity: string;
  /**
   * The place of the execution, as outputs: resolved region and project. Kept in state, so that read finds the
   * execution again.
   */
  readonly location: Readonly<Record<string, string>>;
  /**
   * False if the service need not keep executions (express modes): nothing may rest on their being described, listed
   * or stopped.
   */
  readonly keepsHistory: boolean;
  /** Page for people; absent if there is none. */
  consoleUrl(executionId: string): string | undefined;
  /**
   * Starts an execution. Never sent twice unless the first was certainly not handled, or the name makes it harmless.
   * @throws StartUncertainError when it may have been started all the same.
   * @throws RunNameTakenError when the name has been used by an execution that has ended.
   */
  start(request: StartRequest): Promise<StartedExecution>;
  /**
   * Polls an execution once.
   * @throws NotFoundError when the service does not know it (any more).
   */
  describe(executionId: string, options: DescribeOptions): Promise<ExecutionSnapshot>;
  /**
   * Reads the steps so far during a long poll, if there are requests to spare; gives nothing otherwise. Left out if the
   * capability `longPollSeconds` is 0.
   */
  readProgress?(executionId: string, signal: AbortSignal): Promise<ExecutionSnapshot | undefined>;
  /** One page of the workflow's executions. */
  listPage(filter: ExecutionFilter, page: PageOptions, signal: AbortSignal): Promise<ExecutionPage>;
  /**
   * All executions of the workflow that have not settled, newest first.
   * @throws IncompleteListError when that is not known: the list has no end, or rows that can't be read.
   */
  listUnsettled(signal: AbortSignal): Promise<readonly ExecutionSummary[]>;
  /**
   * Executions whose start carried a name that begins so, newest first, on services that may show them although
   * `keepsHistory` is false. Empty if the service shows none, which does not prove that there is none; undefined if
   * it can't be asked. Left out if no start carries a name that can be looked up.
   */
  findStarted?(namePrefix: string, signal: AbortSignal): Promise<readonly NamedExecution[] | undefined>;
  /**
   * The name that an execution's start carried; null if the start carried none, undefined if the service does not show
   * the name.
   */
  readRunName(executionId: string, signal: AbortSignal): Promise<string | null | undefined>;
  /**
   * The reason why a start might be refused, as far as the lists that were read tell; undefined if there is none. Left
   * out for a service whose lists do not tell.
   */
  startDoubt?(): string | undefined;
  /**
   * Checks whether the workflow exists, in one request. Left out if a list of executions tells it.
   * @throws NotFoundError when it is not; another error of the service when that cannot be told.
   */
  demandWorkflow?(signal: AbortSignal): Promise<void>;
  /** Asks the service to stop an execution. Settled and unknown ones are no error: there is nothing to stop. */
  stop(executionId: string, signal: AbortSignal, reason?: StopReason): Promise<void>;
  /** Reads the events of an execution; only where {@link BackendCapabilities.functions} says so. */
  history?(executionId: string, signal: AbortSignal): Promise<ExecutionHistory>;
  /** Runs the failed steps again under the same id; only where {@link BackendCapabilities.functions} says so. */
  retry?(executionId: string, signal: AbortSignal): Promise<void>;
}
