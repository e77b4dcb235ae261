/**
 * The parts that the services' gateways share: requests and answers as they come over the wire, and the clock that
 * dates them. Nothing here is the provider's: it is written from the vendors' pages.
 */
import type { RequestKind, World } from "../script";
import type { Draw } from "../draw";
import type { Timeline } from "../timeline";
import type { Execution, Origin, Truth } from "./truth";

/** A request as it arrives. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly origin: Origin;
  /** The node that handles it. */
  readonly node: number;
  /** Delay of its arrival, in milliseconds. */
  readonly handledAfterMs: number;
}

/** An answer. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Handles a request and answers at once or later. */
export type Handler = (request: WireRequest, answer: (answer: WireAnswer) => void) => void;

/** A service as the network sees it. */
export interface SimulatedService {
  readonly handle: Handler;
  /** The kind of a request; undefined where the service does not serve it. */
  kindOf(method: string, url: URL, headers: Readonly<Record<string, string>>): RequestKind | undefined;
  /** The workflow that a request is about. */
  readonly workflowOf: (request: Pick<WireRequest, "method" | "url" | "body">) => string;
  /** Changes an answer to a start so that it names another execution, or something that is none. */
  renameStarted(answer: WireAnswer, id: string): WireAnswer;
  /** An error of the service's own. */
  failure(status: 429 | 500 | 503, retryAfterSeconds?: number): WireAnswer;
  /** An answer to a list without some of its rows. */
  cutList(answer: WireAnswer, drop: (index: number) => boolean): WireAnswer;
  /** An answer to a list or history that has {@link repeatedToken}; as it is where the service has no tokens. */
  repeatToken(answer: WireAnswer): WireAnswer;
}

/** The parts of the world that a service needs. */
export interface ServiceContext {
  readonly world: World;
  readonly truth: Truth;
  readonly timeline: Timeline;
  readonly draw: Draw;
  readonly clockOf: (node: number) => number;
}

/** The token of a service that gives one page over and over: the page that it leads to has it too. */
export const repeatedToken = "again";

/** More than this, and a gateway refuses a signature. */
export const maxSkewMs = 15 * 60_000;

/** An answer with a body of JSON. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: body === undefined ? "" : JSON.stringify(body),
  };
}

/** True where the time that a request was signed at is too far from a node's clock. */
export function isSkewed(signedAt: string | undefined, nowMs: number): boolean {
  if (signedAt === undefined) return false;
  const text = /^\d{8}T\d{6}Z$/.test(signedAt)
    ? signedAt.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z")
    : signedAt;
  return Math.abs(Date.parse(text) - nowMs) > maxSkewMs;
}

/** The output of an execution. */
export function outputOf({ output = "plain" }: World, { serial }: Execution): unknown {
  switch (output) {
    case "plain":
      return { serial, said: "done" };
    case "markers":
      // A stack export that a script has printed: the engine's own sign for a secret, without a value.
      return { serial, report: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" } };
    case "unknown":
      return { serial, plan: ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"] };
    case "surrogate":
      return { serial, said: "cut \ud83d" };
  }
}

/** The error text of a failed execution. */
export function errorOf({ output = "plain" }: World): string {
  return output === "surrogate" ? "script failed: exit 1, last line: done \ud83d" : "script failed: exit 1";
}
