/**
 * The place of CloudFlow, and the settings that are refused: invalid addresses, and parts of credentials that are
 * useless alone.
 */
import { findIdentity } from "../../provider/src/services/alibaba/identity";
import { checkLocation, resolveLocation } from "../../provider/src/services/alibaba/location";
import { services } from "../../provider/src/services/registry";
import { never, settingsOf, testSession } from "../support/sessions";

type Sources = Parameters<typeof settingsOf>[0];

const endpoint = (sources: Sources): string => resolveLocation({}, settingsOf(sources)).endpoint;

test.each<[Sources, string]>([
  [{ config: { "alicloud:region": "cn-hangzhou" } }, "https://cn-hangzhou.fnf.aliyuncs.com"],
  [{ environment: { FNF_ENDPOINT: "fnf.example" } }, "https://fnf.example"],
  [{ environment: { FNF_ENDPOINT: "http://127.0.0.1:1" } }, "http://127.0.0.1:1"],
  [{ config: { "alicloud:endpoints": '{"fnf":"fnf.config:8443"}' } }, "https://fnf.config:8443"],
  // A region that no list has: which ones serve CloudFlow, nobody promises.
  [{ config: { "alicloud:region": "mars-1" } }, "https://mars-1.fnf.aliyuncs.com"],
])("the endpoint %#", (sources, expected) => {
  expect(endpoint(sources)).toBe(expected);
});

test.each<[string, Sources]>([
  [
    "configuration alicloud:endpoints.fnf",
    { config: { "alicloud:endpoints": '{"fnf":"ftp://fnf.example"}' } },
  ],
  ["environment variable FNF_ENDPOINT", { environment: { FNF_ENDPOINT: "me:s3cret@fnf.example" } }],
  ["environment variable FNF_ENDPOINT", { environment: { FNF_ENDPOINT: "https://me:s3cret@fnf.example" } }],
  ["environment variable FNF_ENDPOINT", { environment: { FNF_ENDPOINT: "https://fnf.example/?x" } }],
])("an endpoint from %s that is none is refused by the setting's name", (source, sources) => {
  expect(() => endpoint(sources)).toThrow(`the endpoint (from ${source}) must be an address`);
  const problems = checkLocation({}, settingsOf(sources), new Set());
  expect(problems).toMatchObject([{ argument: "endpoint" }]);
  expect(problems[0]!.reason).toContain(`(from ${source}) must be an address`);
  expect(problems[0]!.reason).not.toContain("s3cret");
});

test("the region: the message makes sense after the argument's name, and alone", () => {
  expect(() => endpoint({})).toThrow(/^no region is set: set the argument "region"/);
  expect(() => endpoint({ config: { "alicloud:region": "evil.example/" } })).toThrow(
    /^the region \(from configuration alicloud:region\) must be a region such as "cn-hangzhou", not "evil.example\/"/,
  );
  expect(checkLocation({}, settingsOf({}), new Set())[0]).toMatchObject({
    argument: "region",
    reason: expect.stringMatching(/^is not set anywhere: set the argument/),
  });
});

test.each<[Sources, string]>([
  [{ config: { "alicloud:securityToken": "t" } }, "configuration alicloud:accessKey"],
  [{ environment: { ALIBABA_CLOUD_SECURITY_TOKEN: "t" } }, "ALIBABA_CLOUD_ACCESS_KEY_ID"],
])("a security token alone is refused with the names of what is missing", (sources, missing) => {
  expect(() => findIdentity(settingsOf(sources))).toThrow(missing);
});

const chineseConsole =
  "https://fnf.console.aliyun.com/fnf/ap-southeast-1/flows/item/nightly/executions/run-1";

test.each<[string, Sources, string | undefined]>([
  ["nothing: Domestic, as in the official provider", {}, chineseConsole],
  ["Domestic", { config: { "alicloud:accountType": "Domestic" } }, chineseConsole],
  ["International", { config: { "alicloud:accountType": "International" } }, undefined],
  ["International", { config: { "alicloud:account_type": "International" } }, undefined],
  ["International", { environment: { ALIBABA_CLOUD_ACCOUNT_TYPE: "International" } }, undefined],
])(
  "the console of the Chinese site is for its accounts: %s, %j",
  async (_site, { config, environment }, url) => {
    const keys = { "alicloud:accessKey": "key", "alicloud:secretKey": "secret-of-a-test" };
    const sources = { config: { ...keys, ...config }, ...(environment ? { environment } : {}) };
    const session = testSession(settingsOf(sources));
    const args = { flowName: "nightly", region: "ap-southeast-1", endpoint: "http://127.0.0.1:9" };
    const backend = await session.connect(services.cloudflow, args, never);
    expect(backend.consoleUrl("run-1")).toBe(url);
  },
);
