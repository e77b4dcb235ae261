/**
 * Reads Alibaba Cloud's error answers: CloudFlow's own codes and their twins of the shared gateway. Each documented
 * code has one class and one answer to "may it be tried again?". Gives the typed errors that HttpClient throws.
 */
import type { RequestSummary } from "../../ground/errors";
import {
  AuthenticationError,
  NotFoundError,
  ServiceError,
  ThrottledError,
  isRetryableStatus,
} from "../../ground/errors";
import type { HttpAnswer, ToServiceError } from "../../http/request";
import type { Clock } from "../../ground/clock";
import type { ErrorBody, Verdict } from "../errorAnswers";
import { firstText, identityReader, jsonObjectOf, serviceErrorOf } from "../errorAnswers";

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

/** Remedies for some kinds of errors, one sentence each. */
export type Remedies = Readonly<Partial<Record<"notFound" | "tooLarge" | "permission", string>>>;

/** Makes the reader of error answers. */
export function toAlibabaError(clock: Clock, remedies: Remedies = {}): ToServiceError {
  return (answer, request) => {
    const body = parseBody(answer);
    const retryAfter = answer.header("retry-after") ?? answer.header("x-acs-retry-after");
    const verdict = verdictOn(kindOfError(body.code, answer.status), request, remedies);
    return serviceErrorOf({ answer, request, body, retryAfter }, verdict, clock);
  };
}

/**
 * Makes the reader of error answers for requests that get credentials.
 * @param remedy a sentence with the remedy for a refused request.
 */
export function toIdentityError(clock: Clock, remedy: string): ToServiceError {
  return identityReader(toAlibabaError(clock, { notFound: remedy, permission: remedy }), remedy);
}

function verdictOn(kind: ErrorKind, request: RequestSummary, remedies: Remedies): Verdict {
  switch (kind) {
    case "throttled":
      return { as: ThrottledError, retryable: true };
    case "authentication": {
      const remedy =
        "Check the credentials, and that they may use the flow in this region (RAM actions fnf:…).";
      return { as: AuthenticationError, retryable: false, remedy: remedies.permission ?? remedy };
    }
    case "clock": {
      const remedy = "This machine's clock is off by more than 15 minutes: correct the clock.";
      return { as: AuthenticationError, retryable: false, remedy };
    }
    case "notFound":
      return { as: NotFoundError, retryable: false, remedy: remedies.notFound };
    case "conflict":
    case "fault":
      return { as: ServiceError, retryable: true };
    case "precondition":
      // The data that was read has changed meanwhile: reading again helps, changing again does not.
      return { as: ServiceError, retryable: request.method === "GET" };
    case "tooLarge":
      return { as: ServiceError, retryable: false, remedy: remedies.tooLarge };
    case "refused":
      return { as: ServiceError, retryable: false };
  }
}

function parseBody(answer: HttpAnswer): ErrorBody {
  const body = jsonObjectOf(answer) ?? {};
  return {
    code: firstText(body, "Code", "code"),
    message: firstText(body, "Message", "message", "Description"),
    requestId: firstText(body, "RequestId", "requestId") ?? answer.header("x-acs-request-id"),
  };
}
