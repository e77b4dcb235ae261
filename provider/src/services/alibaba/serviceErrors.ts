/**
 * Reads Alibaba Cloud's error answers: CloudFlow's own codes and their twins of the shared gateway. Each documented
 * code has one class and one answer to "may it be tried again?". Gives the typed errors that HttpClient throws.
 */
import type { RequestSummary, ServiceErrorDetails } from "../../ground/errors";
import {
  AuthenticationError,
  NotFoundError,
  ServiceError,
  ThrottledError,
  isRetryableStatus,
} from "../../ground/errors";
import { htmlRemedy, isHtml, isJsonObject } from "../../http/answer";
import type { HttpAnswer, ToServiceError } from "../../http/request";
import type { Clock } from "../../ground/clock";
import { parseRetryAfterMs } from "../../ground/backoff";

/** Kinds of errors; each is a class or, for `refused` and `conflict`, a plain ServiceError. */
export type ErrorKind =
  | "authentication"
  | "clock"
  | "notFound"
  | "throttled"
  | "conflict"
  | "precondition"
  | "tooLarge"
  | "refused"
  | "fault";

const kinds: Readonly<Record<string, ErrorKind>> = {
  // The service's own.
  ActionNotSupported: "refused",
  APIVersionNotSupported: "refused",
  EntityTooLarge: "tooLarge",
  InvalidArgument: "refused",
  MissingRequiredHeader: "refused",
  MissingRequiredParams: "refused",
  AccessDenied: "authentication",
  InvalidAccessKeyID: "authentication",
  SignatureNotMatch: "authentication",
  RequestTimeTooSkewed: "clock",
  FlowNotExists: "notFound",
  ExecutionNotExists: "notFound",
  ScheduleNotExists: "notFound",
  ExecutionAlreadyExists: "refused",
  ExecutionAlreadyCompleted: "refused",
  TaskAlreadyCompleted: "refused",
  FlowAlreadyExists: "refused",
  ConcurrentUpdateError: "conflict",
  TaskInvalidState: "conflict",
  PreconditionFailed: "precondition",
  UnsupportedMediaType: "refused",
  ResourceThrottled: "throttled",
  InternalServerError: "fault",
  // The shared gateway's.
  "InvalidAccessKeyId.NotFound": "authentication",
  "InvalidAccessKeyId.Inactive": "authentication",
  SignatureDoesNotMatch: "authentication",
  IncompleteSignature: "authentication",
  MissingSecurityToken: "authentication",
  "InvalidSecurityToken.Expired": "authentication",
  "InvalidSecurityToken.Malformed": "authentication",
  "InvalidSecurityToken.MismatchWithAccessKey": "authentication",
  Forbidden: "authentication",
  "Forbidden.RAM": "authentication",
  "InvalidTimeStamp.Expired": "clock",
  "InvalidTimeStamp.Format": "refused",
  // A nonce is new for each attempt, so trying again helps; it was refused before it was handled.
  SignatureNonceUsed: "conflict",
  Throttling: "throttled",
  "Throttling.User": "throttled",
  "Throttling.Api": "throttled",
  "InvalidAction.NotFound": "refused",
  InvalidVersion: "refused",
  MissingParameter: "refused",
  InvalidParameter: "refused",
  InternalError: "fault",
  ServiceUnavailable: "fault",
};

/** The kind of an error; codes that are not known are judged by the status. */
export function kindOfError(code: string | undefined, status: number): ErrorKind {
  // Only its own keys: a code like "constructor" is not known.
  const known = code !== undefined && Object.hasOwn(kinds, code) ? kinds[code] : undefined;
  if (known !== undefined) return known;
  if (status === 429 || code?.startsWith("Throttling")) return "throttled";
  if (status === 401 || status === 403) return "authentication";
  if (status === 404) return "notFound";
  return isRetryableStatus(status) ? "fault" : "refused";
}

/** Sentences on what to do about some kinds of errors. */
export type Remedies = Readonly<Partial<Record<"notFound" | "tooLarge", string>>>;

/** Makes the reader of error answers. */
export function toAlibabaError(clock: Clock, remedies: Remedies = {}): ToServiceError {
  return (answer, request) => classify(answer, request, clock, remedies);
}

/**
 * Makes the reader of error answers for requests that get credentials. "Not found" is a refusal there: it says nothing of an
 * execution, and nobody may take it for that.
 * @param remedy a sentence on what to do where the request is refused.
 */
export function toIdentityError(clock: Clock, remedy: string): ToServiceError {
  return (answer, request) => {
    const { code, message, requestId } = parseBody(answer);
    const kind = kindOfError(code, answer.status);
    const isFault = kind === "fault" || kind === "conflict";
    if (kind === "throttled" || kind === "clock" || isHtml(answer)) {
      return classify(answer, request, clock, {});
    }
    const details: ServiceErrorDetails = {
      status: answer.status,
      serviceCode: code,
      serviceMessage: message,
      requestId,
      request,
      retryable: isFault,
      remedy: isFault ? undefined : remedy,
    };
    return isFault ? new ServiceError(details) : new AuthenticationError(details);
  };
}

function classify(
  answer: HttpAnswer,
  request: RequestSummary,
  clock: Clock,
  remedies: Remedies,
): ServiceError {
  const { code, message, requestId } = parseBody(answer);
  const kind = kindOfError(code, answer.status);
  const isRedirect = answer.status >= 300 && answer.status < 400;
  const details = (remedy: string | undefined, retryable: boolean): ServiceErrorDetails => ({
    status: answer.status,
    serviceCode: code,
    serviceMessage: message,
    requestId,
    retryAfterMs: parseRetryAfterMs(
      answer.header("retry-after") ?? answer.header("x-acs-retry-after"),
      clock.now(),
    ),
    request,
    retryable,
    remedy: isHtml(answer) ? htmlRemedy : remedy,
    isForeign: isHtml(answer) || isRedirect,
  });
  // A web page is nobody's word on credentials or executions; that it may pass depends on the status alone.
  if (isHtml(answer) && kind !== "throttled") {
    return new ServiceError(details(undefined, isRetryableStatus(answer.status)));
  }
  if (isRedirect) {
    return new ServiceError(
      details("The endpoint redirects, but this API never redirects: check the endpoint.", false),
    );
  }
  switch (kind) {
    case "throttled":
      return new ThrottledError(details(undefined, true));
    case "authentication":
      return new AuthenticationError(
        details(
          "Check the credentials, and that they may use the flow in this region (RAM actions fnf:…).",
          false,
        ),
      );
    case "clock":
      return new AuthenticationError(
        details("This machine's clock is off by more than 15 minutes: correct the clock.", false),
      );
    case "notFound":
      return new NotFoundError(details(remedies.notFound, false));
    case "conflict":
      return new ServiceError(details(undefined, true));
    case "precondition":
      // What was read has changed meanwhile: reading again helps, changing again does not.
      return new ServiceError(details(undefined, request.method === "GET"));
    case "fault":
      return new ServiceError(details(undefined, true));
    case "tooLarge":
      return new ServiceError(details(remedies.tooLarge, false));
    case "refused":
      return new ServiceError(details(undefined, false));
  }
}

function parseBody(answer: HttpAnswer): Record<"code" | "message" | "requestId", string | undefined> {
  let body: unknown;
  try {
    body = JSON.parse(answer.text);
  } catch {
    body = undefined;
  }
  const bag = isJsonObject(body) ? body : {};
  const pick = (...names: string[]): string | undefined =>
    names
      .map((name) => bag[name])
      .find((value): value is string => typeof value === "string" && value !== "");
  return {
    code: pick("Code", "code"),
    message: pick("Message", "message", "Description"),
    requestId: pick("RequestId", "requestId") ?? answer.header("x-acs-request-id"),
  };
}
