/** The accounts that a seed or the control API gives, and the record of who acted in them. */
import { generateKeyPairSync, sign } from "node:crypto";
import { startEmulator } from "runbook-emulator";
import { acmeAccountId, acmeDomainId, acmeProject, acmeSeed, acmeSubProject, annKeys } from "./acme";
import { CloudFlowClient } from "./cloudflowClient";
import { demoKeyPair, executions, temporaryKeys } from "./emulatorClient";
import type { Answer, Json, Keys } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(CloudFlowClient, { seed: acmeSeed });

const assume = async (session: string, keys: Keys = demoKeyPair, agency = "deployer"): Promise<Keys> => {
  const body = { agency_urn: `iam::${acmeDomainId}:agency:${agency}`, agency_session_name: session };
  const { credentials } = (await client.signed("POST", "/v5/agencies/assume", { body, keys })).json;
  return {
    accessKey: credentials.access_key_id,
    secretKey: credentials.secret_access_key,
    securityToken: credentials.security_token,
  };
};
const requests = async (operation: string): Promise<Json[]> =>
  (await client.control("GET", `/requests?operation=${operation}`)).json.requests;
const actors = async (query = ""): Promise<Json[]> =>
  (await client.control("GET", `/actors${query}`)).json.actors;

describe("the record of who acted", () => {
  test("has the account, the user, the key and the project of each request", async () => {
    await client.signed("GET", executions("job", acmeProject), { keys: annKeys });
    expect(await requests("ListWorkflowExecutions")).toMatchObject([
      {
        caller: {
          accessKeyId: annKeys.accessKey,
          actor: { account: "acme", kind: "user", name: "ann" },
          project: "cn-north-4",
        },
      },
    ]);
  });

  test("has the session of an agency, and who has assumed it", async () => {
    const first = await assume("build-7");
    const second = await assume("deploy-7", first, "second");
    await client.signed("POST", executions("job", acmeProject), { keys: second });
    expect((await requests("ExecuteWorkflow"))[0].caller).toEqual({
      accessKeyId: second.accessKey,
      actor: {
        account: "acme",
        kind: "agency",
        name: "second",
        session: "deploy-7",
        assumedBy: ["demo/demo", "acme/deployer (build-7)"],
      },
      project: "cn-north-4",
    });
  });

  test("says of a token whose it is, without a key", async () => {
    const login = { user: "ann", password: "ann-password-1", domain: "acme", project: "cn-north-4_dev" };
    const token = (await client.login(login)).headers.get("x-subject-token")!;
    await client.plain("GET", executions("job", acmeSubProject), {
      headers: { "x-auth-token": token, "content-type": "application/json" },
    });
    expect((await requests("ListWorkflowExecutions"))[0].caller).toEqual({
      actor: { account: "acme", kind: "user", name: "ann" },
      project: "cn-north-4_dev",
    });
    expect((await requests("KeystoneCreateUserTokenByPassword"))[0].caller.actor.name).toBe("ann");
  });

  test("names the key of a request that was refused, and nobody", async () => {
    await client.signed("GET", executions("job"), { keys: { ...demoKeyPair, secretKey: "wrong" } });
    await client.call("ListFlows", {}, { keys: { ...demoKeyPair, secretKey: "wrong" } });
    for (const operation of ["ListWorkflowExecutions", "ListFlows"]) {
      expect((await requests(operation))[0].caller).toEqual({ accessKeyId: demoKeyPair.accessKey });
    }
  });

  test("stays with an execution, whatever becomes of the log", async () => {
    const keys = await assume("build-7");
    const job = { projectId: acmeSubProject, nodes: [{ id: "a", durationMs: 10 }] };
    await client.control("PUT", "/workflows/job", job);
    await client.signed("POST", executions("job", acmeSubProject), { keys });
    const role = { RoleArn: `acs:ram::${acmeAccountId}:role/deployer`, RoleSessionName: "pulumi" };
    const { Credentials } = await client.ok("AssumeRole", role, { common: { Version: "2015-04-01" } });
    await client.ok(
      "StartExecution",
      { FlowName: "flow" },
      {
        keys: {
          accessKey: Credentials.AccessKeyId,
          secretKey: Credentials.AccessKeySecret,
          securityToken: Credentials.SecurityToken,
        },
      },
    );
    await client.signed("POST", `/v2/${acmeProject}/fgs/workflows/job/executions`, {
      keys: annKeys,
      body: { input: {} },
    });
    await client.control("POST", "/executions", { workflowId: "demo-slow" });
    await client.control("DELETE", "/requests");
    const started = (await client.control("GET", "/executions")).json.executions.reverse();
    expect(started.map(({ service, startedBy, caller }: Json) => [service, startedBy, caller])).toEqual([
      [
        "aom",
        "acme/deployer",
        {
          accessKeyId: keys.accessKey,
          actor: {
            account: "acme",
            kind: "agency",
            name: "deployer",
            session: "build-7",
            assumedBy: ["demo/demo"],
          },
          project: "cn-north-4_dev",
        },
      ],
      [
        "cloudflow",
        "deployer:pulumi",
        {
          accessKeyId: Credentials.AccessKeyId,
          actor: {
            account: "acme",
            kind: "role",
            name: "deployer",
            session: "pulumi",
            assumedBy: ["demo/demo"],
          },
        },
      ],
      [
        "functiongraph",
        "ann",
        {
          accessKeyId: annKeys.accessKey,
          actor: { account: "acme", kind: "user", name: "ann" },
          project: "cn-north-4",
        },
      ],
      ["aom", "someone-else", undefined],
    ]);
  });

  test("sums up who did what", async () => {
    const keys = await assume("build-7");
    for (const _time of [1, 2]) {
      await client.signed("GET", "/v3/auth/projects", { keys });
    }
    await client.signed("GET", executions("job", acmeProject), { keys: annKeys });
    await client.signed("GET", executions("none"), { keys: { ...demoKeyPair, secretKey: "wrong" } });
    expect(await actors()).toEqual([
      {
        who: "demo/demo",
        kind: "user",
        accessKeyId: demoKeyPair.accessKey,
        did: { "huaweiSts:AssumeAgency:200": 1 },
      },
      {
        who: "acme/deployer (build-7)",
        kind: "agency",
        assumedBy: ["demo/demo"],
        accessKeyId: keys.accessKey,
        did: { "iam:KeystoneListAuthProjects:200": 2 },
      },
      {
        who: "acme/ann",
        kind: "user",
        accessKeyId: annKeys.accessKey,
        project: "cn-north-4",
        did: { "aom:ListWorkflowExecutions:200": 1 },
      },
      { accessKeyId: demoKeyPair.accessKey, did: { "aom:ListWorkflowExecutions:401": 1 } },
    ]);
    expect((await actors("?service=iam")).map(({ who }) => who)).toEqual(["acme/deployer (build-7)"]);
    expect((await actors("?operation=AssumeAgency")).map(({ who }) => who)).toEqual(["demo/demo"]);
  });

  test("has no secret, wherever in a request it was", async () => {
    const secrets: string[] = [demoKeyPair.secretKey, temporaryKeys.securityToken!];
    const keys = await assume("build-7");
    secrets.push(keys.secretKey, keys.securityToken!);
    await client.signed("GET", "/v3/auth/domains", { keys });
    await client.call("ListFlows", {}, { keys: temporaryKeys });
    await client.call("ListFlows", {}, { keys: temporaryKeys, signature: "acs3" });
    const wanted = { idp: "github", subject: "repo:acme/app" };
    const idToken = (await client.control("POST", "/id-tokens", wanted)).json.idToken as string;
    secrets.push(idToken);
    const query = new URLSearchParams({
      Action: "AssumeRoleWithOIDC",
      Version: "2015-04-01",
      OIDCToken: idToken,
      OIDCProviderArn: "x",
    });
    await client.plain("POST", `/?${query.toString()}`);
    await client.plain("POST", "/v3/OS-FEDERATION/identity_providers/github/protocols/oidc/auth", {
      headers: { authorization: `Bearer ${idToken}` },
    });
    const machine = { domain: "acme", agency: "machine" };
    await client.control("PUT", "/machines/huaweiPod", { ...machine, idp: "github" });
    await client.plain("POST", "/v1/pod-identity/credentials", { headers: { authorization: idToken } });
    await client.control("PUT", "/machines/huaweiEcs", machine);
    const headers = { "x-metadata-token-ttl-seconds": "60" };
    const token = (await client.plain("PUT", "/meta-data/latest/api/token", { headers })).text;
    secrets.push(token);
    await client.plain("GET", "/openstack/latest/securitykey", { headers: { "x-metadata-token": token } });

    const log =
      (await client.control("GET", "/requests")).text + (await client.control("GET", "/actors")).text;
    expect(log).toContain("securitykey");
    for (const secret of secrets) {
      expect(log).not.toContain(secret);
      expect(log).not.toContain(encodeURIComponent(secret));
    }
  });
});

describe("an account through the control API", () => {
  const put = (domain: string, account: Json): Promise<Answer> =>
    client.control("PUT", `/accounts/${domain}`, account);

  test("is there from then on, and is taken out again", async () => {
    const keys = { accessKey: "NEWKEY", secretKey: "new-secret" };
    const project = { id: "c".repeat(32), name: "cn-east-3" };
    const answer = await put("newcomer", {
      users: [{ name: "kim", password: "p" }],
      accessKeys: [keys],
      projects: [project],
      agencies: [{ name: "own" }],
      roles: [{ name: "own" }],
    });
    expect([answer.status, answer.json.agencies[0].urn]).toEqual([
      200,
      `iam::${String(answer.json.domainId)}:agency:own`,
    ]);
    expect(answer.json.roles[0].arn).toBe(`acs:ram::${String(answer.json.accountId)}:role/own`);
    expect(answer.json.accountId).toMatch(/^\d{16}$/);
    const projects = await client.signed("GET", "/v3/projects", { keys });
    expect(projects.json.projects).toMatchObject([project]);
    expect((await client.control("DELETE", "/accounts/newcomer")).status).toBe(200);
    expect((await client.signed("GET", "/v3/projects", { keys })).status).toBe(401);
    expect((await client.control("DELETE", "/accounts/newcomer")).status).toBe(404);
  });

  test("lets everybody of its own into a role that names nobody", async () => {
    const keys = { accessKey: "NEWKEY", secretKey: "new-secret" };
    await put("newcomer", { domainId: "new", accessKeys: [keys], agencies: [{ name: "own" }] });
    const body = { agency_urn: "iam::new:agency:own", agency_session_name: "pulumi" };
    expect((await client.signed("POST", "/v5/agencies/assume", { body, keys })).status).toBe(200);
    expect((await client.signed("POST", "/v5/agencies/assume", { body })).status).toBe(403);
  });

  test("replaces the one of its name; the demo account's place stays", async () => {
    const changed = { users: [{ name: "demo", password: "changed" }], projects: [] };
    await put("demo", changed);
    expect((await client.login({ password: "demo-password-1" })).status).toBe(401);
    expect((await client.control("GET", "/accounts")).json.accounts[0].domain).toBe("demo");
    await client.control("POST", "/reset");
    expect((await client.login()).status).toBe(201);
  });

  test("shows no secrets", async () => {
    const { text } = await client.control("GET", "/accounts");
    expect(text).toContain(annKeys.accessKey);
    for (const secret of [annKeys.secretKey, "ann-password-1", "demo-password-1", demoKeyPair.secretKey]) {
      expect(text).not.toContain(secret);
    }
  });

  test("shows roles with their trust policies in the form in which they were given", async () => {
    const { accounts } = (await client.control("GET", "/accounts")).json;
    const acme = accounts.find(({ domain }: Json) => domain === "acme");
    const trusts = Object.fromEntries(acme.agencies.map((one: Json) => [one.name, one.trusts]));
    expect(trusts).toEqual({
      deployer: [{ domain: "demo" }],
      second: [{ domain: "acme", agency: "deployer" }],
      ci: [{ idp: "github", subject: "repo:acme/*" }],
      partner: [{ domain: "demo" }],
      machine: [{ domain: "acme" }],
    });
  });

  test.each<[Json, string]>([
    [{ domain: "other" }, 'domain: must be "newcomer" or left out'],
    [{ accessKeys: [{ ...demoKeyPair }] }, "access key EMULATORACCESSKEY0001 is defined twice"],
    [{ projects: [{ id: acmeProject, name: "x" }] }, `project ${acmeProject} is defined twice`],
    [{ domainId: acmeDomainId }, `domain id ${acmeDomainId} is defined twice`],
    [{ accountId: acmeAccountId }, `account id ${acmeAccountId} is defined twice`],
    [
      { identityProviders: [{ name: "github", issuer: "x", audiences: ["y"] }] },
      "identity provider github is defined twice",
    ],
    [{ agencies: [{ name: "a" }, { name: "a" }] }, "agencies: a is defined twice"],
    [{ agencies: [{ name: "a b" }] }, "agencies[0].name: must have 1 to 64 letters"],
    [
      { agencies: [{ name: "a", maxSessionSeconds: 3599 }] },
      "agencies[0].maxSessionSeconds: must be at least 3600",
    ],
    [{ roles: [{ name: "a", trusts: [{}] }] }, "roles[0].trusts[0].domain: is required"],
    [
      { roles: [{ name: "a", trusts: [{ domain: "d", user: "u", role: "r" }] }] },
      "roles[0].trusts[0]: must have at most one of user, agency and role",
    ],
    [{ roles: [{ name: "a", projects: [] }] }, "roles[0].projects: is not a known field"],
    [
      { identityProviders: [{ name: "a", issuer: "x", audiences: [] }] },
      "identityProviders[0].audiences: must have at least one",
    ],
    [
      { identityProviders: [{ name: "a", issuer: "x", audiences: ["y"], keys: [{ kty: "oct" }] }] },
      "identityProviders[0].keys[0]: must be an RSA public key as JWK",
    ],
  ])("is refused as %j", async (account, text) => {
    const answer = await put("newcomer", account);
    expect([answer.status, answer.json.error]).toEqual([400, expect.stringContaining(text)]);
    const { accounts } = (await client.control("GET", "/accounts")).json;
    expect(accounts.map(({ domain }: Json) => domain)).toEqual(["demo", "acme"]);
  });
});

describe("an identity provider with keys of its own", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const tokenOf = (kid: string): string => {
    const claims = { iss: "https://own", sub: "job", aud: ["sts", "others"], exp: 99_999_999_999 };
    const signed = `${encode({ alg: "RS256", kid })}.${encode(claims)}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
  };
  const exchange = async (token: string): Promise<number> => {
    const headers = { "x-idp-id": "own" };
    const body = { auth: { id_token: { id: token } } };
    return (await client.plain("POST", "/v3.0/OS-AUTH/id-token/tokens", { headers, body })).status;
  };

  beforeEach(() => {
    const keys = [{ ...publicKey.export({ format: "jwk" }), kid: "one" }];
    const provider = { name: "own", issuer: "https://own", audiences: ["sts"], keys };
    return client.control("PUT", "/accounts/newcomer", { identityProviders: [provider] });
  });

  test("has its tokens checked with them", async () => {
    expect(await exchange(tokenOf("one"))).toBe(201);
    expect(await exchange(tokenOf("two"))).toBe(401);
  });

  test("has none made by the emulator", async () => {
    const answer = await client.control("POST", "/id-tokens", { idp: "own", subject: "job" });
    expect([answer.status, answer.json.error]).toEqual([400, expect.stringContaining("keys of its own")]);
  });
});

test("an id token is made for a known provider alone", async () => {
  const answer = await client.control("POST", "/id-tokens", { idp: "nobody", subject: "job" });
  expect(answer.status).toBe(404);
});

test.each<[string, Json, string]>([
  [
    "an unknown field of an agency",
    { accounts: [{ domain: "a", agencies: [{ name: "b", trust: [] }] }] },
    "trust: is not",
  ],
  [
    "a machine of an unknown account",
    { machines: { huaweiEcs: { domain: "nobody" } } },
    "is not an account: nobody",
  ],
  [
    "an unknown kind of machine",
    { machines: { awsEc2: { domain: "demo" } } },
    "machines.awsEc2: is not a known",
  ],
])("a seed with %s is refused by the field's name", async (_what, seed, text) => {
  await expect(startEmulator({ seed })).rejects.toThrow(text);
});

test("without an enterprise project the list of a workflow of another one is empty, for a role as for a user", async () => {
  const workflow = {
    projectId: acmeSubProject,
    nodes: [{ id: "a", durationMs: 10 }],
    attributes: { enterprise_project_id: "ep-7" },
  };
  await client.control("PUT", "/workflows/elsewhere", workflow);
  const keys = await assume("build-7");
  const path = executions("elsewhere", acmeSubProject);
  await client.signed("POST", path, { keys });
  for (const [query, found] of [
    ["", 0],
    ["?x_enterprise_project_id=0", 0],
    ["?x_enterprise_project_id=ep-7", 1],
  ]) {
    const listed = await client.signed("GET", `${path}${String(query)}`, { keys });
    expect([listed.status, listed.json.length]).toEqual([200, found]);
  }
});
