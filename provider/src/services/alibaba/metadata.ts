/**
 * The metadata service of a server (ECS) and a credentials URI on the wire. Pure.
 */
import type { RequestSummary } from "../../ground/errors";
import { readJsonObject } from "../../http/answer";
import type { HttpAnswer, HttpRequest } from "../../http/request";
import type { ObtainedCredentials } from "../temporaryCredentials";
import type { AlibabaCredential } from "./credential";
import { parseKeys } from "./sts";

/** The address at which every server of Alibaba Cloud finds its metadata service. */
export const metadataEndpoint = "http://100.100.100.200";

// The service is one hop away: without an answer by then, this machine is not a server of Alibaba Cloud.
const timeoutMs = 3_000;
const tokenSeconds = 21_600;
const rolesPath = ["latest", "meta-data", "ram", "security-credentials"] as const;

function build(
  operation: string,
  method: "GET" | "PUT",
  path: readonly string[],
  headers: Readonly<Record<string, string>>,
): HttpRequest {
  const endpoint = metadataEndpoint;
  return { operation, method, endpoint, path, headers, repeatable: true, isDirect: true, timeoutMs };
}

/**
 * Asks for a token of the service's second version.
 * @see https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
 */
export function buildCreateMetadataToken(): HttpRequest {
  const headers = { "x-aliyun-ecs-metadata-token-ttl-seconds": String(tokenSeconds) };
  return build("CreateMetadataToken", "PUT", ["latest", "api", "token"], headers);
}

/** Asks for the name of the server's role; `token` is absent if the service has none. */
export function buildListRamRoles(token: string | undefined): HttpRequest {
  return build("ListRamRoles", "GET", [...rolesPath, ""], tokenHeader(token));
}

/** Asks for the keys of the server's role. */
export function buildGetRamRoleCredentials(role: string, token: string | undefined): HttpRequest {
  return build("GetRamRoleCredentials", "GET", [...rolesPath, role], tokenHeader(token));
}

function tokenHeader(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { "x-aliyun-ecs-metadata-token": token };
}

/** The parts of a credentials URI. */
export type CredentialsUri = Pick<HttpRequest, "endpoint" | "path" | "query">;

/** Takes a credentials URI apart. @throws TypeError or URIError when it is none. */
export function readCredentialsUri(uri: string): CredentialsUri {
  const { origin, pathname, searchParams } = new URL(uri);
  const path = pathname.slice(1).split("/").map(decodeURIComponent);
  return { endpoint: origin, path, query: [...searchParams] };
}

/** Asks a credentials URI. */
export function buildGetCredentialsByUri(uri: CredentialsUri): HttpRequest {
  const headers = { accept: "application/json" };
  return { operation: "GetCredentialsByUri", method: "GET", headers, repeatable: true, ...uri };
}

/**
 * The keys in an answer of either of them.
 * @throws ResponseFormatError when there are none.
 */
export function parseHandedOut(
  answer: HttpAnswer,
  request: RequestSummary,
): ObtainedCredentials<AlibabaCredential> {
  const bag = readJsonObject(answer, request);
  // As the official provider has it: an answer that does not say so is not looked at.
  return parseKeys(bag["Code"] === "Success" ? bag : {}, answer, request);
}
