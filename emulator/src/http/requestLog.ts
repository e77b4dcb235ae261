/**
 * Remembers the requests that the services have received, for tests and for `GET /_emulator/requests`.
 * Secrets are taken out before anything is kept.
 */
import type { Call } from "./exchange";
import { shortName } from "../accounts/principal";
import type { Caller } from "../accounts/principal";

/** One request to a service. */
export interface LoggedRequest {
  /** Emulated time of arrival, RFC 3339. */
  readonly time: string;
  /** HTTP method. */
  readonly method: string;
  /** Path and query as on the wire. */
  readonly path: string;
  /** `undefined` when no service has such a route. */
  readonly service: string | undefined;
  /** The vendor's name of the operation, such as `ExecuteWorkflow`. */
  readonly operation: string | undefined;
  /** The resource of the request, where the path does not name it: such as `/flow/execution`. */
  readonly subject: string | undefined;
  /** As in the answer's `X-Request-Id`. */
  readonly requestId: string;
  /** The sender, as far as the handling has found out. */
  readonly caller: Readonly<Caller>;
  /** Headers with credentials redacted. */
  readonly headers: Readonly<Record<string, string>>;
  /** Length of the request's body, in bytes. */
  readonly bodyBytes: number;
  /** HTTP status of the answer; `undefined` while it is being handled and when none was sent. */
  status: number | undefined;
  /** The action of the fault that was applied. */
  fault: string | undefined;
}

/** The requests of one caller: everything with the same key, session and project. */
export interface ActorSummary {
  /** `account/name (session)`; `undefined` for requests that were not let in, or not looked at. */
  readonly who: string | undefined;
  readonly kind: string | undefined;
  readonly assumedBy: readonly string[] | undefined;
  readonly accessKeyId: string | undefined;
  readonly project: string | undefined;
  /** Number of requests, by `service:operation:status`; status 0 for those without an answer. */
  readonly did: Readonly<Record<string, number>>;
}

/** The places in requests that carry secrets; removed before anything is kept. */
export interface SecretPlaces {
  /** Names in lower case. */
  readonly headers: readonly string[];
  readonly queryParameters: readonly string[];
}

const capacity = 10_000;

/** Keeps the newest 10,000 requests. */
export class RequestLog {
  #entries: LoggedRequest[] = [];
  readonly #counted = new Map<string, number>();
  readonly #secretHeaders: ReadonlySet<string>;
  readonly #secretParameters: RegExp | undefined;

  readonly #onAnswer: (request: LoggedRequest) => void;

  /**
   * @param secrets - those of the vendors; cookies and `Authorization` are secret everywhere
   * @param onAnswer - called with each entry when its outcome is known. @default nobody
   */
  constructor(
    secrets: readonly SecretPlaces[],
    onAnswer: (request: LoggedRequest) => void = () => undefined,
  ) {
    this.#onAnswer = onAnswer;
    this.#secretHeaders = new Set(["cookie", ...secrets.flatMap(({ headers }) => headers)]);
    const names = secrets.flatMap(({ queryParameters }) => queryParameters);
    this.#secretParameters =
      names.length === 0 ? undefined : new RegExp(`(^|&)(${names.join("|")})=[^&]*`, "g");
  }

  /** Begins the entry of a request. */
  open(
    call: Call,
    time: number,
    found: {
      readonly service?: string | undefined;
      readonly operation?: string | undefined;
      readonly subject?: string | undefined;
    },
  ): LoggedRequest {
    const entry: LoggedRequest = {
      time: new Date(time).toISOString(),
      method: call.method,
      path: call.rawQuery ? `${call.path}?${this.#redactQuery(call.rawQuery)}` : call.path,
      service: found.service,
      operation: found.operation,
      subject: found.subject,
      requestId: call.requestId,
      caller: call.caller,
      headers: this.#redactHeaders(call.headers),
      bodyBytes: call.body.length,
      status: undefined,
      fault: undefined,
    };
    this.#entries.push(entry);
    if (this.#entries.length > capacity) this.#entries.splice(0, this.#entries.length - capacity);
    return entry;
  }

  /** Counts an answer, and informs the followers of the log; unlike the entries, counts are never dropped. */
  count(entry: LoggedRequest): void {
    const key = countKey(entry);
    this.#counted.set(key, (this.#counted.get(key) ?? 0) + 1);
    this.#onAnswer(entry);
  }

  /** Number of requests that were answered, by `service:operation:status`; status 0 for those without an answer. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#counted);
  }

  /** Oldest first; without a filter all of them. */
  list(
    filter: { operation?: string | undefined; service?: string | undefined } = {},
  ): readonly LoggedRequest[] {
    return this.#entries.filter(
      (entry) =>
        (filter.operation === undefined || entry.operation === filter.operation) &&
        (filter.service === undefined || entry.service === filter.service),
    );
  }

  /** The callers with their requests, in the order of first appearance. */
  actors(filter: { operation?: string | undefined; service?: string | undefined } = {}): ActorSummary[] {
    const byCaller = new Map<string, ActorSummary & { readonly did: Record<string, number> }>();
    for (const entry of this.list(filter)) {
      const { actor, accessKeyId, project } = entry.caller;
      const key = JSON.stringify([actor, accessKeyId, project]);
      const summary = byCaller.get(key) ?? {
        who: actor && shortName(actor),
        kind: actor?.kind,
        assumedBy: actor?.assumedBy,
        accessKeyId,
        project,
        did: {},
      };
      byCaller.set(key, summary);
      const what = countKey(entry);
      summary.did[what] = (summary.did[what] ?? 0) + 1;
    }
    return [...byCaller.values()];
  }

  /** Forgets all entries and counts. */
  clear(): void {
    this.#counted.clear();
    this.#entries = [];
  }

  #redactQuery(rawQuery: string): string {
    return this.#secretParameters ? rawQuery.replace(this.#secretParameters, "$1$2=[redacted]") : rawQuery;
  }

  // Keeps the scheme, the access key and the signed headers of `Authorization`; takes signature and tokens out.
  #redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
    const redacted: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) {
      if (this.#secretHeaders.has(name)) redacted[name] = "[redacted]";
      else if (name === "authorization") redacted[name] = redactAuthorization(value);
      else redacted[name] = value;
    }
    return redacted;
  }
}

function countKey({ service, operation, status }: LoggedRequest): string {
  return `${service ?? ""}:${operation ?? ""}:${String(status ?? 0)}`;
}

function redactAuthorization(value: string): string {
  const withoutSignature = value.replace(/Signature=[^,\s]+/, "Signature=[redacted]");
  if (withoutSignature !== value) return withoutSignature;
  // Without a scheme before it, the whole is a token.
  const [scheme, ...rest] = value.split(" ");
  return rest.length === 0 ? "[redacted]" : `${scheme ?? ""} [redacted]`;
}
