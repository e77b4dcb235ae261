/** The keys that machines give to clients without keys: metadata services, the service of a pod, a credentials URI. */
import { startEmulator } from "runbook-emulator";
import { acmeProject, acmeSeed } from "./acme";
import { CloudFlowClient } from "./cloudflowClient";
import { EmulatorClient, executions } from "./emulatorClient";
import type { Answer, Json, Keys } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(CloudFlowClient, { seed: acmeSeed });
const hour = 3_600_000;

const put = (kind: string, more: Json = {}): Promise<Answer> =>
  client.control("PUT", `/machines/${kind}`, {
    domain: "acme",
    [kind.startsWith("huawei") ? "agency" : "role"]: "machine",
    ...more,
  });
const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  client.plain("GET", path, { headers });

/** The two metadata services, which are much alike. */
const services = [
  {
    kind: "huaweiEcs",
    tokenPath: "/meta-data/latest/api/token",
    ttlHeader: "x-metadata-token-ttl-seconds",
    tokenHeader: "x-metadata-token",
    keysPath: "/openstack/latest/securitykey",
    withoutToken: 401,
    accessKeyOf: (json: Json) => json.credential.access as string,
    endOf: (json: Json) => Date.parse(json.credential.expires_at as string),
  },
  {
    kind: "alibabaEcs",
    tokenPath: "/latest/api/token",
    ttlHeader: "x-aliyun-ecs-metadata-token-ttl-seconds",
    tokenHeader: "x-aliyun-ecs-metadata-token",
    keysPath: "/latest/meta-data/ram/security-credentials/machine",
    withoutToken: 403,
    accessKeyOf: (json: Json) => json.AccessKeyId as string,
    endOf: (json: Json) => Date.parse(json.Expiration as string),
  },
];

describe.each(services)("the metadata service of $kind", (service) => {
  const { kind, tokenPath, ttlHeader, tokenHeader, keysPath, accessKeyOf, endOf } = service;
  const newToken = (seconds: unknown = 21_600, more: Record<string, string> = {}): Promise<Answer> =>
    client.plain("PUT", tokenPath, { headers: { [ttlHeader]: String(seconds), ...more } });
  const withToken = async (token: string): Promise<number> =>
    (await get(keysPath, { [tokenHeader]: token })).status;

  test("is not there without a machine", async () => {
    expect((await get(keysPath)).status).toBe(404);
    await put(kind);
    expect((await get(keysPath)).status).toBe(200);
    await client.control("DELETE", `/machines/${kind}`);
    expect((await get(keysPath)).status).toBe(404);
  });

  test("gives the same keys until an hour before their end, then new ones", async () => {
    await put(kind, { lifetimeSeconds: 7200 });
    const now = await client.freeze();
    const first = (await get(keysPath)).json;
    expect(Math.round((endOf(first) - now) / 1000)).toBeLessThanOrEqual(7200);
    expect(Math.round((endOf(first) - now) / 1000)).toBeGreaterThan(7198);
    await client.advance(hour - 1);
    expect(accessKeyOf((await get(keysPath)).json)).toBe(accessKeyOf(first));
    await client.advance(1);
    const second = (await get(keysPath)).json;
    expect(accessKeyOf(second)).not.toBe(accessKeyOf(first));
    expect(endOf(second) - endOf(first)).toBe(hour);
  });

  test("takes the machine's word for when to renew", async () => {
    await put(kind, { lifetimeSeconds: 1000, renewBeforeSeconds: 100 });
    await client.freeze();
    const first = accessKeyOf((await get(keysPath)).json);
    await client.advance(899_999);
    expect(accessKeyOf((await get(keysPath)).json)).toBe(first);
    await client.advance(1);
    expect(accessKeyOf((await get(keysPath)).json)).not.toBe(first);
  });

  test("takes tokens of its second version for as long as they were asked for", async () => {
    await put(kind, { metadataTokens: "required" });
    expect((await get(keysPath)).status).toBe(service.withoutToken);
    const token = (await newToken(60)).text;
    expect(await withToken(token)).toBe(200);
    await client.advance(60_000);
    expect(await withToken(token)).toBe(401);
    expect(await withToken("invented")).toBe(401);
  });

  test("refuses a wrong token where it would do without one", async () => {
    await put(kind);
    expect(await withToken("invented")).toBe(401);
    expect((await get(keysPath)).status).toBe(200);
  });

  test.each([[0], [21_601], ["x"], [""]])("gives no token for %j seconds", async (seconds) => {
    await put(kind);
    expect((await newToken(seconds)).status).toBe(400);
  });

  test("gives no token to a proxy", async () => {
    await put(kind);
    expect((await newToken(60, { "x-forwarded-for": "10.0.0.1" })).status).toBe(403);
  });

  test("without a second version has no tokens, and takes no notice of one", async () => {
    await put(kind, { metadataTokens: "absent" });
    expect((await newToken()).status).toBe(404);
    expect(await withToken("invented")).toBe(200);
  });

  test("can be made to fail, to drop the line, and to forget a token", async () => {
    await put(kind);
    const operation = kind === "huaweiEcs" ? "GetSecurityKey" : "GetRamRoleCredentials";
    await client.control("POST", "/faults", { operation, action: "status", status: 503 });
    expect((await get(keysPath)).status).toBe(503);
    await client.control("POST", "/faults", { operation, action: "dropBefore" });
    await expect(get(keysPath)).rejects.toThrow();
    const token = (await newToken()).text;
    await client.control("POST", "/faults", { operation, action: "expireToken" });
    expect(await withToken(token)).toBe(401);
    expect(await withToken(token)).toBe(401);
    await client.control("POST", "/faults", {
      operation: "CreateMetadataToken",
      action: "status",
      status: 405,
    });
    expect((await newToken()).status).toBe(405);
  });

  test("is limited", async () => {
    const limits = { "*": { tokens: 1, perSecond: 1 } };
    const machines = { [kind]: { domain: "acme", [kind === "huaweiEcs" ? "agency" : "role"]: "machine" } };
    const seed = { ...acmeSeed, limits, machines };
    const emulator = await startEmulator({ seed, enforceLimits: true });
    try {
      const limited = new EmulatorClient(emulator.url);
      await limited.freeze();
      expect((await limited.plain("GET", keysPath)).status).toBe(200);
      expect((await limited.plain("GET", keysPath)).status).toBe(429);
    } finally {
      await emulator.close();
    }
  });
});

describe("Huawei Cloud", () => {
  const keysIn = ({ access, secret, securitytoken }: Json): Keys => ({
    accessKey: access,
    secretKey: secret,
    securityToken: securitytoken,
  });

  test("an ECS has keys that open its agency's projects until they end", async () => {
    await put("huaweiEcs", { lifetimeSeconds: 900 });
    const keys = keysIn((await get("/openstack/latest/securitykey")).json.credential);
    expect((await client.signed("POST", executions("job", acmeProject), { keys })).status).toBe(200);
    await client.advance(900_000);
    expect((await client.signed("POST", executions("job", acmeProject), { keys })).status).toBe(401);
  });

  test("an ECS without an agency says what to do", async () => {
    await put("huaweiEcs", { agency: undefined });
    const answer = await get("/openstack/latest/securitykey");
    expect([answer.status, answer.text]).toEqual([
      401,
      expect.stringContaining("Please configure Cloud Service Agency first"),
    ]);
    expect((await get("/openstack/latest/meta_data.json")).status).toBe(200);
  });

  test("an ECS knows where it is", async () => {
    await put("huaweiEcs", { project: "cn-north-4_dev" });
    const sub = (await get("/openstack/latest/meta_data.json")).json;
    expect(sub).toMatchObject({
      region_id: "cn-north-4",
      project_id: acmeSeed.accounts![0]!.projects![1]!.id,
    });
    await put("huaweiEcs");
    const { json } = await get("/openstack/latest/meta_data.json");
    expect(json).toMatchObject({ region_id: "cn-north-4", project_id: acmeProject });
    expect(json.uuid).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("a pod gets its agency's keys for the token in its file", async () => {
    await put("huaweiPod", { idp: "github" });
    const ask = (authorization?: string): Promise<Answer> =>
      client.plain("POST", "/v1/pod-identity/credentials", {
        body: {},
        headers: authorization === undefined ? {} : { authorization },
      });
    const wanted = { idp: "github", subject: "system:serviceaccount:default:app" };
    const { idToken } = (await client.control("POST", "/id-tokens", wanted)).json;
    const keys = keysIn((await ask(idToken)).json.credential);
    expect((await client.signed("GET", "/v3/auth/domains", { keys })).json.domains[0].name).toBe("acme");
    expect((await ask()).status).toBe(401);
    expect((await ask("abc")).status).toBe(401);
    await client.advance(hour);
    expect((await ask(idToken)).status).toBe(401);
  });
});

describe("Alibaba Cloud", () => {
  const keysIn = (json: Json): Keys => ({
    accessKey: json.AccessKeyId,
    secretKey: json.AccessKeySecret,
    securityToken: json.SecurityToken,
  });

  test("an ECS names its role, and has keys of that role alone", async () => {
    await put("alibabaEcs");
    const roles = "/latest/meta-data/ram/security-credentials";
    expect((await get(`${roles}/`)).text).toBe("machine");
    expect((await get(roles)).text).toBe("machine");
    const { json } = await get(`${roles}/machine`);
    expect(Object.keys(json).sort()).toEqual([
      "AccessKeyId",
      "AccessKeySecret",
      "Code",
      "Expiration",
      "LastUpdated",
      "SecurityToken",
    ]);
    expect([json.Code, json.Expiration]).toEqual([
      "Success",
      expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    ]);
    expect((await client.call("ListFlows", {}, { keys: keysIn(json) })).status).toBe(200);
    expect((await get(`${roles}/other`)).status).toBe(404);
  });

  test("an ECS without a role has none to name", async () => {
    await put("alibabaEcs", { role: undefined });
    expect((await get("/latest/meta-data/ram/security-credentials/")).status).toBe(404);
  });

  test("a credentials URI gives keys at once", async () => {
    await put("alibabaUri");
    const { json } = await get("/alibaba/credentials");
    expect(json).toMatchObject({ Code: "Success", AccessKeyId: expect.stringMatching(/^STS\./) });
    expect((await client.call("ListFlows", {}, { keys: keysIn(json) })).status).toBe(200);
  });
});

describe("a machine", () => {
  test.each<[string, Json, string]>([
    ["huaweiEcs", { domain: "nobody" }, "domain: is not an account: nobody"],
    ["huaweiEcs", { agency: "other" }, "agency: does not exist in acme: other"],
    ["alibabaEcs", { role: "other" }, "role: does not exist in acme: other"],
    ["alibabaUri", { role: undefined }, "role: is required"],
    ["huaweiPod", {}, "idp: is required"],
    ["huaweiPod", { idp: "other" }, "idp: is not an identity provider: other"],
    ["huaweiPod", { idp: "github", answer: "xml" }, "answer: must be one of"],
    ["huaweiEcs", { metadataTokens: "maybe" }, "metadataTokens: must be one of"],
    ["huaweiEcs", { lifetimeSeconds: 899 }, "lifetimeSeconds: must be at least 900"],
    [
      "huaweiEcs",
      { lifetimeSeconds: 900, renewBeforeSeconds: 900 },
      "renewBeforeSeconds: must be at most 899",
    ],
    ["huaweiEcs", { role: "machine" }, "role: is not a known field"],
  ])("%s is refused with %j", async (kind, more, text) => {
    const answer = await put(kind, more);
    expect([answer.status, answer.json.error]).toEqual([400, expect.stringContaining(text)]);
  });

  test("of an unknown kind is refused by name", async () => {
    const answer = await put("awsEc2");
    expect([answer.status, answer.json.error]).toEqual([
      404,
      expect.stringContaining("huaweiEcs, huaweiPod"),
    ]);
  });

  test("is shown as it was given, with the defaults", async () => {
    await put("alibabaEcs", { lifetimeSeconds: 1800 });
    expect((await client.control("GET", "/machines")).json.machines).toEqual({
      alibabaEcs: {
        domain: "acme",
        role: "machine",
        metadataTokens: "optional",
        lifetimeSeconds: 1800,
        renewBeforeSeconds: 900,
      },
    });
  });

  test("is gone after a reset, unless it is of the seed", async () => {
    await put("huaweiEcs");
    await client.control("POST", "/reset");
    expect((await client.control("GET", "/machines")).json.machines).toEqual({});

    const machines = { alibabaEcs: { domain: "acme", role: "machine" } };
    const emulator = await startEmulator({ seed: { ...acmeSeed, machines } });
    try {
      const own = new EmulatorClient(emulator.url);
      await own.control("DELETE", "/machines/alibabaEcs");
      await own.control("POST", "/reset");
      const roles = await own.plain("GET", "/latest/meta-data/ram/security-credentials/");
      expect(roles.text).toBe("machine");
    } finally {
      await emulator.close();
    }
  });

  test("hands out new keys when a fault has made its keys worthless", async () => {
    await put("huaweiEcs");
    const keysNow = async (): Promise<Keys> => {
      const { access, secret, securitytoken } = (await get("/openstack/latest/securitykey")).json.credential;
      return { accessKey: access, secretKey: secret, securityToken: securitytoken };
    };
    const keys = await keysNow();
    await client.control("POST", "/faults", { operation: "ExecuteWorkflow", action: "expireToken" });
    expect((await client.signed("POST", executions("job", acmeProject), { keys })).status).toBe(401);
    const renewed = await keysNow();
    expect((await client.signed("POST", executions("job", acmeProject), { keys: renewed })).status).toBe(200);
  });
});

test("an address of their own serves the metadata services and nothing else", async () => {
  const machines = { huaweiEcs: { domain: "acme", agency: "machine" } };
  const emulator = await startEmulator({
    seed: { ...acmeSeed, machines },
    metadata: { host: "127.0.0.1", port: 0 },
  });
  try {
    const apart = new EmulatorClient(String(emulator.metadataUrl));
    expect(emulator.metadataUrl).not.toBe(emulator.url);
    const given = (await apart.plain("GET", "/openstack/latest/securitykey")).json.credential.access;
    const same = (await new EmulatorClient(emulator.url).plain("GET", "/openstack/latest/securitykey")).json;
    expect(same.credential.access).toBe(given);
    expect((await apart.control("GET", "/clock")).status).toBe(404);
    expect((await apart.login()).status).toBe(404);
  } finally {
    await emulator.close();
  }
});
