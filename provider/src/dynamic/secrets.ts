/**
 * Keeps secret what comes from secret arguments. The host hands arguments over in the clear and does not say which of
 * them were secret, so the resource's constructor does; outputs are marked in the engine's own form, and messages
 * have the values taken out.
 */

/** Outputs in which a value of an argument can come back. */
const derivedOutputs = ["output", "steps", "failure"] as const;

// How the SDK and the engine mark a secret in a bag of properties.
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

// Shorter texts stand everywhere ("1", "dev"): taking them out would hide more than it protects.
const minLength = 4;

/** The texts that no message may hold: all that is in the secret arguments. The longest first. */
export function secretTexts(
  args: Readonly<Record<string, unknown>>,
  secretArguments: readonly string[],
): string[] {
  const texts = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === "string" || typeof value === "number") {
      const text = String(value);
      if (text.length >= minLength) {
        texts.add(text);
        // As it stands in JSON and in lines of a log.
        texts.add(JSON.stringify(text).slice(1, -1));
        for (const line of text.split(/\r?\n/)) if (line.trim().length >= minLength) texts.add(line.trim());
      }
    } else if (typeof value === "object" && value !== null) {
      Object.values(value).forEach(collect);
    }
  };
  for (const name of secretArguments) collect(args[name]);
  return [...texts].sort((a, b) => b.length - a.length);
}

/** The text without any of the secrets. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "[secret]"), text);
}

/** Marks the outputs in which an argument can come back, where any argument is secret. */
export function markSecretOutputs(
  outs: Readonly<Record<string, unknown>>,
  secretArguments: readonly string[],
): Record<string, unknown> {
  const marked = { ...outs };
  if (secretArguments.length === 0) return marked;
  for (const name of derivedOutputs) {
    if (marked[name] != null) marked[name] = { [signatureKey]: secretSignature, value: marked[name] };
  }
  return marked;
}
