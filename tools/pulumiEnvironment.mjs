// The environment in which the real Pulumi engine runs on a state folder of its own: a demo or a test sees neither the
// caller's Pulumi login nor credentials of a cloud.
import { existsSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { cacheFolder } from "./setup/cache.mjs";

/** Variables through which a run could reach a real account, or a person's settings could change its course. */
const NOT_HANDED_ON = /^(PULUMI|HUAWEICLOUD|HW|OS|HC_CONTAINER|CLOUD_SDK|ALIBABA_?CLOUD|ALICLOUD|FNF|AWS)_/i;

/**
 * Makes the environment for `pulumi`, and the folders it names.
 * @param {{
 *   cli: string,
 *   stateFolder: string,
 *   emulatorUrl?: string | undefined,
 *   env?: NodeJS.ProcessEnv,
 * }} options `cli`: the folder that holds `pulumi`; `stateFolder`: an absolute path, made if it is not there
 * @returns {Record<string, string>}
 */
export function pulumiEnvironment({ cli, stateFolder, emulatorUrl, env = process.env }) {
  const backend = join(stateFolder, "stacks");
  const home = join(stateFolder, "home");
  mkdirSync(backend, { recursive: true });
  mkdirSync(home, { recursive: true });

  // Plugins are no state: those beside our own CLI are used as they are, others are fetched once for all.
  const ownPlugins = join(dirname(cli), "plugins");
  const hasOwnPlugins = existsSync(ownPlugins);
  linkPlugins(hasOwnPlugins ? ownPlugins : join(cacheFolder(env), "plugins"), join(home, "plugins"));

  /** @type {Record<string, string>} */
  const handedOn = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !NOT_HANDED_ON.test(name)) {
      handedOn[name] = value;
    }
  }
  return {
    ...handedOn,
    PATH: [cli, env["PATH"]].filter(Boolean).join(delimiter),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    // Encrypts the secrets of stacks that live on this machine only and hold invented credentials.
    PULUMI_CONFIG_PASSPHRASE: "local demo",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(hasOwnPlugins ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
    ...(emulatorUrl === undefined ? {} : { RUNBOOK_EMULATOR_URL: emulatorUrl }),
  };
}

/**
 * @param {string} plugins
 * @param {string} link
 */
function linkPlugins(plugins, link) {
  mkdirSync(plugins, { recursive: true });
  if (readLink(link) !== plugins) {
    rmSync(link, { force: true });
    symlinkSync(plugins, link, "junction");
  }
}

/**
 * @param {string} path
 * @returns {string | undefined}
 */
function readLink(path) {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
