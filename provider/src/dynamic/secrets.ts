/**
 * Takes the values of secret arguments out of messages: the host hands arguments over in the clear.
 */

// Shorter texts stand everywhere ("1", "dev"): taking them out would hide more than it protects.
const minLength = 4;

// How each layer marks where it cuts a text. Half of a character that is left there is U+FFFD once it has been stored.
const cutMark = /\ufffd?…\ufffd?/g;

/** The texts that no message may hold: all that is in the secret arguments, in the forms in which messages have it. */
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
  return [...texts];
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

/** The text without any of the secrets, and without what is left of one that was cut. */
export function redact(text: string, secrets: readonly string[]): string {
  const pieces = piecesOf(text);
  // All are looked for in the text as it came: where two overlap, to take one out would leave the rest of the other.
  const spans = secrets
    .flatMap((secret) => [...whole(text, secret), ...remains(pieces, secret)])
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
  let redacted = "";
  let end = 0;
  for (const span of spans) {
    if (span.start >= end) redacted += `${text.slice(end, span.start)}[secret]`;
    end = Math.max(end, span.end);
  }
  return redacted + text.slice(end);
}

/** A part of a text: from `start` to before `end`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** What stands between two cuts, before the first or after the last. */
interface Piece extends Span {
  readonly text: string;
  readonly isCutBefore: boolean;
  readonly isCutAfter: boolean;
}

function piecesOf(text: string): Piece[] {
  const cuts = [...text.matchAll(cutMark)].map(({ index, 0: mark }) => ({
    start: index,
    end: index + mark.length,
  }));
  if (cuts.length === 0) return [];
  return [...cuts, undefined].map((cut, place) => {
    const before = cuts[place - 1];
    const [start, end] = [before?.end ?? 0, cut?.start ?? text.length];
    return { start, end, text: text.slice(start, end), isCutBefore: !!before, isCutAfter: !!cut };
  });
}

function* whole(text: string, secret: string): Generator<Span> {
  for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + secret.length)) {
    yield { start: at, end: at + secret.length };
  }
}

/** The beginning of the secret before a cut, the end of it after one, what is from within it between two. */
function* remains(pieces: readonly Piece[], secret: string): Generator<Span> {
  for (const { start, end, text, isCutBefore, isCutAfter } of pieces) {
    if (isCutAfter) yield { start: end - overlap(text, secret), end };
    if (isCutBefore) yield { start, end: start + overlap(secret, text) };
    if (isCutBefore && isCutAfter && text.length >= minLength && secret.includes(text)) yield { start, end };
  }
}

/** How much of the end of a text is the beginning of the next, in characters; 0 where it is too short to hide. */
function overlap(text: string, next: string): number {
  for (let length = Math.min(text.length, next.length); length >= minLength; length -= 1) {
    if (text.endsWith(next.slice(0, length))) return length;
  }
  return 0;
}
