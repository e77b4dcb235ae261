/**
 * The bag of properties that the host hands over, taken apart: the arguments (with unknown values marked), and what
 * the resource's constructor added because the host does not tell it.
 */
import type { Arguments, CustomTimeouts } from "../lifecycle";
import { isMap, unknownValue } from "../lifecycle";
import { secretNote } from "./argumentDigests";
import { unknownText } from "./wireMarkers";

/**
 * The input in which the constructor hands over what the host leaves out. The engine neither shows nor compares
 * properties whose names begin with two underscores.
 */
export const metaProperty = "__meta";

/** What the constructor adds to the arguments. */
export interface ResourceMeta {
  readonly urn: string;
  readonly customTimeouts?: CustomTimeouts;
  /** The option: paths of properties. The engine applies it only where diff leaves comparing to it. */
  readonly replaceOnChanges?: readonly string[];
  /** The option: paths of properties, whose values the engine takes from the state. */
  readonly ignoreChanges?: readonly string[];
  /** What the program gave, by argument: `argumentDigests` makes the notes. Only until `check`. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** What `check` puts in the place of `notes`. */
export interface SettledMeta {
  /** Names of the arguments that are, or contain, a secret. */
  readonly secretArguments?: readonly string[];
  /** Those that the program makes secret now; left out where it is all of them. */
  readonly programSecrets?: readonly string[];
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
  readonly secretArguments: readonly string[];
  readonly programSecrets: readonly string[];
}

/** Takes properties apart. Tolerates states of any version. */
export function readProperties(properties: Readonly<Record<string, unknown>>): ResourceProperties {
  const meta = isMap(properties[metaProperty]) ? properties[metaProperty] : {};
  const { urn, customTimeouts, replaceOnChanges, ignoreChanges, notes, secretArguments, programSecrets } =
    meta as Partial<Record<keyof ResourceMeta | keyof SettledMeta, unknown>>;
  const args = Object.entries(properties).filter(([name, value]) => !name.startsWith("__") && value != null);
  const read = isMap(notes) ? notes : undefined;
  const secrets = read && secretArguments === undefined ? secretsIn(read) : texts(secretArguments);
  return {
    args: Object.fromEntries(args.map(([name, value]) => [name, markUnknown(value)])),
    meta,
    urn: typeof urn === "string" && urn !== unknownText ? urn : undefined,
    customTimeouts: isMap(customTimeouts) ? customTimeouts : {},
    replaceOnChanges: texts(replaceOnChanges),
    ignoreChanges: texts(ignoreChanges),
    notes: read,
    secretArguments: secrets,
    programSecrets: programSecrets === undefined ? secrets : texts(programSecrets),
  };
}

// What is only read (`get`) is never checked: the notes are all there is.
function secretsIn(notes: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(notes).filter((name) => notes[name] === secretNote || notes[name] === unknownText);
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
