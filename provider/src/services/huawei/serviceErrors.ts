/**
 * Reads Huawei Cloud's error answers: service, gateway and IAM each spell them differently, and the documented
 * examples differ from their own schemas. Gives the typed errors that HttpClient throws.
 */
import { AuthenticationError, NotFoundError, ServiceError, ThrottledError } from "../../ground/errors";
import { isJsonObject } from "../../http/answer";
import type { HttpAnswer, ToServiceError } from "../../http/request";
import type { SettingWords } from "../../execution/settingWords";
import type { Clock } from "../../ground/clock";
import type { ErrorBody, Verdict } from "../errorAnswers";
import { jsonObjectOf, serviceErrorOf } from "../errorAnswers";

/** Remedies by kind of error, one sentence each; chosen by the operation. */
export interface Remedies {
  readonly notFound?: string;
  /** The remedy for refused credentials, if the answer does not say why. */
  readonly refused?: string;
}

/**
 * Code and message of an error body: each is taken from whichever of the known keys is there, on its own.
 * (`error_code|errorCode|code`, `error_msg|error_message|errorMsg|message`, both also inside `error`.)
 */
export function parseHuaweiError(answer: HttpAnswer): ErrorBody {
  const outer = jsonObjectOf(answer) ?? {};
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
 * @param words the names of settings in a remedy.
 */
export function toHuaweiError(clock: Clock, words: SettingWords, remedies: Remedies = {}): ToServiceError {
  return (answer, request) => {
    const body = parseHuaweiError(answer);
    const read = { answer, request, body, retryAfter: answer.header("retry-after") };
    return serviceErrorOf(read, verdictOn(answer.status, body, words, remedies), clock);
  };
}

// The service's codes for "not there" and "not allowed" also come with other statuses than documented.
function verdictOn(status: number, body: ErrorBody, words: SettingWords, remedies: Remedies): Verdict {
  const code = body.code ?? "";
  if (status === 429 || /^APIGW?\.0308$/.test(code)) return { as: ThrottledError };
  if (status === 401 || status === 403) {
    return { as: AuthenticationError, remedy: authRemedy(body, words, remedies) };
  }
  // The gateway knows no such address: that says nothing about an execution.
  if (/^APIGW?\.0101$/.test(code)) {
    const remedy = "The endpoint does not serve this API: check the endpoint and the region.";
    return { as: ServiceError, remedy, isForeign: true };
  }
  if (status === 404 || code === "AOM.31001306") return { as: NotFoundError, remedy: remedies.notFound };
  return { as: ServiceError };
}

function authRemedy({ code, message }: ErrorBody, words: SettingWords, { refused }: Remedies): string {
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
