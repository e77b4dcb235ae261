// The inner parts of YAML: scalars, and flow style such as `{a: 1}`, `[1, 2]` and quoted texts.

/** A text that is no YAML, or YAML that this reader does not know. */
export class YamlError extends Error {
  constructor(
    readonly line: number,
    problem: string,
  ) {
    super(`line ${String(line)}: ${problem}`);
    this.name = "YamlError";
  }
}

/** Reads flow style: `{a: 1}`, `[1, 2]`, quoted texts. */
export class FlowReader {
  private position = 0;

  constructor(
    private readonly text: string,
    private readonly line: number,
  ) {}

  /** The whole text as one value; `undefined` when it is not complete yet. */
  whole(): { readonly made: unknown } | undefined {
    const made = this.value("");
    if (!made) return undefined;
    this.skip();
    if (this.position < this.text.length) this.fail(`has more after its end: ${this.text}`);
    return made;
  }

  private value(ends: string): { readonly made: unknown } | undefined {
    this.skip();
    const first = this.text[this.position];
    if (first === "{") return this.mapping();
    if (first === "[") return this.list();
    if (first === '"' || first === "'") return this.quoted(first);
    const start = this.position;
    while (this.position < this.text.length && !this.endsHere(ends)) this.position++;
    return { made: scalar(this.text.slice(start, this.position).trim(), this.line) };
  }

  private endsHere(ends: string): boolean {
    const character = this.text[this.position] ?? "";
    if (character !== ":") return ends.includes(character);
    return ends.includes(":") && /^[\s,\]}]?$/.test(this.text[this.position + 1] ?? "");
  }

  private list(): { readonly made: unknown[] } | undefined {
    const made: unknown[] = [];
    this.position++;
    for (;;) {
      this.skip();
      if (this.text[this.position] === "]") break;
      if (this.position >= this.text.length) return undefined;
      const item = this.value(",]");
      if (!item) return undefined;
      made.push(item.made);
      if (!this.comma("]")) return undefined;
    }
    this.position++;
    return { made };
  }

  private mapping(): { readonly made: Record<string, unknown> } | undefined {
    const made: Record<string, unknown> = {};
    this.position++;
    for (;;) {
      this.skip();
      if (this.text[this.position] === "}") break;
      if (this.position >= this.text.length) return undefined;
      const key = this.value(":,}");
      if (!key) return undefined;
      this.skip();
      if (this.position >= this.text.length) return undefined;
      if (this.text[this.position] !== ":") this.fail(`${String(key.made)} has no value`);
      this.position++;
      const value = this.value(",}");
      if (!value) return undefined;
      defineField(made, String(key.made), value.made);
      if (!this.comma("}")) return undefined;
    }
    this.position++;
    return { made };
  }

  private comma(end: string): boolean {
    this.skip();
    const character = this.text[this.position];
    if (character === undefined) return false;
    if (character === ",") this.position++;
    else if (character !== end) this.fail(`has ${character} where , or ${end} is expected`);
    return true;
  }

  private quoted(quote: string): { readonly made: string } | undefined {
    const start = this.position;
    for (this.position++; this.position < this.text.length; this.position++) {
      const character = this.text[this.position];
      if (character === "\\" && quote === '"') this.position++;
      else if (character === quote) {
        if (quote === "'" && this.text[this.position + 1] === "'") this.position++;
        else break;
      }
    }
    if (this.position >= this.text.length) return undefined;
    this.position++;
    const inner = this.text.slice(start + 1, this.position - 1);
    return { made: quote === "'" ? inner.replaceAll("''", "'") : unescape(inner, this.line) };
  }

  private skip(): void {
    while (/\s/.test(this.text[this.position] ?? "")) this.position++;
  }

  private fail(problem: string): never {
    throw new YamlError(this.line, problem);
  }
}

/** Refuses what YAML means by the first character and this reader does not know. */
export function refuseIndicators(text: string, line: number): void {
  if (text.startsWith("&")) throw new YamlError(line, `anchors are not supported: ${text}`);
  if (text.startsWith("*")) throw new YamlError(line, `aliases are not supported: ${text}`);
  if (text.startsWith("!")) throw new YamlError(line, `tags are not supported: ${text}`);
  if (/^[@`%]/.test(text)) throw new YamlError(line, `a text cannot begin like this without quotes: ${text}`);
}

/** The value of a text without quotes. */
export function scalar(text: string, line: number): unknown {
  refuseIndicators(text, line);
  if (text === "" || text === "~" || /^null$/i.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text)) return Number(text);
  return text;
}

function unescape(inner: string, line: number): string {
  try {
    return JSON.parse(`"${inner.replaceAll("\\'", "'").replaceAll("\t", "\\t")}"`) as string;
  } catch {
    throw new YamlError(line, `has an escape that is not supported: "${inner}"`);
  }
}

// A plain assignment of `__proto__` would change the object's kind instead of its content.
/** Sets a field of an object that is being read. */
export function defineField(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}
