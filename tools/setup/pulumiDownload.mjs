// Gets the Pulumi CLI as its vendor ships it: the release archive that the official installer unpacks, put into our
// cache and not into the user's home.
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ensureCached } from "./cache.mjs";
import { runCommand } from "./runCommand.mjs";
import { PULUMI_VERSION } from "./versions.mjs";

/** The address from which Pulumi's own installer gets the releases. */
const PULUMI_RELEASES = "https://get.pulumi.com/releases/sdk";

/** A machine that can't reach it should notice soon, and then do without. */
const CONNECT_TIMEOUT_SECONDS = 5;

/** @type {Readonly<Record<string, string>>} */
const PLATFORMS = {
  "linux x64": "linux-x64",
  "linux arm64": "linux-arm64",
  "darwin x64": "darwin-x64",
  "darwin arm64": "darwin-arm64",
};

/**
 * Names the download in the cache.
 * @returns {string}
 */
export function downloadName() {
  return `pulumi-${PULUMI_VERSION}-${process.platform}-${process.arch}-downloaded`;
}

/**
 * Tries to download the CLI into the cache. Failing is ordinary here: it can be built instead.
 * @param {{ say: (text: string) => void, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<boolean>} true if it is in the cache now
 */
export async function downloadPulumi({ say, env }) {
  const platform = PLATFORMS[`${process.platform} ${process.arch}`];
  if (platform === undefined) {
    return false;
  }
  try {
    await ensureCached({
      name: downloadName(),
      make: (folder) => fetchAndUnpack(platform, folder, say, env),
      say,
      env,
    });
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} platform
 * @param {string} folder
 * @param {(text: string) => void} say
 * @param {NodeJS.ProcessEnv} env
 */
async function fetchAndUnpack(platform, folder, say, env) {
  const archive = join(folder, "archive.tar.gz");
  const unpacked = join(folder, "unpacked");
  const url = `${PULUMI_RELEASES}/pulumi-v${PULUMI_VERSION}-${platform}.tar.gz`;

  say(`downloading Pulumi ${PULUMI_VERSION}`);
  await must("curl", [
    ...["--fail", "--silent", "--show-error", "--location", "--output", archive],
    ...["--connect-timeout", String(CONNECT_TIMEOUT_SECONDS), "--speed-limit", "10000", "--speed-time", "20"],
    url,
  ]);
  await mkdir(unpacked);
  await must("tar", ["-xzf", archive, "-C", unpacked]);
  await cp(join(unpacked, "pulumi"), join(folder, "bin"), { recursive: true });
  await rm(unpacked, { recursive: true });
  await rm(archive);
  await must(join(folder, "bin", "pulumi"), ["version"]);

  /** @type {(command: string, args: readonly string[]) => Promise<void>} */
  async function must(command, args) {
    const result = await runCommand(command, args, { env });
    if (!result.ok) {
      throw new Error(result.lastLines);
    }
  }
}
