// The picture of a deployment: which of its screens are drawn, and what of them may differ from one run to the next. Pure.
import { drawTerminal } from "./drawTerminal.mjs";
import { COLUMNS } from "./recordDeployment.mjs";
import { textOf } from "./terminalScreen.mjs";

/** @typedef {import("./recordDeployment.mjs").Frame} Frame */

/** Long enough to read a row. */
const SECONDS_EACH = 1.5;

/**
 * Draws a recorded deployment: the screens on which a row of the execution is new, then all that both commands leave.
 * @param {readonly (readonly Frame[])[]} commands
 * @returns {string} the SVG
 */
export function drawDeployment(commands) {
  const [up = [], ...later] = commands;
  const final = commands.map((frames) => frames.at(-1) ?? []);
  const whole = final.flatMap((rows, index) => (index === 0 ? rows : [[], ...rows]));
  const seen = new Set();
  const screens = up.filter((rows) => {
    const row = executionRowOf(rows.map(textOf));
    const isNew = row !== undefined && !seen.has(row);
    seen.add(row);
    return isNew;
  });
  return drawTerminal([...screens, whole], {
    columns: COLUMNS,
    secondsEach: SECONDS_EACH,
    title: "pulumi up runs a workflow and waits for it",
    description: [
      ...screens.flatMap((rows) => executionRowOf(rows.map(textOf)) ?? []),
      ...later.map(reasonOf),
    ].join("; "),
  });
}

/**
 * The row of the execution, without its time and its running dots.
 * @param {readonly string[]} screen
 * @returns {string | undefined}
 */
export function executionRowOf(screen) {
  return screen
    .flatMap((line) => /:WorkflowExecution +(patch-fleet +.*)$/.exec(line)?.[1] ?? [])
    .map(untimed)[0];
}

/**
 * A line without what differs from one run to the next.
 * @param {string} line
 * @returns {string}
 */
export function untimed(line) {
  return line
    .replace(/ \([\d.ms]+\)(\.*)/g, "")
    .replace(/\bDuration: .*/, "Duration:")
    .replace(/\b(usually|after) (?:takes about )?\d\S*/g, "$1")
    .replace(/ {2,}/g, " ")
    .trim();
}

/** @param {readonly Frame[]} frames */
function reasonOf(frames) {
  return (
    frames
      .at(-1)
      ?.map(textOf)
      .find((line) => line.includes("runs again:"))
      ?.trim() ?? ""
  );
}

/**
 * The lines that a picture shows, in order.
 * @param {string} svg
 * @returns {string[][]} by screen; without the blanks between pieces of a line
 */
export function linesOfPicture(svg) {
  return [...svg.matchAll(/<g [^>]*>([\s\S]*?)<\/g>/g)].map(([, group = ""]) =>
    [...group.matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, line = ""]) =>
      line
        .replace(/<\/tspan>/g, "  ")
        .replace(/<[^>]*>/g, "")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&amp;", "&"),
    ),
  );
}
