/**
 * AOM's status words and their meaning here.
 *
 * The reference declares no enumeration; these words are in its examples and descriptions:
 * - `success` ended well; `fail`, `approvalFailed` ended badly; `timeout` took too long; `cancel` was stopped.
 * - `running`, `executing` and `canceling` are still running.
 * - `waitExecute`, `not_started` wait for their turn, `waitApproval` for a person, `pausing` for a "continue".
 * - Anything else is unknown: it may still be running, so waiting continues until the caller's own deadline.
 */
import type { ExecutionStatus } from "../../../execution/snapshot";

// A Map: a word that every object has, like "constructor", must stay unknown.
const statuses: ReadonlyMap<string, ExecutionStatus> = new Map(
  Object.entries({
    success: "succeeded",
    fail: "failed",
    approvalfailed: "failed",
    timeout: "timedOut",
    cancel: "stopped",
    running: "running",
    executing: "running",
    canceling: "running",
    waitexecute: "waiting",
    not_started: "waiting",
    waitapproval: "waiting",
    pausing: "waiting",
  } as const),
);

/** The meaning of a status word; capitals don't matter. */
export function toExecutionStatus(rawStatus: string): ExecutionStatus {
  return statuses.get(rawStatus.toLowerCase()) ?? "unknown";
}
