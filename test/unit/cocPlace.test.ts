/** The place of COC: one of three addresses, by the site or by a setting that implies the site. */
import { reasonsOf } from "../../provider/src/fronts/dynamic/differences";
import type { Arguments } from "../../provider/src/lifecycle";
import { check, diff } from "../../provider/src/lifecycle";
import { ConfigurationError } from "../../provider/src/ground/errors";
import { services } from "../../provider/src/services/registry";
import { placeOf } from "../../provider/src/services/huawei/coc/client";
import { cocService } from "../../provider/src/services/huawei/coc/sites";
import type { HuaweiLocation } from "../../provider/src/services/huawei/location";
import { resolveLocation } from "../../provider/src/services/huawei/location";
import { settingsOf } from "../support/sessions";

type Sources = Parameters<typeof settingsOf>[0];

const resolve = (args: Arguments, sources: Sources = {}): HuaweiLocation =>
  resolveLocation(cocService, args, settingsOf(sources));
const inRegion = (region: string, more: Record<string, string> = {}): Sources => ({
  config: { "huaweicloud:region": region, ...more },
});

const china = "https://coc.myhuaweicloud.com";
const international = "https://coc-intl.myhuaweicloud.com";
const europe = "https://coc-eu-west-101-open-api.myhuaweicloud.eu";

test.each<[string, Arguments, Sources, string, string, string]>([
  ["site china", { site: "china" }, {}, china, "https://iam.myhuaweicloud.com", "sts.cn-north-4"],
  [
    "site international",
    { site: "international" },
    {},
    international,
    "https://iam.myhuaweicloud.com",
    "sts.ap-southeast-3",
  ],
  [
    "site europe",
    { site: "europe" },
    {},
    europe,
    "https://iam.eu-west-101.myhuaweicloud.eu",
    "sts.eu-west-101.myhuaweicloud.eu",
  ],
  ["a Chinese region", {}, inRegion("cn-north-4"), china, "https://iam.myhuaweicloud.com", "sts.cn-north-4"],
  ["another one", {}, inRegion("cn-south-1"), china, "https://iam.myhuaweicloud.com", "sts.cn-north-4"],
  [
    "any other region",
    {},
    inRegion("la-north-2"),
    international,
    "https://iam.myhuaweicloud.com",
    "sts.ap-southeast-3",
  ],
  [
    "a European region",
    {},
    inRegion("eu-west-101"),
    europe,
    "https://iam.eu-west-101.myhuaweicloud.eu",
    "sts.eu-west-101",
  ],
  [
    "Europe's suffix",
    {},
    inRegion("cn-north-4", { "huaweicloud:cloud": "myhuaweicloud.eu" }),
    europe,
    "https://iam.eu-west-101.myhuaweicloud.eu",
    "sts.eu-west-101",
  ],
  [
    "a site before the region",
    { site: "international" },
    inRegion("cn-north-4"),
    international,
    "https://iam.myhuaweicloud.com",
    "sts.ap-southeast-3",
  ],
])("%s", (_what, args, sources, endpoint, iamEndpoint, sts) => {
  const location = resolve(args, sources);
  expect(location).toMatchObject({ endpoint, iamEndpoint });
  expect(location.stsEndpoint).toContain(sts);
});

test("an address takes precedence: the argument, the provider's, the SDKs'", () => {
  const variable = { HUAWEICLOUD_SDK_REGION_COC_CN_NORTH_4: "https://coc.sdk" };
  const config = { "huaweicloud:region": "cn-east-3" };
  expect(resolve({}, { config, environment: variable }).endpoint).toBe("https://coc.sdk");
  const endpoints = { "huaweicloud:endpoints": JSON.stringify({ coc: "coc.config" }) };
  const sources = { config: { ...config, ...endpoints }, environment: variable };
  expect(resolve({}, sources).endpoint).toBe("https://coc.config");
  expect(resolve({ endpoint: "https://coc.argument" }, sources).endpoint).toBe("https://coc.argument");
  // With an address, no site is needed, and none is made up.
  expect(resolve({ endpoint: "https://coc.argument" })).toMatchObject({
    endpoint: "https://coc.argument",
    site: undefined,
  });
});

test("where nothing tells the site, or an unknown cloud does, the error says what to set", () => {
  const what = `no site is set: set the argument "site", the configuration huaweicloud:region, or the environment variable HW_REGION_NAME.`;
  expect(() => resolve({})).toThrow(ConfigurationError);
  expect(() => resolve({})).toThrow(what);
  expect(() => resolve({}, inRegion("eu-a", { "huaweicloud:cloud": "cloud.example" }))).toThrow(what);
  const config = { "huaweicloud:accessKey": "AK", "huaweicloud:secretKey": "secret" };
  expect(check(services.coc, { documentId: "DM-1" }, settingsOf({ config }))).toEqual([
    { argument: "site", reason: expect.stringMatching(/^is not set, and no region tells it: set /) },
  ]);
  expect(check(services.coc, { documentId: "DM-1", site: "moon" }, settingsOf({ config }))).toMatchObject([
    { argument: "site", reason: 'must be one of "china", "international", "europe", not "moon"' },
  ]);
});

describe("another place is another execution", () => {
  const keys = { "huaweicloud:accessKey": "AK", "huaweicloud:secretKey": "secret" };
  const stored = {
    documentId: "DM-1",
    site: "china",
    accountId: "account-1",
    status: "succeeded",
    rawStatus: "Succeed",
    executionId: "EX1",
    steps: [],
  };
  const change = (args: Arguments, sources: Sources): readonly string[] =>
    reasonsOf(
      diff(services.coc, "EX1", stored, { documentId: "DM-1", ...args }, [], [], placeOf(settingsOf(sources)))
        .changes,
    );

  test.each<[string, Arguments, Sources, string[]]>([
    ["the same region", {}, inRegion("cn-north-4", keys), []],
    ["another region of the site", {}, inRegion("cn-east-3", keys), []],
    ["another project", {}, inRegion("cn-north-4", { ...keys, "huaweicloud:projectId": "p-2" }), []],
    [
      "a region of another site",
      {},
      inRegion("ap-southeast-3", keys),
      ["site changed from china to international (settings)"],
    ],
    ["the site by name", { site: "china" }, inRegion("ap-southeast-3", keys), []],
    ["another site by name", { site: "europe" }, inRegion("cn-north-4", keys), ["site changed"]],
    [
      "another account",
      {},
      inRegion("cn-north-4", { ...keys, "huaweicloud:domainId": "account-2" }),
      ["accountId changed from account-1 to account-2 (settings)"],
    ],
    [
      "another description",
      { description: "x" },
      inRegion("cn-north-4", keys),
      ["description changed (no new run)"],
    ],
    ["a parameter", { parameters: { a: 1 } }, inRegion("cn-north-4", keys), ["parameters changed"]],
    ["the default said aloud", { documentType: "PRIVATE" }, inRegion("cn-north-4", keys), []],
  ])("%s", (_what, args, sources, reasons) => {
    expect(change(args, sources)).toEqual(reasons);
  });
});
