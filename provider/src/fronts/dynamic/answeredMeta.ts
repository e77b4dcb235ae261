/**
 * The meta data of an answer: the host keeps no marks, so the next call has to be told which values are secrets.
 */
import { argumentsOf } from "../shared/propertyPaths";
import type { OutputSecrets } from "../shared/secretOutputs";
import type { AnsweredMeta, ResourceProperties, SettledMeta } from "./properties";

/** The answer's meta data: those of the call, and those for the next call. */
export function answeredMeta(
  { meta, notes, hasSecretPaths }: ResourceProperties,
  { secretPaths, isHidden }: OutputSecrets,
): SettledMeta & AnsweredMeta {
  const { notes: _notes, ...rest } = meta;
  // If only the arguments' names are known, the next check has to go on treating all of them as secrets.
  const known =
    hasSecretPaths || notes !== undefined
      ? { secretArguments: argumentsOf(secretPaths), ...(secretPaths.length > 0 ? { secretPaths } : {}) }
      : {};
  return { ...rest, ...known, ...(isHidden ? { secretOutputs: true } : {}) };
}
