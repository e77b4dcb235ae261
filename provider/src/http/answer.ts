/**
 * Reads an answer's body as JSON, with errors that quote any other body.
 */
import type { RequestSummary } from "../ground/errors";
import { AnswerTooLargeError, ResponseFormatError } from "../ground/errors";
import { ExactNumber, parseJson } from "../ground/json";
import { onOneLine } from "../ground/text";
import type { HttpAnswer } from "./request";

/**
 * The largest size of an answer, in bytes, unless the request sets another. The largest documented answers are pages of
 * CloudFlow's history (events of 64 KiB; the page is requested again with fewer events) and a synchronous run of
 * FunctionGraph (6 MB). An answer close to the limit costs 100 MB and 0.1 s.
 */
export const maxAnswerBytes = 16 * 1024 * 1024;

/**
 * The largest number of values in the JSON of an answer. The values cost memory and time, not the length: 16 MiB of
 * `{}` would take 0.7 GB, and seconds in which nothing else happens. A list of 6,000 AOM executions of 20 targets each
 * has 0.9 million values, and takes 0.1 GB and 0.2 s. A million values of the worst kind (all with keys of their own)
 * take 1 GB and 3 s.
 */
export const maxJsonValues = 1_000_000;

/** True if the body is a web page: a proxy, a login page or a wrong endpoint answered. */
export function isHtml(answer: HttpAnswer): boolean {
  return /^\s*<(!doctype|html|head|body|\?xml)/i.test(answer.text);
}

/** The remedy for a web page where JSON was expected. */
export const htmlRemedy =
  "The answer is a web page, not JSON: check the endpoint, and whether a proxy or a login page is in between.";

/**
 * For answers of which nothing is read: sees that it is the service's.
 * @throws ResponseFormatError when it is a web page.
 */
export function refuseWebPage(answer: HttpAnswer, request: RequestSummary): void {
  if (!isHtml(answer)) return;
  throw new ResponseFormatError(
    `${request.operation}: ${request.url} answered HTTP ${String(answer.status)}. ${htmlRemedy}`,
    request,
  );
}

/**
 * The body as JSON; undefined if it is empty. Numbers that JavaScript's can't hold are an `ExactNumber`.
 * @throws ResponseFormatError when it is something else.
 */
export function readJson(answer: HttpAnswer, request: RequestSummary): unknown {
  if (answer.text.trim() === "") return undefined;
  if (hasMoreValuesThan(maxJsonValues, answer.text)) {
    throw new AnswerTooLargeError(request, `more than ${String(maxJsonValues)} values in its JSON`);
  }
  try {
    return parseJson(answer.text);
  } catch {
    const what = isHtml(answer) ? htmlRemedy : `The answer is not valid JSON: ${excerpt(answer.text)}`;
    throw new ResponseFormatError(
      `${request.operation}: ${request.url} answered HTTP ${String(answer.status)}. ${what}`,
      request,
    );
  }
}

/**
 * The body as a JSON object.
 * @throws ResponseFormatError when it is something else.
 */
export function readJsonObject(answer: HttpAnswer, request: RequestSummary): Record<string, unknown> {
  const value = readJson(answer, request);
  if (!isJsonObject(value)) {
    throw new ResponseFormatError(
      `${request.operation}: ${request.url} answered HTTP ${String(answer.status)} with ${
        value === undefined ? "an empty body" : "JSON that is not an object"
      }, which the service does not document.`,
      request,
    );
  }
  return value;
}

/**
 * The error for an answer that lacks a field.
 * @param status of the answer, where the message is to name it.
 */
export function withoutField(field: string, request: RequestSummary, status?: number): ResponseFormatError {
  const http = status === undefined ? "" : `HTTP ${String(status)} `;
  return new ResponseFormatError(
    `${request.operation}: ${request.url} answered ${http}without "${field}".`,
    request,
  );
}

/** True for a JSON object (not null, not an array, not a long number). */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

/** A number, also one that is written as text; NaN for anything else. Some objects can't even be asked for one. */
export function numberOf(value: unknown): number {
  const number = value instanceof ExactNumber ? value.text : value;
  return typeof number === "number" || typeof number === "string" ? Number(number) : Number.NaN;
}

// Counts the characters that begin a value or separate two. A doubtful character is counted: the count only has to be
// linear and cheap.
function hasMoreValuesThan(most: number, text: string): boolean {
  // Each takes two characters at least, except the last, which may be incomplete.
  if (text.length < most) return false;
  let count = 0;
  for (let at = 0; at < text.length && count <= most; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at);
    } else if (code === comma || code === openBracket || code === openBrace) {
      count += 1;
    }
  }
  return count > most;
}

const [quote, backslash, comma, openBracket, openBrace] = [0x22, 0x5c, 0x2c, 0x5b, 0x7b];

function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === backslash) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return text.length;
}

function excerpt(text: string): string {
  // The beginning alone: the rest may be megabytes.
  return `"${onOneLine(text.slice(0, 1_000), 80)}"`;
}
