// One declaration file for each entry of a package, made from those of the compiler: users get the public types, and
// nothing of the files behind them.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SetupError } from "./progress.mjs";

/**
 * An entry of a package.
 * @typedef {object} Entry
 * @property {string} compiled the compiler's output
 * @property {string} rolled the published file
 */

/**
 * The entries of a package that have types, after its `exports`.
 * @param {string} folder
 * @returns {Promise<Entry[]>}
 */
export async function entriesOf(folder) {
  const { exports } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  return Object.values(exports)
    .filter((entry) => entry.types !== undefined)
    .map((entry) => ({
      compiled: join(folder, entry.default.replace(/\.js$/, ".d.ts")),
      rolled: join(folder, entry.types),
    }));
}

/**
 * Rolls up the types of a package, unless the compiler's output is still the same.
 * @param {string} folder
 * @param {(text: string) => void} say
 * @returns {Promise<boolean>} true if something was written
 */
export async function ensureRolledTypes(folder, say) {
  const entries = await entriesOf(folder);
  const stamp = `// ${await digestOf(folder)}\n`;
  const texts = await Promise.all(entries.map(({ rolled }) => readFile(rolled, "utf8").catch(() => "")));
  if (texts.every((text) => text.endsWith(stamp))) {
    return false;
  }
  say("rolling up the public types, usually about 5 s");
  for (const { rolled, text } of await rollUp(folder, entries)) {
    await mkdir(dirname(rolled), { recursive: true });
    await writeFile(rolled, text + stamp);
  }
  return true;
}

/**
 * Stands for all declarations that the compiler wrote, and for the code that makes the public ones of them.
 * @param {string} folder
 * @returns {Promise<string>}
 */
async function digestOf(folder) {
  const dist = join(folder, "dist");
  const names = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith(".d.ts")).sort();
  const makers = ["rolledTypes.mjs", "nestedNamespaces.mjs"].map((name) => join(import.meta.dirname, name));
  const hash = createHash("sha256");
  for (const file of [...names.map((name) => join(dist, name)), join(folder, "package.json"), ...makers]) {
    hash.update(await readFile(file)).update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * @param {string} folder
 * @param {readonly Entry[]} entries
 * @returns {Promise<{ rolled: string, text: string }[]>}
 */
async function rollUp(folder, entries) {
  // Loaded late: with their own compiler they take a second.
  const { CompilerState, Extractor, ExtractorConfig } = await import("@microsoft/api-extractor");
  const { nestNamespaces } = await import("./nestedNamespaces.mjs");
  const work = join(folder, "dist", ".rolled");
  const readable = await Promise.all(entries.map(makeReadable));
  try {
    const jobs = readable.map(({ rolled, file, finish }, index) => ({
      rolled,
      finish,
      config: ExtractorConfig.prepare({
        configObject: configOf(folder, file, join(work, `${index}.d.ts`)),
        configObjectFullPath: undefined,
        packageJsonFullPath: join(folder, "package.json"),
      }),
    }));
    /** @type {import("@microsoft/api-extractor").CompilerState | undefined} */
    let compilerState;
    const made = [];
    for (const { rolled, finish, config } of jobs) {
      compilerState ??= CompilerState.create(config, {
        additionalEntryPoints: readable.map(({ file }) => file),
      });
      /** @type {string[]} */
      const problems = [];
      const { succeeded } = Extractor.invoke(config, {
        compilerState,
        messageCallback: (message) => {
          if (message.logLevel === "error") {
            problems.push(message.formatMessageWithLocation(folder));
          }
          message.handled = true;
        },
      });
      if (!succeeded) {
        throw new SetupError(`The public types of ${folder} cannot be rolled up:\n${problems.join("\n")}`);
      }
      made.push({ rolled, text: finish(nestNamespaces(await readFile(config.untrimmedFilePath, "utf8"))) });
    }
    return made;
  } finally {
    await rm(work, { recursive: true, force: true });
    await Promise.all(readable.map(({ remove }) => remove()));
  }
}

/**
 * API Extractor reads no `export =`: it is given a copy that exports by name, and the result is turned back.
 * @param {Entry} entry
 * @returns {Promise<{ rolled: string, file: string, finish: (text: string) => string, remove: () => Promise<void> }>}
 */
export async function makeReadable({ compiled, rolled }) {
  const text = await readFile(compiled, "utf8");
  const assigned = /^export = (\w+);$/m;
  const name = assigned.exec(text)?.[1];
  if (name === undefined) {
    return { rolled, file: compiled, finish: (made) => made, remove: async () => {} };
  }
  const file = compiled.replace(/\.d\.ts$/, ".rolled.d.ts");
  await writeFile(file, text.replace(assigned, `export { ${name} };`));
  return {
    rolled,
    file,
    finish: (made) =>
      made.replace(/^export declare /m, "declare ").replace(/^export \{ \}$/m, `export = ${name};`),
    remove: () => rm(file, { force: true }),
  };
}

/** The options with which API Extractor reads declarations. */
export const compilerOptions = {
  target: "es2022",
  lib: ["es2023"],
  module: "node16",
  moduleResolution: "node16",
  strict: true,
  types: ["node"],
  skipLibCheck: true,
};

/**
 * @param {string} folder
 * @param {string} mainEntryPointFilePath
 * @param {string} untrimmedFilePath
 * @returns {import("@microsoft/api-extractor").IConfigFile}
 */
function configOf(folder, mainEntryPointFilePath, untrimmedFilePath) {
  return {
    projectFolder: folder,
    mainEntryPointFilePath,
    compiler: { overrideTsconfig: { compilerOptions, files: [mainEntryPointFilePath] } },
    apiReport: { enabled: false },
    docModel: { enabled: false },
    tsdocMetadata: { enabled: false },
    dtsRollup: { enabled: true, untrimmedFilePath },
  };
}
