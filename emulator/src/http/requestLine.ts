/** One request as a line of text, for the log of `--verbose`. */
import { shortName } from "../accounts/principal";
import type { LoggedRequest } from "./requestLog";

/** Keeps a long query from pushing the outcome out of sight. */
const longestPath = 300;

/**
 * Formats a request: time, method, path, operation, outcome, fault, caller, request id. Has no headers and no body, and
 * only the part of the path that the log keeps, so that no secret is in the line. Has no line break at the end, and
 * none within.
 */
export function formatRequest(request: LoggedRequest): string {
  const { time, method, path, service, operation, status, fault, caller, requestId } = request;
  const parts = [
    time,
    method,
    path.length > longestPath ? `${path.slice(0, longestPath)}…` : path,
    service === undefined ? "(no such route)" : `${service}:${operation ?? ""}`,
    status === undefined ? "(no answer)" : String(status),
    ...(fault === undefined ? [] : [`fault=${fault}`]),
    ...(caller.actor === undefined ? [] : [`by=${shortName(caller.actor)}`]),
    `id=${requestId}`,
  ];
  return parts.map(printable).join(" ");
}

// Paths, and names of sessions, are the client's: none of them may move a terminal's cursor or begin a line of its own.
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
