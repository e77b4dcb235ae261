/**
 * Tells which values of the arguments that arrive are the program's: the constructor notes each value that it saw, and
 * the provider compares. A note has the shape of its value, with a digest, or the reason for none, in each place.
 */
import { createHash } from "node:crypto";
import { isMap } from "../../lifecycle";
import type { PropertyPath } from "../shared/propertyPaths";
import { unknownText } from "../shared/wireMarkers";

/** The note of a value that is a secret. */
export const secretNote = "secret";

/**
 * A note: {@link secretNote}, the text for "not known yet", the digest of a value without members, or the notes of the
 * members. Null stands for a list's item that is null.
 */
export type Note = string | null | readonly Note[] | { readonly [key: string]: Note };

/** The note of plain data that is known and no secret; undefined if there is no value. */
export function noteOf(value: unknown): Note | undefined {
  if (value === undefined || value === null) return undefined;
  if (isEmpty(value)) return digestOf(value);
  if (Array.isArray(value)) return value.map((item) => noteOf(item) ?? null);
  if (!isMap(value)) return digestOf(value);
  const members = Object.entries(value).map(([key, item]) => [key, noteOf(item)] as const);
  return Object.fromEntries(members.filter((member): member is [string, Note] => member[1] !== undefined));
}

/** The paths that are noted as secret, or as not known yet. */
export function notedPaths(notes: unknown, note: typeof secretNote | typeof unknownText): PropertyPath[] {
  if (notes === note) return [[]];
  if (typeof notes !== "object" || notes === null) return [];
  return Object.entries(notes).flatMap(([key, inner]) =>
    notedPaths(inner, note).map((path) => [key, ...path]),
  );
}

/**
 * The paths at which a value is not the one that was noted: somebody else has put it there.
 * @param isIgnored true for the paths whose values the engine takes from the state.
 */
export function foreignPaths(
  value: unknown,
  note: unknown,
  path: PropertyPath,
  isIgnored: (path: PropertyPath) => boolean,
): PropertyPath[] {
  // An empty list or map tells nothing that could be secret.
  if (value === undefined || value === null || isEmpty(value)) return [];
  if (note === secretNote || note === unknownText || isIgnored(path)) return [];
  const isList = Array.isArray(value);
  if (isList || isMap(value)) {
    const notes = (isList ? Array.isArray(note) : isMap(note))
      ? (note as Readonly<Record<string, unknown>>)
      : {};
    return Object.entries(value).flatMap(([key, item]) =>
      foreignPaths(item, Object.hasOwn(notes, key) ? notes[key] : undefined, [...path, key], isIgnored),
    );
  }
  return note === digestOf(value) ? [] : [path];
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

// A digest need not withstand an attack: the author of one value is the author of the other.
function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 12);
}
