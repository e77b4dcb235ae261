/**
 * The dialect in lint: what is foreign to it is refused, and the list of long files has no entry without need.
 */
import { evaluate, inRepository } from "./toolProcess";

/** The rules that each text breaks as a file of the given name, by the configuration of the repository. */
async function brokenRules(texts: readonly (readonly [file: string, text: string])[]): Promise<string[][]> {
  return (await evaluate(`
    import { ESLint } from "eslint";
    const eslint = new ESLint({
      cwd: ${JSON.stringify(inRepository(""))},
      // Without types: the texts are in no file that the compiler knows.
      overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
      ruleFilter: ({ ruleId }) =>
        /^(dialect|max-|no-restricted-syntax|@typescript-eslint.(naming-convention|consistent-type-imports))/.test(ruleId),
    });
    const broken = [];
    for (const [filePath, text] of ${JSON.stringify(texts)}) {
      const [{ messages }] = await eslint.lintText(text, { filePath });
      broken.push(messages.map(({ ruleId, message }) => ruleId ?? message));
    }
    console.log(JSON.stringify(broken));
  `)) as string[][];
}

const head = "/**\n * Does one thing.\n */\n";
const file = "provider/src/ground/sample.ts";

test("a file in the dialect passes, with a private constructor, which has no #form", async () => {
  const text = `${head}import type { A } from "./a";\nimport { b } from "./a";\nconst longestMs = 1;\nexport class C {\n  #a?: A;\n  private constructor() { this.#a = b(longestMs); }\n}\n`;
  expect(await brokenRules([[file, text]])).toEqual([[]]);
});

const foreign: readonly (readonly [name: string, text: string, rule: string])[] = [
  ["no head", "export {};\n", "dialect/file-head"],
  ["a head of line comments", "// Does one thing.\nexport {};\n", "dialect/file-head"],
  ["an empty head", "/** */\nexport {};\n", "dialect/file-head"],
  ["a head that stands lower", `\n${head}export {};\n`, "dialect/file-head"],
  [
    "an inline type import",
    `${head}import { b, type A } from "./a";\nexport const a: A = b;\n`,
    "no-restricted-syntax",
  ],
  [
    "a value import of a type",
    `${head}import { A } from "./a";\nexport const a = (b: A): A => b;\n`,
    "@typescript-eslint/consistent-type-imports",
  ],
  ["a private member", `${head}export class C {\n  private a = 1;\n}\n`, "no-restricted-syntax"],
  ["a private method", `${head}export class C {\n  private a(): void {}\n}\n`, "no-restricted-syntax"],
  [
    "a private parameter",
    `${head}export class C {\n  constructor(private readonly a: number) {}\n}\n`,
    "no-restricted-syntax",
  ],
  ["a constant in capitals", `${head}export const LONGEST_MS = 1;\n`, "@typescript-eslint/naming-convention"],
  ["export *", `${head}export * from "./a";\n`, "no-restricted-syntax"],
  ["a long file", head + "export {};\n".repeat(300), "max-lines"],
  [
    "a long function",
    `${head}export function f(): void {\n${"  f();\n".repeat(60)}}\n`,
    "max-lines-per-function",
  ],
  ["a long class", `${head}export class C {\n${"  a(): void {}\n".repeat(200)}}\n`, "dialect/class-length"],
];

describe("foreign to the dialect", () => {
  let found: string[][];
  beforeAll(async () => {
    found = await brokenRules(foreign.map(([, text]) => [file, text]));
  });

  test.each(foreign.map(([name, , rule], index) => [name, rule, index] as const))(
    "%s: %s",
    (_, rule, index) => {
      expect(found[index]).toEqual([rule]);
    },
  );
});

test.each(["tools/sample.mjs", "bench/sample.mjs", "test/support/sample.ts"])(
  "the sizes hold in %s",
  async (file) => {
    const [broken] = await brokenRules([[file, `${head}${"export {};\n".repeat(300)}`]]);
    expect(broken).toEqual(["max-lines"]);
  },
);

test("the dialect holds in tests too", async () => {
  const text = "export const LONGEST_MS = 1;\n";
  const [broken] = await brokenRules([["test/unit/sample.test.ts", text]]);
  expect(broken).toEqual(["dialect/file-head", "@typescript-eslint/naming-convention"]);
});

test("both hold in the emulator too", async () => {
  const text = "export const LONGEST_MS = 1;\n".repeat(301);
  const [broken] = await brokenRules([["emulator/src/sample.ts", text]]);
  expect(broken).toEqual(expect.arrayContaining(["max-lines", "@typescript-eslint/naming-convention"]));
});

test("each entry in the list of long files is a file, breaks the rules that it names, and says why", async () => {
  const stale = (await evaluate(`
    import { readFileSync } from "node:fs";
    import { Linter } from "eslint";
    import tseslint from "typescript-eslint";
    import { dialect } from "tools/lint/dialect.mjs";
    import { sizeExceptions, sizeRules } from "tools/lint/sizes.mjs";
    const config = { files: ["**/*.{ts,mjs}"], languageOptions: { parser: tseslint.parser }, plugins: { dialect }, rules: sizeRules };
    const linter = new Linter();
    const stale = [];
    for (const { file, rules, why } of sizeExceptions) {
      const found = new Set(linter.verify(readFileSync(${JSON.stringify(inRepository(""))} + "/" + file, "utf8"), [config], { filename: file }).map(({ ruleId }) => ruleId));
      stale.push(...rules.filter((rule) => !found.has(rule)).map((rule) => \`\${file}: \${rule} holds now: take it out of tools/lint/sizes.mjs\`));
      if (why.length < 10) stale.push(\`\${file}: why?\`);
    }
    console.log(JSON.stringify(stale));
  `)) as string[];
  expect(stale).toEqual([]);
});
