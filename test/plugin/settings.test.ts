/**
 * The provider's own settings: every form in which they come, what is refused, what is marked as a secret, and that none of
 * them ever replaces the provider.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { executionsOf } from "../support/emulators";
import type { Bag } from "../support/plugin/wireValues";
import { usePlugin } from "../support/plugin/pluginFixture";
import { emulatorPluginSettings, startPlugin } from "../support/plugin/pluginProcess";
import { secret, unknown, urnOf } from "../support/plugin/wireValues";

const fixture = usePlugin({ isConfigured: false });

const key = "emulator-secret-key-0001";
const urn = urnOf("patch");
const settings = (): { huaweicloud: Bag } => {
  const { huaweicloud } = emulatorPluginSettings(fixture.emulator) as { huaweicloud: Bag };
  return { huaweicloud };
};
const asText = (more: Bag = {}): Bag => ({
  huaweicloud: JSON.stringify({ ...settings().huaweicloud, ...more }),
});
// Settings have done their part when the service has taken the start.
const starts = async (): Promise<void> => {
  const inputs = { workflowId: "demo-succeeds", waitFor: "started", concurrency: "allow" };
  await fixture.plugin.engine.check(urn, inputs);
  const { id } = await fixture.plugin.engine.create(urn, inputs);
  expect((await executionsOf(fixture.emulator)).map(({ executionId }) => executionId)).toContain(id);
};

test.each<[string, () => Bag]>([
  ["a map", settings],
  [
    "a map with a secret in it",
    () => ({ huaweicloud: { ...settings().huaweicloud, secretKey: secret(key) } }),
  ],
  ["a JSON text", asText],
  ["a JSON text that is a secret", () => ({ huaweicloud: secret(asText()["huaweicloud"]) })],
  ["a JSON text with a secret in it", () => asText({ secretKey: secret(key) })],
  [
    "booleans and maps that are texts",
    () =>
      asText({ endpoints: JSON.stringify(settings().huaweicloud["endpoints"]), allowInsecureHttp: "true" }),
  ],
  [
    "snake case",
    () => {
      const { secretKey, projectId, ...rest } = settings().huaweicloud;
      return { huaweicloud: { ...rest, secret_key: secretKey, project_id: projectId } };
    },
  ],
  [
    "what SDKs add",
    () => ({
      ...settings(),
      version: "0.1.0",
      pluginDownloadURL: "github://api.github.com/x",
      __internal: {},
    }),
  ],
  [
    "null for what is left out",
    () => ({ ...settings(), alicloud: null, huaweicloud: { ...settings().huaweicloud, token: null } }),
  ],
])("settings as %s are taken", async (_form, given) => {
  const { failures } = await fixture.plugin.engine.checkConfig(given());
  expect(failures).toEqual([]);
  await fixture.plugin.engine.configure(given());
  await starts();
});

test("secrets are marked in the shape in which they came: a plain one would rest in the state in the clear", async () => {
  const { huaweicloud } = settings();
  const marked = await fixture.plugin.engine.checkConfig({ huaweicloud, version: "0.1.0" });
  expect(marked.inputs).toEqual({
    huaweicloud: { ...huaweicloud, secretKey: secret(key) },
    version: "0.1.0",
  });
  const text = asText();
  expect((await fixture.plugin.engine.checkConfig(text)).inputs).toEqual({
    huaweicloud: secret(text["huaweicloud"]),
  });
  const open = { huaweicloud: { region: "cn-north-4" }, alicloud: JSON.stringify({ region: "cn-hangzhou" }) };
  expect((await fixture.plugin.engine.checkConfig(open)).inputs).toEqual(open);
  const every = {
    password: "p",
    token: "t",
    security_token: "s",
    key: "k",
    assumeRoleWithOidc: { idToken: "i" },
  };
  const { inputs } = await fixture.plugin.engine.checkConfig({
    huaweicloud: every,
    alicloud: { credentialsUri: "u" },
  });
  expect(JSON.parse(JSON.stringify(inputs))).toEqual({
    huaweicloud: Object.fromEntries(Object.entries(every).map(([name, value]) => [name, secret(value)])),
    alicloud: { credentialsUri: secret("u") },
  });
});

test.each<[string, Bag]>([
  ["a whole map", { huaweicloud: unknown }],
  ["a member", { huaweicloud: { region: unknown, secretKey: unknown } }],
  ["a member of a text", { huaweicloud: JSON.stringify({ region: unknown }) }],
])("%s that is not known yet passes, and is marked as nothing", async (_what, given) => {
  expect(await fixture.plugin.engine.checkConfig(given)).toEqual({ inputs: given, failures: [] });
});

test.each<[string, Bag, string, RegExp]>([
  [
    "another setting",
    { huaweicluod: {} },
    "huaweicluod",
    /"huaweicluod" is not a setting .* did you mean "huaweicloud"\?/,
  ],
  [
    "a text that is no JSON",
    { huaweicloud: "{region" },
    "huaweicloud",
    /must be a map .*pulumi config set --path runbook:huaweicloud.region/,
  ],
  ["a list", { alicloud: [1] }, "alicloud", /must be a map/],
  ["a number", { alicloud: 5 }, "alicloud", /must be a map/],
  [
    "a misspelled member",
    { huaweicloud: { regoin: "x" } },
    "huaweicloud",
    /"huaweicloud.regoin" .* did you mean "region"\?/,
  ],
  [
    "a misspelled member of a text",
    { huaweicloud: '{"regoin":"x"}' },
    "huaweicloud",
    /did you mean "region"\?/,
  ],
  [
    "a number that has lost digits",
    { alicloud: '{"accountId":12345678901234567890}' },
    "alicloud",
    /"alicloud.accountId" .* as text, in quotes/,
  ],
])("%s is refused by name, with the remedy", async (_what, given, property, reason) => {
  const { failures } = await fixture.plugin.engine.checkConfig(given);
  expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
});

test("every member of an explicit provider of the TypeScript package is known", async () => {
  const source = readFileSync(resolve(__dirname, "../../provider/src/program/explicitProvider.ts"), "utf8");
  for (const [name, namespace] of [
    ["HuaweicloudSettings", "huaweicloud"],
    ["AlicloudSettings", "alicloud"],
  ] as const) {
    const [, body = ""] = new RegExp(`export interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(source) ?? [];
    const members = [...body.matchAll(/^ {2}(\w+)\?:/gm)].map(([, member]) => [member, "x"]);
    expect(members.length).toBeGreaterThan(10);
    expect(
      (await fixture.plugin.engine.checkConfig({ [namespace]: Object.fromEntries(members) })).failures,
    ).toEqual([]);
  }
});

test.each([
  ["default", "configuration runbook:huaweicloud.insecure"],
  ["default_0_1_0", "configuration runbook:huaweicloud.insecure"],
  ["staging", "provider argument huaweicloud.insecure"],
])("a setting of the provider %s that the services refuse is named as %s", async (name, words) => {
  await fixture.plugin.engine.configure({ huaweicloud: { ...settings().huaweicloud, insecure: true } }, name);
  const { failures } = await fixture.plugin.engine.check(urn, { workflowId: "demo-succeeds" });
  expect(failures).toEqual([{ property: "", reason: expect.stringContaining(`${words} is set`) }]);
});

test.each<[string, Bag, Bag, string[]]>([
  ["nothing", { huaweicloud: { region: "a" } }, { huaweicloud: { region: "a" } }, []],
  [
    "the order of members",
    { huaweicloud: { region: "a", cloud: "b" } },
    { huaweicloud: { cloud: "b", region: "a" } },
    [],
  ],
  ["a secret that is one now", { huaweicloud: { token: "a" } }, { huaweicloud: { token: secret("a") } }, []],
  ["what engines keep for themselves", { __internal: { x: 1 } }, {}, []],
  ["a region", { huaweicloud: { region: "a" } }, { huaweicloud: { region: "b" } }, ["huaweicloud"]],
  ["the form", { huaweicloud: '{"region":"a"}' }, { huaweicloud: { region: "a" } }, ["huaweicloud"]],
  ["the version", { version: "0.1.0" }, { version: "0.1.1" }, ["version"]],
])(
  "a change of %s never replaces the provider, which would run every resource again",
  async (_what, olds, news, diffs) => {
    const comparison = await fixture.plugin.engine.diffConfig(olds, news);
    expect(comparison).toMatchObject({
      changes: diffs.length > 0 ? "some" : "none",
      diffs,
      replaces: [],
      detailed: {},
    });
  },
);

test("without settings the environment says who acts and where; PULUMI_CONFIG is gone before anything could show it", async () => {
  const home = mkdtempSync(join(tmpdir(), "runbook-environment-"));
  const file = join(home, "look.cjs");
  writeFileSync(
    file,
    "setInterval(() => process.stderr.write(`[${process.env.PULUMI_CONFIG}]`), 200).unref();",
  );
  const env = {
    HW_ACCESS_KEY: "EMULATORACCESSKEY0001",
    HW_SECRET_KEY: key,
    HW_REGION_NAME: "cn-north-4",
    HW_PROJECT_ID: "0123456789abcdef0123456789abcdef",
    PULUMI_CONFIG: JSON.stringify({ "runbook:huaweicloud": '{"region":"from-pulumi-config"}' }),
    NODE_OPTIONS: `--require ${file}`,
  };
  const own = await startPlugin(undefined, { env, home });
  try {
    await own.engine.configure({});
    const inputs = { workflowId: "demo-succeeds", endpoint: fixture.emulator.url };
    await own.engine.check(urn, inputs);
    const { outputs } = await own.engine.create(urn, inputs);
    expect(outputs).toMatchObject({ status: "succeeded", region: "cn-north-4" });
    expect(own.stderr()).toMatch(/^(\[undefined\])+$/);
  } finally {
    await own.stop();
    rmSync(home, { recursive: true, force: true });
  }
});
