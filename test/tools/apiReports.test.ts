/**
 * `npm run api`: a change of the public surface is refused with the lines that differ, until it is accepted.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { evaluate, inRepository } from "./toolProcess";

let folder: string;

beforeEach(() => {
  // Inside the repository, so that the types of Node are found.
  mkdirSync(inRepository(".state"), { recursive: true });
  folder = mkdtempSync(inRepository(".state/api-"));
  mkdirSync(join(folder, "types"));
  const entry = (name: string): object => ({ types: `./types/${name}.d.ts`, default: `./dist/${name}.js` });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "sample", version: "1.0.0", exports: { ".": entry("index"), "./b": entry("b") } }),
  );
  write("index", "/** Adds. */\nexport declare function add(a: number, b: number): number;");
  write(
    "b",
    "declare const b: Hidden;\n/** Not exported. */\ndeclare interface Hidden { size: number }\nexport = b;",
  );
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, types: string): void {
  writeFileSync(join(folder, "types", `${name}.d.ts`), `${types}\n`);
}

/** Makes the reports, accepts them if asked, and gives what differs. */
async function differences(accept: boolean): Promise<string[]> {
  return (await evaluate(`
    import { acceptReports, compareReports, makeReports } from "tools/api/reports.mjs";
    const folder = ${JSON.stringify(folder)};
    const reports = await makeReports(folder);
    if (${String(accept)}) await acceptReports(folder, reports);
    console.log(JSON.stringify(await compareReports(folder, reports)));
  `)) as string[];
}

test("a report has the exports and the types behind them, and what is unchanged does not differ", async () => {
  expect(await differences(true)).toEqual([]);
  expect(readdirSync(join(folder, "api"))).toEqual(["b.api.md", "index.api.md"]);
  const report = readFileSync(join(folder, "api/b.api.md"), "utf8");
  expect(report).toContain("const b: Hidden;");
  expect(report).toMatch(/interface Hidden \{\s.*\s+size: number \}/);
  expect(await differences(false)).toEqual([]);
}, 60_000);

test("a change differs by its lines; a change of comments does not", async () => {
  await differences(true);
  write("index", "/** Adds two numbers. */\nexport declare function add(a: number, b: number): number;");
  expect(await differences(false)).toEqual([]);

  write("index", "/** Adds. */\nexport declare function add(a: number): number;");
  const [text, ...more] = await differences(false);
  expect(more).toEqual([]);
  expect(text).toMatch(/^\S*index\.api\.md differs:\n@@/);
  expect(text).toContain("-export function add(a: number, b: number): number;");
  expect(text).toContain("+export function add(a: number): number;");
  expect(await differences(true)).toEqual([]);
}, 60_000);

test("a report that is missing, and one without an entry, differ", async () => {
  expect(await differences(false)).toEqual([
    expect.stringMatching(/index\.api\.md differs/),
    expect.stringMatching(/b\.api\.md differs/),
  ]);
  await differences(true);
  writeFileSync(join(folder, "api/old.api.md"), "");
  expect(await differences(false)).toEqual([expect.stringMatching(/old\.api\.md: the package has no entry/)]);
}, 60_000);
