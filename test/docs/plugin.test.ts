/**
 * The programs on the plugin's page are the examples, which run under a real engine in test/languages; the files that
 * the page and the examples' README name exist.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");
const textOf = (file: string): string => readFileSync(join(root, file), "utf8").replaceAll("\r\n", "\n");
const page = textOf("docs/reference/plugin.md");

test.each([
  ["yaml", "yaml/Pulumi.yaml"],
  ["python", "python/__main__.py"],
  ["go", "go/main.go"],
  ["java", "java/App.java"],
  ["typescript", "typescript/index.ts"],
])("the program in %s is examples/plugin/%s", (language, file) => {
  const programs = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))];
  expect(programs.map(([, program]) => program)).toEqual([textOf(`examples/plugin/${file}`)]);
});

test("versions are those of the schema", () => {
  const { version, language } = JSON.parse(textOf("plugin/schema.json")) as {
    version: string;
    language: Record<string, Record<string, string>>;
  };
  for (const text of [page, textOf("examples/plugin/README.md")]) {
    const named = [...text.matchAll(/runbook[- ]v?(\d+\.\d+\.\d+)/g)].map(([, found]) => found);
    expect(named.length).toBeGreaterThan(0);
    expect(new Set(named)).toEqual(new Set([version]));
  }
  expect(page).toContain(language["nodejs"]!["packageName"]);
  expect(page).toContain(language["python"]!["packageName"]);
  expect(page).toContain(language["go"]!["modulePath"]);
  expect(page).toContain(`using ${language["csharp"]!["rootNamespace"]!}.Runbook.Aom;`);
  expect(page).toContain(`import ${language["java"]!["basePackage"]!}.runbook.aom.WorkflowExecution;`);
});
