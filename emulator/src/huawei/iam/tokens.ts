/**
 * Tokens of Huawei IAM: by password, by another token, by an agency, and by an id token; and the validation of tokens.
 */
import { jsonReply } from "../../http/exchange";
import type { Call, Reply } from "../../http/exchange";
import type { Account } from "../../accounts/account";
import type { IdTokenProblem } from "../../accounts/idTokens";
import type { TokenScope } from "../../accounts/directory";
import type { Principal, PrincipalRef } from "../../accounts/principal";
import { Fields, isJsonObject, ShapeError } from "../../ground/jsonShape";
import { assumeAgency, identifyDelegate, readAgency } from "./agencies";
import { fail, identify, identifyByToken, isWanted, limit, readBody, readNameOrId } from "./operation";
import type { IamOperation, IamRequest, NameOrId } from "./operation";
import { protocol, tokenBody } from "./tokenBody";

const byPassword: IamOperation = {
  operation: "KeystoneCreateUserTokenByPassword",
  handle: createByPassword,
};
const byToken: IamOperation = { operation: "KeystoneCreateScopedToken", handle: createByToken };
const byAgency: IamOperation = { operation: "KeystoneCreateAgencyToken", handle: createByAgency };

/** The operation behind `POST /v3/auth/tokens` that a body asks for. */
export function tokenOperation(call: Call): IamOperation {
  switch (methodOf(call)) {
    case "token":
      return byToken;
    case "assume_role":
      return byAgency;
    default:
      return byPassword;
  }
}

/** The one method that the body's `auth.identity.methods` names, if it does. */
export function methodOf(call: Call): unknown {
  try {
    const body: unknown = JSON.parse(call.body.toString("utf8"));
    const auth = isJsonObject(body) ? body["auth"] : undefined;
    const identity = isJsonObject(auth) ? auth["identity"] : undefined;
    const methods: unknown = isJsonObject(identity) ? identity["methods"] : undefined;
    return Array.isArray(methods) && methods.length === 1 ? methods[0] : undefined;
  } catch {
    return undefined;
  }
}

interface WantedScope {
  readonly project?: NameOrId | undefined;
  readonly domain?: NameOrId | undefined;
}

function readScope(auth: Fields): WantedScope | undefined {
  if (!auth.has("scope")) return undefined;
  const scope = new Fields(auth.raw("scope"), auth.at("scope"));
  const read = (name: string): NameOrId | undefined =>
    scope.has(name) ? readNameOrId(scope.raw(name), scope.at(name)) : undefined;
  return { project: read("project"), domain: read("domain") };
}

function readAuth<T>(request: IamRequest, read: (auth: Fields, identity: Fields) => T, method: string): T {
  return readBody(request, (body) => {
    const auth = new Fields(body.raw("auth"), "auth");
    const identity = new Fields(auth.raw("identity"), "auth.identity");
    const methods = identity.list("methods", (item) => item);
    if (methods?.length !== 1 || methods[0] !== method) {
      throw new ShapeError("auth.identity.methods", `must be [${JSON.stringify(method)}]`);
    }
    return read(auth, identity);
  });
}

function createByPassword(request: IamRequest): Reply {
  const wanted = readAuth(request, readPassword, "password");
  const found = findUser(request, wanted);
  if (found?.user.password !== wanted.password) fail(401, "The username or password is wrong.");
  const { account, user } = found;
  limit(request, account.domainId);
  const holder: PrincipalRef = { kind: "user", domain: account.domainName, user: user.name };
  return issue(request, holder, wanted.scope ?? { domain: undefined }, ["password"]);
}

interface WantedUser {
  readonly user: NameOrId;
  /** Not needed by a caller that gives the user's id. */
  readonly domain: NameOrId | undefined;
  readonly password: string;
  readonly scope: WantedScope | undefined;
}

function readPassword(auth: Fields, identity: Fields): WantedUser {
  const password = new Fields(identity.raw("password"), "auth.identity.password");
  const user = new Fields(password.raw("user"), "auth.identity.password.user");
  const wanted = readNameOrId(user.source, user.path);
  const needsDomain = wanted.id === undefined || user.has("domain");
  return {
    user: wanted,
    domain: needsDomain ? readNameOrId(user.raw("domain"), user.at("domain")) : undefined,
    password: user.requiredText("password"),
    scope: readScope(auth),
  };
}

function findUser({ state }: IamRequest, { user, domain }: WantedUser) {
  const account = domain && state.accounts.byDomain(domain);
  const among: readonly Account[] = domain ? (account ? [account] : []) : state.accounts.accounts;
  for (const candidate of among) {
    const found = candidate.users.find((one) => isWanted(one, user));
    if (found) return { account: candidate, user: found };
  }
  return undefined;
}

// The new token lives no longer than the one that it was made of, or it could be renewed for ever.
function createByToken(request: IamRequest): Reply {
  const { id, scope } = readAuth(
    request,
    (auth, identity) => {
      const token = new Fields(identity.raw("token"), "auth.identity.token");
      return { id: token.requiredText("id", { min: 1 }), scope: readScope(auth) };
    },
    "token",
  );
  const { token, principal } = identifyByToken(request, id);
  return issue(request, principal.ref, scope ?? { domain: undefined }, ["token"], token?.expiresAt);
}

function createByAgency(request: IamRequest): Reply {
  const { wanted, scope } = readAuth(
    request,
    (auth, identity) => ({
      wanted: readAgency(new Fields(identity.raw("assume_role"), "auth.identity.assume_role")),
      scope: auth.required("scope", readScope(auth)),
    }),
    "assume_role",
  );
  if (!scope.project && !scope.domain) fail(400, "The request body is invalid. auth.scope: is required");
  const { holder } = assumeAgency(request, identifyDelegate(request), wanted);
  return issue(request, holder, scope, ["assume_role"]);
}

/** CreateTokenWithIdToken: a token for the bearer of an identity provider's id token. */
export function createByIdToken(request: IamRequest): Reply {
  const { idToken, scope } = readBody(request, (body) => {
    const auth = new Fields(body.raw("auth"), "auth");
    const given = new Fields(auth.raw("id_token"), "auth.id_token");
    return { idToken: given.requiredText("id", { min: 1 }), scope: readScope(auth) };
  });
  const idp =
    request.call.headers["x-idp-id"] ?? fail(400, "The request header is invalid. X-Idp-Id: is required");
  return createForBearer(request, idp, idToken, scope);
}

/** CreateUnscopedTokenWithIdToken: the same with the id token in the header, as the Node SDK asks for it. */
export function createUnscopedByIdToken(request: IamRequest): Reply {
  const { call, params } = request;
  const idToken = /^Bearer (\S+)$/.exec(call.headers["authorization"] ?? "")?.[1];
  if (idToken === undefined) fail(401, "The request you have made requires authentication.");
  if (params["protocol_id"] !== protocol)
    fail(404, `Could not find protocol: ${params["protocol_id"] ?? ""}.`);
  return createForBearer(request, params["idp_id"] ?? "", idToken, undefined);
}

function createForBearer(
  request: IamRequest,
  idp: string,
  idToken: string,
  scope: WantedScope | undefined,
): Reply {
  const { state } = request;
  const found = state.accounts.identityProvider(idp);
  if (!found) fail(404, `Could not find Identity Provider: ${idp}.`);
  const { account, provider } = found;
  limit(request, account.domainId);
  const { claims, problem } = state.idTokens.check(provider, idToken);
  if (problem !== undefined) fail(401, `The ID token is not accepted: ${idTokenProblems[problem]}.`);
  const holder: PrincipalRef = {
    kind: "federated",
    domain: account.domainName,
    idp,
    subject: claims.subject,
  };
  return issue(request, holder, scope, ["mapped"]);
}

/** The reasons for which an id token is rejected, in words. */
export const idTokenProblems: Readonly<Record<IdTokenProblem, string>> = {
  malformed: "it is not a JSON Web Token",
  algorithm: "it is not signed with RS256",
  signature: "the signature is invalid",
  issuer: "the issuer does not match the identity provider",
  audience: "the audience does not match the identity provider",
  notYetValid: "it is not valid yet",
  expired: "it has expired",
};

/** KeystoneValidateToken: the holder, the scope and the end of the token in `X-Subject-Token`. */
export function validateToken(request: IamRequest): Reply {
  const { state, call } = request;
  const { account } = identify(request);
  const token = call.headers["x-subject-token"] ?? fail(400, "X-Subject-Token is missing.");
  const issued = state.accounts.token(token);
  const principal = issued && state.accounts.principal(issued.holder);
  const isGood = issued !== undefined && state.clock.now() < issued.expiresAt;
  if (!isGood || principal?.account !== account) fail(404, "Could not find token.");
  const catalog = !call.query.get("nocatalog");
  const body = { token: tokenBody(state.accounts, issued, principal, { catalog }) };
  return jsonReply(200, body, { "x-subject-token": token });
}

function issue(
  request: IamRequest,
  holder: PrincipalRef,
  wanted: WantedScope | undefined,
  methods: readonly string[],
  expiresAt?: number,
): Reply {
  const { state, call } = request;
  const principal = state.accounts.principal(holder) ?? fail(401, "The token must be updated");
  const scope: TokenScope = wanted ? scopeOf(principal, wanted) : { kind: "unscoped" };
  const { token, issued } = state.accounts.issueToken(holder, scope, methods, expiresAt);
  call.caller.actor ??= principal.actor;
  const catalog = !call.query.get("nocatalog");
  const body = { token: tokenBody(state.accounts, issued, principal, { catalog }) };
  return jsonReply(201, body, { "x-subject-token": token });
}

function scopeOf(principal: Principal, { project, domain }: WantedScope): TokenScope {
  if (project) {
    const found = principal.account.projects.find((candidate) => isWanted(candidate, project));
    if (!found) fail(401, `Could not find project: ${project.name ?? project.id ?? ""}.`);
    if (!principal.projects.includes(found)) fail(403, "Action Forbidden");
    return { kind: "project", projectId: found.id };
  }
  const { domainId: id, domainName: name } = principal.account;
  if (domain && !isWanted({ id, name }, domain)) {
    fail(401, `Could not find domain: ${domain.name ?? domain.id ?? ""}.`);
  }
  return { kind: "domain" };
}
