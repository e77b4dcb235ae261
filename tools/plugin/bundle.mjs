// The plugin as one file: the compiled front with all packages it needs, so that a user's machine needs Node.js alone.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SetupError } from "../setup/progress.mjs";

/** The plugin's main file, after `npm run build`. */
const ENTRY = join("provider", "dist", "fronts", "plugin", "main.js");

/** The line above the license of each package. */
const RULE = "-".repeat(80);

/**
 * A package in the bundle.
 * @typedef {object} BundledPackage
 * @property {string} folder
 * @property {string} name
 * @property {string} version
 */

/**
 * Bundles the plugin. The packages have to be compiled.
 * @param {string} repository its root
 * @returns {Promise<{ code: string, licenses: string, packages: BundledPackage[] }>} `licenses`: the texts of all packages in it
 * @throws {SetupError} when it cannot be bundled
 */
export async function bundlePlugin(repository) {
  const { build } = await import("esbuild");
  const result = await build({
    absWorkingDir: repository,
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    // Not the names, which errors and stacks show.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "silent",
  }).catch((/** @type {Error} */ error) => {
    throw new SetupError(`The plugin cannot be bundled:\n${error.message}`);
  });
  const packages = await packagesOf(repository, Object.keys(result.metafile.inputs));
  const code = result.outputFiles[0]?.text ?? "";
  return { code, licenses: await licensesOf(packages), packages };
}

/**
 * @param {string} repository
 * @param {readonly string[]} inputs files, relative to the repository
 * @returns {Promise<BundledPackage[]>} each folder once, by its name
 */
async function packagesOf(repository, inputs) {
  const folders = new Set(
    inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []),
  );
  return Promise.all(
    [...folders].sort().map(async (place) => {
      const folder = join(repository, place);
      const { name, version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
      return { folder, name, version };
    }),
  );
}

/**
 * Their licenses ask to be handed on with the code.
 * @param {readonly BundledPackage[]} packages
 * @returns {Promise<string>}
 */
async function licensesOf(packages) {
  const texts = await Promise.all(
    packages.map(async ({ folder, name, version }) => {
      const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort();
      const { license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
      const found = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
      return [RULE, `${name} ${version} (${license})`, RULE, ...found.map((text) => text.trim())].join("\n");
    }),
  );
  return `${texts.join("\n\n")}\n`;
}
