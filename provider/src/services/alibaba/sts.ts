/**
 * Alibaba Cloud's STS (version 2015-04-01) on the wire, as far as we use it: roles by keys, roles by id tokens, and the
 * identity of keys. Pure.
 */
import type { RequestSummary } from "../../ground/errors";
import { isJsonObject, readJsonObject } from "../../http/answer";
import type { HttpAnswer, HttpRequest } from "../../http/request";
import { encodeRfc3986 } from "../../http/request";
import { formatAcsDate } from "./signer";
import { malformedAnswer, readTemporaryKeys } from "../accessKeys";
import type { ObtainedCredentials } from "../temporaryCredentials";
import type { AlibabaCredential } from "./credential";
import type { OidcRequest, RoleRequest } from "./roles";

const apiVersion = "2015-04-01";

function build(
  endpoint: string,
  operation: string,
  query: HttpRequest["query"],
  parameters: readonly (readonly [string, string | undefined])[],
): HttpRequest {
  const given = parameters.flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeRfc3986(name)}=${encodeRfc3986(value)}`],
  );
  return {
    operation,
    method: "POST",
    endpoint,
    path: [],
    ...(query === undefined ? {} : { query }),
    headers: {
      accept: "application/json",
      "x-acs-action": operation,
      "x-acs-version": apiVersion,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: given.join("&"),
    // A second session does no harm.
    repeatable: true,
  };
}

/**
 * Asks for a role's temporary keys; signed with the keys of the identity that assumes the role.
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
 */
export function buildAssumeRole(endpoint: string, role: RoleRequest): HttpRequest {
  return build(endpoint, "AssumeRole", undefined, [...roleParameters(role), ["ExternalId", role.externalId]]);
}

/**
 * Asks for a role's temporary keys with an id token; not signed.
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerolewithoidc
 */
export function buildAssumeRoleWithOidc(
  endpoint: string,
  { role, providerArn }: Pick<OidcRequest, "role" | "providerArn">,
  { idToken, nowMs }: { readonly idToken: string; readonly nowMs: number },
): HttpRequest {
  const operation = "AssumeRoleWithOIDC";
  const query = [
    ["Action", operation],
    ["Version", apiVersion],
    ["Format", "JSON"],
    ["Timestamp", formatAcsDate(nowMs)],
  ] as const;
  return build(endpoint, operation, query, [
    ["OIDCProviderArn", providerArn],
    ["OIDCToken", idToken],
    ...roleParameters(role),
  ]);
}

/**
 * Asks for the identity whose keys sign the request.
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-getcalleridentity
 */
export function buildGetCallerIdentity(endpoint: string): HttpRequest {
  return build(endpoint, "GetCallerIdentity", undefined, []);
}

function roleParameters(role: RoleRequest): (readonly [string, string | undefined])[] {
  return [
    ["RoleArn", role.roleArn],
    ["RoleSessionName", role.sessionName],
    ["DurationSeconds", String(role.seconds)],
    ["Policy", role.policy],
  ];
}

/**
 * The keys in an answer of the two AssumeRole operations.
 * @throws ResponseFormatError when there are none.
 */
export function parseAssumedRole(
  answer: HttpAnswer,
  request: RequestSummary,
): ObtainedCredentials<AlibabaCredential> {
  const credentials = readJsonObject(answer, request)["Credentials"];
  return parseKeys(isJsonObject(credentials) ? credentials : {}, answer, request);
}

/**
 * Temporary keys as the STS, metadata services and credentials URIs write them.
 * @throws ResponseFormatError when a field is missing; it quotes nothing of the answer.
 */
export function parseKeys(
  bag: Readonly<Record<string, unknown>>,
  answer: HttpAnswer,
  request: RequestSummary,
): ObtainedCredentials<AlibabaCredential> {
  return readTemporaryKeys(
    answer,
    request,
    (name) => bag[name],
    (field) => ({
      accessKeyId: field("AccessKeyId"),
      accessKeySecret: field("AccessKeySecret"),
      securityToken: field("SecurityToken"),
    }),
  );
}

/**
 * The account in an answer of GetCallerIdentity.
 * @throws ResponseFormatError when there is none.
 */
export function parseCallerAccount(answer: HttpAnswer, request: RequestSummary): string {
  const account = readJsonObject(answer, request)["AccountId"];
  if (typeof account === "string" && account !== "") return account;
  throw malformedAnswer(request, "has no AccountId");
}
