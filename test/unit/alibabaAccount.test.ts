/**
 * Keys and signatures of Alibaba Cloud against the emulator's own checker. The caller, by all settings, is tested in
 * `test/identity`.
 */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { AuthenticationError } from "../../provider/src/ground/errors";
import type { Settings } from "../../provider/src/lifecycle";
import { check, openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { requestsOf } from "../support/emulators";
import { listAll, never, settingsOf } from "../support/sessions";

const key = "EMULATORACCESSKEY0001";
const secret = "emulator-secret-key-0001";
const temporary = {
  key: "EMULATORTEMPORARY0001",
  secret: "emulator-temporary-secret-0001",
  token: "emulator-security-token-0001",
};

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(async () => {
  await emulator.close();
});

const list = async (settings: Settings, flowName = "demo-succeeds"): Promise<unknown> => {
  const session = openSession({ settings });
  const args = { flowName, region: "cn-hangzhou", endpoint: emulator.url };
  return listAll(await session.connect(services.cloudflow, args, never));
};

test.each<[string, Parameters<typeof settingsOf>[0]]>([
  ["the configuration", { config: { "alicloud:accessKey": key, "alicloud:secretKey": secret } }],
  [
    "the vendor's variables",
    { environment: { ALIBABA_CLOUD_ACCESS_KEY_ID: key, ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret } },
  ],
  ["Terraform's variables", { environment: { ALICLOUD_ACCESS_KEY: key, ALICLOUD_SECRET_KEY: secret } }],
  [
    "a temporary key",
    {
      config: {
        "alicloud:accessKey": temporary.key,
        "alicloud:secretKey": temporary.secret,
        "alicloud:securityToken": temporary.token,
      },
    },
  ],
  [
    "the configuration before the environment",
    {
      config: { "alicloud:accessKey": key, "alicloud:secretKey": secret },
      environment: { ALIBABA_CLOUD_ACCESS_KEY_ID: "other", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "other" },
    },
  ],
])("static keys from %s, by both signatures", async (_what, sources) => {
  for (const signature of ["ACS3-HMAC-SHA256", "HMAC-SHA1"]) {
    const config = { ...sources.config, "alicloud:signature": signature };
    expect(await list(settingsOf({ ...sources, config }))).toEqual([]);
  }
  const operations = (await requestsOf(emulator)).map(({ operation, status }) => [operation, status]);
  expect(operations).toEqual([
    ["ListExecutions", 200],
    ["ListExecutions", 200],
  ]);
});

test("half of a pair is refused, and both settings are named", async () => {
  await expect(list(settingsOf({ config: { "alicloud:accessKey": key } }))).rejects.toThrow(
    "configuration alicloud:accessKey is set, configuration alicloud:secretKey is not",
  );
  await expect(
    list(settingsOf({ environment: { ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret } })),
  ).rejects.toThrow(/ALIBABA_CLOUD_ACCESS_KEY_SECRET is set, .*ALIBABA_CLOUD_ACCESS_KEY_ID is not/);
});

test("another signature is refused by name", async () => {
  const config = {
    "alicloud:accessKey": key,
    "alicloud:secretKey": secret,
    "alicloud:signature": "HMAC-MD5",
  };
  await expect(list(settingsOf({ config }))).rejects.toThrow(
    'configuration alicloud:signature must be "ACS3-HMAC-SHA256" (default) or "HMAC-SHA1", not "HMAC-MD5"',
  );
});

test.each(["ACS3-HMAC-SHA256", "HMAC-SHA1"])(
  "a wrong secret is an error that says what to check: %s",
  async (signature) => {
    const config = {
      "alicloud:accessKey": key,
      "alicloud:secretKey": "wrong",
      "alicloud:signature": signature,
    };
    const error = await list(settingsOf({ config })).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect((error as Error).message).toMatch(/SignatureNotMatch.*Check the credentials/);
    expect((error as Error).message).not.toContain("wrong");
  },
);

test("endpoints are built for all regions, the region first", async () => {
  for (const region of ["cn-hangzhou", "ap-southeast-1", "us-west-1", "eu-central-1"]) {
    const settings = settingsOf({ config: { "alicloud:accessKey": key, "alicloud:secretKey": secret } });
    const urls: string[] = [];
    const fetch = (url: string): Promise<never> => {
      urls.push(url);
      return Promise.reject(Object.assign(new Error("not now"), { code: "ERR_TLS_TEST" }));
    };
    const backend = await openSession({ settings, fetch }).connect(
      services.cloudflow,
      { flowName: "f", region },
      never,
    );
    await expect(listAll(backend)).rejects.toThrow();
    expect(urls.find((url) => url.includes("fnf"))).toMatch(
      new RegExp(`^https://${region}\\.fnf\\.aliyuncs\\.com/\\?FlowName=f`),
    );
  }
});

test("without a region nothing can be asked", () => {
  expect(check(services.cloudflow, { flowName: "f" }, settingsOf({}))[0]?.reason).toMatch(
    /is not set anywhere/,
  );
});
