/**
 * Keys from where the deployment runs: the metadata service of a server (ECS), in its second version or else its first, and
 * a credentials URI.
 */
import { ServiceError } from "../../errors";
import type { RequestSummary } from "../../errors";
import { readJsonObject } from "../../http/answer";
import type { HttpClient } from "../../http/httpClient";
import type { HttpAnswer, HttpRequest } from "../../http/request";
import { summarize } from "../../http/request";
import type { Clock } from "../../polling/clock";
import type { ObtainedCredentials } from "../temporaryCredentials";
import type { AlibabaCredential } from "./identity";
import { toIdentityError } from "./serviceErrors";
import { parseKeys } from "./sts";

/** Where every server of Alibaba Cloud finds its metadata service. */
export const metadataEndpoint = "http://100.100.100.200";

// It is one hop away: whoever does not answer by then is somewhere else.
const metadataTimeoutMs = 3_000;
const tokenSeconds = 21_600;
const rolesPath = ["latest", "meta-data", "ram", "security-credentials"] as const;

/** What is needed to ask. */
export interface MachineContext {
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** How to ask a metadata service. */
export interface MachineOptions {
  /** Asked for where it is absent. */
  readonly roleName: string | undefined;
  /** False where only the second version may be asked. */
  readonly mayUseVersion1: boolean;
  /** How many times each request may be sent. */
  readonly attempts: number;
}

/**
 * The keys of the server's role.
 * @throws ServiceError where there is no such role; TransportError where nothing answers, as outside of the cloud.
 */
export async function askMachine(
  { roleName, mayUseVersion1, attempts }: MachineOptions,
  context: MachineContext,
  signal: AbortSignal,
): Promise<ObtainedCredentials<AlibabaCredential>> {
  const send = (request: HttpRequest): Promise<HttpAnswer> =>
    context.http.send(request, {
      signal,
      attempts,
      toServiceError: toIdentityError(context.clock, "Check that the server has this RAM role."),
    });
  const token = await metadataToken(send, mayUseVersion1);
  const get = (path: readonly string[], operation: string): HttpRequest =>
    metadataRequest(
      operation,
      "GET",
      path,
      token === undefined ? {} : { "x-aliyun-ecs-metadata-token": token },
    );
  const role =
    roleName ?? (await send(get([...rolesPath, ""], "ListRamRoles"))).text.trim().split(/\s/)[0] ?? "";
  const request = get([...rolesPath, role], "GetRamRoleCredentials");
  return parseHandedOut(await send(request), summarize(request));
}

// The first version has no tokens, and says so by some status.
async function metadataToken(
  send: (request: HttpRequest) => Promise<HttpAnswer>,
  mayUseVersion1: boolean,
): Promise<string | undefined> {
  const headers = { "x-aliyun-ecs-metadata-token-ttl-seconds": String(tokenSeconds) };
  try {
    const request = metadataRequest("CreateMetadataToken", "PUT", ["latest", "api", "token"], headers);
    return (await send(request)).text.trim();
  } catch (error) {
    if (mayUseVersion1 && error instanceof ServiceError) return undefined;
    throw error;
  }
}

function metadataRequest(
  operation: string,
  method: "GET" | "PUT",
  path: readonly string[],
  headers: Readonly<Record<string, string>>,
): HttpRequest {
  const endpoint = metadataEndpoint;
  const [repeatable, isDirect, timeoutMs] = [true, true, metadataTimeoutMs];
  return { operation, method, endpoint, path, headers, repeatable, isDirect, timeoutMs };
}

/**
 * The keys that a credentials URI hands out.
 * @throws ServiceError, TransportError or ResponseFormatError where it gives none.
 */
export async function askUri(
  uri: string,
  { http, clock }: MachineContext,
  signal: AbortSignal,
): Promise<ObtainedCredentials<AlibabaCredential>> {
  const request = buildUriRequest(uri);
  const toServiceError = toIdentityError(clock, "Check the credentials URI.");
  return parseHandedOut(await http.send(request, { signal, toServiceError }), summarize(request));
}

/** The request for a credentials URI, query included. */
export function buildUriRequest(uri: string): HttpRequest {
  const { origin, pathname, searchParams } = new URL(uri);
  return {
    operation: "GetCredentialsByUri",
    method: "GET",
    endpoint: origin,
    path: pathname.slice(1).split("/").map(decodeURIComponent),
    query: [...searchParams],
    headers: { accept: "application/json" },
    repeatable: true,
  };
}

function parseHandedOut(answer: HttpAnswer, request: RequestSummary): ObtainedCredentials<AlibabaCredential> {
  const bag = readJsonObject(answer, request);
  // As the official provider has it: what else is in an answer without it is not looked at.
  return parseKeys(bag["Code"] === "Success" ? bag : {}, answer, request);
}
