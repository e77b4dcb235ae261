/** check: every bad argument is named, with the limit and the remedy; unknown values pass. */
import type { Arguments } from "../../provider/src/lifecycle";
import { ConfigurationError, InputError } from "../../provider/src/ground/errors";
import { check, listExecutions, openSession, unknownValue } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { settingsOf } from "../support/sessions";

const settings = settingsOf({ config: { "huaweicloud:region": "cn-north-4" } });
const problems = (args: Arguments, more: Parameters<typeof check>[3] = {}, from = settings): string[] =>
  check(services.aom, { workflowId: "wf-1", ...args }, from, more).map(
    ({ argument = "", reason }) => `${argument} ${reason}`,
  );

test("right arguments have no problem", () => {
  expect(
    problems({
      region: "cn-east-3",
      projectId: "0123456789abcdef0123456789abcdef",
      endpoint: "http://127.0.0.1:8787",
      enterpriseProjectId: "0",
      triggers: { any: [1, { thing: null }] },
      waitFor: "started",
      timeoutSeconds: 0.5,
      onTimeout: "stop",
      onFailure: "continue",
      onDelete: "leave",
      rerunOn: ["failed", "always"],
      adoptExecutionId: "x",
    }),
  ).toEqual([]);
  expect(problems({ rerunOn: [] })).toEqual([]);
  expect(problems({ rerunOn: "always" })).toEqual([]);
});

test.each([
  [{ projectId: "0".repeat(31) }, "projectId must have exactly 32 characters, not 31"],
  [{ projectId: `${"0".repeat(31)}!` }, "projectId must have only letters, digits, - and _"],
  [{ workflowId: "" }, "workflowId must not be empty: it must have 1 to 64 characters"],
  [{ workflowId: "w".repeat(65) }, "workflowId must have 1 to 64 characters, not 65"],
  [{ workflowId: undefined }, "workflowId is required"],
  [{ region: "mars.1" }, `region (from argument "region") must be a region like cn-north-4`],
  [{ timeoutSeconds: 0 }, "timeoutSeconds must be more than 0 and at most 31536000 seconds (a year), not 0"],
  [
    { timeoutSeconds: -1 },
    "timeoutSeconds must be more than 0 and at most 31536000 seconds (a year), not -1",
  ],
  [
    { timeoutSeconds: NaN },
    "timeoutSeconds must be more than 0 and at most 31536000 seconds (a year), not NaN",
  ],
  [{ timeoutSeconds: Infinity }, "timeoutSeconds must be more than 0"],
  [{ timeoutSeconds: "60" }, "timeoutSeconds must be a number of seconds, not a string"],
  [{ onFailure: "explode" }, `onFailure must be one of "fail", "continue", not "explode"`],
  [{ onDelete: true }, `onDelete must be one of "stop", "leave", not a boolean`],
  [{ rerunOn: "failed" }, `rerunOn must be a list with any of "failed", "timedOut", "stopped", "always"`],
  [{ rerunOn: ["failed", "oops"] }, `rerunOn has "oops": each item must be one of`],
  [{ triggers: "v1" }, `triggers must be a map of any values, e.g. { image: "app:1.4" }, not a string`],
  [{ triggers: ["v1"] }, "triggers must be a map of any values"],
  [
    { endpoint: "aom.example" },
    `endpoint must be an address like "https://aom.cn-north-4.myhuaweicloud.com"`,
  ],
  [{ endpoint: "ftp://aom.example" }, "endpoint must be an address like"],
  [{ endpoint: "https://me:secret@aom.example" }, "endpoint must be an address like"],
  [{ timeout: 60 }, "timeout is not an argument of Huawei Cloud AOM executions ("],
] as [Arguments, string][])("%p", (args, expected) => {
  const found = problems(args);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(expected);
});

test("what is missing is named", () => {
  expect(
    check(services.aom, {}, settings).map(({ argument = "", reason }) => `${argument} ${reason}`),
  ).toEqual(["workflowId is required"]);
  expect(problems({}, {}, settingsOf({}))[0]).toMatch(
    /^region is not set anywhere: set the argument "region", the configuration huaweicloud:region, or/,
  );
});

test("a region from the configuration is named as such; no list says which are good", () => {
  const at = (region: string): string[] =>
    problems({}, {}, settingsOf({ config: { "huaweicloud:region": region } }));
  expect(at("mars.1")[0]).toContain("(from configuration huaweicloud:region) must be a region");
  expect(at("ap-southeast-3")).toEqual([]);
});

test("unknown values pass, at any depth", () => {
  const unknowns = { workflowId: unknownValue, region: unknownValue, timeoutSeconds: unknownValue };
  expect(problems({ ...unknowns, triggers: { a: [unknownValue] }, rerunOn: [unknownValue] })).toEqual([]);
});

test("customTimeouts are durations", () => {
  expect(problems({}, { create: "1h30m", update: "45s", delete: "500ms" })).toEqual([]);
  expect(problems({}, { create: "soon" })).toEqual([
    `customTimeouts.create must be a duration like "30m", "1h30m" or "45s"`,
  ]);
});

test.each([".", "..", "a\ud800"])("a workflowId of %j is refused", (workflowId) => {
  expect(problems({ workflowId })[0]).toMatch(/^workflowId /);
});

test("an argument with the name of what every object has is none of ours", () => {
  expect(problems({ constructor: "x" })[0]).toMatch(/^constructor is not an argument/);
});

test("a function throws an error of configuration for a setting, of input for an argument", async () => {
  const ask = (config: Record<string, string>, args: Arguments): Promise<unknown> =>
    listExecutions(services.aom, args, {}, openSession({ settings: settingsOf({ config }) })).catch(
      (error: unknown) => error,
    );
  const region = { "huaweicloud:region": "cn-north-4" };
  const wrongSetting = await ask({ ...region, "huaweicloud:accessKey": "a" }, { workflowId: "wf" });
  expect(wrongSetting).toBeInstanceOf(ConfigurationError);
  expect(String(wrongSetting)).toContain(
    "aom.getWorkflowExecutions: credentials for Huawei Cloud are incomplete",
  );
  const wrongArgument = await ask(region, { workflowId: "" });
  expect(wrongArgument).toBeInstanceOf(InputError);
  expect(String(wrongArgument)).toContain('aom.getWorkflowExecutions: "workflowId" must not be empty');
});
