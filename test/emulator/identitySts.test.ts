/** The STS of both clouds: who may take on which role, for how long, and how a refusal is worded. */
import { startEmulator } from "runbook-emulator";
import { acmeAccountId, acmeDomainId, acmeProject, acmeSeed, annKeys } from "./acme";
import { CloudFlowClient } from "./cloudflowClient";
import type { SendOptions } from "./cloudflowClient";
import { demoKeyPair } from "./emulatorClient";
import type { Answer, Json, Keys } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(CloudFlowClient, { seed: acmeSeed });

async function idToken(more: Record<string, unknown> = {}): Promise<string> {
  const wanted = { idp: "github", subject: "repo:acme/app", ...more };
  return (await client.control("POST", "/id-tokens", wanted)).json.idToken as string;
}

describe("Huawei Cloud", () => {
  const urn = (agency: string): string => `iam::${acmeDomainId}:agency:${agency}`;
  const wanted = (agency: string, more: Json = {}): Json => ({
    agency_urn: urn(agency),
    agency_session_name: "pulumi",
    ...more,
  });
  const assume = (agency: string, more: Json = {}, keys: Keys = demoKeyPair): Promise<Answer> =>
    client.signed("POST", "/v5/agencies/assume", { body: wanted(agency, more), keys });
  const keysOf = ({ json }: Answer): Keys => ({
    accessKey: json.credentials.access_key_id,
    secretKey: json.credentials.secret_access_key,
    securityToken: json.credentials.security_token,
  });
  const callerOf = async (keys: Keys): Promise<Json> =>
    (await client.signed("GET", "/v5/caller-identity", { keys })).json;

  test("an agency's session has keys for an hour unless it is said otherwise", async () => {
    const now = await client.freeze();
    const { status, json } = await assume("deployer");
    expect(status).toBe(200);
    expect(json.assumed_agency).toEqual({
      urn: `sts::${acmeDomainId}:assumed-agency:deployer/pulumi`,
      id: expect.stringMatching(/^[0-9a-f]{32}:pulumi$/),
    });
    expect(json.credentials.access_key_id).toMatch(/^HSTA/);
    expect(json.credentials.expiration).toBe(new Date(now + 3_600_000).toISOString());
    expect(json).not.toHaveProperty("source_identity");
  });

  test("a token will do for a signature", async () => {
    const token = (await client.login()).headers.get("x-subject-token")!;
    const options = { headers: { "x-auth-token": token }, body: wanted("deployer") };
    expect((await client.plain("POST", "/v5/agencies/assume", options)).status).toBe(200);
  });

  test("the caller is a user, a session, or the account itself", async () => {
    expect(await callerOf(annKeys)).toEqual({
      account_id: acmeDomainId,
      principal_urn: `iam::${acmeDomainId}:user:ann`,
      principal_id: "ann00000000000000000000000000001",
    });
    const session = await assume("deployer");
    expect(await callerOf(keysOf(session))).toEqual({
      account_id: acmeDomainId,
      principal_urn: `sts::${acmeDomainId}:assumed-agency:deployer/pulumi`,
      principal_id: session.json.assumed_agency.id,
    });
    const keys = { accessKey: "ROOTKEY", secretKey: "root" };
    await client.control("PUT", "/accounts/lonely", { domainId: "lonely-id", accessKeys: [keys] });
    expect(await callerOf(keys)).toMatchObject({ principal_urn: "iam::lonely-id:root" });
  });

  test("the identity that the first of a chain has said stays with the others", async () => {
    const first = await assume("deployer", { source_identity: "Ann" });
    expect(first.json.source_identity).toBe("Ann");
    const second = await assume("second", { source_identity: undefined }, keysOf(first));
    expect([second.status, second.json.source_identity]).toEqual([200, "Ann"]);
  });

  test.each<[string, string, Json, number, string]>([
    ["an agency that is not there", "nobody", {}, 404, "cannot be found"],
    ["an agency that trusts others", "second", {}, 403, "Not authorized"],
    ["an agency of jobs", "ci", {}, 403, "Not authorized"],
    ["an agency without its external id", "partner", {}, 403, "Not authorized"],
    ["an agency with another external id", "partner", { external_id: "order-67" }, 403, "Not authorized"],
    [
      "longer than the agency's own limit",
      "deployer",
      { duration_seconds: 7201 },
      400,
      "must be at most 7200",
    ],
    ["less than 15 minutes", "deployer", { duration_seconds: 899 }, 400, "at least 900"],
    ["more than 12 hours", "deployer", { duration_seconds: 43_201 }, 400, "at most 43200"],
    ["a session name of one letter", "deployer", { agency_session_name: "a" }, 400, "agency_session_name"],
    ["a session name with a space", "deployer", { agency_session_name: "a b" }, 400, "agency_session_name"],
    ["something that is no URN", "deployer", { agency_urn: "deployer" }, 400, "is not a URN"],
  ])("%s is refused", async (_what, agency, more, status, text) => {
    const answer = await assume(agency, more);
    expect([answer.status, answer.json.error_msg]).toEqual([status, expect.stringContaining(text)]);
    expect(answer.json.error_code).toMatch(/^STS5\./);
    expect(answer.json.request_id).toBe(answer.headers.get("x-request-id"));
  });

  test("an agency with an external id is for those who know it", async () => {
    expect((await assume("partner", { external_id: "order-66" })).status).toBe(200);
  });

  test("keys of a session give no more than an hour, whatever the agency allows", async () => {
    const keys = keysOf(await assume("deployer"));
    expect((await assume("second", { duration_seconds: 3600 }, keys)).status).toBe(200);
    const refused = await assume("second", { duration_seconds: 3601 }, keys);
    expect([refused.status, refused.json.error_msg]).toEqual([400, expect.stringContaining("at most 3600")]);
  });

  describe("with an id token", () => {
    const assumeWith = async (id_token: string, more: Json = {}): Promise<Answer> =>
      client.plain("POST", "/v5/agencies/assume-with-oidc", {
        body: wanted("ci", { provider_urn: `iam::${acmeDomainId}:oidcProvider:github`, id_token, ...more }),
      });

    test("needs no signature, and says whom the token is of", async () => {
      const answer = await assumeWith(await idToken());
      expect(answer.json).toMatchObject({
        assumed_agency: { urn: `sts::${acmeDomainId}:assumed-agency:ci/pulumi` },
        audience: "sts.example.com",
        provider: `iam::${acmeDomainId}:oidcProvider:github`,
        subject_from_id_token: "repo:acme/app",
      });
      const projects = await client.signed("GET", "/v3/auth/projects", { keys: keysOf(answer) });
      expect(projects.json.projects.map(({ id }: Json) => id)).toContain(acmeProject);
    });

    test.each<[string, Json, Json, number]>([
      ["an expired token", { expiresInSeconds: -5 }, {}, 400],
      ["a subject that the agency does not trust", { subject: "repo:evil/acme/app" }, {}, 403],
      ["a provider that is not there", {}, { provider_urn: `iam::${acmeDomainId}:oidcProvider:x` }, 404],
      ["an agency that trusts no id tokens", {}, { agency_urn: urn("deployer") }, 403],
    ])("%s is refused", async (_what, claims, more, status) => {
      expect((await assumeWith(await idToken(claims), more)).status).toBe(status);
    });
  });

  test("a fault brings the gateway's words or the service's", async () => {
    const plan = (status: number): Promise<Answer> =>
      client.control("POST", "/faults", { operation: "huaweiSts:AssumeAgency", action: "status", status });
    await plan(429);
    expect((await assume("deployer")).json.error_code).toBe("APIGW.0308");
    await plan(500);
    expect((await assume("deployer")).json.error_code).toMatch(/^STS5\./);
  });
});

describe("Alibaba Cloud", () => {
  const arn = `acs:ram::${acmeAccountId}:`;
  const sts = (values: Json): NonNullable<SendOptions["common"]> => ({ Version: "2015-04-01", ...values });
  const role = (name: string, more: Json = {}): Json => ({
    RoleArn: `${arn}role/${name}`,
    RoleSessionName: "pulumi",
    ...more,
  });
  const assume = (name: string, more: Json = {}, options: SendOptions = {}): Promise<Answer> =>
    client.call("AssumeRole", role(name, more), { ...options, common: sts({}) });
  const keysOf = ({ json }: Answer): Keys => ({
    accessKey: json.Credentials.AccessKeyId,
    secretKey: json.Credentials.AccessKeySecret,
    securityToken: json.Credentials.SecurityToken,
  });
  const caller = async (keys?: Keys): Promise<Json> => {
    const options: SendOptions = { common: sts({}), method: "POST", ...(keys ? { keys } : {}) };
    return (await client.call("GetCallerIdentity", {}, options)).json;
  };

  test("a role's session has keys for an hour unless it is said otherwise", async () => {
    const now = await client.freeze();
    const { json, status, headers } = await assume("deployer");
    expect(status).toBe(200);
    expect(json.AssumedRoleUser).toEqual({
      Arn: `${arn}role/deployer/pulumi`,
      AssumedRoleId: expect.stringMatching(/^\d{18}:pulumi$/),
    });
    const ends = new Date(now + 3_600_000).toISOString().replace(/\.\d+Z/, "Z");
    expect(json.Credentials).toMatchObject({
      AccessKeyId: expect.stringMatching(/^STS\./),
      Expiration: ends,
    });
    expect(json.RequestId).toBe(headers.get("x-acs-request-id"));
    expect(json).not.toHaveProperty("SourceIdentity");
  });

  test("a role is found by its name in small letters too", async () => {
    expect((await assume("DEPLOYER")).status).toBe(200);
  });

  test("the caller is a user, a session, or the account itself", async () => {
    expect(await caller(annKeys)).toMatchObject({
      IdentityType: "RAMUser",
      AccountId: acmeAccountId,
      Arn: `${arn}user/ann`,
    });
    const session = await assume("deployer");
    expect(await caller(keysOf(session))).toMatchObject({
      IdentityType: "AssumedRoleUser",
      Arn: `${arn}assumed-role/deployer/pulumi`,
      PrincipalId: session.json.AssumedRoleUser.AssumedRoleId,
    });
    const keys = { accessKey: "ROOTKEY", secretKey: "root" };
    await client.control("PUT", "/accounts/lonely", { accountId: "42", accessKeys: [keys] });
    expect(await caller(keys)).toMatchObject({ IdentityType: "Account", Arn: "acs:ram::42:root" });
    expect(await client.error("AssumeRole", role("deployer"), { keys, common: sts({}) })).toEqual([
      403,
      "NoPermission",
    ]);
  });

  test("the identity that the first of a chain has said stays with the others", async () => {
    const first = await assume("deployer", { SourceIdentity: "Ann" });
    expect(first.json.SourceIdentity).toBe("Ann");
    const second = await assume("second", {}, { keys: keysOf(first) });
    expect([second.status, second.json.SourceIdentity]).toEqual([200, "Ann"]);
  });

  test.each<[string, string, Json, number, string]>([
    ["a role that is not there", "nobody", {}, 404, "EntityNotExist.Role"],
    ["a role that trusts others", "second", {}, 403, "NoPermission"],
    ["a role without its external id", "partner", {}, 403, "NoPermission"],
    ["a role with another external id", "partner", { ExternalId: "order-67" }, 403, "NoPermission"],
    ["less than 15 minutes", "deployer", { DurationSeconds: 899 }, 400, "InvalidParameter.DurationSeconds"],
    [
      "more than the role allows",
      "deployer",
      { DurationSeconds: 3601 },
      400,
      "InvalidParameter.DurationSeconds",
    ],
    ["no number of seconds", "deployer", { DurationSeconds: "1h" }, 400, "InvalidParameter.DurationSeconds"],
    ["no role", "deployer", { RoleArn: "" }, 400, "MissingRoleArn"],
    ["a role that is no ARN", "deployer", { RoleArn: "deployer" }, 400, "InvalidParameter.RoleArn"],
    ["no name of a session", "deployer", { RoleSessionName: "" }, 400, "MissingRoleSessionName"],
    [
      "a session name with a space",
      "deployer",
      { RoleSessionName: "a b" },
      400,
      "InvalidParameter.RoleSessionName",
    ],
    ["a policy that is no JSON", "deployer", { Policy: "{" }, 400, "InvalidParameter.PolicyGrammar"],
    [
      "a policy of 2049 characters",
      "deployer",
      { Policy: "x".repeat(2049) },
      400,
      "InvalidParameter.PolicySize",
    ],
  ])("%s is refused", async (_what, name, more, status, code) => {
    const { json, ...answer } = await assume(name, more);
    expect([answer.status, json.Code]).toEqual([status, code]);
    expect(Object.keys(json)).toEqual(["RequestId", "HostId", "Code", "Message"]);
  });

  test("a role with an external id is for those who know it", async () => {
    expect((await assume("partner", { ExternalId: "order-66" })).status).toBe(200);
  });

  test("refusals of keys and signatures are the gateway's", async () => {
    const nobody = { accessKey: "NOBODY", secretKey: "x" };
    const error = (options: SendOptions): Promise<[number, string]> =>
      client.error("AssumeRole", role("deployer"), { ...options, common: sts(options.common ?? {}) });
    expect(await error({ keys: nobody })).toEqual([404, "InvalidAccessKeyId.NotFound"]);
    expect(await error({ keys: { ...demoKeyPair, secretKey: "x" } })).toEqual([400, "SignatureDoesNotMatch"]);
    const late = new Date(Date.now() - 16 * 60_000);
    expect(await error({ date: late })).toEqual([400, "InvalidTimeStamp.Expired"]);
    expect(await error({ common: { SignatureMethod: undefined } })).toEqual([400, "MissingSignatureMethod"]);
  });

  test("an action that the STS does not have is refused, another version is another service's", async () => {
    expect(await client.error("AssumeAll", {}, { common: sts({}) })).toEqual([404, "InvalidAction.NotFound"]);
    expect(await client.error("AssumeRole", {})).toEqual([400, "ActionNotSupported"]);
  });

  test("the legacy form is answered in XML unless it asks for JSON", async () => {
    const answer = await client.call("AssumeRole", role("deployer"), { common: sts({ Format: undefined }) });
    expect(answer.text).toContain("<AssumeRoleResponse><RequestId>");
    expect(answer.text).toContain("<SecurityToken>CAI");
  });

  test("a session's keys end in emulated time, and a fault can end them before", async () => {
    const keys = keysOf(await assume("deployer", { DurationSeconds: 900 }));
    const start = (ExecutionName: string): Promise<[number, string]> =>
      client.error("StartExecution", { FlowName: "flow", ExecutionName }, { keys });
    expect((await start("one"))[0]).toBe(200);
    await client.advance(900_000);
    expect(await start("two")).toEqual([400, "InvalidSecurityToken.Expired"]);

    const others = keysOf(await assume("deployer"));
    await client.control("POST", "/faults", { operation: "ListFlows", action: "expireToken" });
    for (const _again of [1, 2]) {
      expect(await client.error("ListFlows", {}, { keys: others })).toEqual([
        400,
        "InvalidSecurityToken.Expired",
      ]);
    }
    expect((await caller(keysOf(await assume("deployer")))).IdentityType).toBe("AssumedRoleUser");
  });

  test("a session ends with its role", async () => {
    const keys = keysOf(await assume("deployer"));
    await client.control("DELETE", "/accounts/acme");
    expect(await client.error("ListFlows", {}, { keys })).toEqual([403, "InvalidAccessKeyID"]);
  });

  describe("with an id token", () => {
    const provider = { OIDCProviderArn: `${arn}oidc-provider/github` };
    const assumeWith = async (values: Json): Promise<Answer> => {
      const form = new URLSearchParams({ ...role("ci"), ...provider, ...values });
      return client.plain("POST", "/?Action=AssumeRoleWithOIDC&Version=2015-04-01&Format=JSON", {
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: form.toString(),
      });
    };

    test("needs no signature, and says whom the token is of", async () => {
      const now = await client.freeze();
      const answer = await assumeWith({ OIDCToken: await idToken() });
      const secondsOf = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z/, "Z");
      expect(answer.json.OIDCTokenInfo).toEqual({
        Subject: "repo:acme/app",
        Issuer: "https://token.example.com",
        ClientIds: "sts.example.com",
        IssuanceTime: secondsOf(now),
        ExpirationTime: secondsOf(Math.floor(now / 1000) * 1000 + 3_600_000),
        VerificationInfo: "Success",
      });
      expect((await caller(keysOf(answer))).Arn).toBe(`${arn}assumed-role/ci/pulumi`);
    });

    test.each<[string, Json, Json, string]>([
      ["an expired token", { expiresInSeconds: -5 }, {}, "OIDCToken.Expired"],
      ["a token for others", { audience: "others" }, {}, "OIDCToken.AudienceNotMatch"],
      ["a token of others", { claims: { iss: "x" } }, {}, "OIDCToken.IssuerNotMatch"],
      ["a subject that the role does not trust", { subject: "repo:evil" }, {}, "NoPermission"],
      ["a role that trusts no id tokens", {}, role("deployer"), "NoPermission"],
      ["no token", {}, { OIDCToken: "" }, "OIDCToken.Invalid"],
      ["what is no token", {}, { OIDCToken: "abc" }, "OIDCToken.Invalid"],
      ["an unknown provider", {}, { OIDCProviderArn: `${arn}oidc-provider/x` }, "NoPermission"],
    ])("%s is refused with 401", async (_what, claims, values, code) => {
      const answer = await assumeWith({ OIDCToken: await idToken(claims), ...values });
      expect([answer.status, answer.json.Code]).toEqual([401, `AuthenticationFail.${code}`]);
    });
  });

  test("a fault brings the code that belongs to its status", async () => {
    for (const [status, code] of [
      [403, "NoPermission"],
      [500, "InternalError"],
      [503, "ServiceUnavailable"],
    ]) {
      await client.control("POST", "/faults", { operation: "AssumeRole", action: "status", status });
      const { json, ...answer } = await assume("deployer");
      expect([answer.status, json.Code]).toEqual([status, code]);
    }
  });
});

test("request limits hold for the STS of both clouds", async () => {
  const one = { tokens: 1, perSecond: 1 };
  const seed = { ...acmeSeed, limits: { AssumeAgency: one, "alibabaSts:AssumeRole": one } };
  const emulator = await startEmulator({ seed, enforceLimits: true });
  try {
    const limited = new CloudFlowClient(emulator.url);
    await limited.freeze();
    const body = { agency_urn: `iam::${acmeDomainId}:agency:deployer`, agency_session_name: "pulumi" };
    const assume = (): Promise<Answer> => limited.signed("POST", "/v5/agencies/assume", { body });
    expect((await assume()).status).toBe(200);
    const refused = await assume();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);

    const values = { RoleArn: `acs:ram::${acmeAccountId}:role/deployer`, RoleSessionName: "pulumi" };
    const options = { common: { Version: "2015-04-01" } };
    expect((await limited.call("AssumeRole", values, options)).status).toBe(200);
    expect(await limited.error("AssumeRole", values, options)).toEqual([400, "Throttling.User"]);
  } finally {
    await emulator.close();
  }
});
