/**
 * What `bench/` switches to compare: read from one environment variable, which is no setting for users and may change
 * at any time. Nothing else reads it.
 */
import type { SessionOptions } from "../../lifecycle";
import { systemClock } from "../../lifecycle";

/** Name of the variable: JSON `{"fixedIntervalMs"?, "withoutPast"?, "clockRate"?}`. */
export const benchVariable = "WORKFLOW_EXECUTION_BENCH";

/** Options of a session under the bench; none outside of it. */
export function benchOptions(environment: NodeJS.ProcessEnv): Pick<SessionOptions, "waiting" | "clock"> {
  const text = environment[benchVariable];
  if (text === undefined || text === "") return {};
  const { clockRate = 1, ...waiting } = JSON.parse(text) as {
    readonly clockRate?: number;
    readonly fixedIntervalMs?: number;
    readonly withoutPast?: boolean;
  };
  return { waiting, ...(clockRate === 1 ? {} : { clock: fastClock(clockRate) }) };
}

// Time that runs as fast as an emulator's clock with the same rate: half an hour of waiting in minutes.
function fastClock(rate: number): NonNullable<SessionOptions["clock"]> {
  const startMs = Date.now();
  return {
    now: () => startMs + (Date.now() - startMs) * rate,
    sleep: (ms, signal) => systemClock.sleep(ms / rate, signal),
  };
}
