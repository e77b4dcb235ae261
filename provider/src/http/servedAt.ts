/**
 * The service's clock, as its answers tell it.
 */
import type { HttpAnswer } from "./request";

/**
 * The time at which an answer was made, in milliseconds since the epoch, to the second; undefined if the answer does
 * not say.
 */
export function servedAtMs(answer: HttpAnswer): number | undefined {
  const ms = Date.parse(answer.header("date") ?? "");
  return Number.isNaN(ms) ? undefined : ms;
}
