/** Settings in the shapes in which the official providers take them: two spellings, objects and lists of one. */
import { configuredEndpoint, configuredObject, fromConfig } from "../../provider/src/execution/settings";
import { settingsOf } from "../support/sessions";

const config = (values: Record<string, string>): ReturnType<typeof settingsOf> =>
  settingsOf({ config: values });

test("a key counts in camel case and in snake case", () => {
  const source = "configuration huaweicloud:access_key";
  expect(fromConfig(config({ "huaweicloud:access_key": "k" }), "huaweicloud:accessKey")).toEqual({
    value: "k",
    source,
  });
  const same = config({ "huaweicloud:access_key": "k", "huaweicloud:accessKey": "k" });
  expect(fromConfig(same, "huaweicloud:accessKey")?.value).toBe("k");
});

test("two spellings that differ are refused without the values", () => {
  const both = config({ "huaweicloud:secret_key": "one", "huaweicloud:secretKey": "two" });
  expect(() => fromConfig(both, "huaweicloud:secretKey")).toThrow(
    "configuration huaweicloud:secretKey and configuration huaweicloud:secret_key are both set, with different values: remove one of them.",
  );
});

test.each([['{"agency_name":"a","domainName":"d"}'], ['[{"agencyName":"a","domain_name":"d"}]']])(
  "an object and a list of one are the same: %s",
  (text) => {
    const found = configuredObject(config({ "huaweicloud:assumeRole": text }), "huaweicloud:assumeRole");
    expect(found?.values).toEqual({ agencyName: "a", domainName: "d" });
  },
);

test("an object by its plural name", () => {
  const plural = config({ "alicloud:assume_roles": '[{"roleArn":"r"}]' });
  expect(configuredObject(plural, "alicloud:assumeRole", "alicloud:assumeRoles")?.values).toEqual({
    roleArn: "r",
  });
});

test.each([
  ["text", /huaweicloud:assumeRole is not an object\. Set its values with: pulumi config set --path/],
  ["[{},{}]", /huaweicloud:assumeRole has 2 entries: keep one\./],
  ['{"agency_name":"a","agencyName":"b"}', /agencyName in two spellings, with different values/],
])("what is no single object is refused: %s", (text, message) => {
  const wrong = config({ "huaweicloud:assumeRole": text });
  expect(() => configuredObject(wrong, "huaweicloud:assumeRole")).toThrow(message);
});

test("an empty list is no object", () => {
  expect(configuredObject(config({ "a:b": "[]" }), "a:b")).toBeUndefined();
});

test.each([
  ['{"fgs":"https://one"}', "https://one"],
  ['[{"fnf":"x","functiongraph":"https://two"}]', "https://two"],
  ['[{"fgs":"https://same","functiongraph":"https://same"}]', "https://same"],
  ['[{"other":"https://one"}]', undefined],
])("endpoints as a map and as a list: %s", (text, expected) => {
  const settings = config({ "huaweicloud:endpoints": text });
  expect(configuredEndpoint(settings, "huaweicloud:endpoints", "functiongraph", "fgs")?.value).toBe(expected);
});

test("two names of one service that differ are refused", () => {
  const settings = config({ "huaweicloud:endpoints": '{"fgs":"https://one","functiongraph":"https://two"}' });
  expect(() => configuredEndpoint(settings, "huaweicloud:endpoints", "functiongraph", "fgs")).toThrow(
    "configuration huaweicloud:endpoints.functiongraph and configuration huaweicloud:endpoints.fgs are both set, with different values",
  );
});
