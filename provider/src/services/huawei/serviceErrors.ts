/**
 * Reads Huawei Cloud's error answers: service, gateway and IAM each spell them differently, and the documented
 * examples differ from their own schemas. Gives the typed errors that HttpClient throws.
 */
import type { RequestSummary, ServiceErrorDetails } from "../../ground/errors";
import { AuthenticationError, NotFoundError, ServiceError, ThrottledError } from "../../ground/errors";
import { htmlRemedy, isHtml, isJsonObject } from "../../http/answer";
import type { HttpAnswer, ToServiceError } from "../../http/request";
import type { SettingWords } from "../../execution/settingWords";
import type { Clock } from "../../ground/clock";
import { parseRetryAfterMs } from "../../ground/backoff";

/** What an error answer says, whatever its spelling. */
export interface HuaweiErrorBody {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly requestId: string | undefined;
}

/** Sentences on what to do, by kind of error; chosen by the operation. */
export interface Remedies {
  readonly notFound?: string;
  /** Where the credentials are refused and their answer does not say why. */
  readonly refused?: string;
}

/**
 * Code and message of an error body: each is taken from whichever of the known keys is there, on its own.
 * (`error_code|errorCode|code`, `error_msg|error_message|errorMsg|message`, both also inside `error`.)
 */
export function parseHuaweiError(answer: HttpAnswer): HuaweiErrorBody {
  let body: unknown;
  try {
    body = JSON.parse(answer.text);
  } catch {
    body = undefined;
  }
  const outer = isJsonObject(body) ? body : {};
  const inner = isJsonObject(outer["error"]) ? outer["error"] : {};
  const pick = (...keys: string[]): string | undefined => {
    for (const bag of [outer, inner]) {
      for (const key of keys) {
        const value = bag[key];
        if (typeof value === "string" && value !== "") return value;
        if (typeof value === "number") return String(value);
      }
    }
    return undefined;
  };
  return {
    code: pick("error_code", "errorCode", "code"),
    message: pick("error_msg", "error_message", "errorMsg", "message"),
    requestId: pick("request_id") ?? answer.header("x-request-id") ?? answer.header("x-iam-trace-id"),
  };
}

/**
 * Makes the reader of error answers for one operation.
 * @param words how settings are named in a remedy.
 */
export function toHuaweiError(clock: Clock, words: SettingWords, remedies: Remedies = {}): ToServiceError {
  return (answer, request) => classify(answer, request, { clock, words, remedies });
}

function classify(
  answer: HttpAnswer,
  request: RequestSummary,
  {
    clock,
    words,
    remedies,
  }: { readonly clock: Clock; readonly words: SettingWords; readonly remedies: Remedies },
): ServiceError {
  const { code, message, requestId } = parseHuaweiError(answer);
  const isRedirect = answer.status >= 300 && answer.status < 400;
  const isRoute = /^APIGW?\.0101$/.test(code ?? "");
  const isForeign = isHtml(answer) || isRedirect || isRoute;
  const details = (remedy?: string): ServiceErrorDetails => ({
    status: answer.status,
    serviceCode: code,
    serviceMessage: message,
    requestId,
    retryAfterMs: parseRetryAfterMs(answer.header("retry-after"), clock.now()),
    request,
    remedy: isHtml(answer) ? htmlRemedy : remedy,
    isForeign,
  });
  // The service's codes for "not there" and "not allowed" also come with other statuses than documented.
  if (answer.status === 429 || /^APIGW?\.0308$/.test(code ?? "")) return new ThrottledError(details());
  // A web page is nobody's word on credentials or executions; that it may pass depends on the status alone.
  if (isHtml(answer)) return new ServiceError(details());
  if (answer.status === 401 || answer.status === 403)
    return new AuthenticationError(details(authRemedy({ code, message }, words, remedies)));
  // The gateway knows no such address: that says nothing of an execution.
  if (isRoute) {
    return new ServiceError(
      details("The endpoint does not serve this API: check the endpoint and the region."),
    );
  }
  if (answer.status === 404 || code === "AOM.31001306") return new NotFoundError(details(remedies.notFound));
  if (isRedirect) {
    return new ServiceError(
      details("The endpoint redirects, but this API never redirects: check the endpoint."),
    );
  }
  return new ServiceError(details());
}

function authRemedy(
  { code, message }: Pick<HuaweiErrorBody, "code" | "message">,
  words: SettingWords,
  { refused }: Remedies,
): string {
  if (/^APIGW?\.0303$/.test(code ?? "")) {
    return "This machine's clock is off by more than 15 minutes: correct the clock.";
  }
  if (/token expires|decrypt token|token must be updated/i.test(message ?? "")) {
    return "The token is no longer valid: obtain a new one, or set a user or an access key, whose tokens the provider renews.";
  }
  if (/could not find project/i.test(message ?? "")) {
    const [name, id] = [words.write("huaweicloud:projectName"), words.write("huaweicloud:projectId")];
    return `Check the region, or the project's name (${name}, HW_PROJECT_NAME), or set ${id}.`;
  }
  if (refused !== undefined) return refused;
  return "Check the credentials, that they belong to this project and region, and that they may use the service.";
}
