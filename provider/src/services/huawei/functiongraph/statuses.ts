/**
 * FunctionGraph's status words and their meaning here.
 *
 * The detail and the plain list have five, the paged list has nine:
 * - `success` ended well; `fail` ended badly; `timeout` took too long; `cancel` was stopped.
 * - `running`, `retrying`, `recovered` (taken up again), `stopping` are still running; `scheduled` waits in the queue.
 * - Anything else is unknown: it may still be running, so waiting continues until the caller's own deadline.
 */
import type { ExecutionStatus } from "../../../execution/snapshot";

// A Map: a word that every object has, like "constructor", must stay unknown.
const statuses: ReadonlyMap<string, ExecutionStatus> = new Map(
  Object.entries({
    success: "succeeded",
    fail: "failed",
    timeout: "timedOut",
    cancel: "stopped",
    running: "running",
    retrying: "running",
    recovered: "running",
    stopping: "running",
    scheduled: "waiting",
  } as const),
);

/** The meaning of a status word; capitals don't matter. */
export function toExecutionStatus(rawStatus: string): ExecutionStatus {
  return statuses.get(rawStatus.toLowerCase()) ?? "unknown";
}

/**
 * The service's words for a status of ours, for the filter of a list. Several, or none if the service has no such word.
 */
export function toRawStatuses(status: ExecutionStatus): string[] {
  return [...statuses].filter(([, meaning]) => meaning === status).map(([raw]) => raw);
}
