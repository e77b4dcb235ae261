/**
 * The service's clock, as its answers tell it.
 */
import type { HttpAnswer } from "./request";

/** When an answer was made, milliseconds since the epoch, to the second; undefined where it does not say. */
export function servedAtMs(answer: HttpAnswer): number | undefined {
  const ms = Date.parse(answer.header("date") ?? "");
  return Number.isNaN(ms) ? undefined : ms;
}
