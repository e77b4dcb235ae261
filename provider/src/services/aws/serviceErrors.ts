/**
 * Reads AWS's error answers: the codes of Step Functions and those common to all services. Each code has one class and one answer
 * to "may it be tried again?". Gives the typed errors that HttpClient throws.
 */
import type { RequestSummary, ServiceErrorDetails } from "../../ground/errors";
import {
  AuthenticationError,
  NotFoundError,
  ServiceError,
  ThrottledError,
  isRetryableStatus,
} from "../../ground/errors";
import { parseRetryAfterMs } from "../../ground/backoff";
import type { Clock } from "../../ground/clock";
import { htmlRemedy, isHtml, isJsonObject } from "../../http/answer";
import type { HttpAnswer, ToServiceError } from "../../http/request";
import { elementOf } from "./sts";

/** Kinds of errors; each is a class or, for `refused` and `fault`, a plain ServiceError. */
export type ErrorKind = "authentication" | "clock" | "notFound" | "throttled" | "refused" | "fault";

const codes: Readonly<Record<ErrorKind, readonly string[]>> = {
  notFound: ["ExecutionDoesNotExist", "StateMachineDoesNotExist", "ResourceNotFound"],
  refused: [
    "ConflictException",
    "ExecutionAlreadyExists",
    "ExecutionNotRedrivable",
    "InvalidAction",
    "InvalidArn",
    "InvalidExecutionInput",
    "InvalidName",
    "InvalidToken",
    "KmsInvalidStateException",
    "MalformedPolicyDocument",
    "PackedPolicyTooLarge",
    "RegionDisabledException",
    "SerializationException",
    "StateMachineDeleting",
    "StateMachineTypeNotSupported",
    "UnknownOperationException",
    "ValidationError",
    "ValidationException",
  ],
  throttled: [
    // As many executions run as the account may have. Others end.
    "ExecutionLimitExceeded",
    "KmsThrottlingException",
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
  ],
  authentication: [
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "IDPCommunicationError",
    "IDPRejectedClaim",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidClientTokenId",
    "InvalidIdentityToken",
    "InvalidSignatureException",
    "KmsAccessDeniedException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "NotAuthorized",
    "OptInRequired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
  ],
  clock: ["RequestExpired", "RequestTimeTooSkewed"],
  fault: [
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "ServiceUnavailable",
    "ServiceUnavailableException",
  ],
};

const kinds: ReadonlyMap<string, ErrorKind> = new Map(
  (Object.entries(codes) as [ErrorKind, readonly string[]][]).flatMap(([kind, names]) =>
    names.map((name) => [name, kind] as const),
  ),
);

/** The codes by which services refuse keys that have ended. */
export const expiredKeyCodes: ReadonlySet<string> = new Set(["ExpiredToken", "ExpiredTokenException"]);

/** The kind of an error; codes that are not known are judged by the status. */
export function kindOfError(code: string | undefined, status: number): ErrorKind {
  const known = code === undefined ? undefined : kinds.get(code);
  if (known !== undefined) return known;
  if (status === 429) return "throttled";
  if (status === 401 || status === 403) return "authentication";
  // A missing execution is a 400 with a code of its own. A 404 is nobody's word on one.
  return isRetryableStatus(status) ? "fault" : "refused";
}

/** Sentences on what to do about some kinds of errors. */
export interface Remedies {
  readonly notFound: string;
  readonly permission: string;
}

/** Makes the reader of error answers. */
export function toAwsError(clock: Clock, remedies: Remedies): ToServiceError {
  return (answer, request) => classify(answer, request, clock, remedies);
}

/**
 * Makes the reader of error answers for requests that get credentials. "Not found" is a refusal there: it says nothing of an
 * execution, and nobody may take it for that.
 * @param remedy a sentence on what to do where the request is refused.
 */
export function toIdentityError(clock: Clock, remedy: string): ToServiceError {
  return (answer, request) => {
    const error = classify(answer, request, clock, { notFound: remedy, permission: remedy });
    if (error instanceof ThrottledError || error instanceof AuthenticationError || error.retryable)
      return error;
    const { status, serviceCode, serviceMessage, requestId, isForeign } = error;
    const details = {
      status,
      serviceCode,
      serviceMessage,
      requestId,
      isForeign,
      request,
      remedy,
      retryable: false,
    };
    return isForeign ? error : new AuthenticationError(details);
  };
}

const clockRemedy = "This machine's clock is off by more than 5 minutes: set it right.";

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
    retryAfterMs: parseRetryAfterMs(answer.header("retry-after"), clock.now()),
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
      details("The endpoint redirects, which this API never does: check the endpoint.", false),
    );
  }
  switch (kind) {
    case "throttled":
      return new ThrottledError(details(undefined, true));
    case "clock":
      return new AuthenticationError(details(clockRemedy, false));
    case "authentication":
      return new AuthenticationError(details(isSkewed(message) ? clockRemedy : remedies.permission, false));
    case "notFound":
      return new NotFoundError(details(remedies.notFound, false));
    case "fault":
      return new ServiceError(details(undefined, true));
    case "refused":
      return new ServiceError(details(undefined, false));
  }
}

// The service has one code for a wrong signature and for an old one: "Signature expired: …", "Signature not yet current: …".
function isSkewed(message: string | undefined): boolean {
  return /^Signature (expired|not yet current)/.test(message ?? "");
}

function parseBody(answer: HttpAnswer): Record<"code" | "message" | "requestId", string | undefined> {
  const requestId = answer.header("x-amzn-requestid") ?? elementOf(answer.text, "RequestId");
  let body: unknown;
  try {
    body = JSON.parse(answer.text);
  } catch {
    body = undefined;
  }
  if (!isJsonObject(body)) {
    return { code: elementOf(answer.text, "Code"), message: elementOf(answer.text, "Message"), requestId };
  }
  const pick = (...names: string[]): string | undefined =>
    names
      .map((name) => body[name])
      .find((value): value is string => typeof value === "string" && value !== "");
  // `com.amazonaws.swf.service.v2.model#ExecutionDoesNotExist`; in the header an address may follow after a colon.
  const type = pick("__type", "code") ?? answer.header("x-amzn-errortype");
  const code = type?.split("#").at(-1)?.split(":")[0];
  return { code: code === "" ? undefined : code, message: pick("message", "Message"), requestId };
}
