/**
 * The functions that read executions, by name: which of their arguments select executions, and which say where
 * the workflow is.
 */
import type { BackendDefinition, ListedExecutions, Session, StoredState } from "../../lifecycle";
import { getExecution, listExecutions } from "../../lifecycle";

type Bag = Readonly<Record<string, unknown>>;

/** Lists executions of a workflow; what is no filter says where the workflow is. */
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
