/**
 * Secrets that were not known as secrets when the outputs in the state were stored: storing the outputs anew hides
 * them.
 */
import type { NewSecret } from "../../lifecycle";
import { PathSet, argumentsOf, formatPath } from "./propertyPaths";
import type { KnownSecrets } from "./secretOutputs";

/** Properties whose secrets were named by argument, or also by place. */
interface LocatedSecrets extends Pick<KnownSecrets, "args" | "secretPaths"> {
  /** False if an earlier version wrote which arguments have secrets, and not where. */
  readonly hasSecretPaths: boolean;
}

// More of them would fill the preview.
const maxNamed = 3;

/**
 * Secrets that the outputs in the state were stored without knowing as such.
 * @param stored the outputs of the state.
 * @param given the inputs of this deployment.
 */
export function newSecrets(stored: LocatedSecrets, given: LocatedSecrets): NewSecret[] {
  const known = new PathSet(stored.secretPaths);
  // An earlier version has not stored the places of secrets in a list or map: the values that are in the clear there
  // are not known.
  const isUncertain = (name: string): boolean =>
    given.hasSecretPaths && !stored.hasSecretPaths && typeof stored.args[name] === "object";
  const added = given.secretPaths.filter((path) => !known.has(path) || isUncertain(path[0] ?? ""));
  return argumentsOf(added).flatMap((argument) => {
    const paths = added.filter(([name]) => name === argument);
    const named =
      paths.length > maxNamed ? [`${argument} (${String(paths.length)} values in it)`] : undefined;
    return (named ?? paths.map((path) => formatPath(path, given.args))).map((path) => ({ argument, path }));
  });
}
