/**
 * The values of an export: data of somebody else. A value of the wrong type is left out; every text is cleaned and bounded;
 * a secret becomes `[secret]`, also where the export has it in the clear. Pure.
 */
import { executionStatuses } from "../execution/snapshot";
import type { ExecutionStatus } from "../execution/snapshot";
import { secretSignature, signatureKey } from "../fronts/shared/wireMarkers";
import { cleanText, headOf, onOneLine, tailOf } from "../ground/text";
import { limits } from "../lifecycle/bounds";

/** A map of JSON. */
export type Bag = Readonly<Record<string, unknown>>;

/** In the place of a secret, encrypted or not. */
export const secretText = "[secret]";

// The length of a text that the state can hold, with the note on the part that was cut off.
const maxText = { log: limits.log + 200, message: limits.message + 200, name: limits.name };

/** The last time with a year of four digits; milliseconds since 1970. */
export const maxTimeMs = Date.UTC(9999, 11, 31);

/** Milliseconds since 1970 of a time in a text; undefined if it is none from 1970 to 9999. */
export function timeOf(value: unknown): number | undefined {
  const time = typeof value === "string" && value.length < 64 ? Date.parse(value) : NaN;
  return time >= 0 && time <= maxTimeMs ? time : undefined;
}

/** A status; `unknown` where it is none. */
export function statusOf(value: unknown): ExecutionStatus {
  return executionStatuses.find((status) => status === value) ?? "unknown";
}

/** An address that begins with `https://`; undefined if it is none. */
export function addressOf(value: unknown): string | undefined {
  return typeof value === "string" && value.length < 2_000 && /^https:\/\/[^\s<>"']+$/.test(value)
    ? cleanText(value)
    : undefined;
}

/** A text as a name on one line; undefined if there is none. */
export function nameOf(value: unknown): string | undefined {
  if (isSecret(value)) return secretText;
  return typeof value === "string" && value !== "" ? line(value) : undefined;
}

/** A text on one line, bounded. */
export function line(text: string): string {
  return onOneLine(text.slice(0, maxRead), maxText.name);
}

// Cleaning takes time: of a text of megabytes only a part is read.
const maxRead = 20_000;

/** A text that somebody wrote, with its line breaks; undefined if there is none. Of a log the end is kept. */
export function textOf(value: unknown, kind: "message" | "log"): string | undefined {
  if (isSecret(value)) return secretText;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const max = maxText[kind];
  // The end of a log says why it ended.
  const part = kind === "log" ? value.slice(-maxRead) : value.slice(0, maxRead);
  const clean = cleanText(part);
  if (clean.length <= max && part.length === value.length) return clean;
  return kind === "log" ? `…${tailOf(clean, max)}` : `${headOf(clean, max)}…`;
}

/** True for a secret: as ciphertext, or in the clear by `--show-secrets`. */
export function isSecret(value: unknown): boolean {
  return isBag(value) && value[signatureKey] === secretSignature;
}

/** A text as it is; empty if it is none. Not for the page. */
export function rawText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A list; empty if it is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A map; empty if it is none, or secret. */
export function bag(value: unknown): Bag {
  return isBag(value) && !isSecret(value) ? value : {};
}

/** True for a map, a secret one too. */
export function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
