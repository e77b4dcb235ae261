/**
 * Authorises requests to Alibaba Cloud's RPC style APIs by one of the two signatures: ACS3-HMAC-SHA256 (default), or
 * the older RPC HMAC-SHA1, which the vendor's own CloudFlow clients still use.
 */
import { ConfigurationError } from "../../ground/errors";
import type { SendOptions } from "../../http/httpClient";
import type { Authorization, HttpAnswer, HttpRequest, SignableRequest } from "../../http/request";
import { formatAcsDate, sha256Hex, signAcs3, signRpc } from "./signer";
import type { BackendContext } from "../../execution/service";
import { nameSetting } from "../../execution/settingWords";
import type { Settings } from "../../execution/settings";
import { fromConfig } from "../../execution/settings";
import { sendByKey } from "../accessKeys";
import type { CredentialSource, AlibabaCredential } from "./credential";

/** The signatures by the names that the configuration `alicloud:signature` takes. */
export type SignatureAlgorithm = "ACS3-HMAC-SHA256" | "HMAC-SHA1";

/**
 * The signature to use.
 * @throws ConfigurationError when the configuration names another one.
 */
export function findSignatureAlgorithm(settings: Settings): SignatureAlgorithm {
  const found = fromConfig(settings, "alicloud:signature")?.value ?? "ACS3-HMAC-SHA256";
  if (found === "ACS3-HMAC-SHA256" || found === "HMAC-SHA1") return found;
  throw new ConfigurationError(
    `${nameSetting(settings.words, "alicloud:signature")} must be "ACS3-HMAC-SHA256" (default) or "HMAC-SHA1", not "${found}".`,
  );
}

/** The signing and sending of a request. */
export interface SignedSending {
  readonly algorithm: SignatureAlgorithm;
  readonly source: Pick<CredentialSource, "get" | "forget">;
  readonly context: Pick<BackendContext, "http" | "clock" | "uuid">;
}

// The services' code for a temporary key that has ended.
const expiredKeyCodes: ReadonlySet<string> = new Set(["InvalidSecurityToken.Expired"]);

/** Signs a request and sends it; errors as HttpClient.send. Expired keys are replaced once. */
export function sendSigned(
  request: HttpRequest,
  options: Omit<SendOptions, "authorize">,
  { algorithm, source, context }: SignedSending,
): Promise<HttpAnswer> {
  const { http, clock, uuid } = context;
  const authorize = algorithm === "HMAC-SHA1" ? authorizeRpc : authorizeAcs3;
  // The nonce is new for every attempt: the service refuses one that it has seen.
  const sign = (signable: SignableRequest, key: AlibabaCredential): Authorization =>
    authorize(signable, key, clock.now(), uuid());
  return sendByKey(request, options, { source, http, sign, expiredKeyCodes });
}

function authorizeAcs3(
  request: SignableRequest,
  credential: AlibabaCredential,
  nowMs: number,
  nonce: string,
): Authorization {
  const added: Record<string, string> = {
    "x-acs-date": formatAcsDate(nowMs),
    "x-acs-signature-nonce": nonce,
    "x-acs-content-sha256": sha256Hex(request.body),
  };
  if (credential.securityToken !== undefined) {
    added["x-acs-accesskey-id"] = credential.accessKeyId;
    added["x-acs-security-token"] = credential.securityToken;
  }
  const authorization = signAcs3({ ...request, headers: { ...request.headers, ...added } }, credential);
  return { headers: { ...added, authorization } };
}

// Everything common travels in the query, the operation's own parameters where they are; all of it is signed.
function authorizeRpc(
  request: SignableRequest,
  credential: AlibabaCredential,
  nowMs: number,
  nonce: string,
): Authorization {
  const common: (readonly [string, string])[] = [
    ["Action", request.headers["x-acs-action"] ?? ""],
    ["Version", request.headers["x-acs-version"] ?? ""],
    ["Format", "json"],
    ["Timestamp", formatAcsDate(nowMs)],
    ["SignatureNonce", nonce],
    ["SignatureMethod", "HMAC-SHA1"],
    ["SignatureVersion", "1.0"],
    ["AccessKeyId", credential.accessKeyId],
  ];
  if (credential.securityToken !== undefined) common.push(["SecurityToken", credential.securityToken]);
  const all = [...common, ...request.query, ...new URLSearchParams(request.body)];
  return { query: [...common, ["Signature", signRpc(request.method, all, credential.accessKeySecret)]] };
}
