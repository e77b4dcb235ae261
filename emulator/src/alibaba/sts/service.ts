/**
 * Alibaba Cloud's STS (version 2015-04-01): finds the operation, identifies the caller, applies the rate limits, and
 * passes the request on.
 */
import { ReplyError } from "../../http/exchange";
import type { Call, Reply } from "../../http/exchange";
import type { MatchedOperation, Service } from "../../http/service";
import { retryAfterSeconds } from "../../http/tokenBuckets";
import type { Principal } from "../../accounts/principal";
import type { AlibabaState } from "../state";
import { gatewayRefusal } from "../gateway";
import { inRequestedFormat, readRpcRequest, unreadRpcRequest, versionOf } from "../rpcRequest";
import { errorReply, faultError, refuse } from "./errors";
import { assumeRole, assumeRoleWithOidc, getCallerIdentity } from "./operations";
import type { StsRequest } from "./operations";

const serviceName = "alibabaSts";
const version = "2015-04-01";
/** Published: 100 calls per second and account. */
const rateLimit = { tokens: 100, perSecond: 100 };

type SignedHandler = (request: StsRequest, caller: Principal) => Reply;

const signedOperations: Readonly<Record<string, SignedHandler>> = {
  AssumeRole: assumeRole,
  GetCallerIdentity: getCallerIdentity,
};
const unsignedOperation = "AssumeRoleWithOIDC";

/** The STS API of Alibaba Cloud. */
export function alibabaStsService(state: AlibabaState): Service {
  return {
    name: serviceName,
    title: "Alibaba Cloud STS",
    routes: [...Object.keys(signedOperations), unsignedOperation].map((action) => `POST /?Action=${action}`),
    match(call: Call): MatchedOperation | undefined {
      const request = readRpcRequest(call);
      if (!request || versionOf(request) !== version) return undefined;
      const respond = (): Reply => inRequestedFormat(request, answer({ ...request, state }));
      return { operation: request.action, respond };
    },
    faultReply(status: number, operation: string, call: Call): Reply {
      const request = readRpcRequest(call) ?? unreadRpcRequest(call, operation);
      return inRequestedFormat(request, errorReply(faultError(status), request));
    },
    expireToken(call: Call): Reply | undefined {
      const request = readRpcRequest(call);
      if (!request || !state.authenticator.expireToken(call, request.parameters)) return undefined;
      return inRequestedFormat(request, errorReply(gatewayRefusal({ kind: "tokenExpired" }), request));
    },
  };
}

function answer(request: StsRequest): Reply {
  const { action } = request;
  try {
    if (action === unsignedOperation) {
      limit(request, "");
      return assumeRoleWithOidc(request);
    }
    const handle = Object.hasOwn(signedOperations, action) ? signedOperations[action] : undefined;
    if (!handle) {
      const message = "Specified api is not found, please check your url and method.";
      return refuse({ status: 404, code: "InvalidAction.NotFound", message }, request);
    }
    return handle(request, admit(request));
  } catch (error) {
    if (error instanceof ReplyError) return error.reply;
    throw error;
  }
}

function admit(request: StsRequest): Principal {
  const { state, call, parameters } = request;
  const { identity, refusal } = state.authenticator.authenticate(call, parameters);
  if (refusal) refuse(gatewayRefusal(refusal), request);
  limit(request, identity.account.domainId);
  return identity.principal;
}

function limit(request: StsRequest, account: string): void {
  const waitMs = request.state.buckets.take(serviceName, request.action, account, rateLimit);
  if (waitMs === 0) return;
  const error = { ...faultError(429), status: 400 };
  const seconds = retryAfterSeconds(waitMs);
  throw new ReplyError(errorReply(error, request, { "x-acs-retry-after": seconds }));
}
