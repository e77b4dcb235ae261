/**
 * Reads the part of YAML that flow definitions are written in, JSON included. Anchors, aliases, tags, merge keys, keys
 * with `?`, several documents and plain text over several lines are refused by name, with the line.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, Scalar } from "yaml";
import type { Pair, ParsedNode, YAMLMap } from "yaml";

/** A text that is no YAML, or YAML that flow definitions may not have here. */
export class YamlError extends Error {
  constructor(
    readonly line: number,
    problem: string,
  ) {
    super(`line ${String(line)}: ${problem}`);
    this.name = "YamlError";
  }
}

/** Levels of a value: far more than a flow has, and few enough for code that walks through the value by recursion. */
const mostLevels = 200;

/**
 * The value of a YAML text.
 * @throws {YamlError} when the text is no YAML, or has an unsupported part
 */
export function parseYaml(text: string): unknown {
  return parseJson(text) ?? new Reader(text).value();
}

/** The value of a text in the style of JSON, if it is JSON and not too deep: else the line of the problem is wanted. */
function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isTooDeep(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

function isTooDeep(value: unknown, level = 1): boolean {
  if (typeof value !== "object" || value === null) return false;
  return level > mostLevels || Object.values(value).some((part) => isTooDeep(part, level + 1));
}

class Reader {
  readonly #lines = new LineCounter();
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  value(): unknown {
    const document = parseDocument(this.#text, {
      // Texts only: `plainValue` decides the value of a text without quotes.
      schema: "failsafe",
      lineCounter: this.#lines,
      keepSourceTokens: true,
      prettyErrors: false,
      // The library compares each key with each other one.
      uniqueKeys: false,
    });
    const [problem] = document.errors;
    if (problem?.code === "MULTIPLE_DOCS")
      this.#refuse(problem.pos[0], "several documents are not supported");
    if (problem) this.#refuse(problem.pos[0], problem.message);
    return this.#read(document.contents, 1);
  }

  #read(node: ParsedNode | null, level: number): unknown {
    if (node === null) return null;
    const [start] = node.range;
    if (isAlias(node)) this.#refuse(start, `aliases are not supported: *${node.source}`);
    if (node.anchor !== undefined) this.#refuse(start, `anchors are not supported: &${node.anchor}`);
    if (node.tag !== undefined) this.#refuse(start, `tags are not supported: ${node.tag}`);
    if (isScalar(node)) return this.#readScalar(node);
    if (level > mostLevels) this.#refuse(start, `has more than ${String(mostLevels)} levels`);
    return isSeq(node)
      ? node.items.map((item) => this.#read(item, level + 1))
      : this.#readMapping(node, level);
  }

  #readMapping(map: YAMLMap.Parsed, level: number): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    for (const pair of map.items) {
      const key = this.#readKey(pair);
      if (Object.hasOwn(made, key)) this.#refuse(pair.key.range[0], `${key} is defined twice`);
      // A plain assignment of `__proto__` would change the object's kind instead of its content.
      Object.defineProperty(made, key, {
        value: this.#read(pair.value, level + 1),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return made;
  }

  #readKey({ key, srcToken }: Pair<ParsedNode, ParsedNode | null>): string {
    const [start] = key.range;
    if (srcToken?.start.some(({ type }) => type === "explicit-key-ind")) {
      this.#refuse(start, "keys with ? are not supported");
    }
    if (isMap(key) || isSeq(key)) this.#refuse(start, "a key must be a text");
    this.#read(key, 1);
    const text = String((key as Scalar).value);
    if (text === "<<" && (key as Scalar).type === Scalar.PLAIN) {
      this.#refuse(start, "merge keys (<<) are not supported");
    }
    return text;
  }

  #readScalar(scalar: Scalar.Parsed): unknown {
    const text = String(scalar.value);
    if (scalar.type !== Scalar.PLAIN) return text;
    const { srcToken } = scalar;
    const written = srcToken && "source" in srcToken ? srcToken.source : "";
    const lineEnd = written.indexOf("\n");
    if (lineEnd >= 0) {
      const problem = "plain text over several lines is not supported: quote it, or use |";
      this.#refuse(scalar.range[0] + lineEnd + 1, problem);
    }
    return plainValue(text);
  }

  #refuse(at: number, problem: string): never {
    throw new YamlError(this.#lines.linePos(at).line, problem);
  }
}

/** The value of a text without quotes. */
function plainValue(text: string): unknown {
  if (text === "" || text === "~" || /^null$/i.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text)) return Number(text);
  return text;
}
