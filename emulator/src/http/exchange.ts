/** One request and its answer as plain values, between the socket and the services. */
import type { Caller } from "../accounts/principal";

/** A request whose body has been read. */
export interface Call {
  readonly method: string;
  /** Path as it was on the wire, still percent-encoded, without the query. */
  readonly path: string;
  /** Query as it was on the wire, without `?`. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  /** Names in lower case; repeated headers joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Goes back as `X-Request-Id`. */
  readonly requestId: string;
  /** True if the peer is on this machine. */
  readonly fromLoopback: boolean;
  /** Aborted when the connection has ended, by either side: nobody waits for the answer any more. */
  readonly gone: AbortSignal;
  /** Filled in while the request is handled. */
  readonly caller: Caller;
}

/** The answer to a request. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer with a JSON body. */
export function jsonReply(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}

/** An answer with a text. */
export function textReply(status: number, text: string, headers: Record<string, string> = {}): Reply {
  return { status, headers: { "content-type": "text/plain", ...headers }, body: text };
}

/** Thrown anywhere while a request is handled: the answer is `reply`. */
export class ReplyError extends Error {
  constructor(readonly reply: Reply) {
    super(`HTTP ${String(reply.status)}: ${reply.body}`);
    this.name = "ReplyError";
  }
}
