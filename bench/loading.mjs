// The cost of loading the provider in a fresh process, on any machine: processor time beside that of fixed work.
import { runCommand } from "../tools/setup/runCommand.mjs";

const RUNS = 15;

// Compiles and calls 4,800 small functions: about as long as loading takes.
const YARDSTICK = `
  for (let part = 0; part < 12; part += 1) {
    const text = Array.from({ length: 400 }, (_, index) =>
      "exports.f" + index + "_" + part + " = function (a, b) { const c = { a, b, n: " + index +
      " }; return Object.keys(c).map((k) => c[k]).join(); };").join("\\n");
    const made = {};
    new Function("exports", text)(made);
    for (const name in made) made[name](1, 2);
  }`;

/**
 * The cost, and the files and modules that loading brings into the process.
 * @typedef {object} Loading
 * @property {number} ms processor time, in milliseconds: time on the clock says more of what else runs on the machine
 * @property {number} share of the yardstick's processor time
 * @property {string[]} files
 * @property {string[]} builtins
 */

/**
 * Loads the provider in new processes; the best run counts.
 * @param {string} provider the path of the compiled file
 * @returns {Promise<Loading>}
 */
export async function measureLoading(provider) {
  const source = `
    const before = new Set(process.moduleLoadList);
    const msOf = (work) => {
      const start = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    const yardstickMs = msOf(() => { ${YARDSTICK} });
    const ms = msOf(() => require(${JSON.stringify(provider)}));
    const builtins = process.moduleLoadList.filter((name) => !before.has(name));
    process.stdout.write(JSON.stringify({ ms, yardstickMs, files: Object.keys(require.cache), builtins }));`;
  const measured = [];
  for (let run = 0; run < RUNS; run += 1) measured.push(JSON.parse(await evaluate(source)));
  const ms = Math.min(...measured.map((one) => one.ms));
  const share = ms / Math.min(...measured.map((one) => one.yardstickMs));
  return { ms, share, files: measured[0].files, builtins: measured[0].builtins };
}

/**
 * Runs statements in a new Node.js process.
 * @param {string} source
 * @param {{ flags?: string[], cwd?: string }} [options]
 * @returns {Promise<string>} its output
 * @throws {Error} with the last lines where the process fails
 */
export async function evaluate(source, { flags = [], cwd } = {}) {
  const { ok, stdout, lastLines } = await runCommand(process.execPath, [...flags, "-e", source], { cwd });
  if (!ok) throw new Error(lastLines);
  return stdout;
}
