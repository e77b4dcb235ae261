/** The table of Huawei Cloud's settings in the documents is the one that the code goes by; a provider takes what is honoured. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { huaweiSettings } from "../../provider/src/backends/huawei/settingsTable";

const read = (path: string): string => readFileSync(resolve(__dirname, "../..", path), "utf8");

/** The rows of the first table after a heading, without their ends and the two lines of its head. */
function tableAfter(text: string, heading: string): string[][] {
  const after = text.slice(text.indexOf(heading) + heading.length);
  const lines = after.slice(after.indexOf("\n|")).trimStart().split("\n");
  const end = lines.findIndex((line) => !line.startsWith("|"));
  return lines.slice(2, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test("the documents have every setting, with what becomes of it", () => {
  const documented = tableAfter(read("docs/credentials.md"), "### Every setting");
  const expected = huaweiSettings.map(({ key, variables, treatment, note }) => [
    key === undefined ? "" : `\`${key}\``,
    variables.map((name) => `\`${name}\``).join(", "),
    treatment,
    note,
  ]);
  expect(documented).toEqual(expected);
});

test("no key and no variable stands in two rows", () => {
  const keys = huaweiSettings.flatMap(({ key }) => key ?? []);
  const variables = huaweiSettings.flatMap(({ variables: names }) => names);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(variables).size).toBe(variables.length);
});

test("an explicit provider takes every setting of who and where", () => {
  const source = read("provider/src/resource/provider.ts");
  const [, body = ""] = /export interface HuaweicloudSettings \{([\s\S]*?)\n\}/.exec(source) ?? [];
  const taken = [...body.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name);
  const honoured = huaweiSettings.filter(
    ({ concern, treatment }) => treatment === "honoured" && ["who", "where"].includes(concern),
  );
  expect(honoured.flatMap(({ key }) => key ?? []).filter((key) => !taken.includes(key))).toEqual([]);
});
