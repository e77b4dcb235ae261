/**
 * Ids of executions as answers give them. An id must never be lost or mistaken. An id that could not stand in the path
 * of a request, or that names another execution than the requested one, is no answer.
 */
import type { RequestSummary } from "../ground/errors";
import { IncompleteListError, ResponseFormatError } from "../ground/errors";

// Documented are 64 characters (Huawei) and 128 and a UUID (CloudFlow).
const maxLength = 256;
// Neither slashes nor anything that can't be seen: control characters, line breaks, spaces, halves of surrogate pairs,
// marks that turn the direction of a text.
const readable = /^[^\p{C}\p{Z}/\\]+$/u;

/** The id in a field of an answer; undefined if it is none that a later request could name. */
export function readExecutionId(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > maxLength) return undefined;
  return readable.test(value) && value !== "." && value !== ".." ? value : undefined;
}

/**
 * The id of an execution that has just been started.
 * @param field name of the field, for the message.
 * @throws ResponseFormatError when it is none that a later request could name.
 */
export function demandExecutionId(value: unknown, field: string, request: RequestSummary): string {
  const id = readExecutionId(value);
  if (id !== undefined) return id;
  throw new ResponseFormatError(
    `${request.operation}: ${request.url} answered ${describeField(value, field)}.`,
    request,
  );
}

/**
 * Checks that an answer is about the requested execution, where the answer says so.
 * @param value of the answer; absent if it does not say.
 * @throws ResponseFormatError when it is about something else.
 */
export function checkIsAbout(expected: string, value: unknown, field: string, request: RequestSummary): void {
  if (value === undefined || value === null || value === "") return;
  if (value === expected) return;
  throw new ResponseFormatError(
    `${request.operation}: ${request.url} answered ${describeField(value, field)}, but the request was for ` +
      `${shown(expected)}.`,
    request,
  );
}

/** Describes a list with rows whose id cannot be read; follows a colon. */
export function describeUnreadable(rows: number): string {
  return `${String(rows)} of its ${rows === 1 ? "rows has" : "rows have"} no readable id`;
}

/**
 * Sees that a list by which something is decided has no rows that can't be read.
 * @throws IncompleteListError when it has.
 */
export function demandReadable(rows: number | undefined, subject: string): void {
  if (rows === undefined || rows === 0) return;
  throw new IncompleteListError(`the list of executions of ${subject}`, describeUnreadable(rows));
}

function describeField(value: unknown, field: string): string {
  if (value === undefined || value === null || value === "") return `without "${field}"`;
  return `with "${field}": ${typeof value === "string" ? shown(value) : `a ${typeof value}`}`;
}

// As JSON: invisible characters are then spelt out.
function shown(text: string): string {
  const quoted = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  return quoted.replace(/[\p{C}\p{Z}]/gu, (character) =>
    character === " " ? " " : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
