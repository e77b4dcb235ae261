/**
 * The documents use standard words: a page that has been brought over does not fall back to the project's former private
 * language. Code, and messages in quotation marks, are not judged.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { problemsOf, sentencesOf, words } from "./standardWords";

const root = join(__dirname, "../..");

/** The pages that are judged. Add a page once its text has been brought over. */
const pages = [
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
  ...["examples", "templates"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith("README.md") && !file.includes("node_modules"))
      .map((file) => `${folder}/${file}`),
  ),
  "bench/README.md",
  "emulator/README.md",
  "provider/README.md",
  "test/simulation/README.md",
  ...readdirSync(join(root, "decisions")).map((file) => `decisions/${file}`),
];

test.each(pages)("%s uses standard words", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  expect(sentencesOf(text).length).toBeGreaterThan(3);
  expect(problemsOf(text)).toEqual([]);
});

test.each(words)("is found: $example", ({ write, example }) => {
  const found = [`write "${write}": ${example.replace(/`[^`]*`/g, "…")}`];
  expect(problemsOf(example)).toEqual(found);
  expect(problemsOf(`| a |\n| - |\n| ${example} |`)).toEqual(found);
  expect(problemsOf(`A sentence before.\n\n- **Item**: ${example}`)).toEqual(found);
});

test("a sentence begins with its subject, unless it is a question", () => {
  expect(problemsOf("It ends. What no list shows has no other way.")).toHaveLength(1);
  expect(problemsOf("## Who acts")).toHaveLength(1);
  expect(problemsOf("Who acts?")).toEqual([]);
});

test("code, quoted messages and plain uses of the same letters are not judged", () => {
  expect(problemsOf('Set `mend`. The message is "see it end".\n\n```ts\nmend();\n```\n')).toEqual([]);
  expect(problemsOf("The provider looks up the project, and says where to look. It holds a lock.")).toEqual(
    [],
  );
});
