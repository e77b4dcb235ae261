/**
 * The functions on executions, by name: which of their arguments select executions, and which say where the workflow is.
 */
import type { BackendDefinition, ListedExecutions, ReadHistory, Session, StoredState } from "../../lifecycle";
import { getExecution, listExecutions, readHistory, retryExecution } from "../../lifecycle";

type Bag = Readonly<Record<string, unknown>>;

/** Lists executions of a workflow; arguments that are no filter name the workflow's place. */
export function getWorkflowExecutions(
  definition: BackendDefinition,
  args: Bag,
  session: Session,
): Promise<ListedExecutions> {
  const { status, startedAfter, startedBefore, executionNamePrefix, limit, nextToken, ...where } = args;
  const wanted = { status, startedAfter, startedBefore, executionNamePrefix, limit, nextToken };
  return listExecutions(definition, where, wanted, session);
}

/** Reads one execution. */
export function getWorkflowExecution(
  definition: BackendDefinition,
  { executionId, ...where }: Bag,
  session: Session,
): Promise<StoredState> {
  return getExecution(definition, where, executionId, session);
}

/** Reads the events of one execution. */
export function getExecutionHistory(
  definition: BackendDefinition,
  { executionId, ...where }: Bag,
  session: Session,
): Promise<ReadHistory> {
  return readHistory(definition, where, executionId, session);
}

/** Runs the failed steps of one execution again. */
export function retryWorkflowExecution(
  definition: BackendDefinition,
  { executionId, ...where }: Bag,
  session: Session,
): Promise<void> {
  return retryExecution(definition, where, executionId, session);
}
