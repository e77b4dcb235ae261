/**
 * Comments use standard words too: of both packages, tools, bench, test support and examples. Their sentences begin with the
 * subject: "The answer to a start", not "What a start was answered with".
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { clauseProblemsOf, wordProblemsOf } from "./standardWords";

const root = join(__dirname, "../..");

// The folders whose comments begin with their subject.
const subjectFolders = [
  "provider/src",
  "emulator/bin",
  "emulator/page",
  "emulator/src",
  "tools",
  "bench",
  "test",
  "examples",
];

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
    .replace(/^\/\*+ ?|\*\/$/g, "")
    .replace(/^ *(\*|\/\/) ?/gm, "")
    .replace(/\{@(link|inheritDoc) [^}]*\}/g, "…")
    .replace(
      /^@(?:(?:param|property)(?: +\{.*?\})? +(?!\{)\S+|returns(?: +\{.*?\})?) +(\w)/gm,
      (_tag, first: string) => `\n${first.toUpperCase()}`,
    )
    .replace(/^@(param|property|throws|returns|typedef|type)\b *(\{.*?\})?|^@\w+/gm, "\n");
}

// Parsing takes most of the time, and both tests read the same sources.
const commentsBySource = new Map<string, readonly string[]>();

function commentsIn(source: string): readonly string[] {
  const comments = commentsBySource.get(source) ?? commentsOf(readFileSync(join(root, source), "utf8"));
  commentsBySource.set(source, comments);
  return comments;
}

function problemsIn(folder: string, problemsOf: (comment: string) => string[]): string[] {
  const sources = sourcesOf(folder);
  expect(sources.length).toBeGreaterThan(0);
  return sources.flatMap((source) =>
    commentsIn(source)
      .flatMap(problemsOf)
      .map((problem) => `${source}: ${problem}`),
  );
}

test.each(folders)("%s: comments use standard words", (folder) => {
  expect(problemsIn(folder, wordProblemsOf)).toEqual([]);
});

test.each(subjectFolders)("%s: comments begin with their subject", (folder) => {
  expect(problemsIn(folder, clauseProblemsOf)).toEqual([]);
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

test.each([
  ["the first sentence", "/** What runs. */\nconst a = 1;"],
  ["a later sentence", "// Runs. Whoever waits is told.\nconst a = 1;"],
  ["the second line", "function f() {\n  // Runs.\n  // When it ends, it is told.\n  f();\n}"],
  ["a list's item", "/**\n * Waits:\n * - How it ends.\n */\nconst a = 1;"],
  ["a parameter", "/** @param a what runs */\nfunction f(a) {}"],
  ["a typed parameter", "/**\n * Waits.\n * @param {string} a where it runs\n */\nfunction f(a) {}"],
  ["a result", "/**\n * Waits.\n * @returns whether it runs\n */\nfunction f() {}"],
])("a clause in place of the subject is found in %s", (_where, source) => {
  expect(commentsOf(source).flatMap(clauseProblemsOf)).toEqual([
    expect.stringMatching(/^begin with the subject: /),
  ]);
});

test.each([
  ["a question", "// What runs now?\nconst a = 1;"],
  ["a clause after its verb", "/** Tells what runs, and when it ends. */\nconst a = 1;"],
  ["an error's condition", "/** @throws {Error} when it runs */\nfunction f() {}"],
  ["a parameter's name", "/** @param where the place */\nfunction f(where) {}"],
  ["a property's name", "/**\n * @property {string} why\n */\nconst a = 1;"],
  ["a longer word", "// However, a wait ends.\nconst a = 1;"],
])("%s is no clause in place of the subject", (_what, source) => {
  expect(commentsOf(source).flatMap(clauseProblemsOf)).toEqual([]);
});
