/**
 * The output of a runbook as it goes into the state: the runbook's own data, except the values that JSON, or a terminal
 * that shows the output, cannot take. Each value that differs from the runbook's is named in `altered`. Pure.
 */
import { ExactNumber } from "../ground/json";
import { shorten, withoutControls } from "../ground/text";

/** The path of an item of a list, or of a value in a map, e.g. `output.items[0].id`. */
export function pathTo(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${String(key)}]`;
  return /^[\w$-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

/**
 * A copy in which numbers that JavaScript's can't hold are text as they were written, and no text or key has anything a
 * terminal acts on: Pulumi prints keys, and the lines of a changed text, as they are.
 * @param value not nested deeper than a function can call itself.
 * @param altered receives the paths of the values that were changed.
 */
export function plainOutput(value: unknown, path: string, altered: string[]): unknown {
  if (value instanceof ExactNumber) {
    altered.push(path);
    return value.text;
  }
  if (typeof value === "string") {
    const clean = withoutControls(value);
    if (clean !== value) altered.push(path);
    return clean;
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value))
    return value.map((item, index) => plainOutput(item, pathTo(path, index), altered));
  const names = new FreeNames();
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const name = names.take(plainKey(key));
      const at = pathTo(path, name);
      if (name !== key) altered.push(at);
      return [name, plainOutput(item, at, altered)];
    }),
  );
}

// Pulumi pads all lines of a map to its longest key.
const maxKeyLength = 1_000;

// A line break in a key would put the rest of it at the margin.
function plainKey(key: string): string {
  return shorten(withoutControls(key).replace(/\n/g, " "), maxKeyLength);
}

/** Gives names that differ, to keys that are the same once they are clean. */
export class FreeNames {
  // The last number given to a name: looked for from there, so that many equal names take no long time.
  readonly #numbers = new Map<string, number>();

  /** The name, with a number behind it where it is taken. */
  take(name: string): string {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      this.#numbers.set(name, 1);
      return name;
    }
    let free: string;
    do {
      number += 1;
      free = `${name} (${String(number)})`;
    } while (this.#numbers.has(free));
    this.#numbers.set(name, number);
    this.#numbers.set(free, 1);
    return free;
  }
}
