/** AWS's error codes: each has one class, and one answer to "may it be tried again?". */
import {
  AuthenticationError,
  NotFoundError,
  ServiceError,
  ThrottledError,
} from "../../provider/src/ground/errors";
import type { HttpAnswer } from "../../provider/src/http/request";
import { kindOfError, toAwsError, toIdentityError } from "../../provider/src/services/aws/serviceErrors";
import { systemClock } from "../../provider/src/ground/clock";

const request = { operation: "StartExecution", method: "POST", url: "https://states" };
const answer = (status: number, text: string, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  header: (name) => headers[name],
  text,
});
const read = toAwsError(systemClock, { notFound: "Check the ARN.", permission: "Check the permission." });
const errorOf = (code: string, status = 400, message = "said"): ServiceError =>
  read(answer(status, JSON.stringify({ __type: code, message }), { "x-amzn-requestid": "r-1" }), request);

// All codes of the operations in use, by the service model, and those common to all services.
test.each([
  ["ExecutionDoesNotExist", NotFoundError, false],
  ["StateMachineDoesNotExist", NotFoundError, false],
  ["ResourceNotFound", NotFoundError, false],
  ["ThrottlingException", ThrottledError, true],
  ["KmsThrottlingException", ThrottledError, true],
  ["ExecutionLimitExceeded", ThrottledError, true],
  ["AccessDeniedException", AuthenticationError, false],
  ["KmsAccessDeniedException", AuthenticationError, false],
  ["UnrecognizedClientException", AuthenticationError, false],
  ["ExpiredTokenException", AuthenticationError, false],
  ["InvalidSignatureException", AuthenticationError, false],
  ["MissingAuthenticationTokenException", AuthenticationError, false],
  ["ExecutionAlreadyExists", ServiceError, false],
  ["ExecutionNotRedrivable", ServiceError, false],
  ["InvalidArn", ServiceError, false],
  ["InvalidExecutionInput", ServiceError, false],
  ["InvalidName", ServiceError, false],
  ["InvalidToken", ServiceError, false],
  ["KmsInvalidStateException", ServiceError, false],
  ["StateMachineDeleting", ServiceError, false],
  ["StateMachineTypeNotSupported", ServiceError, false],
  ["ValidationException", ServiceError, false],
])("%s", (code, kind, retryable) => {
  const error = errorOf(code);
  expect(error.constructor).toBe(kind);
  expect(error).toMatchObject({ retryable, serviceCode: code, serviceMessage: "said", requestId: "r-1" });
});

test("a code may come with its namespace, or in a header with an address", () => {
  expect(errorOf("com.amazonaws.swf.service.v2.model#ExecutionDoesNotExist")).toBeInstanceOf(NotFoundError);
  const header = { "x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/coral/" };
  expect(read(answer(400, "{}", header), request)).toBeInstanceOf(ThrottledError);
});

test("what has no known code is judged by its status; a bare 404 says nothing of an execution", () => {
  expect([400, 401, 403, 404, 429, 500, 503].map((status) => kindOfError(undefined, status))).toEqual([
    "refused",
    "authentication",
    "authentication",
    "refused",
    "throttled",
    "fault",
    "fault",
  ]);
  expect(errorOf("InternalFailure", 500).retryable).toBe(true);
  expect(read(answer(404, "<html>"), request)).not.toBeInstanceOf(NotFoundError);
});

test("a clock that is wrong is told from a key that is", () => {
  const old = errorOf("InvalidSignatureException", 403, "Signature expired: 20260101T000000Z is now earlier");
  expect(old.message).toContain("clock is off by more than 5 minutes");
  expect(errorOf("InvalidSignatureException", 403, "does not match").message).toContain(
    "Check the permission.",
  );
});

test("the STS answers XML; whoever is refused there is not authenticated, and nothing is not found", () => {
  const xml = (code: string): string =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no &amp; no</Message></Error><RequestId>r-2</RequestId></ErrorResponse>`;
  const identity = toIdentityError(systemClock, "Check the role.");
  for (const code of ["AccessDenied", "ValidationError", "ResourceNotFound", "MalformedPolicyDocument"]) {
    const error = identity(answer(400, xml(code)), request);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ serviceCode: code, serviceMessage: "no & no", requestId: "r-2" });
    expect(error.message).toContain("Check the role.");
  }
  expect(identity(answer(503, xml("ServiceUnavailable")), request)).toMatchObject({ retryable: true });
  expect(identity(answer(400, xml("Throttling")), request)).toBeInstanceOf(ThrottledError);
});
