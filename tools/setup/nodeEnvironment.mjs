// npm packages in the cache, apart from the repository's own, for the tests in which the vendors' Node clients talk to
// the emulator: the requirements of those packages must not become requirements of this repository.
import { ensurePinnedPackages } from "./packedProject.mjs";

/**
 * Installs the packages of a folder's package-lock.json, once for every content of it. No package may run a script.
 * @param {{ folder: string, progress: import("./progress.mjs").Progress, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<string>} the folder that holds `node_modules`
 */
export async function ensureNodeEnvironment({ folder, progress, env = process.env }) {
  let installed = "";
  await progress.step("node clients", async (say) => {
    installed = await ensurePinnedPackages({ manifests: folder, say, env });
    return "the vendors' Node packages";
  });
  return installed;
}
