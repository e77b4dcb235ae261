// The requirements of the tests in other languages: language hosts, the SDKs, a Python with Pulumi's SDK, and the
// plugin.
import { existsSync } from "node:fs";
import { cp, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { archiveOfThisPlatform } from "../plugin/archives.mjs";
import { buildPlugin } from "../plugin/buildPlugin.mjs";
import { ensureSdks } from "../sdk/sdks.mjs";
import { ensureJavaPackages } from "./javaPackages.mjs";
import { ensureLanguageHosts } from "./languageHosts.mjs";
import { SetupError } from "./progress.mjs";
import { ensurePythonEnvironment } from "./pythonEnvironment.mjs";
import { runCommand } from "./runCommand.mjs";

/**
 * Installs the generated SDK as users do: it asks for its own version, which only an installed package knows.
 * @param {string} sdks
 * @param {string} python
 * @returns {Promise<string>} the folder for PYTHONPATH, which goes when the SDKs are generated anew
 */
async function installPythonSdk(sdks, python) {
  const folder = join(sdks, "python-installed");
  if (!existsSync(folder)) {
    const unfinished = `${folder}.making-${process.pid}`;
    // Of a copy: pip builds beside the sources.
    const sources = `${unfinished}-sources`;
    await cp(join(sdks, "python"), sources, { recursive: true });
    // The environment has the packages that build the project and those that it needs: nothing is fetched.
    const options = [
      "--no-deps",
      "--no-build-isolation",
      "--no-index",
      "--disable-pip-version-check",
      "--quiet",
    ];
    const args = ["-m", "pip", "install", ...options, "--target", unfinished, sources];
    const installed = await runCommand(python, args);
    await rm(sources, { recursive: true });
    if (!installed.ok) {
      throw new SetupError(`The generated SDK for Python cannot be installed:\n${installed.lastLines}`);
    }
    await rename(unfinished, folder);
  }
  return folder;
}

/**
 * Prepares them, and names the available parts in variables. Tests whose variable is missing are skipped by name.
 * @param {{ repository: string, cli: string, progress: import("./progress.mjs").Progress }} options `cli`: the folder
 *   that holds `pulumi`
 * @returns {Promise<Record<string, string>>}
 * @throws {import("./progress.mjs").SetupError} when a part has its sources, and cannot be made
 */
export async function prepareLanguages({ repository, cli, progress }) {
  const { languages, folders } = await ensureLanguageHosts({ cli, progress });
  const sdks = await ensureSdks({ repository, progress });
  const python = await ensurePythonEnvironment({
    requirements: join(repository, "test", "languages", "requirements.txt"),
    progress,
  });
  const java = await ensureJavaPackages({
    pom: join(repository, "test", "languages", "java", "pom.xml"),
    progress,
  });
  const pythonSdk =
    sdks === undefined || python === undefined ? undefined : await installPythonSdk(sdks, python);
  const { version, archives } = await buildPlugin({ repository, progress });
  const archive = archiveOfThisPlatform(version, archives);
  return {
    LANGUAGES_WITH_HOST: languages.join(),
    LANGUAGE_HOSTS: folders.join(delimiter),
    ...(sdks === undefined ? {} : { RUNBOOK_SDKS: sdks }),
    ...(python === undefined || pythonSdk === undefined
      ? {}
      : { LANGUAGES_PYTHON: python, LANGUAGES_PYTHON_SDK: pythonSdk }),
    ...(java === undefined ? {} : { LANGUAGES_JAVA_PACKAGES: java }),
    ...(archive === undefined ? {} : { RUNBOOK_PLUGIN: archive }),
  };
}
