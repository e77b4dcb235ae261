/**
 * The paths of FunctionGraph's definitions: `$.a.b[0].c` into the arriving value, `$CONST.a.b` into the flow's
 * constants.
 */
import { ShapeError } from "../../ground/jsonShape";

/** A path that has been read. */
export interface FlowPath {
  readonly from: "data" | "constants";
  readonly keys: readonly (string | number)[];
}

/**
 * Reads a path; one with wildcards, filters or slices is refused by name.
 * @throws {ShapeError} when the text is no path, or has wildcards, filters or slices
 */
export function readPath(text: string, at: string): FlowPath {
  const match = /^(\$CONST|\$)((?:\.[^.[\]*?@()\s]+|\[\d+\]|\['[^']*'\])*)$/.exec(text);
  if (!match) {
    throw new ShapeError(
      at,
      `${JSON.stringify(text)} is not a path that the emulator supports: use the form $.a.b[0]`,
    );
  }
  const keys = [...(match[2] ?? "").matchAll(/\.([^.[]+)|\[(\d+)\]|\['([^']*)'\]/g)].map(
    ([, name, index, quoted]) => (index === undefined ? (name ?? quoted ?? "") : Number(index)),
  );
  return { from: match[1] === "$CONST" ? "constants" : "data", keys };
}
