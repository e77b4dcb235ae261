// The archives that Pulumi installs the plugin from: one for each platform, with the same code and the platform's wrapper. The
// same sources give the same bytes.
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Platforms in Pulumi's words, as they stand in the archives' names. */
export const PLATFORMS = /** @type {const} */ ([
  "darwin-amd64",
  "darwin-arm64",
  "linux-amd64",
  "linux-arm64",
  "windows-amd64",
]);

/** Of every file in an archive: when it was made says nothing, and would make two builds differ. */
const MODIFIED = new Date("2026-01-01T00:00:00Z");

/**
 * The content of an archive, beside the wrapper.
 * @typedef {object} PluginFiles
 * @property {string} code
 * @property {string} licenses
 */

/**
 * The name of an archive, by which `pulumi plugin install` asks for it.
 * @param {string} version
 * @param {string} platform
 * @returns {string}
 */
export function archiveName(version, platform) {
  return `pulumi-resource-runbook-v${version}-${platform}.tar.gz`;
}

/** @type {Readonly<Record<string, string>>} */
const SYSTEMS = { darwin: "darwin", linux: "linux", win32: "windows" };

/** @type {Readonly<Record<string, string>>} */
const ARCHITECTURES = { x64: "amd64", arm64: "arm64" };

/**
 * The archive for the machine that this runs on.
 * @param {string} version
 * @param {readonly string[]} archives paths
 * @returns {string | undefined} undefined where there is none
 */
export function archiveOfThisPlatform(version, archives) {
  const platform = `${SYSTEMS[process.platform] ?? ""}-${ARCHITECTURES[process.arch] ?? ""}`;
  return archives.find((path) => path.endsWith(archiveName(version, platform)));
}

/**
 * Writes all archives into a folder, in the place of all that it held.
 * @param {{ repository: string, folder: string, version: string, files: PluginFiles }} options
 * @returns {Promise<string[]>} their paths
 */
export async function writeArchives({ repository, folder: dist, version, files: { code, licenses } }) {
  // Loaded late: set-up reads this file before it has installed the package.
  const { create } = await import("tar");
  const plugin = join(repository, "plugin");
  const work = await mkdtemp(join(tmpdir(), "plugin-"));
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  try {
    const archives = [];
    for (const platform of PLATFORMS) {
      const folder = join(work, platform);
      await mkdir(folder);
      await writeWrapper(join(plugin, "bin"), folder, platform.startsWith("windows-"));
      await writeFile(join(folder, "main.js"), code);
      await copyFile(join(plugin, "schema.json"), join(folder, "schema.json"));
      await copyFile(join(repository, "LICENSE"), join(folder, "LICENSE"));
      await writeFile(join(folder, "THIRD-PARTY-LICENSES.txt"), licenses);
      const file = join(dist, archiveName(version, platform));
      const names = (await readdir(folder)).sort();
      await create({ cwd: folder, file, gzip: { level: 9 }, portable: true, mtime: MODIFIED }, names);
      archives.push(file);
    }
    return archives;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} from
 * @param {string} to
 * @param {boolean} isWindows
 */
async function writeWrapper(from, to, isWindows) {
  const name = `pulumi-resource-runbook${isWindows ? ".cmd" : ""}`;
  const text = (await readFile(join(from, name), "utf8")).replaceAll("\r\n", "\n");
  await writeFile(join(to, name), isWindows ? text.replaceAll("\n", "\r\n") : text);
  await chmod(join(to, name), 0o755);
}
