/** Temporary keys of Huawei IAM v3, `POST /v3.0/OS-CREDENTIAL/securitytokens`: through an agency, or for a token. */
import { jsonReply } from "../../http/exchange";
import type { Call, Reply } from "../../http/exchange";
import type { PrincipalRef } from "../../accounts/principal";
import { Fields } from "../../ground/jsonShape";
import { assumeAgency, identifyDelegate, readAgency } from "./agencies";
import { fail, iamTime, identify, identifyByToken, readBody } from "./operation";
import type { IamOperation, IamRequest } from "./operation";
import { methodOf } from "./tokens";

const durations = { min: 900, max: 86_400, integer: true } as const;
const defaultSeconds = 900;
const chainedSeconds = 3600;

const byAgency: IamOperation = { operation: "CreateTemporaryAccessKeyByAgency", handle: createByAgency };
const byToken: IamOperation = { operation: "CreateTemporaryAccessKeyByToken", handle: createByToken };

/** The one of the two operations that a body asks for. */
export function securityTokenOperation(call: Call): IamOperation {
  return methodOf(call) === "assume_role" ? byAgency : byToken;
}

function createByAgency(request: IamRequest): Reply {
  const { wanted, seconds, sessionUser } = readBody(request, (body) => {
    const fields = new Fields(identityOf(body).raw("assume_role"), "auth.identity.assume_role");
    return {
      wanted: readAgency(fields),
      seconds: fields.number("duration_seconds", durations) ?? defaultSeconds,
      sessionUser: readSessionUser(fields),
    };
  });
  const delegate = identifyDelegate(request);
  const chainLimited = request.state.quirks.active()["chainedKeysOneHour"] === true;
  if (chainLimited && delegate.temporaryKey && seconds > chainedSeconds) {
    fail(400, "The request body is invalid. duration_seconds: must be at most 3600 with a temporary key");
  }
  const { holder } = assumeAgency(request, delegate, wanted, sessionUser);
  return issue(request, holder, seconds);
}

function readSessionUser(fields: Fields): string | undefined {
  if (!fields.has("session_user")) return undefined;
  const user = new Fields(fields.raw("session_user"), fields.at("session_user"));
  return user.requiredText("name", {
    pattern: /^[A-Za-z][\w-]{4,63}$/,
    patternText: "must begin with a letter and have 5 to 64 letters, digits, - and _",
  });
}

// The token in the header takes precedence over the one in the body, which is on its way out.
function createByToken(request: IamRequest): Reply {
  const { id, seconds } = readBody(request, (body) => {
    const identity = identityOf(body);
    identity.required(
      "methods",
      identity.list("methods", (item) => item)?.includes("token") ? true : undefined,
    );
    const token = identity.has("token")
      ? new Fields(identity.raw("token"), "auth.identity.token")
      : undefined;
    return {
      id: token?.text("id", { min: 1 }),
      seconds: token?.number("duration_seconds", durations) ?? defaultSeconds,
    };
  });
  const inHeader = request.call.headers["x-auth-token"] !== undefined;
  if (!inHeader && id === undefined)
    fail(400, "The request body is invalid. auth.identity.token.id: is required");
  const { principal } = inHeader ? identify(request) : identifyByToken(request, id ?? "");
  return issue(request, principal.ref, seconds);
}

function identityOf(body: Fields): Fields {
  const auth = new Fields(body.raw("auth"), "auth");
  return new Fields(auth.raw("identity"), "auth.identity");
}

function issue({ state }: IamRequest, holder: PrincipalRef, seconds: number): Reply {
  const key = state.accounts.issueKey(holder, "huaweiIam", seconds);
  return jsonReply(201, {
    credential: {
      access: key.accessKey,
      secret: key.secretKey,
      securitytoken: key.securityToken,
      expires_at: iamTime(key.expiresAt),
    },
  });
}
