/**
 * Sends requests: authorise → fetch → timeout → may it be sent again? → typed error.
 * Gets requests from `backends/`; fetch, clock and random are injected.
 */
import type { Agent } from "node:http";
import type { RequestInit } from "node-fetch";
import type { RequestSummary } from "../ground/errors";
import {
  AnswerTooLargeError,
  ConfigurationError,
  ProxyError,
  RequestTimeoutError,
  ServiceError,
  ThrottledError,
  TransportError,
} from "../ground/errors";
import { backoffDelayMs } from "../ground/backoff";
import type { Clock } from "../ground/clock";
import { abortAfter } from "../ground/clock";
import { unlessAborted } from "../ground/onAbort";
import { isOutOfTime } from "../ground/timeLimit";
import { maxAnswerBytes } from "./answer";
import { Connections } from "./connections";
import { interruptionOf } from "./interruption";
import { noAnswer } from "./noAnswer";
import type { Proxy, ProxyFor } from "./proxies";
import { proxyFailure, proxyRefusal } from "./proxyFailures";
import type {
  Authorization,
  Authorize,
  HttpAnswer,
  HttpRequest,
  SignableRequest,
  ToServiceError,
} from "./request";
import { requestUrl, summarize } from "./request";
import { maySendAgain } from "./retry";
import type { TokenBucket } from "./tokenBucket";
import type { Transport } from "./transport";
import { defaultTransport, plainHttpProblem } from "./transport";

/** The part of node-fetch that is used. */
export type Fetch = (
  url: string,
  init: RequestInit,
) => Promise<{
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}>;

/** Thrown by a {@link Fetch} that was interrupted before it sent anything. */
export class NotSentError extends Error {}

/** The parts of an {@link HttpClient}. */
export interface HttpClientOptions {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /** Value of the User-Agent header. */
  readonly userAgent: string;
  /**
   * Gives the proxy for an address.
   * @default none: every request goes directly
   */
  readonly proxyFor?: ProxyFor | undefined;
}

/** Options for sending one request. */
export interface SendOptions {
  /** Headers that authorise it; left out for requests that need none. */
  readonly authorize?: Authorize | undefined;
  readonly toServiceError: ToServiceError;
  readonly signal: AbortSignal;
  /**
   * Ends a request's wait before it is sent: for a token, or for the next attempt. A request that need not wait is
   * still sent.
   * @default signal
   */
  readonly patience?: AbortSignal | undefined;
  /** The bucket from which every attempt takes a token before it is sent; left out for operations without a limit. */
  readonly bucket?: TokenBucket | undefined;
  /**
   * The largest number of attempts in all.
   * @default 4
   */
  readonly attempts?: number | undefined;
  /** Called with the reason whenever the request is about to be sent again. */
  readonly onSendAgain?: ((reason: unknown) => void) | undefined;
  /** Called whenever the request is about to go out: from now on it may be handled. */
  readonly onSent?: (() => void) | undefined;
}

const defaultTimeoutMs = 30_000;
// Errors have a few lines. A longer text is no JSON of the service, and is not worth reading.
const maxErrorCharacters = 64 * 1024;
const retryBackoff = { firstMs: 500, factor: 2, maxMs: 8_000 };

/** Sends requests to the services. One per process and provider: it owns the connections. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #connections: Connections;
  readonly #transport: Transport;

  constructor(
    options: HttpClientOptions,
    transport: Transport = defaultTransport,
    connections = new Connections(),
  ) {
    this.#options = options;
    this.#transport = transport;
    this.#connections = connections;
  }

  /** The same client for the requests of a vendor whose settings ask for a transport of their own. */
  over(transport: Transport): HttpClient {
    return new HttpClient(this.#options, transport, this.#connections);
  }

  /**
   * Sends a request and reads its answer.
   * @returns the answer, status 200–299.
   * @throws ServiceError (made by `toServiceError`) for any other status.
   * @throws TransportError when no answer came; RequestInterruptedError when the signal aborted before one; ProxyError
   * when a proxy let the request not through.
   * @throws ConfigurationError when the address is not encrypted and no setting allows it, or a variable names no proxy.
   */
  async send(request: HttpRequest, options: SendOptions): Promise<HttpAnswer> {
    const attempts = options.attempts ?? 4;
    const { bucket } = options;
    const waiting = options.patience ? AbortSignal.any([options.signal, options.patience]) : options.signal;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const permit = await bucket?.take(waiting);
        if (permit?.hasToken === false) {
          throw interruptionOf(waiting, summarize(request), { mayHaveArrived: false });
        }
        try {
          return await this.#sendOnce(request, options);
        } finally {
          permit?.done();
        }
      } catch (error) {
        // A request on the way (a login) has used its own attempts, and its error says nothing about this operation's
        // bucket.
        if (isOfAnother(error, request)) throw error;
        // Refused despite a token: others of the account have used theirs. All requests that wait are delayed, not this
        // one alone.
        if (error instanceof ThrottledError) bucket?.drain(error.retryAfterMs);
        if (attempt >= attempts || waiting.aborted || !maySendAgain(error, request.repeatable)) {
          throw error;
        }
        const askedMs = error instanceof ServiceError ? (error.retryAfterMs ?? 0) : 0;
        const delayMs = backoffDelayMs(retryBackoff, attempt - 1, this.#options.random);
        await this.#options.clock.sleep(Math.max(askedMs, delayMs), waiting);
        // That there is no time to send it again is no news; why it was not handled is.
        if (isOutOfTime(waiting)) throw error;
        options.onSendAgain?.(error);
      }
    }
  }

  async #sendOnce(request: HttpRequest, options: SendOptions): Promise<HttpAnswer> {
    const summary = summarize(request);
    const url = new URL(requestUrl(request));
    const proxy = this.#proxyOf(request, url);
    const authorization = await this.#authorize(request, url, options);
    const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
    // For the answer with its body: one that drips is cut as well.
    const timeout = abortAfter(this.#options.clock, timeoutMs);
    const cut = AbortSignal.any([timeout, options.signal]);
    const { tls } = this.#transport;
    const way = { isSecure: url.protocol === "https:", mayReuse: request.repeatable, proxy, tls };
    // A synchronous run has minutes for its answer, a proxy has not.
    const openingMs = Math.min(timeoutMs, defaultTimeoutMs);
    const opening = proxy ? AbortSignal.any([cut, abortAfter(this.#options.clock, openingMs)]) : cut;
    const { agent, passage } = await this.#connections.open(way, opening);
    // Here still nothing was sent; and node-fetch leaves an error uncaught where its signal has aborted before.
    stopIfInterrupted(options.signal, summary);
    options.onSent?.();
    try {
      const signal = request.isSeenThrough === true ? timeout : cut;
      const answer = await this.#exchange(request, authorization, { agent, signal });
      // Within a tunnel the proxy says nothing any more.
      if (proxy && !way.isSecure && answer.status === 407) throw proxyRefusal(407, proxy, summary);
      if (!isSuccess(answer)) throw options.toServiceError(answer, summary);
      return answer;
    } catch (error) {
      if (error instanceof ServiceError || error instanceof ProxyError) throw error;
      const isUnderWay = !passage.isOpening && !passage.failure && !(error instanceof NotSentError);
      // Only a request that was sent is seen through: the opening of a tunnel is not.
      if (options.signal.aborted && (request.isSeenThrough !== true || !isUnderWay)) {
        throw interruptionOf(options.signal, summary, { mayHaveArrived: isUnderWay });
      }
      if (proxy && !isUnderWay) {
        const transport = this.#transport;
        throw proxyFailure(passage.failure, { proxy, openingMs, transport }, summary);
      }
      if (timeout.aborted) throw new RequestTimeoutError(summary, timeoutMs);
      if (isOverLimit(error))
        throw new AnswerTooLargeError(summary, `more than ${String(maxBytesOf(request) / 1024 / 1024)} MiB`);
      throw noAnswer(error, summary, proxy, this.#transport);
    }
  }

  async #authorize(
    request: HttpRequest,
    url: URL,
    { authorize, signal }: SendOptions,
  ): Promise<Authorization> {
    const summary = summarize(request);
    stopIfInterrupted(signal, summary);
    if (!authorize) return {};
    const unsigned: SignableRequest = {
      method: request.method,
      path: decodeURIComponent(url.pathname),
      query: request.query ?? [],
      headers: { ...request.headers, host: url.host },
      body: request.body ?? "",
    };
    const interrupted = (): Error => interruptionOf(signal, summary, { mayHaveArrived: false });
    // Not all that authorises hears of a signal: the vendors' own chains do not.
    return unlessAborted(authorize(unsigned, signal), signal, interrupted);
  }

  // The request itself, and its whole answer.
  async #exchange(
    request: HttpRequest,
    authorization: Authorization,
    { agent, signal }: { readonly agent: Agent; readonly signal: AbortSignal },
  ): Promise<HttpAnswer> {
    const query = [...(request.query ?? []), ...(authorization.query ?? [])];
    const response = await this.#options.fetch(requestUrl({ ...request, query }), {
      method: request.method,
      headers: { "user-agent": this.#options.userAgent, ...request.headers, ...authorization.headers },
      // An absent body on POST makes node-fetch send Content-Length: 0, which the vendors' gateways want.
      ...(request.body === undefined ? {} : { body: request.body }),
      agent,
      // A signature does not survive a redirect, and a start must not be sent twice.
      redirect: "manual",
      size: maxBytesOf(request),
      signal,
    });
    const text = await response.text();
    const { status } = response;
    return {
      status,
      header: (name) => response.headers.get(name) ?? undefined,
      text: isSuccess({ status }) ? text : text.slice(0, maxErrorCharacters),
    };
  }

  // Services of the machine itself are reached directly, and know no encryption.
  #proxyOf(request: HttpRequest, url: URL): Proxy | undefined {
    if (request.isDirect === true) return undefined;
    const problem = plainHttpProblem(url, this.#transport.plainHttp);
    if (problem !== undefined) {
      throw new ConfigurationError(`${request.operation}: the address ${summarize(request).url} ${problem}`);
    }
    return this.#options.proxyFor?.(url);
  }
}

function isSuccess({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}

function maxBytesOf(request: HttpRequest): number {
  return request.maxAnswerBytes ?? maxAnswerBytes;
}

function isOfAnother(error: unknown, { operation }: HttpRequest): boolean {
  const isAnswer = error instanceof ServiceError || error instanceof TransportError;
  return isAnswer && error.request.operation !== operation;
}

function stopIfInterrupted(signal: AbortSignal, summary: RequestSummary): void {
  if (signal.aborted) throw interruptionOf(signal, summary, { mayHaveArrived: false });
}

// By its type, as node-fetch says it: the class is another one for each copy of it.
function isOverLimit(error: unknown): boolean {
  return (error as { type?: unknown } | undefined)?.type === "max-size";
}
