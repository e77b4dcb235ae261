// npm packages in the cache, apart from the repository's own, for the tests in which the vendors' Node clients talk to
// the emulator: what those packages need must not become what this repository needs.
import { createHash } from "node:crypto";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureCached } from "./cache.mjs";
import { SetupError } from "./progress.mjs";
import { runCommand } from "./runCommand.mjs";

const FILES = ["package.json", "package-lock.json"];

/**
 * Installs what a folder's package-lock.json names, once for every content of it. No package may run a script.
 * @param {{ folder: string, progress: import("./progress.mjs").Progress, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<string>} the folder that holds `node_modules`
 */
export async function ensureNodeEnvironment({ folder, progress, env = process.env }) {
  let installed = "";
  await progress.step("node clients", async (say) => {
    const hash = createHash("sha256");
    for (const file of FILES) {
      // A checkout may have changed the ends of lines.
      hash.update((await readFile(join(folder, file), "utf8")).replaceAll("\r\n", "\n")).update("\0");
    }
    installed = await ensureCached({
      name: `node-packages-${hash.digest("hex").slice(0, 12)}`,
      make: (unfinished) => install(folder, unfinished, say, env),
      say,
      env,
    });
    return "the vendors' Node packages";
  });
  return installed;
}

/**
 * @param {string} source
 * @param {string} folder
 * @param {(text: string) => void} say
 * @param {NodeJS.ProcessEnv} env
 */
async function install(source, folder, say, env) {
  say("installing the vendors' Node packages, usually about 10 s");
  for (const file of FILES) {
    await copyFile(join(source, file), join(folder, file));
  }
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const installed = await runCommand("npm", ["ci", ...options], { cwd: folder, env });
  if (!installed.ok) {
    throw new SetupError(
      `Installing the vendors' Node packages failed:\n${installed.lastLines}`,
      "If npm could not reach its registry, check the network and npm's proxy settings, then run it again.",
    );
  }
}
