/**
 * Huawei Cloud IAM on the wire: token by password, and the project of a region. Request builders and answer
 * readers, pure; `account` sends them.
 */
import type { RequestSummary } from "../../errors";
import { ConfigurationError, ResponseFormatError } from "../../errors";
import { isJsonObject, readJsonObject } from "../../http/answer";
import type { HttpAnswer, HttpRequest } from "../../http/request";

/** What a token is good for: one project, by id, or by the name that equals its region's. */
export type ProjectScope = { readonly id: string } | { readonly name: string };

/** An obtained token. */
export interface IamToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
  /** The project it is good for; absent where the answer does not say. */
  readonly projectId: string | undefined;
}

/**
 * Asks for a token by user name and password. Answered with 201 and the token in the header X-Subject-Token.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html
 */
export function buildTokenRequest(
  iamEndpoint: string,
  user: { readonly userName: string; readonly password: string; readonly domainName: string },
  scope: ProjectScope,
): HttpRequest {
  const identity = {
    methods: ["password"],
    password: { user: { name: user.userName, password: user.password, domain: { name: user.domainName } } },
  };
  return {
    operation: "KeystoneCreateUserTokenByPassword",
    method: "POST",
    endpoint: iamEndpoint,
    path: ["v3", "auth", "tokens"],
    // Without the catalog the answer is small; any value drops it.
    query: [["nocatalog", "true"]],
    headers: { "content-type": "application/json;charset=utf8" },
    body: JSON.stringify({ auth: { identity, scope: { project: scope } } }),
    // A second token does no harm.
    repeatable: true,
  };
}

/**
 * Reads the token.
 * @throws ResponseFormatError where it has no token or no expiry.
 */
export function parseToken(answer: HttpAnswer, request: RequestSummary): IamToken {
  const token = answer.header("x-subject-token");
  const body = readJsonObject(answer, request)["token"];
  const details = isJsonObject(body) ? body : {};
  const expiresAtMs = Date.parse(String(details["expires_at"]));
  if (token === undefined || Number.isNaN(expiresAtMs)) {
    throw new ResponseFormatError(
      `${request.operation}: ${request.url} answered without a ${
        token === undefined ? "token (header X-Subject-Token)" : "time of expiry (token.expires_at)"
      }. Check that the IAM endpoint is right.`,
      request,
    );
  }
  const project = details["project"];
  return { token, expiresAtMs, projectId: isJsonObject(project) ? projectIdIn(project) : undefined };
}

/**
 * Asks for the project that belongs to a region.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_06_0001.html
 */
export function buildProjectsRequest(iamEndpoint: string, region: string): HttpRequest {
  return {
    operation: "KeystoneListProjects",
    method: "GET",
    endpoint: iamEndpoint,
    path: ["v3", "projects"],
    query: [["name", region]],
    headers: { "content-type": "application/json" },
    repeatable: true,
  };
}

/**
 * Reads the project's id.
 * @throws ConfigurationError where the region has none or several: the program has to name it.
 */
export function parseProjectId(answer: HttpAnswer, request: RequestSummary, region: string): string {
  const projects = readJsonObject(answer, request)["projects"];
  const ids = (Array.isArray(projects) ? projects : []).flatMap((project: unknown) => {
    // Other names only come where the service ignores what it was asked for.
    if (!isJsonObject(project) || (project["name"] ?? region) !== region) return [];
    return projectIdIn(project) ?? [];
  });
  const [id, ...others] = ids;
  if (id === undefined || others.length > 0) {
    throw new ConfigurationError(
      `the account has ${id === undefined ? "no project" : `${String(ids.length)} projects`} named "${region}": ` +
        `set the argument "projectId", the configuration huaweicloud:projectId, or HUAWEICLOUD_SDK_PROJECT_ID.`,
    );
  }
  return id;
}

// It becomes a part of every address.
function projectIdIn({ id }: Record<string, unknown>): string | undefined {
  return typeof id === "string" && /^[\w-]{1,64}$/.test(id) ? id : undefined;
}
