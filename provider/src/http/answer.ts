/**
 * Reading an answer's body as JSON, with errors that say what came instead.
 */
import type { RequestSummary } from "../errors";
import { ResponseFormatError } from "../errors";
import { ExactNumber, parseJson } from "../ground/json";
import { onOneLine } from "../ground/text";
import type { HttpAnswer } from "./request";

/** True where the body is a web page: a proxy, a login page or a wrong endpoint answered. */
export function isHtml(answer: HttpAnswer): boolean {
  return /^\s*<(!doctype|html|head|body|\?xml)/i.test(answer.text);
}

/** What to do about a web page where JSON was expected. */
export const htmlRemedy =
  "The answer is a web page, not JSON: check the endpoint, and whether a proxy or a login page stands in between.";

/**
 * The body as JSON; undefined where it is empty. Numbers that JavaScript's can't hold are an `ExactNumber`.
 * @throws ResponseFormatError where it is something else.
 */
export function readJson(answer: HttpAnswer, request: RequestSummary): unknown {
  if (answer.text.trim() === "") return undefined;
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
 * @throws ResponseFormatError where it is something else.
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

/** True for a JSON object (not null, not an array, not a long number). */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

function excerpt(text: string): string {
  return `"${onOneLine(text, 80)}"`;
}
