/**
 * The texts by which the SDK and the engine mark values in a bag of properties: their own contract, never changed.
 */

/** How "not known yet" is written for any type, at any depth. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * The key that makes a map something else: a secret, an asset, an archive, a reference to a resource, an output. A map that
 * has it is refused where the engine knows no such form, and taken for what it is not where it does.
 */
export const signatureKey = "4dabf18193072939515e22adb298388d";

const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** A value as a secret. */
export function secretOf(value: unknown): Readonly<Record<string, unknown>> {
  return { [signatureKey]: secretSignature, value };
}
