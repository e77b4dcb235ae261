/** The refusals of Alibaba Cloud's shared gateway. Services without words of their own use these. */
import type { Refusal } from "./authentication";

/** An error, ready to be answered. */
export interface GatewayError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The gateway's words for a refusal. */
export function gatewayRefusal(refusal: Refusal): GatewayError {
  switch (refusal.kind) {
    case "missingParameter":
      return error(400, `Missing${refusal.name}`, `${refusal.name} is mandatory for this action.`);
    case "missingHeader":
      return error(400, "MissingParameter", `The HTTP header '${refusal.name}' must be specified.`);
    case "wrongParameter":
      return error(400, "InvalidParameter", `Specified parameter ${refusal.name} is not valid.`);
    case "unknownKey":
      return error(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
    case "badSignature":
      return error(
        400,
        "SignatureDoesNotMatch",
        "Specified signature is not matched with our calculation. server string to sign is: [hidden]",
      );
    case "incompleteSignature":
      return error(400, "IncompleteSignature", "The request signature does not conform to Aliyun standards.");
    case "badTimestamp":
      return error(
        400,
        "InvalidTimeStamp.Format",
        'Specified time stamp or date value is not well formatted, it should be "YYYY-MM-DDTHH:MM:SSZ".',
      );
    case "skewed":
      return error(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
    case "nonceUsed":
      return error(400, "SignatureNonceUsed", "Specified signature nonce was used already.");
    case "tokenMissing":
      return error(400, "MissingSecurityToken", "SecurityToken is mandatory for this action.");
    case "tokenExpired":
      return error(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.");
    case "tokenMalformed":
      return error(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.");
    case "tokenMismatch":
      return error(
        400,
        "InvalidSecurityToken.MismatchWithAccessKey",
        "Specified SecurityToken mismatch with the AccessKey.",
      );
  }
}

function error(status: number, code: string, message: string): GatewayError {
  return { status, code, message };
}
