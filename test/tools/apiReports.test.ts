/**
 * `npm run api`: a change of the public surface is refused with the lines that differ, until it is accepted.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { evaluate, inRepository } from "./toolProcess";

const add = "/** Adds. */\nexport declare function add(a: number, b: number): number;\n";
const hidden =
  "declare const b: Hidden;\n/** Not exported. */\ndeclare interface Hidden { size: number }\nexport = b;\n";

/** The differences after each step. */
interface Found {
  readonly unaccepted: string[];
  readonly accepted: string[];
  readonly reports: Record<string, string>;
  readonly otherComment: string[];
  readonly otherArguments: string[];
  readonly withoutEntry: string[];
}

let found: Found;

beforeAll(async () => {
  // Inside the repository, so that the types of Node are found.
  mkdirSync(inRepository(".state"), { recursive: true });
  const folder = mkdtempSync(inRepository(".state/api-"));
  try {
    mkdirSync(join(folder, "types"));
    const entry = (name: string): object => ({ types: `./types/${name}.d.ts`, default: `./dist/${name}.js` });
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({
        name: "sample",
        version: "1.0.0",
        exports: { ".": entry("index"), "./b": entry("b") },
      }),
    );
    writeFileSync(join(folder, "types/b.d.ts"), hidden);
    // In one process: loading API Extractor takes longer than all that it does here.
    found = (await evaluate(`
      import { readdirSync, readFileSync, writeFileSync } from "node:fs";
      import { acceptReports, compareReports, makeReports } from "tools/api/reports.mjs";
      const folder = ${JSON.stringify(folder)};
      const add = ${JSON.stringify(add)};
      const differencesWith = async (types) => {
        writeFileSync(folder + "/types/index.d.ts", types);
        return compareReports(folder, await makeReports(folder));
      };
      const unaccepted = await differencesWith(add);
      const made = await makeReports(folder);
      await acceptReports(folder, made);
      const accepted = await compareReports(folder, made);
      const names = readdirSync(folder + "/api");
      const reports = Object.fromEntries(names.map((name) => [name, readFileSync(folder + "/api/" + name, "utf8")]));
      const otherComment = await differencesWith(add.replace("Adds", "Adds two numbers"));
      const otherArguments = await differencesWith(add.replace(", b: number", ""));
      writeFileSync(folder + "/api/old.api.md", "");
      const withoutEntry = await compareReports(folder, made);
      console.log(JSON.stringify({ unaccepted, accepted, reports, otherComment, otherArguments, withoutEntry }));
    `)) as Found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a report that is missing differs, until it is accepted", () => {
  expect(found.unaccepted).toEqual([
    expect.stringMatching(/index\.api\.md differs/),
    expect.stringMatching(/b\.api\.md differs/),
  ]);
  expect(found.accepted).toEqual([]);
});

test("a report has the exports and the types behind them", () => {
  expect(Object.keys(found.reports)).toEqual(["b.api.md", "index.api.md"]);
  expect(found.reports["index.api.md"]).toContain("export function add(a: number, b: number): number;");
  expect(found.reports["b.api.md"]).toContain("const b: Hidden;");
  expect(found.reports["b.api.md"]).toMatch(/interface Hidden \{\s.*\s+size: number \}/);
});

test("a change differs by its lines; a change of comments does not", () => {
  expect(found.otherComment).toEqual([]);
  const [text, ...more] = found.otherArguments;
  expect(more).toEqual([]);
  expect(text).toMatch(/^\S*index\.api\.md differs:\n@@/);
  expect(text).toContain("-export function add(a: number, b: number): number;");
  expect(text).toContain("+export function add(a: number): number;");
});

test("a report without an entry differs", () => {
  expect(found.withoutEntry).toEqual([expect.stringMatching(/old\.api\.md: the package has no entry/)]);
});
