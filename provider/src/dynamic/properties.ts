/**
 * The bag of properties that the host hands over, taken apart: the arguments (with unknown values marked), and what
 * the resource's constructor added because the host does not tell it.
 */
import type { Arguments, CustomTimeouts } from "../lifecycle";
import { isMap, unknownValue } from "../lifecycle";

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
  /** Names of the arguments that are, or contain, a secret. */
  readonly secretArguments?: readonly string[];
}

/** Properties, taken apart. */
export interface ResourceProperties {
  /** Arguments, or arguments and outputs where the properties are a stored state. */
  readonly args: Arguments;
  readonly urn: string | undefined;
  readonly customTimeouts: CustomTimeouts;
  readonly replaceOnChanges: readonly string[];
  readonly secretArguments: readonly string[];
}

// How the SDK writes "computed" for any type, at any depth.
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Takes properties apart. Tolerates states of any version. */
export function readProperties(properties: Readonly<Record<string, unknown>>): ResourceProperties {
  const meta = properties[metaProperty];
  const { urn, customTimeouts, replaceOnChanges, secretArguments } = (isMap(meta) ? meta : {}) as Partial<
    Record<keyof ResourceMeta, unknown>
  >;
  const args = Object.entries(properties).filter(([name, value]) => !name.startsWith("__") && value != null);
  return {
    args: Object.fromEntries(args.map(([name, value]) => [name, markUnknown(value)])),
    urn: typeof urn === "string" && urn !== unknownText ? urn : undefined,
    customTimeouts: isMap(customTimeouts) ? customTimeouts : {},
    replaceOnChanges: texts(replaceOnChanges),
    secretArguments: texts(secretArguments),
  };
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
