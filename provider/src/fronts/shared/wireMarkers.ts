/**
 * The texts by which the SDK and the engine mark values in a bag of properties: their own contract, never changed.
 */

/** The text that marks "not known yet" for any type, at any depth. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** "Not known yet", by type. As a text that an execution gave, the engine refuses each of them. */
export const unknownTexts: ReadonlySet<unknown> = new Set([
  unknownText,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/**
 * The key that makes a map something else: a secret, an asset, an archive, a reference to a resource, an output. The
 * engine refuses a map that has the key but no known form, and misreads a map that has a known form by accident.
 */
export const signatureKey = "4dabf18193072939515e22adb298388d";

/** Signature of a secret: the value is in `value`. */
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Signature of an output: `value` where it is known, and whether it is a `secret`. */
export const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** Signature of a reference to a resource: its `urn`, and its `id` where it has one. */
export const referenceSignature = "5cf8f73096256a8f31e491e813e4eb8e";

/** A value as a secret. */
export function secretOf(value: unknown): Readonly<Record<string, unknown>> {
  return { [signatureKey]: secretSignature, value };
}
