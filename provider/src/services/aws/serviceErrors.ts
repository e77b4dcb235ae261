/**
 * Reads AWS's error answers: the codes of Step Functions and those common to all services. Each code has one class and one answer
 * to "may it be tried again?". Gives the typed errors that HttpClient throws.
 */
import {
  AuthenticationError,
  NotFoundError,
  ServiceError,
  ThrottledError,
  isRetryableStatus,
} from "../../ground/errors";
import type { Clock } from "../../ground/clock";
import type { HttpAnswer, ToServiceError } from "../../http/request";
import type { ErrorBody, Verdict } from "../errorAnswers";
import { firstText, identityReader, jsonObjectOf, serviceErrorOf } from "../errorAnswers";
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

/** Remedies for some kinds of errors, one sentence each. */
export interface Remedies {
  readonly notFound: string;
  readonly permission: string;
}

/** Makes the reader of error answers. */
export function toAwsError(clock: Clock, remedies: Remedies): ToServiceError {
  return (answer, request) => {
    const body = parseBody(answer);
    const kind = kindOfError(body.code, answer.status);
    const verdict = verdictOn(kind === "authentication" && isSkewed(body) ? "clock" : kind, remedies);
    const read = { answer, request, body, retryAfter: answer.header("retry-after") };
    return serviceErrorOf(read, verdict, clock);
  };
}

/**
 * Makes the reader of error answers for requests that get credentials.
 * @param remedy a sentence with the remedy for a refused request.
 */
export function toIdentityError(clock: Clock, remedy: string): ToServiceError {
  return identityReader(toAwsError(clock, { notFound: remedy, permission: remedy }), remedy);
}

function verdictOn(kind: ErrorKind, remedies: Remedies): Verdict {
  switch (kind) {
    case "throttled":
      return { as: ThrottledError, retryable: true };
    case "clock": {
      const remedy = "This machine's clock is off by more than 5 minutes: correct the clock.";
      return { as: AuthenticationError, retryable: false, remedy };
    }
    case "authentication":
      return { as: AuthenticationError, retryable: false, remedy: remedies.permission };
    case "notFound":
      return { as: NotFoundError, retryable: false, remedy: remedies.notFound };
    case "fault":
      return { as: ServiceError, retryable: true };
    case "refused":
      return { as: ServiceError, retryable: false };
  }
}

// The service has one code for a wrong signature and for an old one: "Signature expired: …", "Signature not yet current: …".
function isSkewed({ message }: ErrorBody): boolean {
  return /^Signature (expired|not yet current)/.test(message ?? "");
}

function parseBody(answer: HttpAnswer): ErrorBody {
  const requestId = answer.header("x-amzn-requestid") ?? elementOf(answer.text, "RequestId");
  const body = jsonObjectOf(answer);
  if (!body) {
    return { code: elementOf(answer.text, "Code"), message: elementOf(answer.text, "Message"), requestId };
  }
  // `com.amazonaws.swf.service.v2.model#ExecutionDoesNotExist`; in the header an address may follow after a colon.
  const type = firstText(body, "__type", "code") ?? answer.header("x-amzn-errortype");
  const code = type?.split("#").at(-1)?.split(":")[0];
  return { code: code === "" ? undefined : code, message: firstText(body, "message", "Message"), requestId };
}
