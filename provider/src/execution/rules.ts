/**
 * Rules for arguments: each returns the problem of a value in one sentence, or nothing. Used by the argument tables of
 * the services and of the lifecycle.
 */
import { isJsonObject as isMap } from "../http/answer";
import type { ArgumentRule, ArgumentType } from "./argument";

export { isMap };

/** The kind of a value, for messages; never the value itself if it could be a secret. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "number") return Number.isFinite(value) ? "a number" : String(value);
  if (typeof value === "boolean") return "a boolean";
  return `a ${typeof value}`;
}

function rule(
  type: ArgumentType,
  validate: (value: unknown) => string | undefined,
  words?: readonly string[],
): ArgumentRule {
  return Object.assign(validate, { type, ...(words ? { words } : {}) });
}

/** Text of a length in characters, well-formed: half of a surrogate pair can't be sent. */
export function text(limits: {
  min: number;
  max: number;
  pattern?: RegExp;
  patternName?: string;
}): ArgumentRule {
  const size =
    limits.min === limits.max
      ? `exactly ${String(limits.min)} characters`
      : `${String(limits.min)} to ${String(limits.max)} characters`;
  return rule("string", (value) => {
    if (typeof value !== "string") return `must be text of ${size}, not ${kindOf(value)}`;
    if (value.length < limits.min || value.length > limits.max) {
      return value.length === 0
        ? `must not be empty: it must have ${size}`
        : `must have ${size}, not ${String(value.length)}`;
    }
    if (!value.isWellFormed()) return notWellFormed;
    if (limits.pattern && !limits.pattern.test(value)) {
      return `must have only ${limits.patternName ?? `characters that ${String(limits.pattern)} allows`}`;
    }
    return undefined;
  });
}

const notWellFormed = "must be well-formed text: it has one half of a surrogate pair without the other";

/** An id that stands in the path of a request: text that leads to no other address. */
export function identifier(limits: { min: number; max: number }): ArgumentRule {
  const isText = text(limits);
  return rule("string", (value) => {
    const problem = isText(value);
    if (problem !== undefined || typeof value !== "string") return problem;
    if (value === "." || value === "..") return `must be an id, not ${JSON.stringify(value)}`;
    return /[/\p{Cc}]/u.test(value) ? `must be an id, without "/" and control characters` : undefined;
  });
}

/** One of some words. */
export function oneOf(...words: string[]): ArgumentRule {
  const list = words.map((word) => `"${word}"`).join(", ");
  return rule(
    "string",
    (value) => {
      if (typeof value === "string" && words.includes(value)) return undefined;
      return `must be one of ${list}, not ${typeof value === "string" ? `"${value}"` : kindOf(value)}`;
    },
    words,
  );
}

/** A list of some words, or one of them alone. */
export function someOf(words: string[], alone: string): ArgumentRule {
  const list = [...words, alone].map((word) => `"${word}"`).join(", ");
  return rule(
    "words",
    (value) => {
      if (value === alone) return undefined;
      if (!Array.isArray(value)) {
        const got = typeof value === "string" ? `"${value}"` : kindOf(value);
        return `must be a list with any of ${list}, or "${alone}" alone, not ${got}`;
      }
      const wrong = value.find(
        (item) => typeof item !== "string" || ![...words, alone].includes(item),
      ) as unknown;
      return wrong === undefined
        ? undefined
        : `has ${typeof wrong === "string" ? `"${wrong}"` : kindOf(wrong)}: each item must be one of ${list}`;
    },
    [...words, alone],
  );
}

/** A number of seconds: more than 0 and at most a year. */
export const seconds: ArgumentRule = rule("number", (value) => {
  const maxSeconds = 31_536_000;
  if (typeof value !== "number") return `must be a number of seconds, not ${kindOf(value)}`;
  if (!(value > 0 && value <= maxSeconds)) {
    return `must be more than 0 and at most ${String(maxSeconds)} seconds (a year), not ${String(value)}`;
  }
  return undefined;
});

/** A map with any values. */
export const map: ArgumentRule = rule("map", (value) =>
  isMap(value) ? undefined : `must be a map of any values, e.g. { image: "app:1.4" }, not ${kindOf(value)}`,
);

/** An address of a server. */
export const address: ArgumentRule = rule("string", (value) => {
  const remedy = `must be an address like "https://aom.cn-north-4.myhuaweicloud.com"`;
  if (typeof value !== "string") return `${remedy}, not ${kindOf(value)}`;
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    // An address with "@" may contain a password.
    return `${remedy}: ${value.includes("@") ? "it" : `"${value}"`} has no scheme or no host`;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return `${remedy}: its scheme must be http or https`;
  if (url.username !== "" || url.password !== "") return `${remedy}, without a user or password in it`;
  if (/[?#]/.test(value)) return `${remedy}, without a query`;
  return undefined;
});

/**
 * A JSON object: a map, or text that is JSON of one. At most `maxBytes` as it is sent: map as JSON, text as it stands,
 * in UTF-8.
 */
export function jsonObject(maxBytes: number): ArgumentRule {
  return rule("json", (value) => {
    let text: string;
    if (typeof value === "string") {
      try {
        const parsed: unknown = JSON.parse(value);
        if (!isMap(parsed)) return `must be a map or JSON text of one, not JSON text of ${kindOf(parsed)}`;
      } catch (error) {
        // Only the place: the rest of the message can quote a piece of the text, which may be secret.
        const place = /at position \d+( \(line \d+ column \d+\))?$/.exec((error as Error).message)?.[0];
        return `must be a map or JSON text; this text is not JSON${place ? `: wrong ${place}` : ""}`;
      }
      if (!value.isWellFormed()) return notWellFormed;
      text = value;
    } else {
      if (!isMap(value)) return `must be a map or JSON text of one, not ${kindOf(value)}`;
      text = JSON.stringify(value);
    }
    return tooLarge(text, maxBytes);
  });
}

/** True or false. */
export const boolean: ArgumentRule = rule("boolean", (value) =>
  typeof value === "boolean" ? undefined : `must be true or false, not ${kindOf(value)}`,
);

function tooLarge(text: string, maxBytes: number): string | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return undefined;
  return `must have at most ${String(maxBytes)} bytes as JSON in UTF-8, not ${String(bytes)}: ${elsewhere}`;
}

/** The remedy for data that is too large for a service. */
export const elsewhere = "store the data elsewhere and pass its address";

/** The problem of `concurrency` for a service that does not show which executions are running. */
export function concurrencyWithoutHistory(concurrency: unknown, mode: string): string | undefined {
  if (concurrency === undefined || concurrency === "allow") return undefined;
  return `can only be "allow" with ${mode}: the service does not show running executions. Remove the argument`;
}

/** A moment as RFC 3339 with an offset or `Z`. */
export const time: ArgumentRule = rule("string", (value) => {
  const form = `must be a time like "2026-11-21T06:00:00Z"`;
  if (typeof value !== "string") return `${form}, not ${kindOf(value)}`;
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(value);
  return isTime && !Number.isNaN(Date.parse(value)) ? undefined : `${form}, not "${value}"`;
});
