/**
 * Temporary access keys of Huawei Cloud on the wire: by IAM v3, by the security token service, and by the services of
 * the machine itself. Request builders and answer readers, pure. No message quotes an answer: it has keys in it.
 */
import type { RequestSummary } from "../../ground/errors";
import { ResponseFormatError } from "../../ground/errors";
import { htmlRemedy, isHtml, isJsonObject } from "../../http/answer";
import type { HttpAnswer, HttpRequest } from "../../http/request";
import { servedAtMs } from "../../http/servedAt";
import type { ObtainedCredentials } from "../temporaryCredentials";
import type { HuaweiKeys, OidcCredential } from "./credentials";
import type { Role } from "./roles";

const jsonHeaders = { "content-type": "application/json;charset=utf8" };

/**
 * Assumes an agency by IAM v3, as somebody of the account that may; the account is named by its name.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_04_0101.html
 */
export function buildAgencyKeysRequest(iamEndpoint: string, domainName: string, role: Role): HttpRequest {
  const { agencyName, durationSeconds } = role;
  return securityTokens(iamEndpoint, "CreateTemporaryAccessKeyByAgency", {
    methods: ["assume_role"],
    assume_role: { domain_name: domainName, agency_name: agencyName, duration_seconds: durationSeconds },
  });
}

/**
 * Turns a token into keys.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_04_0002.html
 */
export function buildTokenKeysRequest(
  iamEndpoint: string,
  token: string,
  durationSeconds: number,
): HttpRequest {
  return securityTokens(iamEndpoint, "CreateTemporaryAccessKeyByToken", {
    methods: ["token"],
    token: { id: token, duration_seconds: durationSeconds },
  });
}

function securityTokens(endpoint: string, operation: string, identity: unknown): HttpRequest {
  return {
    operation,
    method: "POST",
    endpoint,
    path: ["v3.0", "OS-CREDENTIAL", "securitytokens"],
    headers: jsonHeaders,
    body: JSON.stringify({ auth: { identity } }),
    // A second key does no harm.
    repeatable: true,
  };
}

/**
 * Assumes an agency by the security token service; the account is named by its id.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam5/AssumeAgency.html
 */
export function buildAssumeAgencyRequest(stsEndpoint: string, domainId: string, role: Role): HttpRequest {
  const { agencyName, durationSeconds } = role;
  return assumption(stsEndpoint, "AssumeAgency", "assume", {
    agency_urn: `iam::${domainId}:agency:${agencyName}`,
    agency_session_name: sessionName(agencyName),
    duration_seconds: durationSeconds,
  });
}

// The vendor's provider names the session after the agency. Names of agencies may have more characters.
function sessionName(agencyName: string): string {
  return /^[\w+=,.@-]{2,128}$/.test(agencyName) ? agencyName : "pulumi";
}

/**
 * Assumes an agency by an id token. Not signed: the token names the identity.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam5/AssumeAgencyWithOIDC.html
 */
export function buildAssumeAgencyWithOidcRequest(
  stsEndpoint: string,
  credential: OidcCredential,
  idToken: string,
): HttpRequest {
  const { providerUrn, agencyUrn, sessionName: session, durationSeconds, policy, policyIds } = credential;
  return assumption(stsEndpoint, "AssumeAgencyWithOIDC", "assume-with-oidc", {
    provider_urn: providerUrn,
    agency_urn: agencyUrn,
    agency_session_name: session,
    duration_seconds: durationSeconds,
    id_token: idToken,
    ...(policy === undefined ? {} : { policy }),
    ...(policyIds.length === 0 ? {} : { policy_ids: policyIds }),
  });
}

function assumption(endpoint: string, operation: string, action: string, body: object): HttpRequest {
  return {
    ...{ operation, method: "POST", endpoint },
    path: ["v5", "agencies", action],
    headers: jsonHeaders,
    body: JSON.stringify(body),
    // A second key does no harm.
    repeatable: true,
  };
}

// Within the machine an answer takes milliseconds; where nobody answers, the machine is not in the cloud.
const machineTimeoutMs = 3_000;
// A pod's agent asks the cloud on its part.
const podTimeoutMs = 10_000;
const metadataEndpoint = "http://169.254.169.254";

/**
 * Asks the metadata service of an ECS for a token of its second version.
 * @see https://support.huaweicloud.com/intl/en-us/usermanual-ecs/ecs_03_0166.html
 */
export function buildMetadataTokenRequest(): HttpRequest {
  return {
    operation: "CreateMetadataToken",
    method: "PUT",
    endpoint: metadataEndpoint,
    path: ["meta-data", "latest", "api", "token"],
    headers: { "x-metadata-token-ttl-seconds": "21600" },
    repeatable: true,
    isDirect: true,
    timeoutMs: machineTimeoutMs,
  };
}

/**
 * Asks the metadata service for the keys of the machine's agency.
 * @param token of the second version; undefined for a machine that has the first one only.
 */
export function buildSecurityKeyRequest(token: string | undefined): HttpRequest {
  return {
    operation: "GetSecurityKey",
    method: "GET",
    endpoint: metadataEndpoint,
    path: ["openstack", "latest", "securitykey"],
    headers: token === undefined ? {} : { "x-metadata-token": token },
    repeatable: true,
    isDirect: true,
    timeoutMs: machineTimeoutMs,
  };
}

/** Asks a pod's agent for keys; `token` is the text of the pod's token file. */
export function buildPodKeysRequest(uri: string, token: string): HttpRequest {
  const url = new URL(uri);
  return {
    operation: "GetPodCredentials",
    method: "POST",
    endpoint: url.origin,
    path: url.pathname.split("/").slice(1).map(decodeURIComponent),
    query: [...url.searchParams],
    headers: { "content-type": "application/json", authorization: token },
    body: "{}",
    repeatable: true,
    isDirect: true,
    timeoutMs: podTimeoutMs,
  };
}

/**
 * Reads keys from any of the forms in which Huawei Cloud's services give them.
 * @throws ResponseFormatError when there are none, or their end is no time.
 */
export function parseKeys(answer: HttpAnswer, request: RequestSummary): ObtainedCredentials<HuaweiKeys> {
  const body = parseObject(answer);
  const inner = [body?.["credential"], body?.["credentials"], body].find(isJsonObject) ?? {};
  const pick = (...names: string[]): string | undefined =>
    names.map((name) => inner[name]).find((value) => typeof value === "string" && value !== "") as
      string | undefined;
  const accessKey = pick("access", "accessKeyId", "access_key_id");
  const secretKey = pick("secret", "secretAccessKey", "secret_access_key");
  const securityToken = pick("securitytoken", "securityToken", "security_token");
  const expiresAtMs = Date.parse(pick("expires_at", "expiration") ?? "");
  if (accessKey === undefined || secretKey === undefined || Number.isNaN(expiresAtMs)) {
    const what = isHtml(answer) ? htmlRemedy : "Check that the address is right.";
    throw new ResponseFormatError(
      `${request.operation}: ${request.url} answered HTTP ${String(answer.status)} without a temporary access key and its expiry time. ${what}`,
      request,
    );
  }
  return { value: { accessKey, secretKey, securityToken }, expiresAtMs, servedAtMs: servedAtMs(answer) };
}

function parseObject(answer: HttpAnswer): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(answer.text);
    return isJsonObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
