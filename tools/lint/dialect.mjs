// Lint rules of our own, for the dialect of both packages: the head of a file, and the length of a class.

/** @type {import("eslint").Rule.RuleModule} */
const fileHead = {
  meta: {
    type: "suggestion",
    docs: { description: "a file opens with a comment that says its job" },
    schema: [],
    messages: { missing: "Open the file with /** … */: one to three lines on its job." },
  },
  create: (context) => ({
    Program(program) {
      const [first] = context.sourceCode.getAllComments();
      const isHead =
        first !== undefined &&
        first.range?.[0] === 0 &&
        first.type === "Block" &&
        /^\*\s*\*?\s*\S/.test(first.value);
      if (!isHead) {
        context.report({ node: program, loc: { line: 1, column: 0 }, messageId: "missing" });
      }
    },
  }),
};

/** @type {import("eslint").Rule.RuleModule} */
const classLength = {
  meta: {
    type: "suggestion",
    docs: { description: "a class has few lines" },
    schema: [{ type: "object", properties: { max: { type: "integer" } }, required: ["max"] }],
    messages: {
      long: "The class has {{lines}} lines. Above {{max}}, find the part that has a name of its own.",
    },
  },
  create(context) {
    const [{ max }] = context.options;
    /** @param {import("estree").Node} node */
    const check = (node) => {
      const { start, end } = /** @type {import("estree").SourceLocation} */ (node.loc);
      const lines = end.line - start.line + 1;
      if (lines > max) {
        context.report({ node, messageId: "long", data: { lines: String(lines), max: String(max) } });
      }
    };
    return { ClassDeclaration: check, ClassExpression: check };
  },
};

/** The plugin, for `plugins: { dialect }`. */
export const dialect = { rules: { "file-head": fileHead, "class-length": classLength } };
