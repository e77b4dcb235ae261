// The plugin in a folder, as the engine finds it after an installation: built, and unpacked from the archive of this platform.
import { mkdir } from "node:fs/promises";
import { SetupError } from "../setup/progress.mjs";
import { archiveOfThisPlatform } from "./archives.mjs";
import { buildPlugin } from "./buildPlugin.mjs";

/**
 * Builds the plugin and unpacks it. The packages have to be compiled.
 * @param {{ repository: string, folder: string, progress: import("../setup/progress.mjs").Progress }} options `folder`: made if
 *   it is not there
 * @returns {Promise<void>}
 * @throws {SetupError} when there is no archive for this platform, or the plugin cannot be bundled
 */
export async function unpackPlugin({ repository, folder, progress }) {
  const { version, archives } = await buildPlugin({ repository, progress });
  const archive = archiveOfThisPlatform(version, archives);
  if (archive === undefined) {
    throw new SetupError(
      `There is no archive of the plugin for ${process.platform} on ${process.arch}.`,
      "Run it on one of the platforms that docs/reference/plugin.md names.",
    );
  }
  await unpackArchive(archive, folder);
}

/**
 * Unpacks an archive of the plugin.
 * @param {string} archive
 * @param {string} folder made if it is not there
 * @returns {Promise<void>}
 */
export async function unpackArchive(archive, folder) {
  const { extract } = await import("tar");
  await mkdir(folder, { recursive: true });
  await extract({ file: archive, cwd: folder });
}
