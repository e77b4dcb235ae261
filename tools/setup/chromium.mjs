// Chromium, for the tests of pages: one that is there, or Debian's own where this process may install packages.
import { readFile } from "node:fs/promises";
import { findChromium } from "./findChromium.cjs";
import { runCommand } from "./runCommand.mjs";

const INSTALL = ["install", "--yes", "--no-install-recommends", "chromium"];

/**
 * Finds or installs it. Never fails: without a browser these tests are skipped by name.
 * @param {{ progress: import("./progress.mjs").Progress, env?: NodeJS.ProcessEnv }} options
 */
export async function ensureChromium({ progress, env = process.env }) {
  await progress.step("chromium", async (say) => {
    const found = findChromium(env);
    if (found !== undefined) return found;
    if (!(await mayInstall()))
      return "none here: tests of pages are skipped (Debian: apt-get install chromium)";
    say("installing Debian's Chromium, usually about 20 s");
    const installed = await install({ ...env, DEBIAN_FRONTEND: "noninteractive" });
    return installed.ok
      ? "Debian's Chromium"
      : `apt-get could not install it, so tests of pages are skipped:\n${installed.lastLines}`;
  });
}

/** Only a root of Debian's own: Ubuntu's package of this name is a snap, and nobody else is asked for a password. */
async function mayInstall() {
  if (process.getuid?.() !== 0) return false;
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^ID=debian$/m.test(release);
}

/**
 * A fresh container has no lists of packages yet.
 * @param {NodeJS.ProcessEnv} env
 */
async function install(env) {
  const first = await runCommand("apt-get", INSTALL, { env });
  if (first.ok) return first;
  await runCommand("apt-get", ["update"], { env });
  return runCommand("apt-get", INSTALL, { env });
}
