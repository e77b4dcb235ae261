// Runs the checks one after another and says which failed: a later one runs although an earlier one failed, so that one
// round shows all there is to correct.
import { describeDuration } from "../setup/progress.mjs";

/**
 * The result of a check.
 * @typedef {object} CheckResult
 * @property {string} name
 * @property {number} code exit code; 0 is success
 * @property {number} durationMs
 */

/**
 * Runs checks in order.
 * @param {readonly string[]} names
 * @param {{ run: (name: string) => Promise<number>, write: (text: string) => void }} options `run` resolves with the exit
 *   code of a check
 * @returns {Promise<number>} the exit code of all: 0, or 1 where one failed
 */
export async function runChecks(names, { run, write }) {
  /** @type {CheckResult[]} */
  const results = [];
  for (const name of names) {
    write(`\ncheck: ${name}\n`);
    const start = Date.now();
    results.push({ name, code: await run(name), durationMs: Date.now() - start });
  }
  write(`\n${results.map(describeResult).join("")}`);
  const failed = results.filter(({ code }) => code !== 0).map(({ name }) => name);
  if (failed.length === 0) {
    return 0;
  }
  write(`\nFailed: ${failed.join(", ")}. To repeat only these: npm run check -- ${failed.join(" ")}\n`);
  return 1;
}

/**
 * @param {CheckResult} result
 * @returns {string} one line
 */
function describeResult({ name, code, durationMs }) {
  const outcome = code === 0 ? "passed" : `failed with ${code}`;
  return `check: ${name.padEnd(10)} ${outcome} (${describeDuration(durationMs)})\n`;
}
