/**
 * The door for texts: every text from elsewhere passes here before it reaches a terminal, a log, the state or a file.
 * One way to clean a text, one way to cut it. Pure; needs nothing of this package.
 */

// A text of printable ASCII, line breaks and tabs: nearly every one.
const isPlain = /^[\n\t -~]*$/;

// The sequences that a terminal takes as one instruction. Titles, links and other strings of a terminal end at their
// terminator. A sequence without a terminator is no instruction, and its text stays. The classes exclude each other: no
// text takes long to match.
const instructions = new RegExp(
  [
    "(?:\\u001b[\\]PX^_k]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u0080-\\u009f\\r\\n]*(?:\\u0007|\\u001b\\\\|\\u009c)",
    "(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]",
    "\\u001b[ -/]+[0-~]",
    "\\u001b[78=>cDEHMNOZ]",
  ].join("|"),
  "g",
);
const lineBreaks = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
// Characters that a terminal acts on, and characters that change the order in which it shows the rest.
const controls = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu;
// Invisible characters: zero-width characters, tags, variation selectors, soft hyphens, annotations.
const unseen = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

/**
 * The text without anything a terminal acts on: no ANSI or OSC sequence, no control or bidi character. Lines are
 * separated by `\n`; a carriage return, which overwrites a line, begins a new one. Letters, marks and joiners stay:
 * for data.
 */
export function withoutControls(text: string): string {
  if (isPlain.test(text)) return text;
  return text.toWellFormed().replace(instructions, "").replace(lineBreaks, "\n").replace(controls, "");
}

/** {@link withoutControls}, and without anything that is never seen: for people. Cleaning twice changes nothing. */
export function cleanText(text: string): string {
  return isPlain.test(text) ? text : withoutControls(text).replace(unseen, "");
}

/** {@link cleanText} on one line, blanks collapsed, at most `length` UTF-16 units and the mark of the cut. */
export function onOneLine(text: string, length: number): string {
  return shorten(cleanText(text).replace(/\s+/g, " ").trim(), length);
}

/** The beginning of a text, with `…` where something was cut off. Cuts no character in half. */
export function shorten(text: string, length: number): string {
  return text.length > length ? `${headOf(text, length)}…` : text;
}

/** At most the first `length` UTF-16 units of a text, whole characters only. */
export function headOf(text: string, length: number): string {
  return text.slice(0, boundaryAt(text, length));
}

/** At most the last `length` UTF-16 units of a text, whole characters only. */
export function tailOf(text: string, length: number): string {
  if (text.length <= length) return text;
  const { start, end } = characterAt(text, text.length - length);
  return text.slice(start === text.length - length ? start : end);
}

/** Most lines of a message. */
export const maxMessageLines = 15;
const maxLineLength = 2_000;
const maxMessageLength = 16_000;

/**
 * A text as a message for people: cleaned, at most {@link maxMessageLines} lines and 16,000 UTF-16 units. Only the
 * first line begins at the margin: the text of a service cannot pass for a message of somebody else.
 */
export function toMessage(text: string): string {
  const lines = cleanText(text).trimEnd().split("\n");
  const shown = lines.length > maxMessageLines ? lines.slice(0, maxMessageLines - 1) : lines;
  const more = lines.length - shown.length;
  const indented = shown.map((line, index) =>
    shorten(index === 0 || /^ {2}/.test(line) ? line : `  | ${line}`, maxLineLength),
  );
  if (more > 0) indented.push(`  … ${String(more)} more lines`);
  return shorten(indented.join("\n"), maxMessageLength);
}

/** The index at which to cut so that at most `length` units stay and no character is cut in half. */
function boundaryAt(text: string, length: number): number {
  return length >= text.length ? text.length : characterAt(text, length).start;
}

let segmenter: Intl.Segmenter | undefined;

// A character as people see it can be as long as a service likes: of one that does not fit, code points count.
const maxCharacterLength = 64;

/** The character that the unit at `index` belongs to. */
function characterAt(text: string, index: number): { readonly start: number; readonly end: number } {
  const from = Math.max(0, index - maxCharacterLength);
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  const around = text.slice(from, index + maxCharacterLength);
  const found = segmenter.segment(around).containing(index - from);
  if (found && found.segment.length < maxCharacterLength) {
    return { start: from + found.index, end: from + found.index + found.segment.length };
  }
  const isHalf = isLowSurrogate(text, index) && isHighSurrogate(text, index - 1);
  return isHalf ? { start: index - 1, end: index + 1 } : { start: index, end: index };
}

function isHighSurrogate(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800;
}

function isLowSurrogate(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xdc00;
}
