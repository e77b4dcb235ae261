// The closing text of `npm start`: the command, its results, and the next commands.
import { describeDuration } from "../setup/progress.mjs";

/** The commands that can follow; the text names those that fit the command that was run. */
const NEXT = {
  again: ["npm start", "the same again: if all is well, nothing runs"],
  preview: ["npm start -- preview", "what the next deployment would run, and why"],
  refresh: ["npm start -- refresh", "look at the executions again"],
  destroy: ["npm start -- destroy", "remove the stack and all of its state"],
  begin: ["npm start", "deploy it"],
};

/**
 * Puts the closing text together.
 * @param {{
 *   command: string,
 *   exitCode: number,
 *   elapsedMs: number,
 *   started: readonly import("./runningEmulator.mjs").SeenExecution[],
 *   known: number,
 *   outputs: Record<string, unknown>,
 * }} run `started`: the executions that this run has started; `known`: how many the emulator knows in all
 * @returns {string}
 */
export function summarize({ command, exitCode, elapsedMs, started, known, outputs }) {
  const ending = exitCode === 0 ? "ended well" : `ended with exit code ${exitCode}`;
  const lines = [
    "",
    `pulumi ${command} ${ending}; ${describeDuration(elapsedMs)} in all.`,
    `Executions: ${started.length} started by this run, ${known} known to the emulator.`,
    ...started.map(
      ({ executionId, workflowId, status }) => `  ${executionId}  workflow ${workflowId}  ${status}`,
    ),
  ];
  const named = Object.entries(outputs);
  if (named.length > 0) {
    lines.push("Stack outputs:", ...named.map(([name, value]) => `  ${name}: ${inOneLine(value)}`));
  }
  const isEmpty = named.length === 0;
  const next =
    isEmpty && exitCode === 0 ? [NEXT.begin] : [NEXT.again, NEXT.preview, NEXT.refresh, NEXT.destroy];
  lines.push("Next:", ...next.map(([text = "", what = ""]) => `  ${text.padEnd(22)}${what}`), "");
  return lines.join("\n");
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function inOneLine(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}
