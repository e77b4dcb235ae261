/**
 * From an error answer to the typed error that HttpClient throws: the vendor gives the meaning of its codes. Answers
 * that are not the service's own are treated alike for all vendors.
 */
import type { RequestSummary, ServiceErrorDetails } from "../ground/errors";
import { AuthenticationError, ServiceError, ThrottledError, isRetryableStatus } from "../ground/errors";
import { parseRetryAfterMs } from "../ground/backoff";
import type { Clock } from "../ground/clock";
import { htmlRemedy, isHtml, isJsonObject } from "../http/answer";
import type { HttpAnswer, ToServiceError } from "../http/request";

/** The body of an error answer, whatever its spelling. */
export interface ErrorBody {
  /** The service's own code; undefined if the body has none. */
  readonly code: string | undefined;
  /** The service's own text; undefined if the body has none. */
  readonly message: string | undefined;
  /** For the vendor's support; undefined if the answer has none. */
  readonly requestId: string | undefined;
}

/** A vendor's judgement of an error. */
export interface Verdict {
  /** The class of the error. */
  readonly as: new (details: ServiceErrorDetails) => ServiceError;
  /**
   * True if the same request may succeed later.
   * @default by the status
   */
  readonly retryable?: boolean | undefined;
  /** The remedy, one sentence. */
  readonly remedy?: string | undefined;
  /**
   * True if the answer says nothing about the request, e.g. the answer of a gateway which does not know the address.
   * @default false
   */
  readonly isForeign?: boolean | undefined;
}

/** An error answer, read. */
export interface ReadAnswer {
  readonly answer: HttpAnswer;
  readonly request: RequestSummary;
  readonly body: ErrorBody;
  /** The value of the header that says when to send again. */
  readonly retryAfter: string | undefined;
}

/** Makes the error. A web page or a redirect is never the service's own answer, whatever the verdict. */
export function serviceErrorOf(
  { answer, request, body, retryAfter }: ReadAnswer,
  verdict: Verdict,
  clock: Clock,
): ServiceError {
  const isPage = isHtml(answer);
  const isRedirect = answer.status >= 300 && answer.status < 400;
  const details = (remedy: string | undefined, retryable: boolean | undefined): ServiceErrorDetails => ({
    status: answer.status,
    serviceCode: body.code,
    serviceMessage: body.message,
    requestId: body.requestId,
    retryAfterMs: parseRetryAfterMs(retryAfter, clock.now()),
    request,
    retryable,
    remedy: isPage ? htmlRemedy : remedy,
    isForeign: isPage || isRedirect || verdict.isForeign === true,
  });
  // A web page says nothing about credentials or executions. Only its status tells whether the next answer may differ.
  if (isPage && verdict.as !== ThrottledError) {
    return new ServiceError(details(undefined, isRetryableStatus(answer.status)));
  }
  if (isRedirect) {
    return new ServiceError(
      details("The endpoint redirects, but this API never redirects: check the endpoint.", false),
    );
  }
  return new verdict.as(details(verdict.remedy, verdict.retryable));
}

/**
 * Makes the reader for requests that get credentials. There, "not found" is a refusal: it says nothing about an
 * execution, and no caller may take the error for that.
 * @param read the vendor's reader.
 * @param remedy a sentence with the remedy for a refused request.
 */
export function identityReader(read: ToServiceError, remedy: string): ToServiceError {
  return (answer, request) => asRefusal(read(answer, request), remedy);
}

function asRefusal(error: ServiceError, remedy: string): ServiceError {
  const isKept = error instanceof ThrottledError || error instanceof AuthenticationError;
  if (isKept || error.retryable || error.isForeign) return error;
  const { status, serviceCode, serviceMessage, requestId, request } = error;
  const details = { status, serviceCode, serviceMessage, requestId, request };
  return new AuthenticationError({ ...details, remedy, retryable: false });
}

/** The body as a JSON object; undefined if it is something else. */
export function jsonObjectOf(answer: HttpAnswer): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(answer.text);
    return isJsonObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** The first of several members that holds text. */
export function firstText(
  object: Readonly<Record<string, unknown>>,
  ...names: readonly string[]
): string | undefined {
  return names
    .map((name) => object[name])
    .find((value): value is string => typeof value === "string" && value !== "");
}
