/**
 * A workflow as its watch sees it: the part of the port that waiting needs.
 */
import type { Clock } from "../ground/clock";
import type { BackendCapabilities } from "../execution/capabilities";
import type { Backend } from "../execution/service";
import type { PollPolicy } from "./pollPolicy";

/** One workflow: the requests that it allows, and their costs. */
export interface WatchedWorkflow
  extends
    Pick<BackendCapabilities, "longPollSeconds" | "pageSize" | "listTells">,
    Pick<Backend, "budgets" | "listPage"> {
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /** The durations of past executions that succeeded, in milliseconds, in any order. */
  pastDurations(signal: AbortSignal): Promise<readonly number[]>;
  /**
   * Decides when to poll and how.
   * @default plannedPolicy
   */
  readonly policy?: PollPolicy | undefined;
}
