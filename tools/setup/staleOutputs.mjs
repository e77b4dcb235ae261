// Outputs of sources that are gone: the compiler never removes a file, and `npm pack` would publish it.
import { existsSync } from "node:fs";
import { readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

const OUTPUT = /\.(?:d\.ts|js|js\.map)$/;

/**
 * Removes outputs of sources that do not exist.
 * @param {string} folder of a package: its sources are in `src`, the compiler's outputs in `dist`
 * @returns {Promise<string[]>} the removed files, as paths from `dist`
 */
export async function removeStaleOutputs(folder) {
  const dist = join(folder, "dist");
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  const stale = entries
    .filter((entry) => entry.isFile() && OUTPUT.test(entry.name))
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)))
    .filter((path) => !existsSync(join(folder, "src", path.replace(OUTPUT, ".ts"))));
  for (const path of stale) {
    await rm(join(dist, path));
    await removeEmptyFolders(dirname(join(dist, path)));
  }
  return stale.sort();
}

/**
 * @param {string} folder
 * @returns {Promise<void>}
 */
async function removeEmptyFolders(folder) {
  try {
    await rmdir(folder);
  } catch {
    return; // It is not empty.
  }
  await removeEmptyFolders(dirname(folder));
}
