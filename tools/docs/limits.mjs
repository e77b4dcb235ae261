// The limits of what a resource's state keeps, with the figures of the code. Pure.
import { tableOf } from "./marks.mjs";

/**
 * The sizes of provider/src/lifecycle/bounds.ts.
 * @typedef {{ log: number, message: number, failedTargets: number, steps: number, allSteps: number, output: number, outputDepth: number }} Limits
 */

/**
 * @param {Limits} limits
 * @returns {string} Markdown
 */
export function limitsTable({ log, message, failedTargets, steps, allSteps, output, outputDepth }) {
  return tableOf(
    ["content", "limit"],
    [
      [
        "failed targets of a step",
        `${number(failedTargets)}, each with the last ${number(log)} characters of its log`,
      ],
      ["error texts", `${number(message)} characters`],
      ["steps", `the last ${number(steps)}`],
      [
        "`output`",
        `${kibi(output)} characters as JSON, and ${number(outputDepth)} levels. A larger output is not kept: \`output\` is then \`{ truncated: "…" }\``,
      ],
      [
        "all steps together",
        `${kibi(allSteps)} characters. Beyond that, logs and messages of targets are left out first, then the targets. Only \`truncated\` says so`,
      ],
    ],
  );
}

/**
 * @param {number} value
 * @returns {string} e.g. `2,000`
 */
function number(value) {
  return value.toLocaleString("en-US");
}

/**
 * @param {number} value
 * @returns {string} e.g. `256 Ki`
 */
function kibi(value) {
  return `${number(value / 1024)} Ki`;
}
