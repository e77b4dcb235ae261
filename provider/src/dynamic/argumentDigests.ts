/**
 * Tells whether an argument that arrives is the one that the program gave: the constructor notes what it saw of each,
 * and the provider compares. What the engine puts back for `ignoreChanges` is left out of it.
 */
import { createHash } from "node:crypto";
import { isMap } from "../lifecycle";

/** What is noted of an argument that is, or contains, a secret. */
export const secretNote = "secret";

/**
 * What is noted of an argument that is no secret: a short digest of its value.
 * @param ignoreChanges the option: paths of properties, whose values may come from the state.
 */
export function digestOf(name: string, value: unknown, ignoreChanges: readonly string[]): string {
  const ignored = ignoreChanges.map(readPath).filter(([first]) => first === name || first === wildcard);
  // A digest need not withstand anybody: who chooses one value chooses the other.
  return createHash("sha256")
    .update(JSON.stringify(canonical(value, ignored.map(tail)) ?? null))
    .digest("base64url")
    .slice(0, 12);
}

/** True where the option covers the argument, or something in it. */
export function isIgnored(name: string, ignoreChanges: readonly string[]): boolean {
  return ignoreChanges.some((path) => {
    const [first] = readPath(path);
    return first === name || first === wildcard;
  });
}

type Path = readonly string[];

const wildcard = "*";

function tail(path: Path): Path {
  return path.slice(1);
}

// As Pulumi writes them: `name`, `name[0]`, `name[*]`, `name.key`, `name["key"]`, `["name"]`.
function readPath(path: string): Path {
  return Array.from(path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g), ([, quoted, bare]) =>
    quoted === undefined ? (bare ?? "") : quoted.replace(/\\(.)/g, "$1"),
  );
}

// Keys in one order; what is ignored, and what says nothing (null), left out.
function canonical(value: unknown, ignored: readonly Path[]): unknown {
  if (ignored.some((path) => path.length === 0)) return undefined;
  const within = (key: string): Path[] =>
    ignored.filter(([first]) => first === key || first === wildcard).map(tail);
  if (Array.isArray(value)) return value.map((item, place) => canonical(item, within(String(place))) ?? null);
  if (!isMap(value)) return value ?? undefined;
  const members = Object.entries(value).map(([key, item]) => [key, canonical(item, within(key))] as const);
  // As a list: a map would put numbers first, and lose `__proto__`.
  return { map: members.filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)) };
}
