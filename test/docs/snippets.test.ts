/**
 * Every TypeScript snippet of the documents and of TSDoc compiles against the built package, and the README's program
 * runs under a real engine.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

interface Snippet {
  readonly place: string;
  readonly code: string;
}

/** The snippets of a text; in TSDoc they stand behind a margin of asterisks. */
function snippetsOf(file: string): Snippet[] {
  const text = readFileSync(join(root, file), "utf8").replace(/^ *\* ?/gm, file.endsWith(".ts") ? "" : "$&");
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code], index) => ({
    place: `${file} #${String(index + 1)}`,
    code: code!,
  }));
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file}`);
}

const files = [
  "README.md",
  "provider/README.md",
  "emulator/README.md",
  ...filesIn("docs", ".md"),
  ...filesIn("provider/src", ".ts"),
];
const snippets = files.flatMap(snippetsOf);

test("there are snippets in the documents and in TSDoc", () => {
  expect(snippets.map(({ place }) => place)).toEqual(
    expect.arrayContaining([
      "README.md #1",
      "docs/reference/aom.md #1",
      "docs/reference/aom.md #2",
      "provider/src/program/aom.ts #1",
    ]),
  );
});

test("every snippet compiles", () => {
  // Inside the repository, so that the packages are found as a program finds them.
  mkdirSync(join(root, ".state"), { recursive: true });
  const folder = mkdtempSync(join(root, ".state", "snippets-"));
  try {
    for (const [index, { place, code }] of snippets.entries()) {
      writeFileSync(join(folder, `snippet${String(index)}.mts`), `// ${place}\n${code}\nexport {};\n`);
    }
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: join(root, "tsconfig.base.json"),
        compilerOptions: { noEmit: true, exactOptionalPropertyTypes: false },
        include: ["*.mts", join(__dirname, "foreignPackages.d.ts")],
      }),
    );
    let problems = "";
    try {
      execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
        encoding: "utf8",
      });
    } catch (error) {
      problems = (error as { stdout: string }).stdout;
    }
    // A number in a file's name helps nobody; the place does.
    expect(
      problems.replace(/\S*snippet(\d+)\.mts/g, (_, index: string) => snippets[Number(index)]!.place),
    ).toBe("");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
