// Huawei IAM as far as clients of the workflow services need it: tokens, and the look-up of projects, regions and
// domains. Its errors are nested and numeric, unlike those of every other service.
import { jsonReply, ReplyError, type Call, type Reply } from "../http/exchange";
import { RouteTable, type Route } from "../http/routes";
import type { MatchedOperation, Service } from "../http/service";
import { Fields, ShapeError } from "../jsonShape";
import type { EmulatorState } from "../state";
import type { Account, Project } from "./accounts";
import type { Identity } from "./authentication";

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

const ALLOWANCE = { tokens: 20, perSecond: 10 };

interface IamRoute extends Route {
  readonly operation: string;
  readonly handle: (state: EmulatorState, call: Call) => Reply;
}

const ROUTES: readonly IamRoute[] = [
  {
    operation: "KeystoneCreateUserTokenByPassword",
    method: "POST",
    path: "/v3/auth/tokens",
    handle: createToken,
  },
  { operation: "KeystoneListProjects", method: "GET", path: "/v3/projects", handle: listProjects },
  { operation: "KeystoneListRegions", method: "GET", path: "/v3/regions", handle: listRegions },
  { operation: "KeystoneListAuthDomains", method: "GET", path: "/v3/auth/domains", handle: listDomains },
];

/** The IAM service. */
export function iamService(state: EmulatorState): Service {
  const table = new RouteTable(ROUTES);
  return {
    name: "iam",
    routes: table.names(),
    match(call: Call): MatchedOperation | undefined {
      const match = table.match(call.method, call.path);
      if (!match) return undefined;
      const { operation, handle } = match.route;
      return { operation, respond: () => withTrace(handle(state, call), call) };
    },
    faultReply: (status, _operation, call) => withTrace(iamError(status, "produced by a fault"), call),
  };
}

function iamError(code: number, message: string): Reply {
  return jsonReply(code, { error: { code, message, title: TITLES[code] ?? "Error" } });
}

function withTrace(reply: Reply, call: Call): Reply {
  return { ...reply, headers: { ...reply.headers, "x-iam-trace-id": `token_emulator_${call.requestId}` } };
}

function fail(code: number, message: string, call: Call): never {
  throw new ReplyError(withTrace(iamError(code, message), call));
}

function limit(state: EmulatorState, operation: string, account: string, call: Call): void {
  const waitMs = state.buckets.take("iam", operation, account, ALLOWANCE);
  if (waitMs === 0) return;
  const reply = withTrace(iamError(429, "Too many requests."), call);
  const retryAfter = String(Math.max(1, Math.ceil(waitMs / 1000)));
  throw new ReplyError({ ...reply, headers: { ...reply.headers, "retry-after": retryAfter } });
}

function createToken(state: EmulatorState, call: Call): Reply {
  const wanted = readTokenRequest(call);
  const account = state.accounts.byDomain(wanted.userDomain);
  const user = account?.users.find((candidate) =>
    wanted.userId === undefined ? candidate.name === wanted.userName : candidate.id === wanted.userId,
  );
  if (!account || user?.password !== wanted.password) {
    fail(401, "The username or password is wrong.", call);
  }
  limit(state, "KeystoneCreateUserTokenByPassword", account.domainId, call);
  const project = wanted.project && findProject(account, wanted.project);
  if (wanted.project && !project) {
    fail(401, `Could not find project: ${wanted.project.name ?? wanted.project.id ?? ""}.`, call);
  }
  const { token, issued } = state.accounts.issueToken(account, user, project);
  const domain = { id: account.domainId, name: account.domainName };
  const body = {
    token: {
      issued_at: iamTime(issued.issuedAt),
      expires_at: iamTime(issued.expiresAt),
      methods: ["password"],
      ...(call.query.get("nocatalog") ? {} : { catalog: [] }),
      roles: [{ id: "0", name: "te_admin" }],
      ...(project ? { project: { id: project.id, name: project.name, domain } } : { domain }),
      user: { id: user.id, name: user.name, password_expires_at: "", domain },
    },
  };
  return jsonReply(201, body, { "x-subject-token": token });
}

interface NameOrId {
  readonly id: string | undefined;
  readonly name: string | undefined;
}

interface TokenRequest {
  readonly userName: string | undefined;
  readonly userId: string | undefined;
  readonly password: string;
  readonly userDomain: NameOrId;
  readonly project: NameOrId | undefined;
}

function readTokenRequest(call: Call): TokenRequest {
  try {
    const auth = new Fields(new Fields(JSON.parse(call.body.toString("utf8")), "").raw("auth"), "auth");
    const identity = new Fields(auth.raw("identity"), "auth.identity");
    const methods = identity.list("methods", (method) => method);
    if (methods?.length !== 1 || methods[0] !== "password") {
      throw new ShapeError("auth.identity.methods", 'must be ["password"]');
    }
    const password = new Fields(identity.raw("password"), "auth.identity.password");
    const user = new Fields(password.raw("user"), "auth.identity.password.user");
    const userName = user.text("name", { min: 1 });
    const userId = user.text("id", { min: 1 });
    if (userName === undefined && userId === undefined) throw new ShapeError(user.at("name"), "is required");
    const userDomain = readNameOrId(user.raw("domain"), user.at("domain"));
    const scope = auth.has("scope") ? new Fields(auth.raw("scope"), "auth.scope") : undefined;
    const project = scope?.has("project")
      ? readNameOrId(scope.raw("project"), "auth.scope.project")
      : undefined;
    return { userName, userId, password: user.requiredText("password"), userDomain, project };
  } catch (error) {
    const detail = error instanceof ShapeError ? ` ${error.message}` : "";
    return fail(400, `The request body is invalid.${detail}`, call);
  }
}

function readNameOrId(value: unknown, path: string): NameOrId {
  const fields = new Fields(value, path);
  const wanted = { id: fields.text("id", { min: 1 }), name: fields.text("name", { min: 1 }) };
  if (wanted.id === undefined && wanted.name === undefined)
    throw new ShapeError(path, "must have id or name");
  return wanted;
}

function findProject(account: Account, wanted: NameOrId): Project | undefined {
  return account.projects.find(({ id, name }) =>
    wanted.id === undefined ? name === wanted.name : id === wanted.id,
  );
}

// Six fractional digits, as IAM writes them.
function iamTime(time: number): string {
  return new Date(time).toISOString().replace("Z", "000Z");
}

function identify(state: EmulatorState, call: Call, operation: string): Identity {
  const authentication = state.authenticator.authenticate(call);
  if (authentication.refusal) {
    fail(401, `The request you have made requires authentication. (${authentication.refusal.reason})`, call);
  }
  limit(state, operation, authentication.identity.account.domainId, call);
  return authentication.identity;
}

function listProjects(state: EmulatorState, call: Call): Reply {
  const { account } = identify(state, call, "KeystoneListProjects");
  const { query } = call;
  const perPage = pageNumber(call, "per_page", 5000);
  const page = pageNumber(call, "page", Number.MAX_SAFE_INTEGER) ?? 1;
  const matching = account.projects.filter(
    ({ name }) =>
      [null, name].includes(query.get("name")) &&
      [null, account.domainId].includes(query.get("domain_id")) &&
      [null, account.domainId].includes(query.get("parent_id")) &&
      query.get("enabled") !== "false",
  );
  const shown = perPage === undefined ? matching : matching.slice((page - 1) * perPage, page * perPage);
  const self = (path: string): string => `http://${call.headers["host"] ?? "localhost"}${path}`;
  return jsonReply(200, {
    links: { self: self("/v3/projects"), previous: null, next: null },
    projects: shown.map(({ id, name }) => ({
      id,
      name,
      domain_id: account.domainId,
      parent_id: account.domainId,
      enabled: true,
      is_domain: false,
      description: "",
      links: { self: self(`/v3/projects/${id}`) },
    })),
  });
}

function pageNumber(call: Call, name: string, max: number): number | undefined {
  const text = call.query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max)
    fail(400, `${name} must be 1 to ${String(max)}.`, call);
  return value;
}

function listRegions(state: EmulatorState, call: Call): Reply {
  const { account } = identify(state, call, "KeystoneListRegions");
  const names = [...new Set(account.projects.map(({ name }) => name.split("_")[0] ?? name))];
  return jsonReply(200, {
    links: { self: `http://${call.headers["host"] ?? "localhost"}/v3/regions`, previous: null, next: null },
    regions: names.map((id) => ({
      id,
      type: "public",
      description: "",
      parent_region_id: null,
      locales: { "en-us": id, "zh-cn": id },
      links: { self: `http://${call.headers["host"] ?? "localhost"}/v3/regions/${id}` },
    })),
  });
}

function listDomains(state: EmulatorState, call: Call): Reply {
  const { account } = identify(state, call, "KeystoneListAuthDomains");
  return jsonReply(200, {
    links: {
      self: `http://${call.headers["host"] ?? "localhost"}/v3/auth/domains`,
      previous: null,
      next: null,
    },
    domains: [{ id: account.domainId, name: account.domainName, enabled: true, description: "", links: {} }],
  });
}
