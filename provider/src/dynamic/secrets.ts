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

/** The texts that no message may hold: all that is in the secret arguments, in the forms in which messages have it. The longest first. */
export function secretTexts(
  args: Readonly<Record<string, unknown>>,
  secretArguments: readonly string[],
): string[] {
  const texts = new Set<string>();
  // Grows as it is gone through: JSON text can be nested deeper than a function can call itself.
  const values = secretArguments.map((name) => args[name]);
  for (const value of values) {
    if (typeof value === "string" || typeof value === "number") {
      const text = String(value);
      // Logs are shown by lines.
      for (const part of new Set([text, ...text.split(/[\r\n\u2028\u2029\v\f\u0085]+/)])) {
        for (const form of formsOf(part)) if (form.length >= minLength) texts.add(form);
      }
      if (typeof value === "string") values.push(parseText(value));
    } else if (typeof value === "object" && value !== null) {
      for (const item of Object.values(value)) values.push(item);
    }
  }
  return [...texts].sort((a, b) => b.length - a.length);
}

// Messages have blanks at the ends of a text and line breaks within it removed, and the full stop that a service's error
// ends with; in JSON it is escaped.
function formsOf(text: string): string[] {
  const trimmed = text.trim();
  return [trimmed, trimmed.replace(/(?<![\s.。])[\s.。]+$/, "")]
    .flatMap((form) => [form, JSON.stringify(form).slice(1, -1)])
    .flatMap((form) => [form, form.replace(/\s+/g, " ")]);
}

/** What a JSON text holds; undefined where the text is none, or says nothing but itself. */
function parseText(text: string): unknown {
  if (!/^\s*["[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
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
