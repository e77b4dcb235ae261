/**
 * Every error that this package throws, as one tree with stable codes.
 * Thrown by all layers; read by `lifecycle/` (may it be tried again?) and by `dynamic/` (what the user sees).
 */

import { cleanText, onOneLine, shorten } from "./text";

/** Stable, searchable codes; the docs have a section for each. */
export type ErrorCode =
  | "WFX-CONFIGURATION"
  | "WFX-INPUT"
  | "WFX-NO-ANSWER"
  | "WFX-PROXY"
  | "WFX-REQUEST-TIMEOUT"
  | "WFX-SERVICE"
  | "WFX-AUTHENTICATION"
  | "WFX-NOT-FOUND"
  | "WFX-THROTTLED"
  | "WFX-RESPONSE-FORMAT"
  | "WFX-LIST-INCOMPLETE"
  | "WFX-START-UNCERTAIN"
  | "WFX-START-TIMEOUT"
  | "WFX-WORKFLOW-BUSY"
  | "WFX-EXECUTION-FAILED"
  | "WFX-EXECUTION-TIMEOUT"
  | "WFX-EXECUTION-NOT-STOPPED"
  | "WFX-INTERRUPTED";

/** A summary of a request to a service, without headers or body, so that no secret can be in it. */
export interface RequestSummary {
  /** The vendor's name of the operation, e.g. `ExecuteWorkflow`. */
  readonly operation: string;
  readonly method: string;
  /** Address without its query. */
  readonly url: string;
}

// A symbol from the global registry, so that the guard holds across two copies of this package.
const brand = Symbol.for("pulumi-runbook/error");

/** Base of every error of this package. */
export class WorkflowExecutionError extends Error {
  /** Stable code, e.g. `WFX-CONFIGURATION`. */
  readonly code: ErrorCode;
  /** True if the same request may succeed later without a change. */
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(cleanText(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** True for any error of this package, also for one made by another copy of it. */
export function isWorkflowExecutionError(value: unknown): value is WorkflowExecutionError {
  return value instanceof Error && (value as unknown as Record<symbol, unknown>)[brand] === true;
}

/** A setting is missing or contradictory. The message names the setting to set. */
export class ConfigurationError extends WorkflowExecutionError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super("WFX-CONFIGURATION", message, options);
  }
}

/** An argument of a function call is wrong. The message names the argument, the problem and the remedy. */
export class InputError extends WorkflowExecutionError {
  constructor(message: string) {
    super("WFX-INPUT", message);
  }
}

/** No answer came: the connection failed or broke. */
export class TransportError extends WorkflowExecutionError {
  readonly request: RequestSummary;
  /** True if the server can have received the request: a start may have happened. */
  readonly mayHaveArrived: boolean;

  constructor(
    message: string,
    request: RequestSummary,
    options: { mayHaveArrived: boolean; retryable?: boolean; code?: ErrorCode; cause?: unknown },
  ) {
    super(options.code ?? "WFX-NO-ANSWER", message, {
      retryable: options.retryable ?? true,
      cause: options.cause,
    });
    this.request = request;
    this.mayHaveArrived = options.mayHaveArrived;
  }
}

/** No answer within the time one request may take. The server may have handled it. */
export class RequestTimeoutError extends TransportError {
  constructor(request: RequestSummary, timeoutMs: number) {
    super(
      `${request.operation}: no answer from ${request.url} within ${String(timeoutMs / 1000)} s`,
      request,
      { mayHaveArrived: true, code: "WFX-REQUEST-TIMEOUT" },
    );
  }
}

/** The caller gave up on the request. */
export class RequestInterruptedError extends TransportError {
  constructor(request: RequestSummary, options: { mayHaveArrived: boolean; cause?: unknown }) {
    super(`${request.operation}: interrupted`, request, options);
  }
}

/** The time that the work may take was over before the request had its answer, or before it was sent at all. */
export class OutOfTimeError extends TransportError {
  constructor(request: RequestSummary, options: { mayHaveArrived: boolean; cause?: unknown }) {
    const what = options.mayHaveArrived ? "no answer arrived in time" : "could not be sent in time";
    super(`${request.operation}: ${what}`, request, { ...options, code: "WFX-REQUEST-TIMEOUT" });
  }
}

/** A proxy did not let the request through. The service has not got it: nothing was started. */
export class ProxyError extends TransportError {
  /** HTTP status of the proxy's answer; undefined if none came. */
  readonly status: number | undefined;

  constructor(
    message: string,
    request: RequestSummary,
    options: { status: number | undefined; retryable: boolean; cause?: unknown },
  ) {
    super(message, request, { ...options, mayHaveArrived: false, code: "WFX-PROXY" });
    this.status = options.status;
  }
}

/** The service's account of a refused request. */
export interface ServiceErrorDetails {
  /** HTTP status of the answer; undefined if the request was not sent because the service is known to refuse it. */
  readonly status: number | undefined;
  /** The service's own code, e.g. `AOM.31001306`; absent if the answer had none. */
  readonly serviceCode?: string | undefined;
  /** The service's own text; absent if the answer had none. */
  readonly serviceMessage?: string | undefined;
  /** For the vendor's support. */
  readonly requestId?: string | undefined;
  /** The wait that the service asks for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly request: RequestSummary;
  /**
   * True if the same request may succeed later.
   * @default by the status: 408, 429 and the server's own faults
   */
  readonly retryable?: boolean | undefined;
  /** One sentence on what to do; appended to the message. */
  readonly remedy?: string | undefined;
  /**
   * True if the answer is not the service's own but a proxy's or a login page's: the answer says nothing about the
   * request.
   * @default false
   */
  readonly isForeign?: boolean | undefined;
}

const maxWordLength = 160;
const maxServiceMessageLength = 4_000;

/** The service answered with an error. */
export class ServiceError extends WorkflowExecutionError {
  /** HTTP status of the answer; undefined if the request was not sent because the service is known to refuse it. */
  readonly status: number | undefined;
  readonly serviceCode: string | undefined;
  readonly serviceMessage: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly request: RequestSummary;
  /** True if the answer is not the service's own. */
  readonly isForeign: boolean;

  constructor(details: ServiceErrorDetails, code: ErrorCode = "WFX-SERVICE") {
    super(code, describeServiceError(details), {
      retryable: details.retryable ?? isRetryableStatus(details.status),
    });
    this.status = details.status;
    this.serviceCode = details.serviceCode;
    this.serviceMessage =
      details.serviceMessage && shorten(cleanText(details.serviceMessage), maxServiceMessageLength);
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.request = details.request;
    this.isForeign = details.isForeign ?? false;
  }
}

/** The credentials were refused (401, 403, and the services' own codes for it). */
export class AuthenticationError extends ServiceError {
  constructor(details: ServiceErrorDetails) {
    super(details, "WFX-AUTHENTICATION");
  }
}

/** The workflow or the execution does not exist. */
export class NotFoundError extends ServiceError {
  constructor(details: ServiceErrorDetails) {
    super(details, "WFX-NOT-FOUND");
  }
}

/** The service refuses for now because of too many requests; it did nothing. */
export class ThrottledError extends ServiceError {
  constructor(details: ServiceErrorDetails) {
    super(details, "WFX-THROTTLED");
  }
}

/** A 2xx answer that differs from the service's documentation. The message names the difference. */
export class ResponseFormatError extends WorkflowExecutionError {
  readonly request: RequestSummary;

  constructor(message: string, request: RequestSummary) {
    super("WFX-RESPONSE-FORMAT", message);
    this.request = request;
  }
}

/** A 2xx answer that is larger than anything the service documents. The provider has read none of the answer. */
export class AnswerTooLargeError extends ResponseFormatError {
  /**
   * @param size the size that is too large, e.g. `more than 16 MiB`.
   * @param remedy a sentence with the remedy.
   */
  constructor(
    request: RequestSummary,
    readonly size: string,
    remedy?: string,
  ) {
    const problem = `${request.operation}: ${request.url} answered with ${size}, which is too much to read.`;
    super(remedy === undefined ? problem : `${problem} ${remedy}`, request);
  }
}

/** A list that could not be read to its end, or has rows that can't be read. Nothing may be decided by it. */
export class IncompleteListError extends WorkflowExecutionError {
  /**
   * @param list the list and its workflow, e.g. `the list of executions of flow f (cn-hangzhou)`.
   * @param why the problem of the list; a sentence that goes on after a colon.
   */
  constructor(list: string, why: string) {
    super("WFX-LIST-INCOMPLETE", `${list} could not be read completely: ${why}.`);
  }
}

/** A start whose outcome is unknown: the execution may be running. Nothing may be posted again blindly. */
export class StartUncertainError extends WorkflowExecutionError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super("WFX-START-UNCERTAIN", message, options);
  }
}

/** The name under which an execution was to be started has been used, and that execution has ended. */
export class RunNameTakenError extends WorkflowExecutionError {
  /** True if an earlier attempt of the same start may have used the name. */
  readonly isSentAgain: boolean;

  constructor(message: string, options: { isSentAgain: boolean; cause?: unknown }) {
    super("WFX-INPUT", message, { cause: options.cause });
    this.isSentAgain = options.isSentAgain;
  }
}

/** True for statuses after which the same request may succeed: 408, 429 and the server's own faults. */
export function isRetryableStatus(status: number | undefined): boolean {
  if (status === undefined) return false;
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

function describeServiceError(details: ServiceErrorDetails): string {
  // The services end some of their texts with a full stop and some not; the sentence goes on or ends with ours.
  const text = said(details.serviceMessage, 1_000)?.replace(/[\s.。]+$/, "");
  const words = [said(details.serviceCode, maxWordLength), text].filter(Boolean).join(": ");
  if (details.status === undefined) return `${details.request.operation} was not sent: ${words}.`;
  const head = `${details.request.operation} was refused: HTTP ${String(details.status)}${words ? `, ${words}` : ""}`;
  const requestId = said(details.requestId, maxWordLength);
  const id = requestId ? ` (request id ${requestId})` : "";
  return `${head}${id}.${details.remedy ? ` ${details.remedy}` : ""}`;
}

// A service's text can be a whole stack trace, or pose as a message of somebody else: in ours it is part of a line.
function said(text: string | undefined, length: number): string | undefined {
  return text && onOneLine(text, length);
}

/** The code of anything that was thrown; undefined if it is no error of this package. */
export function codeOf(thrown: unknown): ErrorCode | undefined {
  return isWorkflowExecutionError(thrown) ? thrown.code : undefined;
}

/** The message of anything that was thrown; never empty, and never an error itself. */
export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error && thrown.message) return thrown.message;
    if (typeof thrown === "string" && thrown) return thrown;
    return `an error without a message (${String(thrown)})`;
  } catch {
    return "an error without a message";
  }
}
