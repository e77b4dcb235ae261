/**
 * The engine's treatment of secrets for a provider that takes no marks: values go in the clear, and a value that comes
 * back is a secret where the value that went in was a secret (`annotateSecrets` in Pulumi's `provider_plugin.go`).
 */
import type { Bag } from "../support/plugin/wireValues";
import { secret } from "../support/plugin/wireValues";

const signatureKey = "4dabf18193072939515e22adb298388d";

/** True of a value that is marked as a secret. */
export function isSecret(value: unknown): value is Bag & { readonly value: unknown } {
  return isBag(value) && value[signatureKey] === secret(null)[signatureKey];
}

/** The same without marks. */
export function opened(value: unknown): unknown {
  if (isSecret(value)) return opened(value.value);
  if (Array.isArray(value)) return value.map(opened);
  if (!isBag(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opened(item)]));
}

/** The values that came back, with the marks of those that went in. */
export function annotated(answer: Bag, given: Bag): Bag {
  return Object.fromEntries(
    Object.entries(answer).map(([key, value]) => [key, key in given ? marked(value, given[key]) : value]),
  );
}

function marked(answer: unknown, given: unknown): unknown {
  if (isSecret(answer)) return answer;
  if (isSecret(given)) return secret(answer);
  if (Array.isArray(answer) && Array.isArray(given) && answer.length === given.length) {
    return answer.map((item, place) => marked(item, given[place]));
  }
  return isBag(answer) && isBag(given) ? annotated(answer, given) : answer;
}

function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
