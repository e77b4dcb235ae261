/**
 * Queries: one execution, or the executions of a workflow, for programs and scripts. Start nothing, change nothing.
 */
import type { ArgumentRule, Arguments } from "../execution/argument";
import type { Backend, BackendDefinition, ExecutionFilter, ExecutionPage } from "../execution/service";
import type { Session } from "../execution/session";
import { identifier, kindOf, oneOf, text, time } from "../execution/rules";
import { ConfigurationError, IncompleteListError, InputError } from "../ground/errors";
import { executionStatuses } from "../execution/snapshot";
import type { ExecutionStatus, ExecutionSummary } from "../execution/snapshot";
import { withinTime } from "../ground/timeLimit";
import { boundSummary } from "./bounds";
import { statusRequestMs } from "../execution/limits";
import type { PageSpan } from "../execution/pages";
import { pageLimit, pagesOf } from "../execution/pages";
import type { StoredState } from "./state";
import { makeState } from "./state";
import { check, formatProblem } from "./check";

// Nobody interrupts a function of a program.
const never = new AbortController().signal;

/** The filter of a list; unchecked, as a program gave it. */
export interface ExecutionQuery {
  readonly status?: unknown;
  /** RFC 3339. */
  readonly startedAfter?: unknown;
  /** RFC 3339. */
  readonly startedBefore?: unknown;
  readonly executionNamePrefix?: unknown;
  readonly limit?: unknown;
  readonly nextToken?: unknown;
}

/** Part of a list, newest first. */
export interface ListedExecutions {
  readonly executions: ExecutionSummary[];
  /** The token of the next part; absent at the end. */
  readonly nextToken?: string;
  /** True if the service did not give the list to its end, or some of its rows can't be read. */
  readonly isIncomplete?: boolean;
}

/**
 * Executions of a workflow, newest first, at most `limit` (100 by default), in as many pages as that takes.
 * @throws InputError when an argument is wrong; errors of the service as they are.
 */
export async function listExecutions(
  definition: BackendDefinition,
  args: Arguments,
  query: ExecutionQuery,
  session: Session,
): Promise<ListedExecutions> {
  const name = "getWorkflowExecutions";
  const { filter, limit, nextToken } = readQuery(definition, name, query);
  checkQuery(definition, name, args, session);
  const executions: ExecutionSummary[] = [];
  if (definition.capabilities.pageSize === undefined) {
    let isIncomplete = false;
    for await (const page of pages(definition, args, filter, session)) {
      executions.push(...page.executions);
      isIncomplete ||= (page.unreadable ?? 0) > 0;
    }
    const part = partOf(`${definition.service}.${name}`, executions, limit, nextToken);
    return { ...part, ...(isIncomplete ? { isIncomplete } : {}) };
  }
  let isIncomplete = false;
  try {
    for await (const page of pages(definition, args, filter, session, { limit, nextToken })) {
      executions.push(...page.executions);
      isIncomplete ||= (page.unreadable ?? 0) > 0;
      if (executions.length < limit) continue;
      const next = page.nextToken === undefined ? {} : { nextToken: page.nextToken };
      return { executions, ...next, ...(isIncomplete ? { isIncomplete } : {}) };
    }
  } catch (error) {
    // The executions that were read count.
    if (!(error instanceof IncompleteListError)) throw error;
    isIncomplete = true;
  }
  return { executions, ...(isIncomplete ? { isIncomplete } : {}) };
}

// If the service gives everything at once, the execution that was given last says where the next part begins: its id,
// and its start for the case that the service has forgotten it meanwhile.
function partOf(
  name: string,
  all: readonly ExecutionSummary[],
  limit: number,
  nextToken: string | undefined,
): ListedExecutions {
  const from = nextToken === undefined ? 0 : placeAfter(all, nextToken);
  if (from === undefined) {
    throw new InputError(
      `${name}: "nextToken" did not come from this function, or its place in the list no longer exists: leave "nextToken" out to begin with the newest`,
    );
  }
  const executions = all.slice(from, from + limit);
  const last = executions.at(-1);
  if (!last || from + limit >= all.length) return { executions };
  return { executions, nextToken: `${last.executionId} ${last.startedAt ?? ""}` };
}

function placeAfter(all: readonly ExecutionSummary[], token: string): number | undefined {
  const [id, startedAt = ""] = token.split(" ");
  const place = all.findIndex(({ executionId }) => executionId === id);
  if (place !== -1) return place + 1;
  const beganMs = Date.parse(startedAt);
  if (Number.isNaN(beganMs)) return undefined;
  const next = all.findIndex((execution) => Date.parse(execution.startedAt ?? "") < beganMs);
  return next === -1 ? all.length : next;
}

/**
 * All executions of a workflow, newest first, page by page as they are consumed; none twice, also while new ones
 * start.
 * @throws InputError when an argument is wrong; errors of the service as they are.
 */
export async function* iterateExecutions(
  definition: BackendDefinition,
  args: Arguments,
  query: Omit<ExecutionQuery, "limit" | "nextToken">,
  session: Session,
): AsyncGenerator<ExecutionSummary, void, undefined> {
  const name = "listWorkflowExecutions";
  const { filter } = readQuery(definition, name, query);
  checkQuery(definition, name, args, session);
  for await (const page of pages(definition, args, filter, session)) yield* page.executions;
}

async function* pages(
  definition: BackendDefinition,
  args: Arguments,
  filter: ExecutionFilter,
  session: Session,
  span: Omit<PageSpan, "pageSize"> = {},
): AsyncGenerator<ExecutionPage, void, undefined> {
  const backend = await withinTime(session.clock, statusRequestMs, never, (signal) =>
    session.connect(definition, args, signal),
  );
  // Each page has its own time limit: the reader of the pages may take any time in between.
  const listPage: Backend["listPage"] = (given, page) =>
    withinTime(session.clock, statusRequestMs, never, (signal) => backend.listPage(given, page, signal));
  const paged = { subject: backend.subject, listPage };
  const { pageSize } = definition.capabilities;
  for await (const page of pagesOf(paged, filter, { ...span, pageSize: pageLimit(pageSize) }, never)) {
    yield { ...page, executions: page.executions.map(boundSummary) };
  }
}

function readQuery(
  definition: BackendDefinition,
  name: string,
  query: ExecutionQuery,
): { readonly filter: ExecutionFilter; readonly limit: number; readonly nextToken: string | undefined } {
  const refuse = (argument: string, reason: string): never => {
    throw new InputError(`${definition.service}.${name}: "${argument}" ${reason}`);
  };
  const check = (argument: keyof ExecutionQuery, rule: ArgumentRule): void => {
    const reason = query[argument] === undefined ? undefined : rule(query[argument]);
    if (reason !== undefined) refuse(argument, reason);
  };
  check("status", oneOf(...executionStatuses));
  check("startedAfter", time);
  check("startedBefore", time);
  check("executionNamePrefix", text({ min: 1, max: 128 }));
  check("nextToken", text({ min: 1, max: 4_096 }));
  const { limit = 100 } = query;
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1) {
    return refuse(
      "limit",
      `must be a whole number of at least 1, not ${typeof limit === "number" ? String(limit) : kindOf(limit)}`,
    );
  }
  const ms = (value: unknown): number | undefined =>
    typeof value === "string" ? Date.parse(value) : undefined;
  return {
    filter: {
      status: query.status as ExecutionStatus | undefined,
      startedAfterMs: ms(query.startedAfter),
      startedBeforeMs: ms(query.startedBefore),
      namePrefix: query.executionNamePrefix as string | undefined,
    },
    limit,
    nextToken: query.nextToken as string | undefined,
  };
}

/** One execution, ready for requests. */
export interface OpenExecution<Service extends Backend> {
  readonly backend: Service;
  readonly executionId: string;
  /** Asks something of it, for as long as a call may take. */
  ask<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/**
 * Checks the arguments of a function on one execution and opens its service.
 * @param name the function's, for messages.
 * @throws InputError when an argument is wrong; errors of the service as they are.
 */
export async function openExecution<Service extends Backend>(
  definition: BackendDefinition<Service>,
  name: string,
  args: Arguments,
  executionId: unknown,
  session: Session,
): Promise<OpenExecution<Service>> {
  const wrongId = identifier({ min: 1, max: 256 })(executionId);
  if (wrongId !== undefined) throw new InputError(`${definition.service}.${name}: "executionId" ${wrongId}`);
  checkQuery(definition, name, args, session);
  const ask = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    withinTime(session.clock, statusRequestMs, never, work);
  const backend = await ask((signal) => session.connect(definition, args, signal));
  return { backend, executionId: String(executionId), ask };
}

/**
 * One execution, as the outputs of a resource.
 * @throws InputError when an argument is wrong; NotFoundError when the service does not know it.
 */
export async function getExecution(
  definition: BackendDefinition,
  args: Arguments,
  executionId: unknown,
  session: Session,
): Promise<StoredState> {
  const open = await openExecution(definition, "getWorkflowExecution", args, executionId, session);
  const snapshot = await open.ask((signal) =>
    open.backend.describe(open.executionId, { signal, isGiven: true }),
  );
  return makeState(args, open.backend.location, snapshot, open.backend.consoleUrl(snapshot.executionId));
}

/** The events of an execution, in the service's own words. */
export interface ReadHistory<Event = object> {
  /** Oldest first. */
  readonly events: Event[];
  /** True if the service did not give all of them. */
  readonly isIncomplete?: true;
}

/**
 * All events of an execution, in as many pages as that takes.
 * @throws InputError when an argument is wrong or the service keeps no events; NotFoundError when it does not know the
 * execution; other errors of the service as they are.
 */
export async function readHistory(
  definition: BackendDefinition,
  args: Arguments,
  executionId: unknown,
  session: Session,
): Promise<ReadHistory> {
  const { backend, ...open } = await openExecution(
    definition,
    "getExecutionHistory",
    args,
    executionId,
    session,
  );
  if (!backend.history) throw new InputError(`${definition.title} has no history of events`);
  const read = backend.history.bind(backend);
  const { events, isWhole } = await open.ask((signal) => read(open.executionId, signal));
  return { events: [...events], ...(isWhole ? {} : { isIncomplete: true }) };
}

/**
 * Runs the failed steps of an execution again, under the same id.
 * @throws InputError when an argument is wrong or the service can't do it; errors of the service as they are.
 */
export async function retryExecution(
  definition: BackendDefinition,
  args: Arguments,
  executionId: unknown,
  session: Session,
): Promise<void> {
  const open = await openExecution(definition, "retryWorkflowExecution", args, executionId, session);
  const { backend } = open;
  if (!backend.retry) throw new InputError(`${definition.title} can't run failed steps again`);
  await open.ask(async (signal) => backend.retry?.(open.executionId, signal));
}

function checkQuery(definition: BackendDefinition, name: string, args: Arguments, session: Session): void {
  const [problem] = check(definition, args, session.settings);
  if (!problem) return;
  const message = `${definition.service}.${name}: ${formatProblem(problem)}`;
  throw problem.argument === undefined ? new ConfigurationError(message) : new InputError(message);
}
