// The matrix: runs cells, two at a time, and prints a line for each as it ends.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startEmulator } from "../start/runningEmulator.mjs";
import { REPOSITORY } from "../setup/setUp.mjs";
import { WORKFLOWS } from "./emulatorControl.mjs";
import { runCell } from "./runCell.mjs";

const AT_A_TIME = 2;
// The emulator of the package does not serve Step Functions; that of the tests does.
const COMMAND = join("test", "support", "stepFunctions", "emulator.cjs");
const SIGNS = { once: "1", asked: "?", again: "2", violated: "X" };
const LEGEND =
  "1 started once, 2 run again one after the other (allowed without a key, elsewhere), ? nothing more was started and\n" +
  "the error asked which execution it is (AOM elsewhere), X a promise was broken\n";

/**
 * Runs cells.
 * @param {readonly import("./cells.mjs").Cell[]} cells
 * @param {{
 *   cli: string, folder: string, print: (text: string) => void,
 *   plugin?: import("./interruptedStack.mjs").PluginPlace | undefined,
 * }} options `plugin`: needed where a cell is of that front
 * @returns {Promise<boolean>} true where every promise was kept
 */
export async function runCells(cells, { cli, folder, print, plugin }) {
  const begin = Date.now();
  const columns = WORKFLOWS.map(({ name }) => name);
  print(`\n${LEGEND}\n${row(["front", "cut short by", "at", "goes on"], columns)}\n`);
  let violated = 0;
  let unplayed = 0;
  let done = 0;
  const waiting = [...cells];
  const worker = async () => {
    for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
      const place = join(folder, `cell-${(done += 1)}`);
      mkdirSync(place, { recursive: true });
      const { verdicts, trouble, outputs } = await attempt(cell, { cli, place, plugin });
      const signs = verdicts.map(({ result }) => SIGNS[result]);
      print(
        `${row([cell.front, cell.kill, cell.point, cell.resumption], signs.length > 0 ? signs : [trouble])}\n`,
      );
      const bad = verdicts.filter(({ result }) => result === "violated");
      for (const { name, detail } of bad) print(`    ${name}: ${detail}\n`);
      if (bad.length > 0) violated += 1;
      if (trouble !== "") unplayed += 1;
      if (bad.length > 0 || trouble !== "") {
        print(`    ${outputs.join("\n----\n").split("\n").slice(-60).join("\n    ")}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  const seconds = Math.round((Date.now() - begin) / 1000);
  const ends = [
    `${violated} violated`,
    ...(unplayed > 0 ? [`${unplayed} that did not come to their point`] : []),
  ];
  print(`\n${cells.length} cells of ${columns.length} executions in ${seconds} s, ${ends.join(", ")}\n`);
  return violated + unplayed === 0;
}

/**
 * @param {import("./cells.mjs").Cell} cell
 * @param {{ cli: string, place: string, plugin: import("./interruptedStack.mjs").PluginPlace | undefined }} options
 */
async function attempt(cell, { cli, place, plugin }) {
  if (cell.front === "plugin" && plugin === undefined)
    throw new Error("a cell needs the plugin, and none was given");
  const emulator = await startCellEmulator(join(place, "emulator"));
  try {
    const result = await runCell(cell, {
      cli,
      folder: join(place, "stack"),
      emulatorUrl: emulator.url,
      plugin: cell.front === "plugin" ? plugin : undefined,
    });
    return { ...result, trouble: "" };
  } catch (error) {
    return { verdicts: [], outputs: [], trouble: String(error) };
  } finally {
    await emulator.stop();
  }
}

/**
 * The emulator of a cell.
 * @param {string} dataFolder
 */
export function startCellEmulator(dataFolder) {
  return startEmulator({ repository: REPOSITORY, dataFolder, preferredPort: undefined, command: COMMAND });
}

/**
 * @param {readonly string[]} cell
 * @param {readonly string[]} values
 */
function row(cell, values) {
  const widths = [9, 13, 16, 25];
  const head = cell.map((text, index) => text.padEnd(widths[index] ?? 0)).join("");
  return head + values.map((value) => value.padEnd(22)).join("");
}
