/**
 * Messages use standard words: the texts in the sources of both packages, and the documentation comments that editors show to
 * the author of a Pulumi program.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { problemsOf } from "./standardWords";

const root = join(__dirname, "../..");

/** Texts that keep their words, with the reason. */
const exceptions: readonly { readonly text: string; readonly why: string }[] = [];

function sourcesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(root, folder, name))
    .sort();
}

function parse(name: string, source: string): ts.SourceFile {
  return ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
}

/** A text as a reader sees it: parts that are joined by `+` are one text, and `…` stands for what is filled in. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
  }
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(node.left), textOf(node.right)];
    return left === undefined && right === undefined ? undefined : `${left ?? "…"}${right ?? "…"}`;
  }
  return undefined;
}

/** The texts of a source that can be messages: those of several words. */
function textsOf(file: ts.SourceFile): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== undefined && /[a-z]\S* \S*[a-z]/i.test(text)) texts.push(text);
    // The parts of a sum are in its text; what is filled in has texts of its own.
    const isPartOfSum = text !== undefined && ts.isBinaryExpression(node);
    ts.forEachChild(node, isPartOfSum ? visitInner : visit);
  };
  const visitInner = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node))
      node.templateSpans.forEach(({ expression }) => {
        visit(expression);
      });
    else if (ts.isBinaryExpression(node)) ts.forEachChild(node, visitInner);
    else if (!ts.isStringLiteralLike(node)) visit(node);
  };
  visit(file);
  return texts;
}

/** The documentation comments of a source, as Markdown. A tag begins a paragraph. */
function commentsOf(file: ts.SourceFile): string[] {
  return [...file.text.matchAll(/\/\*\*([\s\S]*?)\*\//g)].map(([, comment = ""]) =>
    comment.replace(/^ *\* ?/gm, "").replace(/^@(param|throws) \S+(, \S+)*|^@\w+/gm, "\n"),
  );
}

/** Parts of a message are indented and end with line breaks; a Markdown reader would take them for code. */
const asProse = (text: string): string => text.replace(/\n+ */g, "\n\n").trim();

const sources = [...sourcesOf("provider/src"), ...sourcesOf("emulator/src")];

test.each(sources.map((path) => relative(root, path)))("%s: messages use standard words", (path) => {
  const texts = textsOf(parse(path, readFileSync(join(root, path), "utf8")));
  const judged = texts.filter((text) => !exceptions.some((exception) => exception.text === text));
  expect(judged.flatMap((text) => problemsOf(asProse(text)))).toEqual([]);
});

test("all messages are found", () => {
  const texts = sources.flatMap((path) => textsOf(parse(path, readFileSync(path, "utf8"))));
  expect(texts).toContain("  Check the logs or the effects of the flow to see whether it ran.");
  expect(texts.length).toBeGreaterThan(800);
  for (const { text } of exceptions) expect(texts).toContain(text);
});

test.each([
  ["a text", 'warn("It goes on waiting.");'],
  ["a template", "warn(`${id} goes on waiting.`);"],
  ["a sum", 'warn(`${id} goes ` + "on waiting.");'],
  ["a part of a template", 'warn(`${id} ${isLeft ? "is left" : "goes on waiting"}.`);'],
  ["a part of a sum", 'warn("It " + (isLeft ? "is left" : "goes on waiting"));'],
  ["a part of a template in a sum", 'warn("It " + `${isLeft ? "is left" : "goes on waiting"}.`);'],
  ["a second line", 'warn("It failed.\\n  The next one goes on waiting.");'],
])("a former word is found in %s", (_what, source) => {
  const problems = textsOf(parse("a.ts", source)).flatMap((text) => problemsOf(asProse(text)));
  expect(problems).toEqual([expect.stringMatching(/^write "resume waiting": /)]);
});

test.each(sourcesOf("provider/src/program").map((path) => relative(root, path)))(
  "%s: documentation comments use standard words",
  (path) => {
    const comments = commentsOf(parse(path, readFileSync(join(root, path), "utf8")));
    expect(comments.length).toBeGreaterThan(0);
    expect(comments.flatMap(problemsOf)).toEqual([]);
  },
);

test("a former word is found in a documentation comment", () => {
  const source =
    "/**\n * Waits.\n * @default `1`; it\n *   goes on waiting\n */\nconst a = 1;\n/** It peeks. */";
  expect(commentsOf(parse("a.ts", source)).flatMap(problemsOf)).toEqual([
    expect.stringMatching(/^write "resume waiting": /),
    expect.stringMatching(/^write "progress request": /),
  ]);
});
