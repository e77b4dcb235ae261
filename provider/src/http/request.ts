/**
 * The shape of a request before it is signed and sent, and of its answer. Built by `backends/`, sent by HttpClient.
 */
import type { RequestSummary, ServiceError } from "../errors";

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
   * True where sending it twice does no harm. A request that is not repeatable is sent again only when it
   * certainly was not handled, and never travels on a reused connection.
   */
  readonly repeatable: boolean;
  /**
   * How long one attempt may take, in milliseconds.
   * @default 30000
   */
  readonly timeoutMs?: number;
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

/** What authorises a request: headers, or parameters that are added to its query. */
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
  /** Value of a header; undefined where absent. */
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

/** The address a request goes to. Without a query where there is none. */
export function requestUrl(request: HttpRequest): string {
  const query = (request.query ?? []).map(([key, value]) => `${encodeRfc3986(key)}=${encodeRfc3986(value)}`);
  return `${endpointPath(request)}${query.length > 0 ? `?${query.join("&")}` : ""}`;
}

/** What may be said about a request in messages: no query, no headers, no body. */
export function summarize(request: HttpRequest): RequestSummary {
  return { operation: request.operation, method: request.method, url: endpointPath(request) };
}

function endpointPath(request: HttpRequest): string {
  return `${request.endpoint.replace(/\/+$/, "")}/${request.path.map(encodeRfc3986).join("/")}`;
}
