/**
 * Queries: one execution, or the executions of a workflow, for programs and scripts. Start nothing, change nothing.
 */
import type { Arguments, BackendDefinition } from "../backends/backend";
import type { Session } from "../backends/registry";
import { oneOf, kindOf, text } from "../backends/rules";
import { InputError } from "../errors";
import type { ExecutionSnapshot, ExecutionStatus, ExecutionSummary } from "../execution/snapshot";
import type { StoredState } from "./state";
import { makeState } from "./state";
import { check } from "./check";

const statuses: readonly ExecutionStatus[] = [
  "running",
  "succeeded",
  "failed",
  "timedOut",
  "stopped",
  "waiting",
  "unknown",
];

/** What to list. */
export interface ExecutionFilter {
  readonly status?: unknown;
  readonly limit?: unknown;
}

/**
 * Executions of a workflow, newest first.
 * @throws InputError where an argument is wrong; errors of the service as they are.
 */
export async function listExecutions(
  definition: BackendDefinition,
  args: Arguments,
  filter: ExecutionFilter,
  session: Session,
): Promise<ExecutionSummary[]> {
  const { status, limit = 100 } = filter;
  const wrongStatus = status === undefined ? undefined : oneOf(...statuses)(status);
  if (wrongStatus !== undefined)
    throw new InputError(`${definition.service}.getWorkflowExecutions: "status" ${wrongStatus}`);
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1) {
    const got = typeof limit === "number" ? String(limit) : kindOf(limit);
    throw new InputError(
      `${definition.service}.getWorkflowExecutions: "limit" must be a whole number of at least 1, not ${got}`,
    );
  }
  checkQuery(definition, "getWorkflowExecutions", args, session);
  const signal = new AbortController().signal;
  const backend = await session.connect(definition, args, signal);
  const found: ExecutionSummary[] = [];
  for await (const summary of backend.list(signal)) {
    if (status !== undefined && summary.status !== status) continue;
    found.push(summary);
    if (found.length >= limit) break;
  }
  return found;
}

/**
 * One execution, as the outputs of a resource.
 * @throws InputError where an argument is wrong; NotFoundError where the service does not know it.
 */
export async function getExecution(
  definition: BackendDefinition,
  args: Arguments,
  executionId: unknown,
  session: Session,
): Promise<StoredState> {
  const wrongId = text({ min: 1, max: 256 })(executionId);
  if (wrongId !== undefined)
    throw new InputError(`${definition.service}.getWorkflowExecution: "executionId" ${wrongId}`);
  checkQuery(definition, "getWorkflowExecution", args, session);
  const signal = new AbortController().signal;
  const backend = await session.connect(definition, args, signal);
  const snapshot: ExecutionSnapshot = await backend.describe(String(executionId), signal);
  return makeState(args, backend.location, snapshot, backend.consoleUrl(snapshot.executionId));
}

function checkQuery(definition: BackendDefinition, name: string, args: Arguments, session: Session): void {
  const [problem] = check(definition, args, session.settings);
  if (problem) throw new InputError(`${definition.service}.${name}: "${problem.argument}" ${problem.reason}`);
}
