// Reads the part of YAML that flow definitions are written in, JSON included: block and flow mappings and lists, quoted
// and plain scalars, `|` and `>` texts, comments. Anchors, tags, and several documents are refused by name.

import { defineField, FlowReader, refuseIndicators, scalar, YamlError } from "./yamlFlow";

interface Line {
  readonly number: number;
  readonly indent: number;
  /** Without indentation and without comment. */
  readonly text: string;
  /** As written. */
  readonly raw: string;
}

/** The value of a YAML text. Throws {@link YamlError}. */
export function parseYaml(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed.startsWith("{") || trimmed.startsWith("[")) {
    try {
      return JSON.parse(trimmed);
    } catch {
      // Flow style without the quotes of JSON.
    }
  }
  return new BlockReader(text).document();
}

class BlockReader {
  private readonly lines: readonly string[];
  private position = 0;

  constructor(text: string) {
    this.lines = text.split(/\r?\n/);
  }

  document(): unknown {
    const first = this.peek();
    if (first?.text === "---") this.position = first.number;
    const start = this.peek();
    if (!start) return null;
    const value = this.block(start.indent);
    const rest = this.peek();
    if (rest && rest.text !== "...") {
      if (rest.text === "---") throw new YamlError(rest.number, "several documents are not supported");
      throw new YamlError(rest.number, "is indented differently from the lines before");
    }
    return value;
  }

  /** The next line that says something; stays there. */
  private peek(): Line | undefined {
    for (let index = this.position; index < this.lines.length; index++) {
      const raw = this.lines[index] ?? "";
      const text = withoutComment(raw).trim();
      if (text === "" || (index === 0 && raw.startsWith("%"))) continue;
      const indent = raw.length - raw.trimStart().length;
      if (raw.slice(0, indent).includes("\t")) throw new YamlError(index + 1, "tabs cannot indent");
      return { number: index + 1, indent, text, raw };
    }
    return undefined;
  }

  private block(indent: number): unknown {
    const line = this.peek();
    if (!line) return null;
    if (isItem(line.text)) return this.list(indent);
    if (splitKey(line.text, line.number)) return this.mapping(indent);
    return this.scalarBlock(line);
  }

  private list(indent: number): unknown[] {
    const items: unknown[] = [];
    for (let line = this.peek(); line?.indent === indent && isItem(line.text); line = this.peek()) {
      const rest = line.text.slice(1).trimStart();
      const inner = line.indent + line.text.length - rest.length;
      if (rest === "") {
        this.position = line.number;
        items.push(this.nested(indent));
      } else if (isItem(rest) || (splitKey(rest, line.number) && !isFlow(rest))) {
        // What follows the dash is the first line of the item's own block: read on as if the dash were a space.
        (this.lines as string[])[line.number - 1] = " ".repeat(inner) + line.raw.slice(inner);
        items.push(this.block(inner));
      } else {
        this.position = line.number;
        items.push(this.value(rest, line, indent));
      }
    }
    return items;
  }

  private mapping(indent: number): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    for (let line = this.peek(); line?.indent === indent; line = this.peek()) {
      if (isItem(line.text) || line.text === "---" || line.text === "...") break;
      const pair = splitKey(line.text, line.number);
      if (!pair) throw new YamlError(line.number, `is no "key: value": ${line.text}`);
      this.position = line.number;
      if (Object.hasOwn(made, pair.key)) throw new YamlError(line.number, `${pair.key} is there twice`);
      const value = pair.rest === "" ? this.nested(indent, true) : this.value(pair.rest, line, indent);
      defineField(made, pair.key, value);
    }
    const next = this.peek();
    if (next && next.indent > indent) {
      throw new YamlError(next.number, "is indented differently from the lines before");
    }
    return made;
  }

  /** The block below a key or dash; a list below a key may stand at the key's own indentation. */
  private nested(indent: number, belowKey = false): unknown {
    const next = this.peek();
    if (!next) return null;
    if (next.indent > indent) return this.block(next.indent);
    return belowKey && next.indent === indent && isItem(next.text) ? this.list(indent) : null;
  }

  private value(text: string, line: Line, indent: number): unknown {
    if (/^[|>]/.test(text)) return this.literalBlock(text, line, indent);
    if (!isFlow(text) && !text.startsWith('"') && !text.startsWith("'")) {
      const next = this.peek();
      if (next && next.indent > indent) {
        throw new YamlError(
          next.number,
          "plain text over several lines is not supported: quote it, or use |",
        );
      }
      return scalar(text, line.number);
    }
    return this.flow(text, line.number);
  }

  private scalarBlock(line: Line): unknown {
    this.position = line.number;
    return this.value(line.text, line, line.indent);
  }

  // Flow collections and quoted texts may go on over further lines.
  private flow(text: string, number: number): unknown {
    let whole = text;
    for (;;) {
      const reader = new FlowReader(whole, number);
      const value = reader.whole();
      if (value !== undefined) return value.made;
      const next = this.lines[this.position];
      if (next === undefined) throw new YamlError(number, "a bracket or a quote is not closed");
      this.position += 1;
      whole += ` ${withoutComment(next).trim()}`;
    }
  }

  private literalBlock(header: string, line: Line, parentIndent: number): string {
    const match = /^([|>])([+-]?)(\d?)([+-]?)$/.exec(header);
    if (!match) throw new YamlError(line.number, `is no header of a text: ${header}`);
    const [, style, before = "", digit = "", after = ""] = match;
    const texts: string[] = [];
    let indent = digit === "" ? -1 : parentIndent + Number(digit);
    for (; this.position < this.lines.length; this.position++) {
      const raw = this.lines[this.position] ?? "";
      const own = raw.length - raw.trimStart().length;
      if (raw.trim() !== "") {
        if (indent < 0) indent = own;
        if (own < indent || own <= parentIndent) break;
      }
      texts.push(raw.slice(Math.max(indent, 0)));
    }
    const chomp = before + after;
    const text = style === "|" ? texts.join("\n") : fold(texts);
    if (chomp === "+") return `${text}\n`;
    const stripped = text.replace(/\n*$/, "");
    return chomp === "-" || stripped === "" ? stripped : `${stripped}\n`;
  }
}

function isItem(text: string): boolean {
  return text === "-" || text.startsWith("- ");
}

function isFlow(text: string): boolean {
  return text.startsWith("{") || text.startsWith("[");
}

// `key: rest`; the key may be quoted.
function splitKey(text: string, line: number): { readonly key: string; readonly rest: string } | undefined {
  if (isFlow(text)) return undefined;
  if (text.startsWith("? ")) throw new YamlError(line, "keys with ? are not supported");
  const quoted = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*:(?:\s+(.*))?$/.exec(text);
  if (quoted) {
    const [, written = "", rest = ""] = quoted;
    const key = new FlowReader(written, line).whole();
    return { key: String(key?.made), rest };
  }
  if (text.startsWith('"') || text.startsWith("'")) return undefined;
  const plain = /^(.+?)\s*:(?:\s+(.*))?$/.exec(text);
  if (!plain) return undefined;
  const [, key = "", rest = ""] = plain;
  if (key === "<<") throw new YamlError(line, "merge keys (<<) are not supported");
  refuseIndicators(key, line);
  return { key, rest };
}

// A # begins a comment at the start of a line or after a space, outside of quotes.
function withoutComment(line: string): string {
  let quote = "";
  for (let index = 0; index < line.length; index++) {
    const character = line[index] ?? "";
    if (quote !== "") {
      if (character === "\\" && quote === '"') index++;
      else if (character === quote) quote = "";
    } else if ((character === '"' || character === "'") && /^$|[\s,[{:]/.test(line[index - 1] ?? "")) {
      quote = character;
    } else if (character === "#" && /^$|\s/.test(line[index - 1] ?? "")) {
      return line.slice(0, index);
    }
  }
  return line;
}

function fold(texts: readonly string[]): string {
  return texts
    .join("\n")
    .replace(/([^\n])\n(?=[^\n\s])/g, "$1 ")
    .replace(/\n\n/g, "\n");
}
