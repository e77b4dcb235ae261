// `npm run interruptions`: kills deployments at every point and shows, cell by cell, how many executions were started.
// Exits with 1 where a promise of docs/explanation/one-run-once.md is broken.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { allCells, FRONTS, pluginCells, reducedCells } from "./interruptions/cells.mjs";
import { runCells } from "./interruptions/matrix.mjs";
import { unpackPlugin } from "./plugin/unpackedPlugin.mjs";
import { ensureLanguageHosts } from "./setup/languageHosts.mjs";
import { reportTo, SetupError } from "./setup/progress.mjs";
import { REPOSITORY, runTool, setUpEverything } from "./setup/setUp.mjs";

const USAGE = `Usage: npm run interruptions [-- OPTIONS]

  without options  all cells of the dynamic provider, and a sample of the plugin's
  --front=NAME     all cells of this front alone: dynamic or plugin
  --reduced        the cells that \`npm test\` runs
  --only=TEXT      only cells with this text, e.g. "plugin/kill -9/waiting/at once", "Ctrl-C twice"
`;

await runTool(async () => {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    process.stdout.write(USAGE);
    return 0;
  }
  const valueOf = (/** @type {string} */ name) =>
    args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
  const only = valueOf("--only");
  const wanted = cellsOf(valueOf("--front"), args.includes("--reduced")).filter(
    ({ front, kill, point, resumption }) =>
      only === undefined || `${front}/${kill}/${point}/${resumption}`.includes(only),
  );
  if (wanted.length === 0)
    throw new SetupError(`No cell has "${only}".`, "Run it with --help for an example.");

  const progress = reportTo(process.stdout);
  const cli = await setUpEverything(progress);
  const folder = join(REPOSITORY, ".state", "interruptions");
  // The results of an earlier run that was itself interrupted would count.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const plugin = wanted.some(({ front }) => front === "plugin")
    ? await preparePlugin(join(folder, "plugin"), { cli, progress })
    : undefined;
  const cells = plugin ? wanted : wanted.filter(({ front }) => front !== "plugin");
  if (cells.length === 0) {
    throw new SetupError(
      "Pulumi's language host for YAML is missing.",
      "Install Go 1.21 or newer, which builds it.",
    );
  }
  if (cells.length < wanted.length) {
    const left = wanted.length - cells.length;
    process.stdout.write(`\n${left} cells of the plugin are left out: there is no language host for YAML\n`);
  }
  const print = (/** @type {string} */ text) => void process.stdout.write(text);
  const isKept = await runCells(cells, { cli, folder, print, plugin });
  rmSync(folder, { recursive: true, force: true });
  return isKept ? 0 : 1;
});

/**
 * @param {string | undefined} front
 * @param {boolean} isReduced
 */
function cellsOf(front, isReduced) {
  if (front === undefined) {
    return isReduced
      ? [...reducedCells("dynamic"), ...reducedCells("plugin")]
      : [...allCells("dynamic"), ...pluginCells()];
  }
  if (front !== "dynamic" && front !== "plugin") {
    throw new SetupError(
      `--front=${front}: there is no such front.`,
      `Use ${Object.keys(FRONTS).join(" or ")}.`,
    );
  }
  return isReduced ? reducedCells(front) : allCells(front);
}

/**
 * @param {string} folder
 * @param {{ cli: string, progress: import("./setup/progress.mjs").Progress }} options
 * @returns {Promise<import("./interruptions/interruptedStack.mjs").PluginPlace | undefined>} undefined where no YAML can run
 */
async function preparePlugin(folder, { cli, progress }) {
  const { languages, folders } = await ensureLanguageHosts({ cli, progress });
  if (!languages.includes("yaml")) return undefined;
  await unpackPlugin({ repository: REPOSITORY, folder, progress });
  return { folder, hosts: folders };
}
