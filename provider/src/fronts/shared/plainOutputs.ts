/**
 * The door for values: a value that the engine would refuse, or misread, once an execution exists could lose the
 * execution. Pulumi's own markers become text, values that protobuf cannot carry are left out, and sizes are bounded.
 * docs/reference/values-and-secrets.md says how.
 */
import { emptyOutputs, outputs } from "../../lifecycle";
import { signatureKey, unknownTexts } from "./wireMarkers";

type Bag = Readonly<Record<string, unknown>>;

// The host's maps lose it.
const lostKey = "__proto__";
/**
 * A copy that the engine takes as it is: plain JSON values and well-formed text. Keys without a value are left out. A
 * map or a text that is one of Pulumi's own markers becomes its JSON text, and is named in `altered`.
 * @param given the properties that came from the engine: the engine takes them back unchanged, but for outputs of an
 *   earlier execution.
 */
export function toPlainOutputs(bag: Bag, given: Bag = {}): Record<string, unknown> {
  const altered: string[] = [];
  const plain = Object.fromEntries(
    Object.entries(bag).flatMap(([name, value]) => {
      const isArgument = Object.hasOwn(given, name) && !outputs.includes(name);
      const item = isArgument ? toPlain(value) : defuse(toPlain(value), name, altered);
      return item === undefined ? [] : [[name.toWellFormed(), item] as const];
    }),
  );
  if (altered.length === 0) return plain;
  const known = Array.isArray(plain["altered"]) ? (plain["altered"] as unknown[]) : [];
  // A state can come back: a path that is named already is not named again.
  const named = [...new Set([...known, ...altered])];
  return { ...plain, altered: named.slice(0, maxNamed) };
}

const maxNamed = 200;

function toPlain(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return value.toWellFormed();
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return value.toString();
    case "object":
      break;
    default:
      return undefined;
  }
  if (value === null) return null;
  // A hole in a list must keep its place.
  if (Array.isArray(value)) return value.map((item) => toPlain(item) ?? null);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  const entries = Object.entries(value).map(([key, item]) => [key.toWellFormed(), toPlain(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

function defuse(value: unknown, path: string, altered: string[]): unknown {
  const asText = (text: string): string => {
    altered.push(path.slice(0, maxPathLength).toWellFormed());
    return text;
  };
  if (unknownTexts.has(value)) return asText(JSON.stringify(value));
  // JSON has no such number, and neither has the state of older engines.
  if (typeof value === "number" && !Number.isFinite(value)) return asText(String(value));
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value))
    return value.map((item, index) => defuse(item, `${path}[${String(index)}]`, altered));
  if (Object.hasOwn(value, signatureKey) || Object.hasOwn(value, lostKey))
    return asText(JSON.stringify(value));
  const entries = Object.entries(value).map(([key, item]) => [key, defuse(item, `${path}.${key}`, altered)]);
  return Object.fromEntries(entries) as unknown;
}

const maxPathLength = 256;

/** Bytes of an init failure: it travels in a trailer, and from 12 MB on breaks the connection for all resources. */
export const failureLimits = { derived: 1024 * 1024, all: 8 * 1024 * 1024 } as const;

/** Bytes of all arguments of a resource: with its outputs they have to fit into an init failure. */
const maxArgumentBytes = 4 * 1024 * 1024;

/** The problem of the size of arguments; undefined if there is none. */
export function argumentsTooLarge(
  args: Bag,
): { readonly argument: string; readonly reason: string } | undefined {
  const sizes = Object.entries(args).map(([name, value]) => [name, wireSizeOf(value)] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  const [argument, size] = sizes.sort(([, a], [, b]) => b - a)[0] ?? ["", 0];
  if (total <= maxArgumentBytes) return undefined;
  return {
    argument,
    reason:
      `takes ${inMegabytes(size)} in the engine's format, and all arguments together take ${inMegabytes(total)}. The limit is ` +
      `${inMegabytes(maxArgumentBytes)}, so that the outcome of a failed execution fits too. Pass a digest or an address instead`,
  };
}

function inMegabytes(bytes: number): string {
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`;
}

const nothing: Bag = emptyOutputs;

/**
 * The outputs of an execution that is not as wanted, small enough for an init failure: the largest ones are left out
 * first, and named in `truncated`.
 */
export function toFailureOutputs(outs: Bag): Record<string, unknown> {
  const kept: Record<string, unknown> = { ...outs };
  const derived = Object.keys(kept).filter((name) => outputs.includes(name));
  const sizes = new Map(derived.map((name) => [name, wireSizeOf(kept[name])]));
  const left: string[] = [];
  const size = (): number => [...sizes.values()].reduce((sum, each) => sum + each, 0);
  while (size() > failureLimits.derived) {
    const [name] = [...sizes].sort(([, a], [, b]) => b - a)[0] ?? [];
    if (name === undefined) break;
    kept[name] = name === "steps" ? [] : (nothing[name] ?? null);
    sizes.delete(name);
    left.push(name);
  }
  if (left.length === 0) return kept;
  const known = Array.isArray(kept["truncated"]) ? (kept["truncated"] as unknown[]) : [];
  return { ...kept, truncated: [...new Set([...known, ...left])] };
}

/** Bytes of a value as protobuf's `Value`, in which the engine and its providers exchange properties. */
export function wireSizeOf(value: unknown): number {
  if (typeof value === "string") return framed(Buffer.byteLength(value));
  if (typeof value === "number") return 9;
  if (typeof value !== "object" || value === null) return 2;
  if (Array.isArray(value)) {
    return framed(value.reduce<number>((sum, item) => sum + framed(wireSizeOf(item)), 0));
  }
  return framed(structSizeOf(value as Bag));
}

function structSizeOf(bag: Bag): number {
  return Object.entries(bag).reduce(
    (sum, [key, item]) => sum + framed(framed(Buffer.byteLength(key)) + framed(wireSizeOf(item))),
    0,
  );
}

// The size of a field of the given number of bytes, with its tag and its length.
function framed(bytes: number): number {
  let length = 1;
  for (let rest = bytes; rest > 127; rest = Math.floor(rest / 128)) length += 1;
  return 1 + length + bytes;
}
