/**
 * Values as they travel between the engine and a provider: plain JSON, secrets in the engine's own form, and the values
 * that the engine refuses.
 */

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const knownSignatures = new Set([
  secretSignature,
  "c44067f5952c0a294b673a41bacd8c17",
  "0def7320c3a5731c473e5ecbe6d01bc7",
  "5cf8f73096256a8f31e491e813e4eb8e",
  "d0e6a833031e9bbcd3f4e8bde6ca49a4",
]);

/** The engine's text for a value that is not known yet. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A bag of properties. */
export type Bag = Record<string, unknown>;

/** A copy, as it comes out at the other end. */
export function travelled<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** A secret in the engine's form. */
export function secretOf(value: unknown): Bag {
  return { [signatureKey]: secretSignature, value };
}

/** The values without the engine's marks of secrets, as a provider gets them that does not take any. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  const bag = value as Bag;
  if (bag[signatureKey] === secretSignature) return withoutSecrets(bag["value"]);
  return Object.fromEntries(Object.entries(bag).map(([name, item]) => [name, withoutSecrets(item)]));
}

/** The reason for which the engine refuses a provider's value; undefined where it takes the value. */
export function refusalOf(value: unknown, name = "outs"): string | undefined {
  switch (typeof value) {
    case "undefined":
    case "bigint":
    case "function":
    case "symbol":
      return "Unexpected struct type.";
    case "string":
      if (value === unknownText) return `unexpected unknown property value for "${name}"`;
      return value.isWellFormed() ? undefined : "string field contains invalid UTF-8";
    case "object":
      break;
    default:
      return undefined;
  }
  if (value === null) return undefined;
  if (Array.isArray(value)) return first(value.map((item) => () => refusalOf(item, name)));
  const bag = value as Bag;
  if (Object.hasOwn(bag, signatureKey)) {
    const signature = bag[signatureKey];
    if (typeof signature !== "string" || !knownSignatures.has(signature)) {
      return `unrecognized signature in property map for "${name}"`;
    }
    if (signature === secretSignature) {
      return Object.hasOwn(bag, "value")
        ? refusalOf(bag["value"], name)
        : `malformed RPC secret: missing value for "${name}"`;
    }
    return `malformed RPC value for "${name}"`;
  }
  return first(
    Object.entries(bag).map(
      ([key, item]) =>
        () =>
          key.isWellFormed() ? refusalOf(item, key) : "string field contains invalid UTF-8",
    ),
  );
}

function first(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const refusal = check();
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The same text for the same value, in any order of its keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
