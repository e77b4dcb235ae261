/**
 * Differences as the dynamic provider host takes them: names of properties, and one phrase per cause.
 */
import type { Change } from "../../lifecycle/index";

/** The arguments (or outputs) that cause a difference, each once. */
export function propertiesOf(changes: readonly Change[]): string[] {
  return [...new Set(changes.map(({ property }) => property))];
}

/** One phrase per cause, e.g. `timeoutSeconds changed (no new run)`. */
export function reasonsOf(changes: readonly Change[]): string[] {
  return changes.map(({ reason, consequence }) =>
    consequence === undefined ? reason : `${reason} (${consequence})`,
  );
}
