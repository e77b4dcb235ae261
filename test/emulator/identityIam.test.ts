/** Huawei IAM: tokens and temporary keys for those who act as somebody else, and the projects that these open. */
import { acmeDomainId, acmeProject, acmeSeed, acmeSubProject, annKeys } from "./acme";
import { demoKeyPair, EmulatorClient, executions, temporaryKeys } from "./emulatorClient";
import type { Answer, CallOptions, Json, Keys } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(EmulatorClient, { seed: acmeSeed });
const hour = 3_600_000;

const tokenPath = "/v3/auth/tokens";
const keysPath = "/v3.0/OS-CREDENTIAL/securitytokens";

beforeEach(async () => {
  const job = { projectId: acmeSubProject, nodes: [{ id: "a", durationMs: 10 }] };
  await client.control("PUT", "/workflows/job", job);
});

const tokenOf = (answer: Answer): string => answer.headers.get("x-subject-token")!;
const asToken = (token: string): CallOptions => ({
  headers: { "x-auth-token": token, "content-type": "application/json" },
});

async function demoToken(): Promise<string> {
  return tokenOf(await client.login());
}

function assumeRole(role: Json, scope: Json = { project: { name: "cn-north-4_dev" } }): Json {
  return { auth: { identity: { methods: ["assume_role"], assume_role: role }, scope } };
}

const deployer = { domain_name: "acme", agency_name: "deployer" };

async function keysOf(role: Json, options: CallOptions = {}): Promise<Keys> {
  const { json, status, text } = await client.signed("POST", keysPath, {
    ...options,
    body: assumeRole(role),
  });
  if (status !== 201) throw new Error(text);
  const { access, secret, securitytoken } = json.credential;
  return { accessKey: access, secretKey: secret, securityToken: securitytoken };
}

async function idToken(more: Record<string, unknown> = {}): Promise<string> {
  const wanted = { idp: "github", subject: "repo:acme/app", ...more };
  return (await client.control("POST", "/id-tokens", wanted)).json.idToken as string;
}

const jobOfSub = executions("job", acmeSubProject);
const jobOfRegion = executions("job", acmeProject);

/** IAM's own form of an error, and its status. */
function refusalOf({ status, json }: Answer): [number, string] {
  expect(json.error.code).toBe(status);
  return [status, json.error.message as string];
}

describe("a token by password", () => {
  const withUser = (user: Json): CallOptions => ({
    body: { auth: { identity: { methods: ["password"], password: { user } } } },
  });

  test("is given to a user by id, without the domain", async () => {
    const user = { id: "ann00000000000000000000000000001", password: "ann-password-1" };
    const answer = await client.plain("POST", tokenPath, withUser(user));
    expect([answer.status, answer.json.token.user.name]).toEqual([201, "ann"]);
    expect(answer.json.token.domain.name).toBe("acme");
  });

  test("is not given for the id of another account's user with that account's domain", async () => {
    const user = {
      id: "ann00000000000000000000000000001",
      password: "ann-password-1",
      domain: { name: "demo" },
    };
    expect((await client.plain("POST", tokenPath, withUser(user))).status).toBe(401);
  });

  test("can be for a sub-project", async () => {
    const login = { user: "ann", password: "ann-password-1", domain: "acme", project: "cn-north-4_dev" };
    const answer = await client.login(login);
    expect(answer.json.token.project).toMatchObject({ id: acmeSubProject, name: "cn-north-4_dev" });
  });
});

describe("a token by token", () => {
  const byToken = (id: string, scope?: Json): CallOptions => ({
    body: { auth: { identity: { methods: ["token"], token: { id } }, ...(scope ? { scope } : {}) } },
  });

  test("has another scope and ends with the first one", async () => {
    const first = await client.login();
    await client.advance(hour);
    const second = await client.plain(
      "POST",
      tokenPath,
      byToken(tokenOf(first), { domain: { name: "demo" } }),
    );
    expect(second.status).toBe(201);
    const { token } = second.json;
    expect([token.methods, token.domain.name, token.expires_at]).toEqual([
      ["token"],
      "demo",
      first.json.token.expires_at,
    ]);
  });

  test("is not given for an expired or an invented one", async () => {
    const token = await demoToken();
    await client.advance(25 * hour);
    expect((await client.plain("POST", tokenPath, byToken(token))).status).toBe(401);
    expect((await client.plain("POST", tokenPath, byToken("MIIx"))).status).toBe(401);
  });
});

describe("the token of an agency", () => {
  test.each([
    ["with a token of the delegated account", async () => asToken(await demoToken())],
    ["signed", async () => undefined],
  ])("is given to a caller %s", async (_how, optionsOf) => {
    const options = await optionsOf();
    const body = assumeRole(deployer);
    const answer = options
      ? await client.plain("POST", tokenPath, { ...options, body })
      : await client.signed("POST", tokenPath, { body });
    expect(answer.status).toBe(201);
    const { token } = answer.json;
    expect(token.methods).toEqual(["assume_role"]);
    expect(token.user).toMatchObject({ name: "acme/deployer", domain: { id: acmeDomainId, name: "acme" } });
    expect(token.project).toMatchObject({ id: acmeSubProject, domain: { name: "acme" } });
    expect(token.assumed_by.user).toMatchObject({
      name: "demo",
      domain: { name: "demo" },
      password_expires_at: "",
    });
    expect((await client.plain("POST", jobOfSub, asToken(tokenOf(answer)))).status).toBe(200);
  });

  test.each([
    ["by the account's id", { domain_id: acmeDomainId, agency_name: "deployer" }],
    ["as golangsdk names it", { domain_name: "acme", xrole_name: "deployer" }],
  ])("is found %s", async (_how, role) => {
    expect((await client.signed("POST", tokenPath, { body: assumeRole(role) })).status).toBe(201);
  });

  test("lives for 24 hours of emulated time", async () => {
    const token = tokenOf(await client.signed("POST", tokenPath, { body: assumeRole(deployer) }));
    await client.advance(24 * hour - 60_000);
    expect((await client.plain("GET", jobOfSub, asToken(token))).status).toBe(200);
    await client.advance(120_000);
    const late = await client.plain("GET", jobOfSub, asToken(token));
    expect([late.status, late.json.error_msg]).toEqual([
      401,
      expect.stringContaining("token expires, expires_at:"),
    ]);
  });

  test("for the domain opens no project", async () => {
    const body = assumeRole(deployer, { domain: { name: "acme" } });
    const answer = await client.signed("POST", tokenPath, { body });
    expect(answer.json.token.domain).toEqual({ id: acmeDomainId, name: "acme" });
    expect((await client.plain("GET", jobOfSub, asToken(tokenOf(answer)))).status).toBe(401);
  });

  test.each<[string, Json, Json, number, string]>([
    ["without a scope", deployer, null, 400, "auth.scope: is required"],
    ["with an empty scope", deployer, {}, 400, "auth.scope: is required"],
    ["without an account", { agency_name: "deployer" }, {}, 400, "domain_id or domain_name"],
    ["without an agency", { domain_name: "acme" }, {}, 400, "agency_name: is required"],
    [
      "for an unknown agency",
      { ...deployer, agency_name: "x" },
      { domain: { name: "acme" } },
      404,
      "x of acme",
    ],
    ["of an unknown account", { ...deployer, domain_name: "y" }, { domain: { name: "y" } }, 404, "of y"],
    [
      "for an agency that trusts others",
      { ...deployer, agency_name: "second" },
      { domain: { name: "acme" } },
      403,
      "",
    ],
    [
      "for a project that the agency does not open",
      deployer,
      { project: { name: "cn-north-4" } },
      403,
      "Action",
    ],
    ["for an unknown project", deployer, { project: { name: "cn-north-9" } }, 401, "Could not find project"],
    ["for another domain", deployer, { domain: { name: "demo" } }, 401, "Could not find domain"],
  ])("is refused %s", async (_what, role, scope, status, text) => {
    const body = assumeRole(role, scope);
    if (scope === null) delete body.auth.scope;
    const answer = await client.signed("POST", tokenPath, { body });
    expect(refusalOf(answer)).toEqual([status, expect.stringContaining(text)]);
  });

  test("is refused to those who are nobody", async () => {
    expect((await client.plain("POST", tokenPath, { body: assumeRole(deployer) })).status).toBe(401);
  });

  test("ends with the agency", async () => {
    const token = tokenOf(await client.signed("POST", tokenPath, { body: assumeRole(deployer) }));
    await client.control("PUT", "/accounts/acme", {
      domainId: acmeDomainId,
      projects: acmeSeed.accounts![0]!.projects,
    });
    const answer = await client.plain("GET", jobOfSub, asToken(token));
    expect([answer.status, answer.json.error_msg]).toEqual([
      401,
      expect.stringContaining("The token must be updated"),
    ]);
  });
});

describe("temporary keys", () => {
  test("of an agency open its projects, with their token, until they end", async () => {
    await client.freeze();
    const keys = await keysOf({ ...deployer, duration_seconds: 1800 });
    expect((await client.signed("POST", jobOfSub, { keys })).status).toBe(200);
    expect((await client.signed("POST", jobOfRegion, { keys })).status).toBe(401);
    const { securityToken: _left, ...bare } = keys;
    expect((await client.signed("GET", jobOfSub, { keys: bare })).status).toBe(401);
    await client.advance(1800_000 - 1);
    expect((await client.signed("GET", jobOfSub, { keys })).status).toBe(200);
    await client.advance(1);
    const late = await client.signed("GET", jobOfSub, { keys });
    expect([late.status, late.json.error_code]).toEqual([401, "APIGW.0301"]);
    expect(late.json.error_msg).toContain("token expires, expires_at:");
  });

  test.each([
    [undefined, 900],
    [900, 900],
    [86_400, 86_400],
  ])("for %s seconds live for %d", async (duration_seconds, lived) => {
    const now = await client.freeze();
    const body = assumeRole({ ...deployer, duration_seconds });
    const { json } = await client.signed("POST", keysPath, { body });
    expect(json.credential.expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(Date.parse(json.credential.expires_at) - now).toBe(lived * 1000);
  });

  test.each([{ duration_seconds: 899 }, { duration_seconds: 86_401 }, { session_user: { name: "1bad" } }])(
    "are refused with %j",
    async (change) => {
      const body = assumeRole({ ...deployer, ...change });
      expect(refusalOf(await client.signed("POST", keysPath, { body }))[0]).toBe(400);
    },
  );

  test("can be had for a token, with the one in the header before the one in the body", async () => {
    const ann = await client.login({
      user: "ann",
      password: "ann-password-1",
      domain: "acme",
      project: "cn-north-4",
    });
    const body = {
      auth: { identity: { methods: ["token"], token: { id: "MIIx", duration_seconds: 1000 } } },
    };
    expect((await client.plain("POST", keysPath, { body })).status).toBe(401);
    const answer = await client.plain("POST", keysPath, { ...asToken(tokenOf(ann)), body });
    expect(answer.status).toBe(201);
    const { access, secret, securitytoken } = answer.json.credential;
    const keys = { accessKey: access, secretKey: secret, securityToken: securitytoken };
    const projects = await client.signed("GET", "/v3/auth/projects", { keys });
    expect(projects.json.projects.map(({ name }: Json) => name)).toEqual(["cn-north-4", "cn-north-4_dev"]);
  });

  test("of keys of an agency work for an agency that trusts it", async () => {
    const first = await keysOf(deployer);
    const second = await keysOf({ domain_name: "acme", agency_name: "second" }, { keys: first });
    const { domains } = (await client.signed("GET", "/v3/auth/domains", { keys: second })).json;
    expect(domains).toMatchObject([{ id: acmeDomainId, name: "acme" }]);
  });

  test("of Huawei Cloud open nothing of Alibaba Cloud's", async () => {
    const { accessKey } = await keysOf(deployer);
    const rpc = new URLSearchParams({
      Action: "ListFlows",
      Version: "2019-03-15",
      Format: "json",
      SignatureMethod: "HMAC-SHA1",
      SignatureVersion: "1.0",
      SignatureNonce: "1",
      Timestamp: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
      AccessKeyId: accessKey,
      Signature: "x",
    });
    const answer = await client.plain("GET", `/?${rpc.toString()}`);
    expect([answer.status, answer.json.Code]).toEqual([403, "InvalidAccessKeyID"]);
  });
});

describe("a federated user", () => {
  const exchange = async (token: string, scope?: Json, idp = "github"): Promise<Answer> =>
    client.plain("POST", "/v3.0/OS-AUTH/id-token/tokens", {
      headers: { "x-idp-id": idp },
      body: { auth: { id_token: { id: token }, ...(scope ? { scope } : {}) } },
    });

  test("gets an unscoped token that opens nothing but keys", async () => {
    const answer = await exchange(await idToken());
    expect(answer.status).toBe(201);
    const { token } = answer.json;
    expect(token).not.toHaveProperty("project");
    expect(token).not.toHaveProperty("domain");
    expect([token.methods, token.user.name]).toEqual([["mapped"], "repo:acme/app"]);
    expect(token.user["OS-FEDERATION"]).toMatchObject({
      identity_provider: { id: "github" },
      protocol: { id: "oidc" },
    });
    expect((await client.plain("GET", jobOfSub, asToken(tokenOf(answer)))).status).toBe(401);
    const keys = { auth: { identity: { methods: ["token"], token: { id: tokenOf(answer) } } } };
    expect((await client.plain("POST", keysPath, { body: keys })).status).toBe(201);
  });

  test("gets a token for a project that opens its services at once", async () => {
    const answer = await exchange(await idToken(), { project: { id: acmeSubProject } });
    expect((await client.plain("POST", jobOfSub, asToken(tokenOf(answer)))).status).toBe(200);
  });

  test("gets an unscoped token by a header too, as the Node SDK asks for it", async () => {
    const path = "/v3/OS-FEDERATION/identity_providers/github/protocols/oidc/auth";
    const headers = { authorization: `Bearer ${await idToken()}` };
    expect((await client.plain("POST", path, { headers })).status).toBe(201);
    expect((await client.plain("POST", path, {})).status).toBe(401);
    expect((await client.plain("POST", path.replace("oidc", "saml"), { headers })).status).toBe(404);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["has expired", { expiresInSeconds: -1 }, "expired"],
    ["is for others", { audience: "others" }, "audience"],
    ["is from others", { claims: { iss: "https://others.example.com" } }, "issuer"],
    ["is not valid yet", { claims: { nbf: 99_999_999_999 } }, "not valid yet"],
  ])("is refused with an id token that %s", async (_what, change, text) => {
    expect(refusalOf(await exchange(await idToken(change)))).toEqual([401, expect.stringContaining(text)]);
  });

  test.each<[string, (token: string) => string, string]>([
    ["is not a JSON Web Token", () => "abc", "JSON Web Token"],
    ["is signed by nobody", (token) => token.replace(/\.[^.]+$/, ".AAAA"), "signature"],
    [
      "says something else than what was signed",
      (token) => {
        const [header, , signature] = token.split(".");
        const claims = {
          iss: "https://token.example.com",
          aud: "sts.example.com",
          sub: "root",
          exp: 99_999_999_999,
        };
        return [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
      },
      "signature",
    ],
    [
      "asks for no signature",
      (token) => {
        const [, claims] = token.split(".");
        return [Buffer.from('{"alg":"none"}').toString("base64url"), claims, ""].join(".");
      },
      "RS256",
    ],
  ])("is refused with an id token that %s", async (_what, change, text) => {
    const answer = await exchange(change(await idToken()));
    expect(refusalOf(answer)).toEqual([401, expect.stringContaining(text)]);
  });

  test("is refused by an unknown provider, and without one", async () => {
    expect((await exchange(await idToken(), undefined, "nobody")).status).toBe(404);
    const body = { auth: { id_token: { id: await idToken() } } };
    expect((await client.plain("POST", "/v3.0/OS-AUTH/id-token/tokens", { body })).status).toBe(400);
  });
});

describe("projects", () => {
  test("have sub-projects, found by name, below the project of their region", async () => {
    const byName = await client.signed("GET", "/v3/projects?name=cn-north-4_dev", { keys: annKeys });
    expect(byName.json.projects).toMatchObject([{ id: acmeSubProject, parent_id: acmeProject }]);
    const below = await client.signed("GET", `/v3/projects?parent_id=${acmeProject}`, { keys: annKeys });
    expect(below.json.projects.map(({ id }: Json) => id)).toEqual([acmeSubProject]);
    const top = await client.signed("GET", `/v3/projects?parent_id=${acmeDomainId}`, { keys: annKeys });
    expect(top.json.projects.map(({ id }: Json) => id)).toEqual([acmeProject]);
  });

  test("are those of the acting account", async () => {
    const keys = await keysOf(deployer);
    const listed = await client.signed("GET", "/v3/projects", { keys });
    expect(listed.json.projects.map(({ id }: Json) => id)).toEqual([acmeSubProject]);
    expect((await client.signed("GET", "/v3/projects?name=cn-north-4", { keys })).json.projects).toEqual([]);
    expect((await client.signed("GET", "/v3/projects?name=cn-north-4")).json.projects).toHaveLength(1);
  });

  test("are shown one by one", async () => {
    const shown = await client.signed("GET", `/v3/projects/${acmeSubProject}`, { keys: annKeys });
    expect(shown.json.project).toMatchObject({ name: "cn-north-4_dev", domain_id: acmeDomainId });
    expect((await client.signed("GET", `/v3/projects/${acmeSubProject}`)).status).toBe(404);
  });
});

test("a token can be looked at by those of the same account", async () => {
  const token = await demoToken();
  const headers = { "x-auth-token": token, "x-subject-token": token };
  const answer = await client.plain("GET", `${tokenPath}?nocatalog=1`, { headers });
  expect([answer.status, answer.json.token.user.name]).toEqual([200, "demo"]);
  const foreign = await client.signed("GET", tokenPath, {
    keys: annKeys,
    headers: { "x-subject-token": token },
  });
  expect(foreign.status).toBe(404);
});

describe("quirks", () => {
  const quirk = (name: string): Promise<Answer> => client.control("PUT", "/quirks", { [name]: true });

  test("assumeRoleByTokenOnly: a signed request for a role is 401", async () => {
    await quirk("assumeRoleByTokenOnly");
    for (const path of [tokenPath, keysPath]) {
      const answer = await client.signed("POST", path, { body: assumeRole(deployer) });
      expect(refusalOf(answer)).toEqual([401, "The X-Auth-Token is invalid!"]);
      const byToken = { ...asToken(await demoToken()), body: assumeRole(deployer) };
      expect((await client.plain("POST", path, byToken)).status).toBe(201);
    }
  });

  test("chainedKeysOneHour: temporary keys give an hour at most", async () => {
    const keys = await keysOf(deployer);
    const second = { domain_name: "acme", agency_name: "second", duration_seconds: 3601 };
    await keysOf(second, { keys });
    await quirk("chainedKeysOneHour");
    await expect(keysOf(second, { keys })).rejects.toThrow("duration_seconds");
    await keysOf({ ...second, duration_seconds: 3600 }, { keys });
    await keysOf({ ...deployer, duration_seconds: 3601 });
  });

  test("unknownAgencyIs403: an unknown agency is forbidden", async () => {
    await quirk("unknownAgencyIs403");
    const body = assumeRole({ ...deployer, agency_name: "x" });
    expect((await client.signed("POST", keysPath, { body })).status).toBe(403);
  });

  test("noAuthDomains: the list of domains is empty", async () => {
    await quirk("noAuthDomains");
    expect((await client.signed("GET", "/v3/auth/domains")).json.domains).toEqual([]);
  });

  test("foreignProject: a project of another account is 403, 401 or shown; an unknown one is 404", async () => {
    const status = async (id: string): Promise<number> =>
      (await client.signed("GET", `/v3/projects/${id}`)).status;
    expect(await status(acmeProject)).toBe(404);
    for (const [way, expected] of [
      ["forbidden", 403],
      ["unauthorized", 401],
      ["shown", 200],
    ] as const) {
      await client.control("PUT", "/quirks", { foreignProject: way });
      expect([await status(acmeProject), await status("f".repeat(32))]).toEqual([expected, 404]);
    }
    const shown = (await client.signed("GET", `/v3/projects/${acmeProject}`)).json;
    expect(shown.project.domain_id).toBe(acmeDomainId);
  });
});

describe("a fault", () => {
  const plan = (fault: Json): Promise<Answer> => client.control("POST", "/faults", fault);

  test("hits tokens and keys by the names of their operations", async () => {
    await plan({ operation: "KeystoneCreateAgencyToken", action: "status", status: 503, retryAfter: 2 });
    expect((await client.login()).status).toBe(201);
    const answer = await client.signed("POST", tokenPath, { body: assumeRole(deployer) });
    expect(refusalOf(answer)[0]).toBe(503);
    await plan({ operation: "iam:CreateTemporaryAccessKeyByAgency", action: "dropBefore" });
    await expect(client.signed("POST", keysPath, { body: assumeRole(deployer) })).rejects.toThrow();
    await plan({ operation: "CreateTokenWithIdToken", action: "status", status: 401 });
    expect((await client.plain("POST", "/v3.0/OS-AUTH/id-token/tokens", {})).status).toBe(401);
  });

  test.each<[string, () => Promise<Keys>, string]>([
    ["that IAM has issued", () => keysOf(deployer), jobOfSub],
    ["of the seed", async () => temporaryKeys, executions("demo-slow")],
  ])("makes temporary keys expire %s", async (_whose, keysFrom, path) => {
    const keys = await keysFrom();
    expect((await client.signed("GET", path, { keys })).status).toBe(200);
    await plan({ operation: "ListWorkflowExecutions", action: "expireToken" });
    for (const _again of [1, 2]) {
      const refused = await client.signed("GET", path, { keys });
      expect([refused.status, refused.json.error_code]).toEqual([401, "APIGW.0301"]);
      expect(refused.json.error_msg).toContain("token expires");
    }
    expect((await client.signed("GET", executions("demo-slow"), { keys: demoKeyPair })).status).toBe(200);
  });
});
