// Limits for the length of files, functions and classes of both packages, tools, bench and test support, and the files
// that are longer, each with the reason. A test refuses an entry that is no longer needed.

/** Lint rules with their limits, in lines. A file above them has more than one job, or a part with a name of its own. */
export const sizeRules = /** @type {const} */ ({
  "max-lines": ["error", { max: 300 }],
  "max-lines-per-function": ["error", { max: 60 }],
  "dialect/class-length": ["error", { max: 200 }],
});

/** @typedef {keyof typeof sizeRules} SizeRule */

/**
 * A file that is longer.
 * @typedef {object} SizeException
 * @property {string} file
 * @property {readonly SizeRule[]} rules that do not hold in it
 * @property {string} why
 */

/** @type {readonly SizeException[]} */
export const sizeExceptions = [
  {
    file: "provider/src/ground/errors.ts",
    rules: ["max-lines"],
    why: "the one tree of errors, most lines are TSDoc",
  },
  {
    file: "bench/figures.mjs",
    rules: ["max-lines-per-function"],
    why: "every line of the contract that the bench decides, in the order of its report",
  },
  {
    file: "bench/run.mjs",
    rules: ["max-lines-per-function"],
    why: "the course of a bench from top to bottom, each step once",
  },
  {
    file: "bench/stacks.mjs",
    rules: ["max-lines-per-function"],
    why: "a stack is one object of short commands over one folder and environment",
  },
  {
    file: "test/support/machines.ts",
    rules: ["max-lines-per-function"],
    why: "a scene is one object of short functions over one emulator",
  },
  {
    file: "test/support/pluginStack.ts",
    rules: ["max-lines-per-function"],
    why: "a stack is one object of short commands over one folder and environment",
  },
  {
    file: "test/support/stack.ts",
    rules: ["max-lines-per-function"],
    why: "a stack is one object of short commands over one folder and environment",
  },
];
