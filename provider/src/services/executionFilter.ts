/**
 * Filters of lists, for conditions that a service does not filter itself.
 */
import type { ExecutionSummary } from "../execution/snapshot";
import type { ExecutionFilter } from "../execution/service";

/** A predicate for a filter. Executions without a start time pass every window: nothing is hidden by a guess. */
export function matches(filter: ExecutionFilter): (summary: ExecutionSummary) => boolean {
  const { status, startedAfterMs = -Infinity, startedBeforeMs = Infinity, namePrefix = "" } = filter;
  return (summary) => {
    const startedMs = summary.startedAt === undefined ? undefined : Date.parse(summary.startedAt);
    return (
      (status === undefined || summary.status === status) &&
      (startedMs === undefined || (startedMs >= startedAfterMs && startedMs <= startedBeforeMs)) &&
      summary.executionId.startsWith(namePrefix)
    );
  };
}
