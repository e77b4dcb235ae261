/**
 * Takes the values of secret arguments out of messages: the host hands arguments over in the clear.
 */

import { cleanText } from "../../ground/text";
import type { PropertyPath } from "./propertyPaths";
import { valueAt } from "./propertyPaths";
import { redactSecrets } from "./redaction/redact";
import { SecretIndex, minLength } from "./redaction/secretIndex";

/** The texts that no message may hold: all that is at the secret paths, each value whole and by lines. */
export function secretTexts(
  args: Readonly<Record<string, unknown>>,
  secretPaths: readonly PropertyPath[],
): string[] {
  const texts = new Set<string>();
  // Grows as it is gone through: JSON text can be nested deeper than a function can call itself.
  const values = secretPaths.map((path) => valueAt(args, path));
  for (const value of values) {
    if (typeof value === "string" || typeof value === "number") {
      const text = String(value);
      // Logs are shown by lines.
      for (const part of [text, ...text.split(/[\r\n\u2028\u2029\v\f\u0085]+/)]) {
        if (part.trim().length >= minLength) texts.add(part);
      }
      // A header holds the secret behind its scheme.
      const [, credential] = /^(?:Basic|Bearer|Digest|Token)\s+(\S+)\s*$/i.exec(text) ?? [];
      if (credential !== undefined) texts.add(credential);
      if (typeof value === "string") values.push(parseText(value));
    } else if (typeof value === "object" && value !== null) {
      for (const item of Object.values(value)) values.push(item);
    }
  }
  return [...texts];
}

/** The value of a JSON text; undefined if the text is not JSON, or is a bare number or word (`true`, `null`). */
export function parseText(text: string): unknown {
  if (!/^\s*["[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const indexes = new WeakMap<readonly string[], SecretIndex>();

/**
 * The text without any of the secrets, in any form, and without the rest of a secret that was cut.
 * @param secrets lists of texts; a list that stays the same is prepared once.
 */
export function redact(text: string, ...secrets: readonly (readonly string[])[]): string {
  return redactSecrets(
    text,
    secrets.map((texts) => {
      const index = indexes.get(texts) ?? new SecretIndex(texts);
      indexes.set(texts, index);
      return index;
    }),
  );
}

/** Tells whether one of the secrets can be found in a value, in any form. True if that cannot be told. */
export function holdsSecret(value: unknown, secrets: readonly string[]): boolean {
  if (secrets.length === 0) return false;
  try {
    const text = JSON.stringify(value);
    return redactSent(text, secrets) !== text;
  } catch {
    return true;
  }
}

/**
 * {@link redact} for a text as it was sent: a secret may also appear when control characters, or invisible ones, are
 * gone. If there is such a secret, the text comes back clean.
 */
export function redactSent(text: string, ...secrets: readonly (readonly string[])[]): string {
  const redacted = redact(text, ...secrets);
  const clean = cleanText(redacted);
  if (clean === redacted) return redacted;
  const redactedClean = redact(clean, ...secrets);
  return redactedClean === clean ? redacted : redactedClean;
}
