// Finds a Pulumi CLI that can run TypeScript programs, or gets one: PATH, our cache, Pulumi's own download, and last
// a build from Go modules.
import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ensureCached, findCached } from "./cache.mjs";
import { buildPulumi, goBuildName } from "./goBuild.mjs";
import { isExecutable, whichOnPath } from "./onPath.cjs";
import { downloadPulumi, downloadName } from "./pulumiDownload.mjs";
import { runCommand } from "./runCommand.mjs";
import { isAtLeast, OLDEST_PULUMI_VERSION, PULUMI_VERSION } from "./versions.mjs";

const EXECUTABLE_SUFFIX = process.platform === "win32" ? ".exe" : "";

/**
 * A Pulumi CLI that can be run.
 * @typedef {object} PulumiCli
 * @property {string} folder the folder that holds `pulumi`, to be put first on PATH
 * @property {string} version
 */

/**
 * Finds or gets a Pulumi CLI.
 * @param {{ say?: (text: string) => void, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<PulumiCli & { from: string }>} `from` says in words where it comes from
 */
export async function ensurePulumiCli({ say = () => {}, env = process.env } = {}) {
  const onPath = await findOnPath(env);
  if (onPath.cli !== undefined) {
    return { ...onPath.cli, from: "on PATH" };
  }
  const why = onPath.unsuitable === undefined ? "" : `; ${onPath.unsuitable}`;

  const downloadedName = downloadName();
  const builtName = await goBuildName();
  const version = PULUMI_VERSION;
  const downloaded = await findCached(downloadedName, env);
  if (downloaded !== undefined) {
    return { folder: join(downloaded, "bin"), version, from: `downloaded earlier${why}` };
  }
  const built = await findCached(builtName, env);
  if (built !== undefined) {
    return { folder: join(built, "bin"), version, from: `built earlier${why}` };
  }

  if (await downloadPulumi({ say, env })) {
    const folder = await findCached(downloadedName, env);
    if (folder !== undefined) {
      return { folder: join(folder, "bin"), version, from: `downloaded${why}` };
    }
  }
  const folder = await ensureCached({
    name: builtName,
    make: (unfinished) => buildPulumi(unfinished, say),
    say,
    env,
  });
  return { folder: join(folder, "bin"), version, from: `built from its Go modules${why}` };
}

/**
 * Finds the first `pulumi` on PATH; checks that it runs, is new enough and has the Node.js language host.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ cli?: PulumiCli, unsuitable?: string }>}
 */
export async function findOnPath(env) {
  const found = whichOnPath(`pulumi${EXECUTABLE_SUFFIX}`, env);
  if (found === undefined) {
    return {};
  }
  const answer = await runCommand(found, ["version"], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeoutMs: 20_000,
  });
  const version = /v?(\d+\.\d+\.\d+)/.exec(answer.stdout)?.[1];
  if (!answer.ok || version === undefined) {
    return { unsuitable: `${found} does not run` };
  }
  if (!isAtLeast(version, OLDEST_PULUMI_VERSION)) {
    return { unsuitable: `${found} is ${version}, older than ${OLDEST_PULUMI_VERSION}` };
  }
  const host = `pulumi-language-nodejs${EXECUTABLE_SUFFIX}`;
  // A package manager's `pulumi` may be a link into the folder that holds the others.
  const beside = [dirname(found), dirname(await realpath(found))];
  if (!beside.some((folder) => isExecutable(join(folder, host))) && whichOnPath(host, env) === undefined) {
    return { unsuitable: `${found} has no ${host} beside it` };
  }
  return { cli: { folder: dirname(found), version } };
}
