/**
 * A text after its escapes are decoded, and the place of each character in the original text: a secret is searched in
 * the decoded text and taken out of the original. Pure.
 */

/** A part of a text: from `start` to before `end`, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One escape: its decoded text, and its place. */
interface Token {
  /** In the decoded text. */
  readonly at: number;
  readonly length: number;
  /** In the text that was decoded. */
  readonly source: number;
  readonly sourceLength: number;
}

/** A text, plain or decoded. */
export class View {
  readonly text: string;
  readonly #parent: View | undefined;
  readonly #tokens: readonly Token[];

  constructor(text: string, parent?: View, tokens: readonly Token[] = []) {
    this.text = text;
    this.#parent = parent;
    this.#tokens = tokens;
  }

  /**
   * The text with all matches replaced; this view if nothing matches.
   * @param decode returns undefined for a match that is no escape after all.
   */
  decode(escape: RegExp, decode: (found: RegExpMatchArray) => string | undefined): View {
    const tokens: Token[] = [];
    const parts: string[] = [];
    let copied = 0;
    let length = 0;
    for (const found of this.text.matchAll(escape)) {
      const plain = decode(found);
      if (plain === undefined) continue;
      parts.push(this.text.slice(copied, found.index), plain);
      length += found.index - copied;
      tokens.push({ at: length, length: plain.length, source: found.index, sourceLength: found[0].length });
      length += plain.length;
      copied = found.index + found[0].length;
    }
    if (tokens.length === 0) return this;
    return new View(parts.join("") + this.text.slice(copied), this, tokens);
  }

  /** The same characters under another name: `text` has as many units as this one. */
  mapped(text: string): View {
    return text === this.text ? this : new View(text, this);
  }

  /** The place in the original text of a part of this text. */
  toSource({ start, end }: Span): Span {
    if (!this.#parent || start >= end) return { start, end };
    const source = { start: this.#sourceOf(start).start, end: this.#sourceOf(end - 1).end };
    return this.#parent.toSource(source);
  }

  #sourceOf(index: number): Span {
    let [low, high] = [0, this.#tokens.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tokens[middle]?.at ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    const before = this.#tokens[low - 1];
    if (!before) return { start: index, end: index + 1 };
    const { at, length, source, sourceLength } = before;
    if (index < at + length) return { start: source, end: source + sourceLength };
    const start = source + sourceLength + (index - at - length);
    return { start, end: start + 1 };
  }
}
