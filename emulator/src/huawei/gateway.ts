/** The answers of Huawei's API gateway, which stands in front of every service and has an error form of its own. */
import { jsonReply, ReplyError } from "../http/exchange";
import type { Call, Reply } from "../http/exchange";
import type { AccountDirectory } from "../accounts/directory";
import type { Gateway } from "../http/server";
import { retryAfterSeconds } from "../http/tokenBuckets";
import { tokenExpired } from "./authentication";
import type { Identity } from "./authentication";
import type { HuaweiState } from "./state";

/** A gateway error. No `http_code`, unlike the services' own. */
export function gatewayReply(
  status: number,
  code: string,
  message: string,
  call: Pick<Call, "requestId">,
  headers: Record<string, string> = {},
): Reply {
  const body = { error_msg: message, error_code: code, request_id: call.requestId };
  return jsonReply(status, body, headers);
}

/** 401 with the gateway's prefix; the tail says why. */
export function unauthorizedReply(tail: string, call: Call, code = "APIGW.0301"): Reply {
  return gatewayReply(401, code, `Incorrect IAM authentication information: ${tail}`, call);
}

/**
 * The caller, once the gateway has admitted the request.
 * @throws {ReplyError} 401 when the gateway refuses the request
 */
export function passGateway({ authenticator }: HuaweiState, call: Call): Identity {
  const { identity, refusal } = authenticator.authenticate(call);
  if (refusal) throw new ReplyError(unauthorizedReply(refusal.reason, call, refusal.code));
  return identity;
}

/** 429; `waitMs` until the next request may come. */
export function throttledReply(waitMs: number, call: Call): Reply {
  const message = "The throttling threshold has been reached: policy api over ratelimit";
  return gatewayReply(429, "APIGW.0308", message, call, {
    "retry-after": retryAfterSeconds(waitMs),
  });
}

/** The gateway's own answer with a status that a fault asks for; `undefined` when the service would answer. */
export function gatewayFaultReply(status: number, call: Call): Reply | undefined {
  switch (status) {
    case 401:
      return unauthorizedReply("verify aksk signature fail", call);
    case 413:
      return gatewayReply(413, "APIGW.0201", "Request entity too large", call);
    case 429:
      return gatewayReply(429, "APIGW.0308", "The throttling threshold has been reached", call);
    case 502:
    case 503:
      return gatewayReply(status, "APIGW.0202", "Backend unavailable", call);
    case 504:
      return gatewayReply(504, "APIGW.0201", "Backend timeout", call);
    default:
      return undefined;
  }
}

/** The gateway's answers to requests that no service is known for. */
export const huaweiGateway: Gateway = {
  missingRoute: (call, detail) => {
    const message = `The API does not exist or has not been published in the environment: ${detail}`;
    return gatewayReply(404, "APIGW.0101", message, call);
  },
  tooLarge: (call, largestBytes) => {
    const message = `Request entity too large: more than ${String(largestBytes)} bytes`;
    return gatewayReply(413, "APIGW.0201", message, call);
  },
};

/** Makes the token or temporary key of a request worthless: when it expired, `undefined` when there is neither. */
export function expireCredential(
  accounts: AccountDirectory,
  { headers }: Pick<Call, "headers">,
): number | undefined {
  const token = headers["x-auth-token"];
  if (token !== undefined) return accounts.expireToken(token)?.expiresAt;
  const securityToken = headers["x-security-token"];
  return securityToken === undefined ? undefined : accounts.expireKey(securityToken);
}

/** {@link expireCredential}, and the gateway's answer to a request with the credential. */
export function refuseExpired(accounts: AccountDirectory, call: Call): Reply | undefined {
  const expiredAt = expireCredential(accounts, call);
  return expiredAt === undefined ? undefined : unauthorizedReply(tokenExpired(expiredAt), call);
}
