/**
 * Paths of values inside the arguments: their form in the state, and the patterns of Pulumi's options. Pure.
 */
import { itemPath, memberPath } from "../../ground/propertyPath";
import { isMap } from "../../lifecycle";

/** An argument's name, then map keys and list indexes. A list of texts, because a key may hold any character. */
export type PropertyPath = readonly string[];

const wildcard = "*";

/**
 * Reads a path as Pulumi's options write it: `name`, `name[0]`, `name[*]`, `name.key`, `name["key"]`, `["name"]`.
 */
export function readPattern(pattern: string): PropertyPath {
  return Array.from(pattern.matchAll(/\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g), ([, quoted, bare]) =>
    quoted === undefined ? (bare ?? "") : quoted.replace(/\\(.)/g, "$1"),
  );
}

/** True if the value at `path` is, contains, or is inside a value that `pattern` names. A `*` names every member. */
export function overlaps(pattern: PropertyPath, path: PropertyPath): boolean {
  return pattern.every((key, place) => place >= path.length || key === path[place] || key === wildcard);
}

/** True if the value at `path` is, or is inside, a value that `pattern` names. */
export function matches(pattern: PropertyPath, path: PropertyPath): boolean {
  return pattern.length <= path.length && overlaps(pattern, path);
}

interface PathNode {
  isEnd: boolean;
  readonly members: Map<string, PathNode>;
}

/** Paths, and all that is inside of them. As a tree: one argument can have ten thousand of them. */
export class PathSet {
  readonly #root: PathNode = { isEnd: false, members: new Map() };

  constructor(paths: Iterable<PropertyPath>) {
    for (const path of paths) {
      let node = this.#root;
      for (const key of path) {
        const next = node.members.get(key) ?? { isEnd: false, members: new Map<string, PathNode>() };
        node.members.set(key, next);
        node = next;
      }
      node.isEnd = true;
    }
  }

  /** True if the path, or a path around it, is in the set. */
  has(path: PropertyPath): boolean {
    let node: PathNode | undefined = this.#root;
    for (const key of path) {
      if (node === undefined || node.isEnd) break;
      node = node.members.get(key);
    }
    return node?.isEnd ?? false;
  }

  /** The paths that are inside no other one, in an order that does not depend on the order of keys. */
  outermost(): PropertyPath[] {
    const paths: PropertyPath[] = [];
    const collect = ({ isEnd, members }: PathNode, path: PropertyPath): void => {
      if (isEnd) paths.push(path);
      else
        for (const [key, member] of [...members].sort(([a], [b]) => (a < b ? -1 : 1)))
          collect(member, [...path, key]);
    };
    collect(this.#root, []);
    return paths;
  }
}

/** The value at a path; undefined if there is none. */
export function valueAt(bag: unknown, path: PropertyPath): unknown {
  return path.reduce<unknown>((value, key) => memberOf(value, key), bag);
}

/** The longest beginning of a path at which there is a value. */
export function existingPart(bag: unknown, path: PropertyPath): PropertyPath {
  let value = bag;
  const end = path.findIndex((key) => (value = memberOf(value, key)) == null);
  return end === -1 ? path : path.slice(0, end);
}

/** A copy with the values at these paths replaced; a path without a value changes nothing. */
export function replacedAt(
  bag: unknown,
  paths: readonly PropertyPath[],
  replace: (value: unknown) => unknown,
): unknown {
  if (paths.length === 0 || bag === undefined || bag === null) return bag;
  if (paths.some(({ length }) => length === 0)) return replace(bag);
  const inside = new Map<string, PropertyPath[]>();
  for (const [key = "", ...rest] of paths) {
    const known = inside.get(key);
    if (known) known.push(rest);
    else inside.set(key, [rest]);
  }
  const replaced = (item: unknown, key: string): unknown => replacedAt(item, inside.get(key) ?? [], replace);
  if (Array.isArray(bag)) return bag.map((item: unknown, place) => replaced(item, String(place)));
  if (!isMap(bag)) return bag;
  return Object.fromEntries(Object.entries(bag).map(([key, item]) => [key, replaced(item, key)]));
}

/** The path as Pulumi writes it, for messages. */
export function formatPath([name = "", ...keys]: PropertyPath, bag: unknown): string {
  let value = memberOf(bag, name);
  return keys.reduce((text, key) => {
    const isItem = Array.isArray(value);
    value = memberOf(value, key);
    return isItem ? itemPath(text, Number(key)) : memberPath(text, key);
  }, name);
}

/** Names of the arguments that the paths lead into, in order. */
export function argumentsOf(paths: readonly PropertyPath[]): string[] {
  return [...new Set(paths.map(([name = ""]) => name))].sort();
}

function memberOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(key) ? (value[Number(key)] as unknown) : undefined;
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
