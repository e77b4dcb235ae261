/**
 * The shape of a request before it is signed and sent, and of its answer. Built by `backends/`, sent by HttpClient.
 */
import type { RequestSummary, ServiceError } from "../ground/errors";
import { ConfigurationError, InputError } from "../ground/errors";

/** A request, not yet authorised. Paths and query values are plain text; encoding is done when it is sent. */
export interface HttpRequest {
  /** The vendor's name of the operation, for messages. */
  readonly operation: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Scheme, host, port and an optional path prefix, e.g. `https://aom.cn-north-4.myhuaweicloud.com`. */
  readonly endpoint: string;
  /** Path segments, not encoded. */
  readonly path: readonly string[];
  readonly query?: readonly (readonly [string, string])[];
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * True if sending it twice does no harm. A request that is not repeatable is sent again only when it
   * certainly was not handled, and never travels on a reused connection.
   */
  readonly repeatable: boolean;
  /**
   * True if a request that was sent is worth its answer, as with starts. An abort then ends only a wait before the
   * sending: for a token, for authorisation, for another attempt.
   * @default false
   */
  readonly isSeenThrough?: boolean;
  /**
   * True for services of the machine itself, which only the machine reaches (169.254.169.254, 100.100.100.200, a pod's
   * identity agent): no proxy is asked, and `http://` needs no permission.
   * @default false
   */
  readonly isDirect?: boolean;
  /**
   * The time limit of one attempt, in milliseconds.
   * @default 30000
   */
  readonly timeoutMs?: number;
  /**
   * The largest size of the answer, in bytes; for operations that give everything in one answer.
   * @default answer.maxAnswerBytes
   */
  readonly maxAnswerBytes?: number;
}

/** A request as the signers see it. */
export interface SignableRequest {
  readonly method: string;
  /** Plain text, with leading slash. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  /** Lower-case names; `host` included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The authorisation of a request: headers, or parameters that are added to its query. */
export interface Authorization {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: readonly (readonly [string, string])[];
}

/** Authorises a request. Called again for every attempt: signatures carry the time, some also a nonce. */
export type Authorize = (request: SignableRequest, signal: AbortSignal) => Promise<Authorization>;

/** Makes the typed error for an answer with status 300 or more. */
export type ToServiceError = (answer: HttpAnswer, request: RequestSummary) => ServiceError;

/** An answer, its body read. */
export interface HttpAnswer {
  readonly status: number;
  /** Value of a header; undefined if absent. */
  readonly header: (name: string) => string | undefined;
  readonly text: string;
}

/** Percent-encodes all but RFC 3986's unreserved characters, as the vendors' signatures want it. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * The address a request goes to. Without a query where there is none.
 * @throws InputError when a segment of the path would lead to another address; ConfigurationError when the endpoint
 * has a user or a password in it: they would end in messages and logs.
 */
export function requestUrl(request: HttpRequest): string {
  if (withoutUser(request.endpoint) !== request.endpoint) {
    throw new ConfigurationError(
      `the endpoint ${withoutUser(request.endpoint)} contains a user or a password: remove them, and set credentials with their own settings.`,
    );
  }
  for (const segment of request.path) checkSegment(request, segment);
  const query = (request.query ?? []).map(([key, value]) => `${encodeRfc3986(key)}=${encodeRfc3986(value)}`);
  return `${endpointPath(request)}${query.length > 0 ? `?${query.join("&")}` : ""}`;
}

/** The part of a request that messages may show: no user, no query, no headers, no body. */
export function summarize(request: HttpRequest): RequestSummary {
  return { operation: request.operation, method: request.method, url: withoutUser(endpointPath(request)) };
}

function endpointPath(request: HttpRequest): string {
  // A path that is not well-formed is refused by requestUrl; a message about it must still be possible.
  const path = request.path.map((segment) => encodeRfc3986(segment.toWellFormed()));
  return `${request.endpoint.replace(/\/+$/, "")}/${path.join("/")}`;
}

function withoutUser(address: string): string {
  return address.replace(/\/\/[^/?#]*@/, "//");
}

// URL takes "." and ".." as steps in the path, percent-encoded ones too, so they can't be sent at all.
function checkSegment(request: HttpRequest, segment: string): void {
  if (segment !== "." && segment !== ".." && segment.isWellFormed()) return;
  throw new InputError(
    `${request.operation}: ${JSON.stringify(segment)} can't be part of the path of ${summarize(request).url}: correct the id.`,
  );
}
