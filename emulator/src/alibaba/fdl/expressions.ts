/**
 * Reads the expressions of both dialects, such as `$Input.a[0].b`, `$local.status` and `$.a == "x" && !$.b`, into those
 * of a program. An unknown expression is refused by name.
 */
import type { Comparison, Condition, Expression, Root } from "../../player/program";

/** An expression that is wrong or not supported. */
export class ExpressionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ExpressionError";
  }
}

/** The meaning of a path's beginning: `["$Context", "Current", "Name"]`. The longest beginning that fits is used. */
export interface KnownPath {
  readonly begins: readonly string[];
  readonly root: Root;
  readonly keys: readonly (string | number)[];
}

/** A path that means more than a place to read from. */
export interface SpecialPath {
  readonly begins: readonly string[];
  readonly means: Expression;
}

/** The paths that one dialect knows. */
export type Paths = readonly (KnownPath | SpecialPath)[];

/** Reads a single path, such as `$Input.a`. */
export function readPath(text: string, paths: Paths): Expression {
  const reader = new ExpressionReader(text, paths);
  const made = reader.path();
  reader.end();
  return made;
}

/** Reads a condition. */
export function readCondition(text: string, paths: Paths): Condition {
  const reader = new ExpressionReader(text, paths);
  const made = reader.condition();
  reader.end();
  return made;
}

const pathPart = /\$[A-Za-z]*|\.[^\s.[\]()=!<>&|,'"$]+|\[(?:-?\d+|\*|"[^"]*"|'[^']*')\]/y;
/** Parentheses and negations within each other: more than any flow has, and fewer than the stack holds. */
const mostLevels = 100;
const comparisons: readonly Comparison[] = ["==", "!=", "<=", ">=", "<", ">"];

class ExpressionReader {
  readonly #text: string;
  readonly #paths: Paths;
  #position = 0;
  #level = 0;

  constructor(text: string, paths: Paths) {
    this.#text = text;
    this.#paths = paths;
  }

  end(): void {
    this.#skip();
    if (this.#position < this.#text.length) this.#fail();
  }

  condition(): Condition {
    const parts = [this.#conjunction()];
    while (this.#take("||")) parts.push(this.#conjunction());
    const [only] = parts;
    return parts.length === 1 && only ? only : { kind: "any", of: parts };
  }

  path(): Expression {
    this.#skip();
    const parts: (string | number)[] = [];
    for (;;) {
      pathPart.lastIndex = this.#position;
      const part = pathPart.exec(this.#text)?.[0];
      if (part === undefined || (parts.length > 0 && part.startsWith("$"))) break;
      if (parts.length === 0 && !part.startsWith("$")) break;
      this.#position += part.length;
      parts.push(partOf(part));
    }
    if (parts.length === 0) this.#fail();
    return this.#known(parts);
  }

  #conjunction(): Condition {
    const parts = [this.#unary()];
    while (this.#take("&&")) parts.push(this.#unary());
    const [only] = parts;
    return parts.length === 1 && only ? only : { kind: "all", of: parts };
  }

  #unary(): Condition {
    this.#skip();
    if (this.#text[this.#position] === "!" && this.#text[this.#position + 1] !== "=") {
      this.#position++;
      return { kind: "not", of: this.#nested(() => this.#unary()) };
    }
    if (this.#take("(")) {
      const inner = this.#nested(() => this.condition());
      if (!this.#take(")")) this.#fail();
      return inner;
    }
    const left = this.#operand();
    const by = comparisons.find((sign) => this.#take(sign));
    return by ? { kind: "compare", left, by, right: this.#operand() } : { kind: "true", value: left };
  }

  #nested(read: () => Condition): Condition {
    this.#level += 1;
    if (this.#level > mostLevels) {
      throw new ExpressionError(`an expression has more than ${String(mostLevels)} levels`);
    }
    const made = read();
    this.#level -= 1;
    return made;
  }

  #operand(): Expression {
    this.#skip();
    const rest = this.#text.slice(this.#position);
    if (rest.startsWith("$")) return this.path();
    const literal = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|-?\d+(?:\.\d+)?|(?:true|false|null)\b)/i.exec(rest)?.[0];
    if (literal === undefined) this.#fail();
    this.#position += literal.length;
    if (literal.startsWith("'")) return { kind: "literal", value: literal.slice(1, -1) };
    return { kind: "literal", value: JSON.parse(literal.startsWith('"') ? literal : literal.toLowerCase()) };
  }

  #known(parts: readonly (string | number)[]): Expression {
    const fitting = this.#paths
      .filter(({ begins }) => begins.every((name, index) => parts[index] === name))
      .sort((a, b) => b.begins.length - a.begins.length)[0];
    if (!fitting) throw new ExpressionError(`the path ${this.#text.trim()} is not supported`);
    const rest = parts.slice(fitting.begins.length);
    if (!("means" in fitting)) return { kind: "path", root: fitting.root, keys: [...fitting.keys, ...rest] };
    if (rest.length > 0) throw new ExpressionError(`the path ${this.#text.trim()} is not supported`);
    return fitting.means;
  }

  #take(sign: string): boolean {
    this.#skip();
    if (!this.#text.startsWith(sign, this.#position)) return false;
    this.#position += sign.length;
    return true;
  }

  #skip(): void {
    while (/\s/.test(this.#text[this.#position] ?? "")) this.#position++;
  }

  #fail(): never {
    const rest = this.#text.slice(this.#position).trim();
    throw new ExpressionError(
      `the expression ${JSON.stringify(this.#text)} is not supported${rest === "" ? "" : ` at ${JSON.stringify(rest)}`}`,
    );
  }
}

function partOf(written: string): string | number {
  if (written.startsWith(".")) return written.slice(1);
  if (!written.startsWith("[")) return written;
  const inner = written.slice(1, -1);
  if (inner === "*") return "*";
  return /^-?\d+$/.test(inner) ? Number(inner) : inner.slice(1, -1);
}
