// A Python environment in the cache, for the tests in which the vendors' Python clients talk to the emulator.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureCached } from "./cache.mjs";
import { SetupError } from "./progress.mjs";
import { runCommand } from "./runCommand.mjs";

/** Prints the version and where the installation lies; fails where the version or a needed module is missing. */
const ABOUT_PYTHON = [
  "import sys, venv, ensurepip",
  "assert sys.version_info >= (3, 9)",
  "print('%d.%d.%d' % sys.version_info[:3], sys.base_prefix, sep='\\n')",
].join("\n");

/**
 * Makes an environment with the packages that a requirements file names, once for every content of that file.
 * @param {{ requirements: string, progress: import("./progress.mjs").Progress, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<string | undefined>} its python executable; undefined where no python3 of at least 3.9 with venv is
 */
export async function ensurePythonEnvironment({ requirements, progress, env = process.env }) {
  /** @type {string | undefined} */
  let python;
  await progress.step("python", async (say) => {
    const answer = await runCommand("python3", ["-c", ABOUT_PYTHON], { env, timeoutMs: 20_000 });
    if (!answer.ok) {
      return "no python3 of at least 3.9 with venv here: what needs it is skipped";
    }
    const [version, installation] = answer.stdout.trim().split(/\r?\n/);
    const key = createHash("sha256")
      .update(`${installation}\n`)
      .update(await readFile(requirements))
      .digest("hex")
      .slice(0, 12);
    const folder = await ensureCached({
      name: `python-${version}-${process.platform}-${process.arch}-${key}`,
      make: (unfinished) => install(unfinished, requirements, say, env),
      say,
      env,
    });
    python = pythonOf(folder);
    return `Python ${version} with its packages`;
  });
  return python;
}

/**
 * @param {string} folder
 * @param {string} requirements
 * @param {(text: string) => void} say
 * @param {NodeJS.ProcessEnv} env
 */
async function install(folder, requirements, say, env) {
  say("installing the Python packages, usually about 1 min");
  const created = await runCommand("python3", ["-m", "venv", folder], { env });
  if (!created.ok) {
    throw new SetupError(`Making a Python environment failed:\n${created.lastLines}`);
  }
  const options = ["--disable-pip-version-check", "--no-input", "--quiet", "--requirement", requirements];
  const installed = await runCommand(pythonOf(folder), ["-m", "pip", "install", ...options], { env });
  if (!installed.ok) {
    throw new SetupError(
      `Installing the Python packages failed:\n${installed.lastLines}`,
      "If pip could not reach its index, check the network and pip's proxy settings, then run it again.",
    );
  }
}

/**
 * @param {string} folder
 * @returns {string}
 */
function pythonOf(folder) {
  return process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}
