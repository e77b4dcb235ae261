// Installs the npm packages when the installed ones differ from package-lock.json.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SetupError } from "./progress.mjs";
import { runCommand } from "./runCommand.mjs";

/** Lines of npm's complaints that are shown. */
const SHOWN_ERRORS = 10;

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 * @property {boolean} [peer]
 * @property {boolean} [link]
 */

/**
 * Runs npm if it is needed.
 * @param {string} root
 * @param {(text: string) => void} say
 * @returns {Promise<string>} a description of the work done
 */
export async function ensurePackages(root, say) {
  const locked = await readLock(join(root, "package-lock.json"));
  if (locked === undefined) {
    throw new SetupError(
      `There is no package-lock.json in ${root}.`,
      "Get the whole repository and run it again.",
    );
  }
  if (await isInstalled(root, locked)) {
    return "npm packages are up to date";
  }
  say("installing the npm packages, usually about 20 s");
  const installed = await runCommand("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
  });
  if (!installed.ok) {
    throw failure(installed);
  }
  return `${Object.keys(locked).length} npm packages installed`;
}

/**
 * @param {import("./runCommand.mjs").CommandResult} result
 * @returns {SetupError}
 */
function failure({ found, output, lastLines }) {
  if (!found) {
    return new SetupError("There is no npm on PATH.", "It comes with Node: https://nodejs.org");
  }
  // npm begins with the problem and ends with its usage.
  const errors = output.split("\n").filter((line) => line.startsWith("npm error "));
  return new SetupError(
    `npm ci failed:\n${errors.slice(0, SHOWN_ERRORS).join("\n") || lastLines}`,
    // npm's code for a lock file that does not fit package.json, or that lacks a package of some platform.
    output.includes("EUSAGE")
      ? "If package-lock.json does not fit package.json, run `npm install --package-lock-only`, then run it again."
      : "If it could not reach its registry, check the network and npm's proxy settings, then run it again.",
  );
}

/**
 * Compares with the list that npm itself keeps of the installed packages: an install made by hand counts, an
 * interrupted one does not, because npm writes that list last.
 * @param {string} root
 * @param {Record<string, LockedPackage>} locked
 * @returns {Promise<boolean>}
 */
async function isInstalled(root, locked) {
  const installed = await readLock(join(root, "node_modules", ".package-lock.json"));
  if (installed === undefined) {
    return false;
  }
  return Object.entries(locked).every(([path, want]) => {
    if (path === "" || !path.includes("node_modules/")) {
      return true; // The root and the workspaces themselves.
    }
    const have = installed[path];
    if (have === undefined) {
      // Optional packages are those of other platforms, mostly.
      return want.optional === true || want.devOptional === true || want.peer === true;
    }
    return have.version === want.version && have.integrity === want.integrity && existsSync(join(root, path));
  });
}

/**
 * @param {string} path
 * @returns {Promise<Record<string, LockedPackage> | undefined>}
 */
async function readLock(path) {
  try {
    return JSON.parse(await readFile(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}
