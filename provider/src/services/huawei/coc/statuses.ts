/**
 * COC's status words and their meaning here.
 *
 * The reference lists seven for an execution, and none for its steps, which are read by the same list:
 * - `Succeed` ended well; `Failed` ended badly; `Timeout` took too long; `Canceled` was stopped.
 * - `Running` and `Canceling` are still running.
 * - `Pending` is suspended: the execution waits until somebody resumes, retries or terminates it.
 * - Anything else is unknown: the execution may still be running, so waiting continues until the caller's own deadline.
 */
import type { ExecutionStatus } from "../../../execution/snapshot";

// A Map: a word that every object has, like "constructor", must stay unknown.
const statuses: ReadonlyMap<string, ExecutionStatus> = new Map(
  Object.entries({
    succeed: "succeeded",
    failed: "failed",
    timeout: "timedOut",
    canceled: "stopped",
    running: "running",
    canceling: "running",
    pending: "waiting",
  } as const),
);

/** The meaning of a status word; capitals don't matter. */
export function toExecutionStatus(rawStatus: string): ExecutionStatus {
  return statuses.get(rawStatus.toLowerCase()) ?? "unknown";
}
