/**
 * Code of the pages in other languages than TypeScript, and programs of several files: JSON and YAML are read, Pulumi programs in
 * YAML are compared with the plugin's schema, Python is compiled, and JavaScript and TypeScript of a page are checked together.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import type { PageFile, PageStep } from "../support/pageSteps";
import { stepsOf } from "../support/pageSteps";

const root = resolve(__dirname, "../..");
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

const pages = [
  ...["README.md", "provider/README.md", "emulator/README.md"],
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file.replaceAll("\\", "/")}`),
];

/** The code of all pages in a language, with its place. */
function codeIn(language: string): [place: string, code: string][] {
  return pages.flatMap((page) =>
    [...textOf(page).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(
      ([, code], index): [string, string] => [`${page} #${String(index + 1)}`, code!],
    ),
  );
}

function yamlOf(code: string): unknown {
  const document = parseDocument(code);
  expect([...document.errors, ...document.warnings]).toEqual([]);
  return document.toJS();
}

describe("JSON", () => {
  test.each(codeIn("json"))("%s", (_, code) => {
    const value = JSON.parse(code) as { Version?: string; Statement?: unknown[] };
    if (value.Statement === undefined) return;
    // A policy: each vendor's language has a version of its own.
    expect(value.Version).toMatch(/^(1|1\.1|5\.0|2012-10-17)$/);
    for (const statement of value.Statement) {
      expect(statement).toMatchObject({
        Effect: "Allow",
        Action: expect.arrayContaining([expect.stringMatching(/^[a-z]+:(\w+:)?\w+$/)]),
      });
    }
  });
});

interface SchemaResource {
  readonly inputProperties: Readonly<Record<string, unknown>>;
  readonly requiredInputs?: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}

describe("YAML", () => {
  const schema = JSON.parse(textOf("plugin/schema.json")) as {
    resources: Readonly<Record<string, SchemaResource>>;
  };

  test.each(codeIn("yaml"))("%s", (_, code) => {
    const value = yamlOf(code) as {
      runtime?: string;
      resources?: Record<string, { type: string; properties?: Record<string, unknown> }>;
    };
    expect(Object.keys(value).length).toBeGreaterThan(0);
    if (value.runtime !== "yaml") return;
    for (const { type, properties = {} } of Object.values(value.resources!)) {
      const declared = schema.resources[type]!;
      expect(Object.keys(declared.inputProperties)).toEqual(expect.arrayContaining(Object.keys(properties)));
      expect(Object.keys(properties)).toEqual(expect.arrayContaining([...(declared.requiredInputs ?? [])]));
    }
    // The outputs read properties that the resource has.
    for (const [, resource, output] of code.matchAll(/\$\{(\w+)\.(\w+)/g)) {
      const declared = schema.resources[value.resources![resource!]!.type]!;
      expect(Object.keys(declared.properties)).toContain(output);
    }
  });
});

describe("Python", () => {
  const python = ["python3", "python"].find(
    (name) => spawnSync(name, ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]).status === 0,
  );
  const programs = codeIn("python");
  if (python === undefined) {
    test.skip("every program compiles (skipped: there is no Python 3)", () => {
      // Nothing to do: the name says why.
    });
    return;
  }
  test.each(programs)("%s", (_, code) => {
    const compiled = spawnSync(python, ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], {
      input: code,
      encoding: "utf8",
    });
    expect(compiled.stderr).toBe("");
  });

  test("the program of the guide is the example, which test/languages runs", () => {
    const [, program] = programs.find(([place]) => place.includes("use-javascript-esm-python-yaml"))!;
    expect(program).toBe(textOf("examples/plugin/python/__main__.py").replaceAll("\r\n", "\n"));
  });
});

test("the program of the guide in YAML is the example, which test/languages runs", () => {
  const [, program] = codeIn("yaml").find(([place]) => place.includes("use-javascript-esm-python-yaml"))!;
  expect(program).toBe(textOf("examples/plugin/yaml/Pulumi.yaml").replaceAll("\r\n", "\n"));
});

describe("programs of several files", () => {
  const isProgram = (step: PageStep): step is PageFile =>
    step.kind === "file" && /\.(c|m)?(j|t)s$/.test(step.name);
  const projects = pages
    .map((page): [string, PageFile[]] => [page, stepsOf(textOf(page)).filter(isProgram)])
    .filter(([, files]) => files.length > 0);

  test("pages have such programs", () => {
    expect(projects.map(([page]) => page)).toEqual(
      expect.arrayContaining(["docs/how-to/test-a-stack.md", "docs/how-to/unit-test.md"]),
    );
  });

  test("each page's files compile together", () => {
    mkdirSync(join(root, ".state"), { recursive: true });
    const folder = mkdtempSync(join(root, ".state", "pages-"));
    try {
      for (const [page, files] of projects) {
        for (const { name, content } of files) {
          const file = join(folder, page.replace(/\.md$/, ""), name);
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, content);
        }
      }
      writeFileSync(join(folder, "package.json"), "{}");
      const compilerOptions = {
        noEmit: true,
        checkJs: true,
        allowJs: true,
        types: ["node", "jest"],
        noImplicitAny: true,
        exactOptionalPropertyTypes: false,
        noPropertyAccessFromIndexSignature: false,
      };
      writeFileSync(
        join(folder, "tsconfig.json"),
        JSON.stringify({
          extends: join(root, "tsconfig.base.json"),
          compilerOptions,
          include: ["**/*", join(__dirname, "foreignPackages.d.ts")],
        }),
      );
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      const compiled = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8", cwd: folder });
      expect(compiled.stdout).toBe("");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test("shell code has no mistake that bash finds", () => {
  for (const [place, code] of codeIn("sh")) {
    const problems = (): string => {
      try {
        // A reader puts a value in place of <…>.
        const input = code.replaceAll(/<[a-z ]+>/g, "value");
        execFileSync("bash", ["-n"], { input, stdio: ["pipe", "ignore", "pipe"] });
        return "";
      } catch (error) {
        return String(error);
      }
    };
    expect([place, problems()]).toEqual([place, ""]);
  }
});
