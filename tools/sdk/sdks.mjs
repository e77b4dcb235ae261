// The SDKs of the plugin's package under sdk/: generated from plugin/schema.json by Pulumi's own generators, and not committed,
// because they say nothing that the schema does not.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureGoProgram, sdkGenerator } from "../setup/goEnvironment.mjs";
import { SetupError } from "../setup/progress.mjs";
import { runCommand } from "../setup/runCommand.mjs";
import { spareTraces, traceSources } from "./nodeTraces.mjs";

/** Languages for which there is an SDK; each has a folder of this name. */
export const SDK_LANGUAGES = /** @type {const} */ (["go", "java", "nodejs", "python"]);

/**
 * Generates the SDKs, unless they are those of this schema, and compiles that of Node.js.
 * @param {{ repository: string, progress: import("../setup/progress.mjs").Progress, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<string | undefined>} the folder that holds them; undefined where there is no Go to generate them
 * @throws {SetupError} when the generators refuse the schema
 */
export async function ensureSdks({ repository, progress, env = process.env }) {
  const generator = await ensureGoProgram({
    ...sdkGenerator(fileURLToPath(new URL("generator", import.meta.url))),
    progress,
    env,
  });
  if (generator === undefined) {
    return undefined;
  }
  const folder = join(repository, "sdk");
  await progress.step("sdks", async (say) => {
    const schema = join(repository, "plugin", "schema.json");
    const hash = createHash("sha256").update(`${generator}\0`);
    const own = traceSources.map((file) => join(repository, file));
    for (const file of [schema, fileURLToPath(import.meta.url), ...own]) hash.update(await readFile(file));
    const stamp = hash.digest("hex");
    const stampFile = join(folder, ".stamp");
    if ((await readFile(stampFile, "utf8").catch(() => "")) === stamp) {
      return `SDKs for ${SDK_LANGUAGES.join(", ")} are generated`;
    }
    say("generating the SDKs, usually about 10 s");
    const unfinished = `${folder}.making-${process.pid}`;
    try {
      await mkdir(unfinished, { recursive: true });
      const generated = await runCommand(generator, [schema, unfinished], { env });
      if (!generated.ok) {
        throw new SetupError(
          `Pulumi's generators refuse plugin/schema.json:\n${generated.lastLines}`,
          "The schema comes from the types and the argument tables: correct these, then run npm run schema -- --accept.",
        );
      }
      await spareTraces(repository, join(unfinished, "nodejs"));
      await compileNodeSdk(repository, join(unfinished, "nodejs"));
      await writeFile(join(unfinished, ".stamp"), stamp);
      await rm(folder, { recursive: true, force: true });
      await rename(unfinished, folder);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
    return `SDKs for ${SDK_LANGUAGES.join(", ")} generated`;
  });
  return folder;
}

/**
 * Compiles as the published package is: the code and package.json in `bin`.
 * @param {string} repository
 * @param {string} folder
 */
async function compileNodeSdk(repository, folder) {
  const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
  const compiled = await runCommand(process.execPath, [compiler, "-p", folder], { cwd: folder });
  if (!compiled.ok) {
    throw new SetupError(`The generated SDK for Node.js does not compile:\n${compiled.stdout.trim()}`);
  }
  await writeFile(join(folder, "bin", "package.json"), await readFile(join(folder, "package.json")));
}
