/** The code treats AWS's settings as the documents say. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { check } from "../../provider/src/lifecycle";
import { awsSettings } from "../../provider/src/services/aws/settingsTable";
import { services } from "../../provider/src/services/registry";
import { settingsOf } from "../support/sessions";
import { documentedSettings } from "./settingsRows";

const text = readFileSync(resolve(__dirname, "../../docs/reference/settings.md"), "utf8");
const half = text.slice(text.indexOf("\n## AWS\n"), text.indexOf("\n## The emulator"));
const table = half.slice(half.indexOf("\n### Every AWS setting\n"));

test("the table of settings is the code's, row by row", () => {
  expect(documentedSettings(table)).toEqual(awsSettings.table.map(({ allowed: _allowed, ...row }) => row));
});

test("every row says what to do in place of what is refused", () => {
  for (const { treatment, note } of awsSettings.table) {
    if (treatment === "refused") expect(note).toMatch(/^Set .* in its place\.$/);
  }
});

/** The configuration that the `pulumi config set` lines of a section make; a list of one where the path says so. */
function configurationOf(heading: string): Record<string, string> {
  const begin = half.indexOf(`\n### ${heading}\n`);
  const section = half.slice(begin, half.indexOf("\n### ", begin + 1));
  const config: Record<string, Record<string, unknown>> = {};
  for (const [, options = "", key = "", value = "s3cret"] of section.matchAll(
    /^pulumi config set ((?:--\w+ )*)'?([^'\s]+)'?(?: +([^\s#]+))?/gm,
  )) {
    const [first = "", field] = key.split(/\[0\]\.?/);
    config[first] = options.includes("--path")
      ? field === ""
        ? { list: [Number(value)] }
        : { ...config[first], [String(field)]: value }
      : { text: value };
  }
  return Object.fromEntries(
    Object.entries(config).map(([key, { text: alone, list, ...object }]) => [
      key,
      alone === undefined ? JSON.stringify(list ?? [object]) : (alone as string),
    ]),
  );
}

const args = { stateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:f" };

test("the commands of the section on another account are taken", () => {
  const config = configurationOf("Another account");
  expect(Object.keys(config)).toEqual(["aws:assumeRoles", "aws:allowedAccountIds"]);
  expect(check(services.stepfunctions, args, settingsOf({ config }))).toEqual([]);
});

test("keys and a profile, which one section shows both, are two ways", () => {
  const config = configurationOf("On my laptop");
  const [problem] = check(services.stepfunctions, args, settingsOf({ config }));
  expect(problem?.reason).toContain("both say who acts");
});
