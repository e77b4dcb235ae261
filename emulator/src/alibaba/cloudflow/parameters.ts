/** The parameters of one CloudFlow request, from query and form body, with the documented limits. */
import { ShapeError } from "../../ground/jsonShape";
import type { Parameter } from "../signatures";

/** A parameter that has to be there is not. */
export class MissingParameter extends Error {
  constructor(readonly parameter: string) {
    super(`${parameter} is missing`);
    this.name = "MissingParameter";
  }
}

/** A text that is too large for the service. */
export class TooLarge extends Error {
  constructor(readonly limit: number) {
    super(`more than ${String(limit)} bytes`);
    this.name = "TooLarge";
  }
}

/** Names of flows, executions, aliases and schedules. */
const namePattern = /^[A-Za-z_][A-Za-z0-9_-]{0,127}$/;

/**
 * The most that an input or output may have, in bytes of UTF-8: the data of an event.
 * @see https://www.alibabacloud.com/help/en/serverless-workflow/latest/limits
 */
const largestData = 64 * 1024;
/**
 * The same of a flow of the older Serverless Workflow.
 * @see https://www.alibabacloud.com/help/en/serverless-workflow/latest/restrictions-on-use-old
 */
const largestOldData = 32 * 1024;

/** The parameters of one request; an empty one counts as absent. */
export class Parameters {
  readonly #values = new Map<string, string>();

  constructor(list: readonly Parameter[]) {
    for (const [name, value] of list) if (!this.#values.has(name)) this.#values.set(name, value);
  }

  /**
   * A text; an empty parameter counts as absent.
   * @throws {ShapeError} when the text is out of range
   */
  text(
    name: string,
    limits: { min?: number; max?: number; oneOf?: readonly string[] } = {},
  ): string | undefined {
    const value = this.#values.get(name);
    if (value === undefined || value === "") return undefined;
    const { min = 0, max = Number.POSITIVE_INFINITY, oneOf } = limits;
    if (value.length < min || value.length > max) {
      throw new ShapeError(
        name,
        `must have ${String(min)} to ${String(max)} characters, has ${String(value.length)}`,
      );
    }
    if (oneOf && !oneOf.includes(value)) {
      throw new ShapeError(name, `must be one of ${oneOf.join(", ")}, not ${JSON.stringify(value)}`);
    }
    return value;
  }

  /**
   * A text that must be there.
   * @throws {MissingParameter} when the parameter is absent
   * @throws {ShapeError} when the text is out of range
   */
  required(name: string, limits: { min?: number; max?: number; oneOf?: readonly string[] } = {}): string {
    return this.text(name, limits) ?? missing(name);
  }

  /**
   * A name such as a flow's.
   * @throws {ShapeError} when the name has other characters
   */
  name(parameter: string): string | undefined {
    const value = this.text(parameter);
    if (value !== undefined && !namePattern.test(value)) {
      throw new ShapeError(
        parameter,
        `must begin with a letter or _ and have 1 to 128 letters, digits, _ and -, is ${JSON.stringify(value)}`,
      );
    }
    return value;
  }

  /**
   * {@link name} that must be there.
   * @throws {MissingParameter} when the parameter is absent
   * @throws {ShapeError} when the name has other characters
   */
  requiredName(parameter: string): string {
    return this.name(parameter) ?? missing(parameter);
  }

  /**
   * A whole number.
   * @throws {ShapeError} when the text is none, or out of range
   */
  integer(name: string, limits: { min: number; max: number }): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || number < limits.min || number > limits.max) {
      throw new ShapeError(
        name,
        `must be a whole number from ${String(limits.min)} to ${String(limits.max)}, is ${JSON.stringify(value)}`,
      );
    }
    return number;
  }

  /**
   * A number.
   * @throws {ShapeError} when the text is none, or out of range
   */
  number(name: string, limits: { min: number; max: number }): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!(number >= limits.min && number <= limits.max)) {
      throw new ShapeError(
        name,
        `must be a number from ${String(limits.min)} to ${String(limits.max)}, is ${JSON.stringify(value)}`,
      );
    }
    return number;
  }

  /**
   * True or false; Python sends `True`.
   * @throws {ShapeError} when the text is anything else
   */
  flag(name: string): boolean | undefined {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return undefined;
    if (value !== "true" && value !== "false") throw new ShapeError(name, "must be true or false");
    return value === "true";
  }

  /**
   * A time as RFC 3339, in epoch milliseconds.
   * @throws {ShapeError} when the text is no time
   */
  time(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)
      ? Date.parse(value)
      : Number.NaN;
    if (Number.isNaN(time))
      throw new ShapeError(name, `must be an RFC 3339 time, is ${JSON.stringify(value)}`);
    return time;
  }

  /**
   * A JSON text; with `isOld` of a flow of the older Serverless Workflow.
   * @throws {TooLarge} when the text has too many bytes
   * @throws {ShapeError} when the text is not JSON
   */
  json(name: string, isOld = false): { readonly text: string; readonly value: unknown } | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const largest = isOld ? largestOldData : largestData;
    if (Buffer.byteLength(text) > largest) throw new TooLarge(largest);
    try {
      return { text, value: JSON.parse(text) };
    } catch {
      throw new ShapeError(name, "must be JSON");
    }
  }
}

/**
 * Refuses because of a parameter that is not there.
 * @throws {MissingParameter} always
 */
export function missing(parameter: string): never {
  throw new MissingParameter(parameter);
}
