/**
 * Secrets, ready to be found: many at once, in one pass over a text, also where a cut has left only a part of one.
 */
import { cleanText } from "../../../ground/text";
import { base64Cores, hexOf, withoutBlanks, withoutEscapes } from "./encodings";
import type { Span } from "./view";
import { View } from "./view";

/** Shorter texts stand everywhere ("1", "dev"): taking them out would hide more than it protects. */
export const minLength = 4;

// Of a longer one this much is looked for, and where it is found, how far the rest goes on.
const maxPrefix = 256;

/** The number of levels of escapes that are searched. */
export const maxLevels = 4;

type ByText = Map<string, string[]>;

/** Texts to be found. */
export class Needles {
  readonly #all: readonly string[];
  // By the first units of a text, then by the length of its searched part, then by that part: all texts that begin with
  // it.
  readonly #heads = new Map<string, Map<number, ByText>>();
  readonly #tails = new Map<string, string[]>();
  // The hashes of four units that occur among the heads: they alone rule out nearly every place of a text.
  readonly #hashes = new Uint8Array(0x10000);
  #joined: string | undefined;

  constructor(texts: Iterable<string>) {
    this.#all = [...new Set(texts)].filter((text) => text.length >= minLength);
    for (const text of this.#all) {
      const prefix = text.slice(0, maxPrefix);
      const byLength = entryOf(this.#heads, text.slice(0, minLength), () => new Map<number, ByText>());
      const byText = entryOf(byLength, prefix.length, () => new Map<string, string[]>());
      entryOf(byText, prefix, () => [] as string[]).push(text);
      entryOf(this.#tails, text.slice(-minLength), () => [] as string[]).push(text);
      this.#hashes[hashAt(text, 0)] = 1;
    }
  }

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** The places of any of the texts in a text; places that overlap are one. */
  *wholeIn(text: string): Generator<Span> {
    if (this.isEmpty) return;
    let open: Span | undefined;
    for (let start = 0; start + minLength <= text.length; start += 1) {
      const byLength = this.#headsAt(text, start);
      if (!byLength) continue;
      const end = this.#endAt(text, start, byLength, open?.end ?? 0);
      if (end === undefined) continue;
      if (open && start < open.end) {
        open = { start: open.start, end };
      } else {
        if (open) yield open;
        open = { start, end };
      }
    }
    if (open) yield open;
  }

  #headsAt(text: string, start: number): ReadonlyMap<number, ByText> | undefined {
    if (this.#hashes[hashAt(text, start)] === 0) return undefined;
    return this.#heads.get(text.slice(start, start + minLength));
  }

  // Only places beyond `foundUntil` count.
  #endAt(
    text: string,
    start: number,
    byLength: ReadonlyMap<number, ByText>,
    foundUntil: number,
  ): number | undefined {
    let furthest: number | undefined;
    for (const [length, byText] of byLength) {
      if (start + length > text.length || start + length <= foundUntil) continue;
      for (const needle of byText.get(text.slice(start, start + length)) ?? []) {
        const end = start + needle.length;
        if (end > Math.max(foundUntil, furthest ?? 0) && text.startsWith(needle, start)) furthest = end;
      }
    }
    return furthest;
  }

  /** The length of the end of a text that is the beginning of one of the texts; 0 if too little to tell. */
  beginsAtEndOf(text: string): number {
    for (let start = 0; start + minLength <= text.length; start += 1) {
      const byLength = this.#headsAt(text, start);
      if (!byLength) continue;
      const rest = text.slice(start);
      for (const byText of byLength.values()) {
        for (const needles of byText.values()) {
          if (needles.some((needle) => needle.startsWith(rest))) return rest.length;
        }
      }
    }
    return 0;
  }

  /** The length of the beginning of a text that is the end of one of the texts; 0 if too little to tell. */
  endsAtBeginningOf(text: string): number {
    for (let end = text.length; end >= minLength; end -= 1) {
      const needles = this.#tails.get(text.slice(end - minLength, end));
      const start = needles && text.slice(0, end);
      if (start !== undefined && needles?.some((needle) => needle.endsWith(start))) return end;
    }
    return 0;
  }

  /** True if the whole text is a part of one of them. */
  hasWithin(text: string): boolean {
    if (text.length < minLength) return false;
    this.#joined ??= this.#all.join("\0");
    return this.#joined.includes(text);
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function hashAt(text: string, start: number): number {
  let hash = 0;
  for (let index = start; index < start + minLength; index += 1)
    hash = (hash * 37 + text.charCodeAt(index)) & 0xffff;
  return hash;
}

/** Secrets in every form in which they are looked for. */
export class SecretIndex {
  /** As they are, and as they are once every escape is decoded. */
  readonly plain: Needles;
  readonly base64: Needles;
  readonly hex: Needles;

  constructor(secrets: Iterable<string>) {
    const texts = [...new Set([...secrets].flatMap(trimmed))].filter(({ length }) => length >= minLength);
    const written = new Set(
      texts.flatMap((text) => [text, jsonText(text), encodeURIComponent(text.toWellFormed())]),
    );
    this.plain = new Needles(texts.flatMap(plainForms));
    this.base64 = new Needles([...written].flatMap(base64Cores));
    this.hex = new Needles([...written].map(hexOf));
  }

  get isEmpty(): boolean {
    return this.plain.isEmpty;
  }
}

// Messages have blanks at the ends of a text removed, and the full stop that a service's error ends with.
function trimmed(text: string): string[] {
  const inner = text.trim();
  return [text, inner, inner.replace(/(?<![\s.。])[\s.。]+$/, "")];
}

// The forms of a text in a message: clean, on one line; and the rest of the text when all its escapes are decoded.
function plainForms(text: string): string[] {
  let decoded = new View(text);
  for (let level = 0; level < maxLevels; level += 1) decoded = withoutEscapes(decoded);
  return [text, cleanText(text), jsonText(text), decoded.text]
    .flatMap((form) => [form, form.replace(/\s+/g, " "), withoutBlanks(new View(form)).text])
    .map((form) => form.trim());
}

function jsonText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
