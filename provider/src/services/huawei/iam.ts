/**
 * Huawei Cloud IAM on the wire: tokens, by password, agency or id token, and the look-up of projects. Request builders
 * and answer readers, pure; `account` sends them.
 */
import type { RequestSummary } from "../../ground/errors";
import { ConfigurationError, ResponseFormatError } from "../../ground/errors";
import { isJsonObject, readJsonObject } from "../../http/answer";
import type { HttpAnswer, HttpRequest } from "../../http/request";
import { servedAtMs } from "../../http/servedAt";
import type { SettingWords } from "../../execution/settingWords";
import { nameSetting } from "../../execution/settingWords";
import type { Found } from "../../execution/settings";
import type { ObtainedCredentials } from "../temporaryCredentials";
import type { PasswordCredential } from "./credentials";
import { textOf } from "./values";

/**
 * The scope of a request or a token: one project, by id or name, or the account as a whole. Signed requests name the
 * account by its id, if the id is known.
 */
export type TokenScope =
  | { readonly id: string }
  | { readonly name: string }
  | { readonly account: true; readonly accountId?: string | undefined };

/** An obtained token. */
export interface IamToken {
  readonly token: string;
  /** The project it is good for; absent if the answer does not say. */
  readonly project: FoundProject | undefined;
}

/** A project of an account. */
export interface FoundProject {
  readonly id: string;
  /** The account that it belongs to; absent if the answer does not say. */
  readonly accountId: string | undefined;
}

/**
 * Asks for a token by password. Answered with 201 and the token in the header X-Subject-Token.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html
 */
export function buildTokenRequest(
  iamEndpoint: string,
  { user, password, domain }: PasswordCredential,
  scope: TokenScope,
): HttpRequest {
  const ofDomain = domain === undefined ? {} : { domain };
  const identity = { methods: ["password"], password: { user: { ...user, password, ...ofDomain } } };
  // Without a scope the token is good for the account that the user belongs to.
  const scoped =
    "account" in scope ? (domain === undefined ? {} : { scope: { domain } }) : { scope: { project: scope } };
  return tokenRequest(iamEndpoint, "KeystoneCreateUserTokenByPassword", { identity, ...scoped });
}

/**
 * Asks for an agency's token, as somebody of the account that may assume it.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0002.html
 */
export function buildAgencyTokenRequest(
  iamEndpoint: string,
  agency: { readonly agencyName: string; readonly domainName: string },
  scope: TokenScope,
): HttpRequest {
  const { agencyName, domainName } = agency;
  return tokenRequest(iamEndpoint, "KeystoneCreateAgencyToken", {
    identity: {
      methods: ["assume_role"],
      assume_role: { domain_name: domainName, agency_name: agencyName },
    },
    scope: "account" in scope ? { domain: { name: domainName } } : { project: scope },
  });
}

function tokenRequest(endpoint: string, operation: string, auth: unknown): HttpRequest {
  return {
    operation,
    method: "POST",
    endpoint,
    path: ["v3", "auth", "tokens"],
    // Without the catalog the answer is small; any value drops it.
    query: [["nocatalog", "true"]],
    headers: { "content-type": "application/json;charset=utf8" },
    body: JSON.stringify({ auth }),
    // A second token does no harm.
    repeatable: true,
  };
}

/**
 * Asks for a token by an id token of an identity provider; without a scope, to be turned into keys.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_13_0605.html
 */
export function buildIdTokenRequest(iamEndpoint: string, idpId: string, idToken: string): HttpRequest {
  return {
    operation: "CreateTokenWithIdToken",
    method: "POST",
    endpoint: iamEndpoint,
    path: ["v3.0", "OS-AUTH", "id-token", "tokens"],
    headers: { "content-type": "application/json;charset=utf8", "x-idp-id": idpId },
    body: JSON.stringify({ auth: { id_token: { id: idToken } } }),
    repeatable: true,
  };
}

/**
 * Reads the token.
 * @throws ResponseFormatError when it has no token or no expiry.
 */
export function parseToken(answer: HttpAnswer, request: RequestSummary): ObtainedCredentials<IamToken> {
  const token = answer.header("x-subject-token");
  const body = readJsonObject(answer, request)["token"];
  const details = isJsonObject(body) ? body : {};
  const expiresAtMs = Date.parse(textOf(details["expires_at"]) ?? "");
  if (token === undefined || Number.isNaN(expiresAtMs)) {
    throw new ResponseFormatError(
      `${request.operation}: ${request.url} answered without a ${
        token === undefined ? "token (header X-Subject-Token)" : "time of expiry (token.expires_at)"
      }. Check that the IAM endpoint is right.`,
      request,
    );
  }
  const project = details["project"];
  const value = { token, project: isJsonObject(project) ? projectIn(project) : undefined };
  return { value, expiresAtMs, servedAtMs: servedAtMs(answer) };
}

/**
 * Finds a project by its name: a region's own has the region's name, a sub-project `region_text`.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_06_0001.html
 */
export function buildProjectsRequest(iamEndpoint: string, name: string): HttpRequest {
  return {
    operation: "KeystoneListProjects",
    method: "GET",
    endpoint: iamEndpoint,
    path: ["v3", "projects"],
    query: [["name", name]],
    headers: { "content-type": "application/json" },
    repeatable: true,
  };
}

/**
 * Asks for a project of the account by its id. A user of the account needs no permission for the request.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_06_0006.html
 */
export function buildProjectRequest(iamEndpoint: string, projectId: string): HttpRequest {
  return {
    operation: "KeystoneShowProject",
    method: "GET",
    endpoint: iamEndpoint,
    path: ["v3", "projects", projectId],
    headers: { "content-type": "application/json" },
    repeatable: true,
  };
}

/**
 * Reads the project.
 * @param name the project's name, and the setting that gives it.
 * @param words the names of settings.
 * @throws ConfigurationError when the account has none of that name, or several: the program has to name one by its
 *   id.
 */
export function parseProject(
  answer: HttpAnswer,
  request: RequestSummary,
  name: Found,
  words: SettingWords,
): FoundProject {
  const projects = readJsonObject(answer, request)["projects"];
  const found = (Array.isArray(projects) ? projects : []).flatMap((project: unknown) => {
    // Other names only come if the service ignores the filter.
    if (!isJsonObject(project) || (project["name"] ?? name.value) !== name.value) return [];
    return projectIn(project) ?? [];
  });
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) {
    throw new ConfigurationError(
      `the account has ${only === undefined ? "no project" : `${String(found.length)} projects`} named "${name.value}" ` +
        `(from ${name.source}): correct that name, or set ` +
        `the argument "projectId", the ${nameSetting(words, "huaweicloud:projectId")}, or HW_PROJECT_ID.`,
    );
  }
  return only;
}

/** Reads the project that was asked for by its id; undefined if the answer has none. */
export function parseShownProject(answer: HttpAnswer, request: RequestSummary): FoundProject | undefined {
  const { project } = readJsonObject(answer, request);
  return isJsonObject(project) ? projectIn(project) : undefined;
}

/**
 * Asks for the account of the identity that sends the request.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_07_0001.html
 */
export function buildAuthDomainsRequest(iamEndpoint: string): HttpRequest {
  return {
    operation: "KeystoneListAuthDomains",
    method: "GET",
    endpoint: iamEndpoint,
    path: ["v3", "auth", "domains"],
    headers: { "content-type": "application/json" },
    repeatable: true,
  };
}

/** Reads the account's id; undefined if the answer has not exactly one. */
export function parseAccountId(answer: HttpAnswer, request: RequestSummary): string | undefined {
  const { domains } = readJsonObject(answer, request);
  const [domain, ...others] = Array.isArray(domains) ? (domains as unknown[]) : [];
  return isJsonObject(domain) && others.length === 0 ? idOf(domain["id"]) : undefined;
}

function projectIn(project: Record<string, unknown>): FoundProject | undefined {
  const id = idOf(project["id"]);
  const domain = project["domain"];
  // Lists have the account's id, tokens the account.
  const accountId = idOf(project["domain_id"]) ?? (isJsonObject(domain) ? idOf(domain["id"]) : undefined);
  return id === undefined ? undefined : { id, accountId };
}

// It becomes a part of every address.
function idOf(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}
