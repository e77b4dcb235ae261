/**
 * Arguments as JSON. The SDK takes any object for a map: it makes `{}` of a Date or a Map, without a word. Here a Date
 * becomes RFC 3339, and everything else that JSON has no form for is named by its path, with the remedy.
 */
import * as pulumi from "@pulumi/pulumi";
import { types } from "node:util";
import { assetRemedy, numberRemedy } from "../fronts/shared/foreignValues";
import { signatureKey, unknownText } from "../fronts/shared/wireMarkers";
import { itemPath, memberPath } from "../ground/propertyPath";

/** A value that the SDK, the engine and the service all read alike. */
export interface JsonValue {
  /** Plain JSON; Outputs and promises stay in their places and give plain JSON too. */
  readonly value: unknown;
  /** True if there are Outputs or promises in it. */
  readonly isLater: boolean;
}

/**
 * Makes the error for values that JSON can't hold.
 * @param problems one line each: the path, the problem, the remedy.
 * @param isLater true if they came to light only when an Output or a promise was known.
 */
export type Refusal = (problems: readonly string[], isLater: boolean) => Error;

/**
 * Copies arguments with only the values that JSON can hold; internal ones (`__…`) are left out. Members that are
 * undefined are left to the SDK, which leaves them out; a resource stands for its id, as everywhere in Pulumi.
 * @throws {Error} that `refuse` makes when there is a problem in them. Values in Outputs and promises are checked when
 *   they are known: the Outputs and promises then fail with that error.
 */
export function toJsonValues(
  args: Readonly<Record<string, unknown>>,
  refuse: Refusal,
): Record<string, JsonValue> {
  const problems: string[] = [];
  const values: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined || name.startsWith("__")) continue;
    // The provider's check says more of a number that stands alone.
    const copy = typeof value === "number" ? undefined : new Copy(refuse, problems);
    values[name] = { value: copy ? copy.of(value, name) : value, isLater: copy?.isLater ?? false };
  }
  if (problems.length > 0) throw refuse(problems, false);
  return values;
}

/** One copy being made. */
class Copy {
  isLater = false;
  readonly #refuse: Refusal;
  readonly #problems: string[];
  /** The objects around the present value. */
  readonly #around = new Set<object>();

  constructor(refuse: Refusal, problems: string[]) {
    this.#refuse = refuse;
    this.#problems = problems;
  }

  of(value: unknown, path: string): unknown {
    if (typeof value === "object" && value !== null) return this.#object(value, path);
    const problem = scalarProblem(value);
    return problem === undefined ? value : this.#problem(path, problem);
  }

  #object(value: object, path: string): unknown {
    if (pulumi.Output.isInstance(value)) return this.#later(path, (copy) => value.apply(copy));
    if (types.isPromise(value)) return this.#later(path, (copy) => value.then(copy));
    if (pulumi.CustomResource.isInstance(value)) return this.#later(path, (copy) => value.id.apply(copy));
    if (pulumi.Resource.isInstance(value)) return this.#later(path, (copy) => value.urn.apply(copy));
    if (types.isDate(value)) {
      return Number.isNaN(value.getTime())
        ? this.#problem(path, "is an invalid Date: give a valid one, or null")
        : value.toISOString();
    }
    if (this.#around.has(value)) return this.#problem(path, "contains itself: give a copy without the cycle");
    this.#around.add(value);
    const copied = this.#container(value, path);
    this.#around.delete(value);
    return copied;
  }

  #container(value: object, path: string): unknown {
    // The SDK makes null of a member that is undefined, as JSON does: a list keeps its places.
    if (Array.isArray(value)) return Array.from(value, (item, place) => this.of(item, itemPath(path, place)));
    const problem = instanceProblem(value);
    if (problem !== undefined) return this.#problem(path, problem);
    const copied: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      const at = memberPath(path, key);
      if (key === signatureKey) this.#problem(at, "is a key that Pulumi reserves: use another key");
      // The SDK assigns it, which changes a prototype.
      else if (key === "__proto__") this.#problem(at, "is a key that the SDK loses: use another key");
      else if (!key.isWellFormed()) this.#problem(at, notWellFormed);
      else copied[key] = this.of(item, at);
    }
    return copied;
  }

  // Problems of these come to light when the program has gone on: each Output fails on its own.
  #later(path: string, wait: (copy: (known: unknown) => unknown) => unknown): unknown {
    this.isLater = true;
    return wait((known) => {
      const problems: string[] = [];
      const copied = new Copy(this.#refuse, problems).of(known, path);
      if (problems.length > 0) throw this.#refuse(problems, true);
      return copied;
    });
  }

  #problem(path: string, problem: string): unknown {
    this.#problems.push(`${path} ${problem}`);
    return undefined;
  }
}

const notWellFormed = "has one half of a surrogate pair without the other: give well-formed text";

function scalarProblem(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      if (value === unknownText) return "is a text that Pulumi reserves: use another text";
      return value.isWellFormed() ? undefined : notWellFormed;
    case "number":
      return Number.isFinite(value) ? undefined : `is ${String(value)}: ${numberRemedy}`;
    case "bigint":
      return "is a BigInt: give its text, String(value)";
    case "function":
      return "is a function: give what it returns";
    case "symbol":
      return "is a symbol: give a text";
    default:
      return undefined;
  }
}

function isAsset(value: unknown): boolean {
  return pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value);
}

/** The problem of an object that is not a plain map. */
function instanceProblem(value: object): string | undefined {
  if (isAsset(value)) return `is an asset or archive: ${assetRemedy}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A prototype without one is Object's, also that of another realm.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined;
  if (value instanceof URL) return "is a URL: give its text, value.href";
  if (types.isMap(value)) return "is a Map: give a plain map, Object.fromEntries(value)";
  if (types.isSet(value)) return "is a Set: give a list, [...value]";
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
    return "is binary data: give a text, e.g. in base64";
  }
  const { constructor, toJSON } = value as { constructor?: { name?: unknown }; toJSON?: unknown };
  const name =
    typeof constructor?.name === "string" && constructor.name !== "" ? constructor.name : "a class";
  const plain = typeof toJSON === "function" ? "value.toJSON()" : "{ ...value }";
  return `is an instance of ${name}: give plain data, e.g. ${plain}`;
}
