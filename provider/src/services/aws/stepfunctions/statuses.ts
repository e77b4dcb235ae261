/**
 * The status words of Step Functions and their meaning here.
 *
 * The reference lists six:
 * - `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED` are final.
 * - `RUNNING` is still running. `PENDING_REDRIVE` waits to be run again; only children of a distributed Map have
 *   it.
 * - Any other word is unknown: the execution may still be running, so waiting continues until the caller's own
 *   deadline.
 */
import type { ExecutionStatus } from "../../../execution/snapshot";

// A Map: a word that every object has, like "constructor", must stay unknown.
const statuses: ReadonlyMap<string, ExecutionStatus> = new Map(
  Object.entries({
    RUNNING: "running",
    PENDING_REDRIVE: "waiting",
    SUCCEEDED: "succeeded",
    FAILED: "failed",
    TIMED_OUT: "timedOut",
    ABORTED: "stopped",
  } as const),
);

/** The meaning of a status word. */
export function toExecutionStatus(rawStatus: string): ExecutionStatus {
  return statuses.get(rawStatus) ?? "unknown";
}

/** The service's word for a status; undefined if the service has none. */
export function toRawStatus(status: ExecutionStatus): string | undefined {
  return [...statuses].find(([, meaning]) => meaning === status)?.[0];
}
