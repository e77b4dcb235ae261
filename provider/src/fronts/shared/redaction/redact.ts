/**
 * Takes secrets out of texts: as they are, in every form in which a service would echo them, and the rest of a secret
 * that was cut. Pure.
 */
import {
  asBase64,
  asHex,
  withoutBlanks,
  withoutEscapes,
  withoutHtmlEscapes,
  withoutJsonEscapes,
  withoutPercentEscapes,
} from "./encodings";
import type { Needles, SecretIndex } from "./secretIndex";
import { maxLevels, minLength } from "./secretIndex";
import type { Span } from "./view";
import { View } from "./view";

/** The text that replaces a secret. */
export const placeholder = "[secret]";

/** The text without any of the secrets, and without the rest of a secret that was cut. */
export function redactSecrets(text: string, secrets: readonly SecretIndex[]): string {
  const indexes = secrets.filter(({ isEmpty }) => !isEmpty);
  if (indexes.length === 0 || text.length < minLength) return text;
  // All are looked for in the text as it came: where two overlap, to take one out would leave the rest of the other.
  const raw = new View(text);
  const { plain, decoded } = viewsOf(raw);
  const spans = [...plain].flatMap((view) => indexes.map((index) => found(view, index.plain, view === raw)));
  for (const view of new Set([raw, decoded])) {
    const [base64, hex] = [asBase64(view), asHex(view)];
    for (const index of indexes) {
      spans.push(found(base64, index.base64, true, aroundBase64), found(hex, index.hex, true));
    }
  }
  return withoutSpans(text, spans.flat());
}

/** The value with all texts in it redacted, keys too; other values stay. */
export function redactTexts(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => redactTexts(item, redact));
  const entries = new Map<string, unknown>();
  for (const [key, item] of Object.entries(value)) {
    const name = redact(key);
    // Two keys that differ in nothing but a secret.
    const isTaken = name !== key && (entries.has(name) || Object.hasOwn(value, name));
    entries.set(isTaken ? `${name} (${String(entries.size + 1)})` : name, redactTexts(item, redact));
  }
  return Object.fromEntries(entries);
}

/** The text as it reads at every level of escapes; the last one has all decoded. */
function viewsOf(raw: View): { readonly plain: ReadonlySet<View>; readonly decoded: View } {
  const json = withoutJsonEscapes(raw);
  const percent = withoutPercentEscapes(raw);
  const plain = new Set([
    raw,
    json,
    withoutJsonEscapes(json),
    percent,
    withoutPercentEscapes(percent),
    withoutHtmlEscapes(raw),
  ]);
  let decoded = raw;
  for (let level = 0; level < maxLevels; level += 1) {
    decoded = withoutEscapes(decoded);
    plain.add(decoded);
  }
  // At each level: the text after a secret can make an escape of the secret's last character, one level further.
  for (const view of [...plain]) plain.add(withoutBlanks(view));
  return { plain, decoded };
}

function found(
  view: View,
  needles: Needles,
  isWhole: boolean,
  around: (text: string, span: Span) => Span = (_text, span) => span,
): Span[] {
  if (needles.isEmpty) return [];
  const spans = [...needles.wholeIn(view.text), ...remains(view.text, needles, isWhole)];
  return spans.map((span) => view.toSource(around(view.text, span)));
}

// The first and the last character of a secret share their base64 characters with the neighbouring text.
function aroundBase64(text: string, { start, end }: Span): Span {
  const isLetter = (index: number): boolean => /[\w+/]/.test(text[index] ?? "");
  let after = isLetter(end) ? end + 1 : end;
  while (text[after] === "=") after += 1;
  return { start: isLetter(start - 1) ? start - 1 : start, end: after };
}

/** A part of a text between two cuts, before the first or after the last. */
interface Piece extends Span {
  readonly text: string;
  readonly isCutBefore: boolean;
  readonly isCutAfter: boolean;
}

// The mark with which each layer cuts a text. Half of a character that is left there is U+FFFD once it has been stored.
const cutMark = /\ufffd?…\ufffd?/g;
// If escapes are decoded, the rest of an escape before the cut is not decoded.
const cutEscape =
  /(?:(?:%[89a-fA-F][\da-fA-F]){1,3}(?:%[\da-fA-F]?)?|%[\da-fA-F]?|\\(?:u[\da-fA-F]{0,3}|x[\da-fA-F]?)?|&[#\w]{0,8})?\ufffd?…\ufffd?/g;
// And after it, at most this much.
const maxEscapeEnd = 8;

function piecesOf(text: string, mark: RegExp): Piece[] {
  const cuts = [...text.matchAll(mark)].map(({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
  if (cuts.length === 0) return [];
  return [...cuts, undefined].map((cut, place) => {
    const before = cuts[place - 1];
    const [start, end] = [before?.end ?? 0, cut?.start ?? text.length];
    return { start, end, text: text.slice(start, end), isCutBefore: !!before, isCutAfter: !!cut };
  });
}

// At most this many parts between cuts are searched for within secrets; further parts go unseen.
const maxWithin = 1_000;

/**
 * The beginning of a secret before a cut, the end of a secret after a cut, and a middle part of a secret between two
 * cuts.
 */
function* remains(text: string, needles: Needles, isWhole: boolean): Generator<Span> {
  if (!text.includes("…")) return;
  let within = 0;
  for (const piece of piecesOf(text, isWhole ? cutMark : cutEscape)) {
    const { start, end, isCutBefore, isCutAfter } = piece;
    const begun = isCutAfter ? needles.beginsAtEndOf(piece.text) : 0;
    if (begun > 0) yield { start: end - begun, end };
    for (let skipped = 0; isCutBefore && skipped <= (isWhole ? 0 : maxEscapeEnd); skipped += 1) {
      const length = needles.endsAtBeginningOf(piece.text.slice(skipped));
      if (length === 0) continue;
      yield { start, end: start + skipped + length };
      break;
    }
    if (!isCutBefore || !isCutAfter || piece.text.length < minLength) continue;
    within += 1;
    if (within > maxWithin || needles.hasWithin(piece.text)) yield { start, end };
  }
}

function withoutSpans(text: string, spans: readonly Span[]): string {
  let redacted = "";
  let end = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.start >= end) redacted += `${text.slice(end, span.start)}${placeholder}`;
    end = Math.max(end, span.end);
  }
  return redacted + text.slice(end);
}
