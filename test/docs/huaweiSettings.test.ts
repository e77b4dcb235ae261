/** The table of Huawei Cloud's settings in the documents is the one that the code goes by. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { huaweiSettings } from "../../provider/src/services/huawei/settingsTable";

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
  const documented = tableAfter(read("docs/reference/settings.md"), "### Every setting");
  const expected = huaweiSettings.table.map(({ key, variables, treatment, note }) => [
    key === undefined ? "" : `\`${key}\``,
    variables.map((name) => `\`${name}\``).join(", "),
    treatment,
    note,
  ]);
  expect(documented).toEqual(expected);
});

test("no key and no variable stands in two rows", () => {
  const keys = huaweiSettings.table.flatMap(({ key }) => key ?? []);
  const variables = huaweiSettings.table.flatMap(({ variables: names }) => names);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(variables).size).toBe(variables.length);
});
