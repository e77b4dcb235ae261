/**
 * Reads JSON that people or clients have written and names the field that is wrong.
 * Used by the seed file, the control API and the request bodies of the services.
 */

/** A value that does not have the expected shape; `path` is the field's name, such as `nodes[1].durationMs`. */
export class ShapeError extends Error {
  constructor(
    readonly path: string,
    readonly problem: string,
  ) {
    super(`${path}: ${problem}`);
    this.name = "ShapeError";
  }
}

/** A JSON object whose fields nobody has looked at. */
export type JsonObject = Record<string, unknown>;

/** True if a JSON value is an object; lists are not. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Limits of a text field, in characters. */
export interface TextLimits {
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
  readonly pattern?: RegExp;
  /** Describes the demand of `pattern` in words. */
  readonly patternText?: string;
}

/** Limits of a number field. */
export interface NumberLimits {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `the ${typeof value} ${JSON.stringify(value)}`;
}

/**
 * Checks one text.
 * @throws {ShapeError} when the value is no text, or out of the limits
 */
export function readText(value: unknown, path: string, limits: TextLimits = {}): string {
  if (typeof value !== "string") throw new ShapeError(path, `must be text, not ${describe(value)}`);
  const { min = 0, max = Number.POSITIVE_INFINITY, oneOf, pattern, patternText } = limits;
  if (value.length < min || value.length > max) {
    const range =
      max === Number.POSITIVE_INFINITY ? `at least ${String(min)}` : `${String(min)} to ${String(max)}`;
    throw new ShapeError(path, `must have ${range} characters, has ${String(value.length)}`);
  }
  if (oneOf && !oneOf.includes(value)) {
    throw new ShapeError(path, `must be one of ${oneOf.join(", ")}, not ${JSON.stringify(value)}`);
  }
  if (pattern && !pattern.test(value))
    throw new ShapeError(path, patternText ?? `must match ${pattern.source}`);
  return value;
}

/**
 * Checks one finite number.
 * @throws {ShapeError} when the value is no number, or out of the limits
 */
export function readNumber(value: unknown, path: string, limits: NumberLimits = {}): number {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new ShapeError(path, `must be a number, not ${describe(value)}`);
  }
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer = false } = limits;
  if (integer && !Number.isInteger(value))
    throw new ShapeError(path, `must be a whole number, not ${String(value)}`);
  if (value < min) throw new ShapeError(path, `must be at least ${String(min)}, not ${String(value)}`);
  if (value > max) throw new ShapeError(path, `must be at most ${String(max)}, not ${String(value)}`);
  return value;
}

/**
 * The fields of one JSON object. Every read marks the field as known; {@link Fields.rejectUnknown} then refuses
 * the rest, so that a misspelt name is never silently ignored.
 */
export class Fields {
  readonly source: JsonObject;
  readonly #known = new Set<string>();

  constructor(
    value: unknown,
    readonly path: string,
  ) {
    if (!isJsonObject(value))
      throw new ShapeError(path || "body", `must be a JSON object, not ${describe(value)}`);
    this.source = value;
  }

  /** The full name of a field of this object. */
  at(name: string): string {
    return this.path ? `${this.path}.${name}` : name;
  }

  /** True if the field is present. */
  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  /** The value as it is; `undefined` when absent. */
  raw(name: string): unknown {
    this.#known.add(name);
    return Object.hasOwn(this.source, name) ? this.source[name] : undefined;
  }

  /**
   * A text; `undefined` when absent or null.
   * @throws {ShapeError} when the field has the wrong type or is out of range
   */
  text(name: string, limits?: TextLimits): string | undefined {
    const value = this.raw(name);
    return value === undefined || value === null ? undefined : readText(value, this.at(name), limits);
  }

  /**
   * A text that must be there.
   * @throws {ShapeError} when the field has the wrong type or is out of range, or is absent
   */
  requiredText(name: string, limits?: TextLimits): string {
    return this.required(name, this.text(name, limits));
  }

  /**
   * A finite number; `undefined` when absent or null.
   * @throws {ShapeError} when the field has the wrong type or is out of range
   */
  number(name: string, limits?: NumberLimits): number | undefined {
    const value = this.raw(name);
    return value === undefined || value === null ? undefined : readNumber(value, this.at(name), limits);
  }

  /**
   * A finite number that must be there.
   * @throws {ShapeError} when the field has the wrong type or is out of range, or is absent
   */
  requiredNumber(name: string, limits?: NumberLimits): number {
    return this.required(name, this.number(name, limits));
  }

  /**
   * True or false; `undefined` when absent or null.
   * @throws {ShapeError} when the field is anything else
   */
  flag(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "boolean") {
      throw new ShapeError(this.at(name), `must be true or false, not ${describe(value)}`);
    }
    return value;
  }

  /**
   * An object; `undefined` when absent or null.
   * @throws {ShapeError} when the field is anything else
   */
  object(name: string): JsonObject | undefined {
    const value = this.raw(name);
    if (value === undefined || value === null) return undefined;
    if (!isJsonObject(value))
      throw new ShapeError(this.at(name), `must be an object, not ${describe(value)}`);
    return value;
  }

  /**
   * A list, each item read by `readItem`; `undefined` when absent or null.
   * @throws {ShapeError} when the field is no list
   */
  list<T>(name: string, readItem: (value: unknown, path: string) => T): T[] | undefined {
    const value = this.raw(name);
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value)) throw new ShapeError(this.at(name), `must be a list, not ${describe(value)}`);
    return value.map((item: unknown, index) => readItem(item, `${this.at(name)}[${String(index)}]`));
  }

  /**
   * The value of a field, which must be there.
   * @throws {ShapeError} when the value is `undefined`
   */
  required<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw new ShapeError(this.at(name), "is required");
    return value;
  }

  /**
   * Refuses fields that nothing has asked for.
   * @throws {ShapeError} when there is one; names it and the known ones
   */
  rejectUnknown(): void {
    for (const name of Object.keys(this.source)) {
      if (this.#known.has(name)) continue;
      throw new ShapeError(
        this.at(name),
        `is not a known field (known: ${[...this.#known].sort().join(", ")})`,
      );
    }
  }
}
