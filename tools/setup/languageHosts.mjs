// Pulumi's language hosts for YAML, Java, Python and Go, for the tests in which programs in these languages use the
// plugin. The hosts beside the CLI are taken; a host that is missing there is built from Go modules, pinned in hosts/.
import { access, realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureCached } from "./cache.mjs";
import { copyFromPulumiModule, goEnvironment } from "./goBuild.mjs";
import { buildGo, goBuildName, goVersion } from "./goEnvironment.mjs";

const SOURCES = fileURLToPath(new URL("hosts/", import.meta.url));
const EXECUTABLE_SUFFIX = process.platform === "win32" ? ".exe" : "";

/** A language that a host runs programs in. @typedef {"yaml" | "java" | "python" | "go"} Language */

/**
 * Hosts that are built together.
 * @typedef {object} HostModule
 * @property {string} folder in hosts/
 * @property {Readonly<Partial<Record<Language, string>>>} packages of the hosts, by language
 * @property {string} [script] a file of Pulumi's SDK that has to lie beside them
 */

/** @type {readonly HostModule[]} */
const MODULES = [
  {
    folder: "yaml",
    packages: { yaml: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml" },
  },
  {
    folder: "java",
    packages: { java: "github.com/pulumi/pulumi-java/pkg/cmd/pulumi-language-java" },
  },
  {
    folder: "python-and-go",
    packages: {
      python: "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
      go: "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go",
    },
    script: join("python", "cmd", "pulumi-language-python-exec"),
  },
];

/**
 * Finds or builds the hosts.
 * @param {{ cli: string, progress: import("./progress.mjs").Progress, env?: NodeJS.ProcessEnv }} options `cli`: the folder
 *   that holds `pulumi`
 * @returns {Promise<{ languages: Language[], folders: string[] }>} the languages that have a host, and the folders to be
 *   put on PATH behind that of the CLI
 * @throws {import("./progress.mjs").SetupError} when Go is there but cannot build one
 */
export async function ensureLanguageHosts({ cli, progress, env = process.env }) {
  /** @type {Language[]} */
  const languages = [];
  /** @type {string[]} */
  const folders = [];
  await progress.step("hosts", async (say) => {
    /** @type {string[]} */
    const skipped = [];
    for (const module of MODULES) {
      const here = /** @type {Language[]} */ (Object.keys(module.packages));
      if (await areBeside(cli, here)) {
        languages.push(...here);
        continue;
      }
      const folder = await buildHosts(module, say, env);
      if (folder === undefined) {
        skipped.push(...here);
      } else {
        languages.push(...here);
        folders.push(folder);
      }
    }
    const found = `language hosts: ${languages.join(", ") || "none"}`;
    return skipped.length === 0
      ? found
      : `${found}; no Go of at least 1.21 here: tests in ${skipped.join(", ")} are skipped`;
  });
  return { languages, folders };
}

/**
 * @param {HostModule} module
 * @param {(text: string) => void} say
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>} undefined where there is no Go
 */
async function buildHosts({ folder, packages, script }, say, env) {
  const sources = join(SOURCES, folder);
  const go = goEnvironment(env);
  const version = await goVersion(sources, go);
  if (version === undefined) {
    return undefined;
  }
  const names = Object.keys(packages).join(" and ");
  return ensureCached({
    name: await goBuildName(`hosts-${folder}`, sources, version),
    make: async (unfinished) => {
      say(`building the language hosts for ${names}, usually about 1 min`);
      const description = `the language hosts for ${names}`;
      await buildGo(sources, `${unfinished}${sep}`, {
        description,
        env: go,
        packages: Object.values(packages),
      });
      if (script !== undefined) {
        await copyFromPulumiModule({ moduleFolder: sources, file: script, folder: unfinished, env: go });
      }
    },
    say,
    env,
  });
}

/**
 * @param {string} cli
 * @param {readonly Language[]} languages
 * @returns {Promise<boolean>} true if all their hosts are in the first place where `pulumi` searches
 */
async function areBeside(cli, languages) {
  // A package manager's `pulumi` may be a link into the folder that holds the others.
  const real = await realpath(join(cli, `pulumi${EXECUTABLE_SUFFIX}`)).catch(() => cli);
  const found = await Promise.all(
    languages.map(async (language) => {
      const name = `pulumi-language-${language}${EXECUTABLE_SUFFIX}`;
      const places = [cli, dirname(real)].map((folder) => access(join(folder, name)));
      return (await Promise.allSettled(places)).some(({ status }) => status === "fulfilled");
    }),
  );
  return found.every(Boolean);
}
