/**
 * JSON that keeps what JavaScript's numbers can't hold: integers beyond 2^53 and numbers out of range stay as they are
 * written. `JSON.parse` does the rest: it takes any depth, repeated keys, and `__proto__` as a key like any other.
 */
import { randomUUID } from "node:crypto";

/** A number as it is written in JSON, where a JavaScript number would be another one. */
export class ExactNumber {
  /** As written, e.g. `9007199254740993` or `1e400`. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}

// If none of this is in a text, no number of it is affected, and nothing is searched for.
const mayBeAffected = /\d{16}|\d[eE][+-]?\d{3}/;
const jsonNumber = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * The value of a JSON text. A number that a JavaScript number cannot represent is an {@link ExactNumber}.
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  if (!mayBeAffected.test(text)) return JSON.parse(text) as unknown;
  // No text of the service can begin like this one.
  const mark = `${randomUUID()}:`;
  const { marked, isAffected } = markNumbers(text, mark);
  const value = JSON.parse(marked) as unknown;
  if (!isAffected) return value;
  return replaceIn(value, (item) =>
    typeof item === "string" && item.startsWith(mark) ? new ExactNumber(item.slice(mark.length)) : item,
  );
}

/** Makes every {@link ExactNumber} in a parsed value text, in place. */
export function exactNumbersAsText(value: unknown): unknown {
  return replaceIn(value, (item) => (item instanceof ExactNumber ? item.text : item));
}

// The numbers stand as strings, which begin with the mark.
function markNumbers(text: string, mark: string): { readonly marked: string; readonly isAffected: boolean } {
  const token = /"|-?\d[\d.eE+-]*/g;
  const parts: string[] = [];
  let copied = 0;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [word] = found;
    if (word === '"') {
      token.lastIndex = endOfString(text, found.index);
    } else if (!fits(word)) {
      parts.push(text.slice(copied, found.index), `"${mark}${word}"`);
      copied = token.lastIndex;
    }
  }
  return { marked: parts.join("") + text.slice(copied), isAffected: copied > 0 };
}

/** The index after the string that begins at `start`, or the text's length if the string does not end. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end + 1;
}

function isEscaped(text: string, index: number): boolean {
  let first = index;
  while (text[first - 1] === "\\") first -= 1;
  return (index - first) % 2 === 1;
}

// An integer is an identity: it stays exact, and is text wherever it is beyond 2^53, so that ids of one kind are of one
// type. A decimal or a number with an exponent is a measure: every reader takes the nearest JavaScript number for it,
// unless that is infinite, or zero.
function fits(word: string): boolean {
  const found = jsonNumber.exec(word);
  // Text that is not a number is not JSON either, and stays unchanged.
  if (!found) return true;
  const number = Number(word);
  const [, fraction, exponent] = found;
  if (fraction === undefined && exponent === undefined) return Number.isSafeInteger(number);
  if (number === 0) return !/[1-9]/.test(word.replace(/[eE].*/, ""));
  return Number.isFinite(number);
}

/**
 * Replaces in place each value for which `replace` has another value. Not recursive: a service nests as deep as it
 * likes.
 */
function replaceIn(value: unknown, replace: (item: unknown) => unknown): unknown {
  const root = replace(value);
  const open: object[] = [];
  const enter = (item: unknown): void => {
    if (typeof item === "object" && item !== null && !(item instanceof ExactNumber)) open.push(item);
  };
  enter(root);
  for (let container = open.pop(); container; container = open.pop()) {
    for (const [key, item] of Object.entries(container)) {
      const replaced = replace(item);
      // Not by assignment: a key may be `__proto__`.
      if (replaced !== item) {
        const isLike = { configurable: true, enumerable: true, writable: true };
        Object.defineProperty(container, key, { ...isLike, value: replaced });
      }
      enter(replaced);
    }
  }
  return root;
}
