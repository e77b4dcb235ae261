/**
 * A bag of properties as it arrives from the engine, taken apart: plain arguments with unknown values marked, where the
 * secrets are, and the values as they came, to give back.
 */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isMap, unknownValue } from "../../lifecycle";
import type { PropertyPath } from "../shared/propertyPaths";
import { PathSet } from "../shared/propertyPaths";
import type { KnownSecrets } from "../shared/secretOutputs";
import { derivedOutputs } from "../shared/secretOutputs";
import {
  outputSignature,
  referenceSignature,
  secretOf,
  secretSignature,
  signatureKey,
  unknownText,
  unknownTexts,
} from "../shared/wireMarkers";

/** Properties of a call or a state. */
export interface Properties extends KnownSecrets {
  /**
   * The values with Pulumi's marks, for the engine; properties that the SDKs keep for themselves (`__…`) are left out.
   */
  readonly raw: Readonly<Record<string, unknown>>;
  /** The engine says where in a list or map the secrets are. */
  readonly hasSecretPaths: true;
}

/**
 * Takes properties apart. A resource stands for its id; an output for its value. Null stands for an absent value: some
 * SDKs send null for a value that a program leaves out.
 */
export function readProperties(struct: Struct | undefined): Properties {
  const bag = struct === undefined ? {} : (struct.toJavaScript() as Record<string, unknown>);
  const raw = Object.fromEntries(
    Object.entries(bag).flatMap(([name, value]) =>
      name.startsWith("__") ? [] : [[name, plainOutput(value)]],
    ),
  );
  const secretPaths: PropertyPath[] = [];
  const args = Object.entries(raw).flatMap(([name, value]) => {
    const opened = open(value, [name], secretPaths);
    return opened == null ? [] : [[name, opened] as const];
  });
  return {
    raw,
    args: Object.fromEntries(args),
    secretPaths: new PathSet(secretPaths).outermost(),
    hasSecretPaths: true,
    secretOutputs: derivedOutputs.some((name) => signatureOf(raw[name]) === secretSignature),
  };
}

/**
 * One value in the clear, with unknown values marked, from any form: settings can hold Pulumi's marks in JSON texts.
 */
export function openValue(value: unknown): unknown {
  return open(plainOutput(value), [], []);
}

/** True if there is nothing in the properties. */
export function isEmpty({ raw }: Properties): boolean {
  return Object.keys(raw).length === 0;
}

/** Properties as the engine takes them. Values are plain JSON, with Pulumi's marks. */
export function toStruct(bag: Readonly<Record<string, unknown>>): Struct {
  return Struct.fromJavaScript(bag as Parameters<typeof Struct.fromJavaScript>[0]);
}

// Outputs as values come to components only, but an engine may send one: it is given back as the value or the secret it is.
function plainOutput(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOutput);
  if (!isMap(value)) return value;
  if (value[signatureKey] === outputSignature) {
    const known = "value" in value ? plainOutput(value["value"]) : unknownText;
    return value["secret"] === true ? secretOf(known) : known;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainOutput(item)]));
}

function open(value: unknown, path: PropertyPath, secretPaths: PropertyPath[]): unknown {
  if (typeof value === "string") return unknownTexts.has(value) ? unknownValue : value;
  if (Array.isArray(value))
    return value.map((item, place) => open(item, [...path, String(place)], secretPaths));
  if (!isMap(value)) return value;
  switch (signatureOf(value)) {
    case secretSignature:
      secretPaths.push(path);
      return open(value["value"], path, secretPaths);
    case referenceSignature:
      return openReference(value, path, secretPaths);
    default:
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, open(item, [...path, key], secretPaths)]),
      );
  }
}

// A component has no id. Of a resource that is still to be created it is not known.
function openReference(
  { id, urn }: Readonly<Record<string, unknown>>,
  path: PropertyPath,
  secretPaths: PropertyPath[],
): unknown {
  if (id === undefined || id === null) return urn;
  return id === "" ? unknownValue : open(id, path, secretPaths);
}

function signatureOf(value: unknown): unknown {
  return isMap(value) ? value[signatureKey] : undefined;
}
