// Builds the plugin: bundle, wrapper and schema, as the archives that Pulumi installs.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeArchives } from "./archives.mjs";
import { bundlePlugin } from "./bundle.mjs";

/**
 * Builds the archives. The packages have to be compiled.
 * @param {{ repository: string, progress: import("../setup/progress.mjs").Progress }} options
 * @returns {Promise<{ version: string, archives: string[] }>} `archives`: a path for each platform
 * @throws {import("../setup/progress.mjs").SetupError} when the plugin cannot be bundled
 */
export async function buildPlugin({ repository, progress }) {
  const { version } = JSON.parse(await readFile(join(repository, "provider", "package.json"), "utf8"));
  /** @type {string[]} */
  let archives = [];
  await progress.step("plugin", async (say) => {
    say("bundling the plugin, usually about 3 s");
    archives = await writeArchives({
      repository,
      folder: join(repository, "plugin", "dist"),
      version,
      files: await bundlePlugin(repository),
    });
    return `the plugin ${version} in ${archives.length} archives`;
  });
  return { version, archives };
}
