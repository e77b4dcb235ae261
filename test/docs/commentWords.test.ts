/**
 * Comments use standard words too: of both packages, tools, bench, test support and examples. How a sentence begins is not
 * judged here: a comment on a name may be a noun phrase, such as "What a start was answered with".
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { wordProblemsOf } from "./standardWords";

const root = join(__dirname, "../..");

const folders = ["provider/src", "emulator/src", "tools", "bench", "test/support", "examples"];

function sourcesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.([mc]?js|ts)$/.test(name) && !/(^|\/)(node_modules|dist)\//.test(name))
    .map((name) => join(folder, name))
    .sort();
}

/** The comments of a source as prose: neighbouring line comments are one, and a tag begins a paragraph. */
function commentsOf(text: string): string[] {
  const file = ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest, true);
  const found = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node): void => {
    for (const range of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [])
      found.set(range.pos, range);
    for (const range of ts.getTrailingCommentRanges(text, node.end) ?? []) found.set(range.pos, range);
    node.getChildren(file).forEach(visit);
  };
  visit(file);
  let lastEnd = -1;
  const comments: string[] = [];
  for (const { pos, end } of [...found.values()].sort((a, b) => a.pos - b.pos)) {
    const isNext = lastEnd !== -1 && /^\n[ \t]*$/.test(text.slice(lastEnd, pos));
    const comment = text.slice(pos, end);
    if (isNext) comments.push(`${comments.pop() ?? ""}\n${comment}`);
    else comments.push(comment);
    lastEnd = end;
  }
  return comments.map(proseOf);
}

function proseOf(comment: string): string {
  return comment
    .replace(/^\/\*+|\*\/$/g, "")
    .replace(/^ *(\*|\/\/) ?/gm, "")
    .replace(/\{@(link|inheritDoc) [^}]*\}/g, "…")
    .replace(/^@(param|property|throws|returns|typedef|type)\b *(\{.*?\})?|^@\w+/gm, "\n");
}

test.each(folders)("%s: comments use standard words", (folder) => {
  const sources = sourcesOf(folder);
  expect(sources.length).toBeGreaterThan(0);
  const problems = sources.flatMap((source) =>
    commentsOf(readFileSync(join(root, source), "utf8"))
      .flatMap(wordProblemsOf)
      .map((problem) => `${source}: ${problem}`),
  );
  expect(problems).toEqual([]);
});

test.each([
  ["a line comment", "// It peeks.\nconst a = 1;"],
  ["the second of two lines", "// It\n// peeks.\nconst a = 1;"],
  ["a comment after code", "const a = 1; // It peeks."],
  ["a documentation comment", "/**\n * Waits.\n * @param a it\n *   peeks\n */\nfunction f(a) {}"],
  ["the end of a block", "function f() {\n  f();\n  // It peeks.\n}"],
  ["a comment within an object", "const a = {\n  // It peeks.\n  b: 1,\n};"],
])("a former word is found in %s", (_where, source) => {
  expect(commentsOf(source).flatMap(wordProblemsOf)).toEqual([
    expect.stringMatching(/^write "progress request": /),
  ]);
});

test("code and texts are not taken for comments", () => {
  expect(
    commentsOf('const text = "// It peeks.";\nconst url = `http://peeks`;').flatMap(wordProblemsOf),
  ).toEqual([]);
});
