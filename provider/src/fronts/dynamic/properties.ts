/**
 * The bag of properties that the host passes, taken apart: the arguments (with unknown values marked), and the
 * properties that the resource's constructor added because the host does not pass them.
 */
import type { Arguments, CustomTimeouts } from "../../lifecycle";
import { isMap, unknownValue } from "../../lifecycle";
import type { Note } from "./argumentDigests";
import { notedPaths, secretNote } from "./argumentDigests";
import type { PropertyPath } from "../shared/propertyPaths";
import { PathSet, argumentsOf } from "../shared/propertyPaths";
import { unknownText } from "../shared/wireMarkers";

/**
 * The input in which the constructor passes the properties that the host leaves out. The engine neither shows nor
 * compares properties whose names begin with two underscores.
 */
export const metaProperty = "__meta";

/** The properties that the constructor adds to the arguments. */
export interface ResourceMeta {
  readonly urn: string;
  readonly customTimeouts?: CustomTimeouts;
  /** The option: paths of properties. The engine applies it only where diff leaves comparing to it. */
  readonly replaceOnChanges?: readonly string[];
  /** The option: paths of properties, whose values the engine takes from the state. */
  readonly ignoreChanges?: readonly string[];
  /** The program's values, by argument: `argumentDigests` has the form. Only until `check`. */
  readonly notes?: Readonly<Record<string, Note>>;
}

/** The properties with which `check` replaces `notes`. */
export interface SettledMeta {
  /** Names of the arguments that are, or contain, a secret. */
  readonly secretArguments?: readonly string[];
  /**
   * The paths of the secrets in the arguments; left out if there are none. States of earlier versions do not have the
   * paths.
   */
  readonly secretPaths?: readonly PropertyPath[];
  /** Those that the program makes secret now; left out if it is all of them. */
  readonly programSecrets?: readonly string[];
}

/** The properties that the answers of `create`, `update` and `read` add, for later calls. */
export interface AnsweredMeta {
  /** True if the outputs that the workflow makes are secret: they stay so for this execution. */
  readonly secretOutputs?: boolean;
}

/** Properties, taken apart. */
export interface ResourceProperties {
  /** Arguments, or arguments and outputs where the properties are a stored state. */
  readonly args: Arguments;
  /** `__meta` as it came. */
  readonly meta: Readonly<Record<string, unknown>>;
  readonly urn: string | undefined;
  readonly customTimeouts: CustomTimeouts;
  readonly replaceOnChanges: readonly string[];
  readonly ignoreChanges: readonly string[];
  /** Undefined once `check` has settled which arguments are secret. */
  readonly notes: Readonly<Record<string, unknown>> | undefined;
  /** The paths of the secrets; the path of a whole argument if nothing is known about the place within the argument. */
  readonly secretPaths: readonly PropertyPath[];
  /** False if an earlier version wrote which arguments have secrets, and not where. */
  readonly hasSecretPaths: boolean;
  /** True if the workflow's outputs were answered as secrets. */
  readonly secretOutputs: boolean;
  readonly programSecrets: readonly string[];
}

/** Takes properties apart. Tolerates states of any version. */
export function readProperties(properties: Readonly<Record<string, unknown>>): ResourceProperties {
  const meta = isMap(properties[metaProperty]) ? properties[metaProperty] : {};
  const { urn, customTimeouts, replaceOnChanges, ignoreChanges, notes, programSecrets, secretOutputs } =
    meta as Partial<Record<MetaKey, unknown>>;
  const args = Object.entries(properties).filter(([name, value]) => !name.startsWith("__") && value != null);
  const read = isMap(notes) ? notes : undefined;
  const secrets = secretsIn(meta);
  return {
    args: Object.fromEntries(args.map(([name, value]) => [name, markUnknown(value)])),
    meta,
    urn: typeof urn === "string" && urn !== unknownText ? urn : undefined,
    customTimeouts: isMap(customTimeouts) ? customTimeouts : {},
    replaceOnChanges: texts(replaceOnChanges),
    ignoreChanges: texts(ignoreChanges),
    notes: read,
    ...secrets,
    secretOutputs: secretOutputs === true || (!secrets.hasSecretPaths && secrets.secretPaths.length > 0),
    programSecrets: programSecrets === undefined ? argumentsOf(secrets.secretPaths) : texts(programSecrets),
  };
}

type MetaKey = keyof ResourceMeta | keyof SettledMeta | keyof AnsweredMeta;

function secretsIn(
  meta: Partial<Record<MetaKey, unknown>>,
): Pick<ResourceProperties, "secretPaths" | "hasSecretPaths"> {
  const { notes, secretArguments, secretPaths } = meta;
  // A resource that is only read (`get`) is never checked: the notes are all there is.
  if (isMap(notes) && secretArguments === undefined && secretPaths === undefined) {
    const noted = [...notedPaths(notes, secretNote), ...notedPaths(notes, unknownText)];
    return { secretPaths: new PathSet(noted).outermost(), hasSecretPaths: true };
  }
  const paths = Array.isArray(secretPaths) ? secretPaths.map(texts).filter(({ length }) => length > 0) : [];
  const named = new Set(argumentsOf(paths));
  const whole = texts(secretArguments).filter((name) => !named.has(name));
  return { secretPaths: [...paths, ...whole.map((name) => [name])], hasSecretPaths: whole.length === 0 };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function markUnknown(value: unknown): unknown {
  if (value === unknownText) return unknownValue;
  if (Array.isArray(value)) return value.map(markUnknown);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, markUnknown(item)]));
}
