/**
 * Finds the values of the arguments that the state has as secrets. Keeps keyed digests of the stored values and never
 * the values: a replacement is checked a second time, without the state.
 */
import { hash, randomBytes } from "node:crypto";
import { isMap } from "../../lifecycle";
import type { PropertyPath } from "./propertyPaths";
import { PathSet, existingPart, matches, overlaps } from "./propertyPaths";
import { minLength } from "./redaction/secretIndex";
import { parseText } from "./secrets";

type Bag = Readonly<Record<string, unknown>>;

/** A value without members, also within a JSON text. */
interface Leaf {
  /** The path of the value; a JSON text is read as if it were a map or a list. */
  readonly path: PropertyPath;
  /** The place where a mark can be set: the JSON text that holds the leaf. */
  readonly markedAt: PropertyPath;
  readonly text: string;
}

/** The secrets of a state, by argument names, map keys and list indexes. */
export class StoredSecrets {
  readonly #paths: readonly PropertyPath[];
  readonly #key = randomBytes(16).toString("hex");
  // By path: the digest, and whether the state had the value as a secret.
  readonly #stored = new Map<string, { readonly digest: string; readonly isSecret: boolean }>();
  // Digests of secrets: those of one argument, and those that are recognized in all arguments.
  readonly #byArgument = new Map<string, Set<string>>();
  readonly #anywhere = new Set<string>();

  /**
   * @param args the stored arguments, in the clear.
   * @param paths the paths of the secrets in the arguments.
   */
  constructor(args: Bag, paths: readonly PropertyPath[]) {
    this.#paths = paths;
    if (paths.length === 0) return;
    const secret = new PathSet(paths);
    for (const { path, markedAt, text } of leavesOf(args)) {
      const [digest, isSecret] = [this.#digestOf(text), secret.has(markedAt)];
      this.#stored.set(keyOf(path), { digest, isSecret });
      if (!isSecret) continue;
      const argument = path[0] ?? "";
      const known = this.#byArgument.get(argument) ?? new Set<string>();
      this.#byArgument.set(argument, known.add(digest));
      // Shorter texts stand everywhere.
      if (text.length >= minLength) this.#anywhere.add(digest);
    }
  }

  /**
   * The paths of the values that stay secret: a stored secret, at its path or moved to another one, and all that
   * `ignoreChanges` keeps from being taken back.
   * @param args the program's values; unknown values are no texts of their own.
   * @param ignoreChanges the option, as paths.
   */
  keptIn(args: Bag, ignoreChanges: readonly PropertyPath[]): PropertyPath[] {
    if (this.#paths.length === 0) return [];
    const ignored = this.#paths.filter((path) => ignoreChanges.some((pattern) => overlaps(pattern, path)));
    const whole = ignored.filter((path) => ignoreChanges.some((pattern) => matches(pattern, path)));
    const inside = new PathSet(ignored);
    const kept = whole.map((path) => existingPart(args, path)).filter(({ length }) => length > 0);
    for (const { path, markedAt, text } of leavesOf(args)) {
      const isIgnored = inside.has(markedAt) && ignoreChanges.some((pattern) => matches(pattern, markedAt));
      if (isIgnored || this.#isKept(path, text)) kept.push(markedAt);
    }
    return kept;
  }

  #isKept(path: PropertyPath, text: string): boolean {
    const digest = this.#digestOf(text);
    const stored = this.#stored.get(keyOf(path));
    // A value that stood here in the clear may stay in the clear, also if it equals a secret elsewhere.
    if (stored?.digest === digest) return stored.isSecret;
    return this.#byArgument.get(path[0] ?? "")?.has(digest) === true || this.#anywhere.has(digest);
  }

  #digestOf(text: string): string {
    // In one go: an HMAC takes four times as long, and 4 MB of arguments have 100,000 values.
    return hash("sha256", this.#key + text, "base64");
  }
}

function keyOf(path: PropertyPath): string {
  return JSON.stringify(path);
}

// Further down all leaves of a JSON text share a path: they are then recognized as if they had moved.
const maxLevelsInText = 64;

// Not recursive: JSON text can be nested deeper than a function can call itself.
function* leavesOf(args: Bag): Generator<Leaf> {
  const open: { value: unknown; path: PropertyPath; markedAt: PropertyPath | undefined }[] = Object.entries(
    args,
  ).map(([name, value]) => ({ value, path: [name], markedAt: undefined }));
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path, markedAt = path } = next;
    const isContainer = Array.isArray(value) || isMap(value);
    const held = isContainer ? value : typeof value === "string" ? parseText(value) : undefined;
    const members: [string, unknown][] =
      typeof held === "object" && held !== null ? Object.entries(held) : [["", held]];
    for (const [key, item] of members) {
      if (item === undefined) continue;
      const isDeep = next.markedAt !== undefined && path.length >= maxLevelsInText;
      open.push({
        value: item,
        path: isDeep ? path : [...path, key],
        markedAt: isContainer ? next.markedAt : markedAt,
      });
    }
    if (isContainer && members.length === 0)
      yield { path, markedAt, text: Array.isArray(value) ? "[]" : "{}" };
    else if (["string", "number", "boolean"].includes(typeof value))
      yield { path, markedAt, text: String(value) };
  }
}
