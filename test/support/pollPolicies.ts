/**
 * Policies to compare the provider's with: the costs and the results of polling without all planning, or without the
 * history.
 */
import { createRequire } from "node:module";
import type { PollPolicy } from "../../provider/src/waiting/pollPolicy";
import { plannedPolicy } from "../../provider/src/waiting/pollPolicy";

/** Polls every execution individually, at this interval in milliseconds, as the bench does. */
export const { fixedInterval } = createRequire(__filename)("../../bench/fixedInterval.cjs") as {
  readonly fixedInterval: (intervalMs: number) => PollPolicy;
};

/** Plans as the provider does, without the workflow's history. */
export const withoutHistory: PollPolicy = { ...plannedPolicy, wantsHistory: () => false };
