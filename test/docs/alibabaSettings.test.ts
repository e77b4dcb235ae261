/** The code treats Alibaba Cloud's settings as the documents say. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { alibabaSettings } from "../../provider/src/services/alibaba/settingsTable";
import { check } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { settingsOf } from "../support/sessions";
import { documentedSettings } from "./settingsRows";

const text = readFileSync(resolve(__dirname, "../../docs/reference/settings.md"), "utf8");
const half = text.slice(text.indexOf("\n## Alibaba Cloud\n"), text.indexOf("\n## AWS\n"));
const table = half.slice(half.indexOf("\n### Every setting\n"));

test("the table of settings is the code's, row by row", () => {
  expect(documentedSettings(table)).toEqual(alibabaSettings.table);
});

test("every row says what to do in place of what is refused", () => {
  for (const { treatment, note } of alibabaSettings.table) {
    if (treatment === "refused") expect(note).toMatch(/^Remove the/);
  }
});

test.each(["On my laptop", "In CI without keys", "On a server of the cloud", "Another account"])(
  "the page has a section for whoever works there: %s",
  (heading) => {
    expect(half).toContain(`\n### ${heading}\n`);
  },
);

/** The configuration that the `pulumi config set` lines of a section make. */
function configurationOf(heading: string): Record<string, string> {
  const begin = half.indexOf(`\n### ${heading}\n`);
  const section = half.slice(begin, half.indexOf("\n### ", begin + 1));
  const config: Record<string, string> = {};
  for (const [, options = "", key = "", value = "s3cret"] of section.matchAll(
    /^pulumi config set ((?:--\w+ )*)(\S+)(?: +([^\s#]+))?/gm,
  )) {
    const [first = "", ...path] = key.split(".");
    if (!options.includes("--path")) config[key] = value;
    else config[first] = JSON.stringify({ ...JSON.parse(config[first] ?? "{}"), [path.join(".")]: value });
  }
  return config;
}

test.each([
  ["On my laptop", "alicloud:profile"],
  ["On a server of the cloud", "alicloud:ecsRoleName"],
  ["Another account", "alicloud:assumeRole"],
])("the commands of the section are taken: %s", (heading, key) => {
  const { "alicloud:accessKey": _id, "alicloud:secretKey": _secret, ...config } = configurationOf(heading);
  expect(Object.keys(config)).toContain(key);
  const profile = { name: "staging", mode: "AK", access_key_id: "a", access_key_secret: "s" };
  const settings = settingsOf({
    config: { "alicloud:region": "cn-hangzhou", ...config },
    files: { "~/.aliyun/config.json": JSON.stringify({ current: "staging", profiles: [profile] }) },
  });
  expect(check(services.cloudflow, { flowName: "f" }, settings)).toEqual([]);
});

test("keys and a profile, which one section shows both, are two ways", () => {
  const settings = settingsOf({ config: configurationOf("On my laptop") });
  expect(check(services.cloudflow, { flowName: "f" }, settings)[0]?.reason).toContain(
    "both set the identity",
  );
});
