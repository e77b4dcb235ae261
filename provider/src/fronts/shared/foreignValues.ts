/**
 * Values from the engine that are no data: assets and archives (which a transform can have put there; the resource's
 * constructor lets none pass), and numbers that JSON has no form for.
 */
import { itemPath, memberPath } from "../../ground/propertyPath";
import type { ArgumentProblem, Arguments } from "../../lifecycle";
import { isMap } from "../../lifecycle";
import { signatureKey } from "./wireMarkers";

/** The remedy for an asset. */
export const assetRemedy = "give the text itself, or a hash of the file";

/** The remedy for NaN or an infinity. */
export const numberRemedy = "give a finite number, or null";

/** Names such values by their paths, with the remedy. */
export function foreignValues(args: Arguments): ArgumentProblem[] {
  return Object.entries(args).flatMap(([argument, value]) =>
    problemsIn(value, argument).map(({ path, what, remedy }) => ({
      argument,
      reason: `${path === argument ? `is ${what}` : `has ${what} at ${path}`}: ${remedy}`,
    })),
  );
}

interface Problem {
  readonly path: string;
  readonly what: string;
  readonly remedy: string;
}

function problemsIn(value: unknown, path: string): Problem[] {
  if (Array.isArray(value)) return value.flatMap((item, place) => inner(item, itemPath(path, place)));
  if (!isMap(value)) return [];
  if (signatureKey in value) return [{ path, what: "an asset or archive", remedy: assetRemedy }];
  return Object.entries(value).flatMap(([key, item]) => inner(item, memberPath(path, key)));
}

// The argument's own rule says more of a number that stands alone.
function inner(value: unknown, path: string): Problem[] {
  if (typeof value !== "number" || Number.isFinite(value)) return problemsIn(value, path);
  return [{ path, what: String(value), remedy: numberRemedy }];
}
