/**
 * The reasons of an init failure: an execution there is, but not as wanted.
 */
import { toMessage } from "../../ground/text";

// They travel in a trailer, which must stay small: one that is too large breaks the connection for all resources.
const maxReasons = 20;

/**
 * The reasons as the engine takes them: well-formed, bounded, and never none. Without one the engine would take the
 * resource for healthy.
 */
export function initReasons(reasons: readonly string[]): readonly [string, ...string[]] {
  const shown = reasons.length > maxReasons ? [...reasons.slice(0, maxReasons), "…"] : reasons;
  const [first = "the execution did not end as wanted", ...more] = shown
    .map(toMessage)
    .filter((reason) => reason !== "");
  return [first, ...more];
}
