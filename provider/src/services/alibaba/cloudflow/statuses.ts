/**
 * CloudFlow's status words and their meaning here.
 *
 * The reference lists six:
 * - `Succeeded` ended well; `Failed` ended badly; `TimedOut` took too long; `Stopped` was stopped.
 * - `Starting` and `Running` are still running.
 * - Anything else is unknown: it may still be running, so waiting continues until the caller's own deadline.
 */
import type { ExecutionStatus } from "../../../execution/snapshot";

// A Map: a word that every object has, like "constructor", must stay unknown.
const statuses: ReadonlyMap<string, ExecutionStatus> = new Map(
  Object.entries({
    Starting: "running",
    Running: "running",
    Succeeded: "succeeded",
    Failed: "failed",
    TimedOut: "timedOut",
    Stopped: "stopped",
  } as const),
);

/** The meaning of a status word. */
export function toExecutionStatus(rawStatus: string): ExecutionStatus {
  return statuses.get(rawStatus) ?? "unknown";
}

/** The service's words for one of ours. Several, or none where it has no such word. */
export function toRawStatuses(status: ExecutionStatus): string[] {
  return [...statuses].filter(([, meaning]) => meaning === status).map(([raw]) => raw);
}
