// The steps that a fresh machine needs before anything of this repository runs, in order: a Node that is new enough,
// the npm packages, the compiled sources, a Pulumi CLI.
import { fileURLToPath } from "node:url";
import { checkNodeVersion } from "./nodeVersion.mjs";
import { ensurePackages } from "./packages.mjs";
import { SetupError } from "./progress.mjs";
import { ensurePulumiCli } from "./pulumiCli.mjs";
import { ensureBuilt } from "./typescriptBuild.mjs";

/** The root of the repository. */
export const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url)).replace(/[\\/]$/, "");

/**
 * Makes the machine ready to compile, and to run everything that needs no engine. Does nothing, quickly, where it is.
 * @param {import("./progress.mjs").Progress} progress
 * @returns {Promise<void>}
 */
export async function setUpSources(progress) {
  await progress.step("node", () => checkNodeVersion());
  await progress.step("packages", (say) => ensurePackages(REPOSITORY, say));
  await progress.step("build", (say) => ensureBuilt(REPOSITORY, say));
}

/**
 * Makes the machine ready to run the engine too.
 * @param {import("./progress.mjs").Progress} progress
 * @returns {Promise<string>} the folder that holds `pulumi`
 */
export async function setUpEverything(progress) {
  await setUpSources(progress);
  let folder = "";
  await progress.step("pulumi", async (say) => {
    const cli = await ensurePulumiCli({ say });
    folder = cli.folder;
    return `Pulumi ${cli.version}, ${cli.from}`;
  });
  return folder;
}

/**
 * Runs a tool's main function. Set-up problems and wrong options are shown without a stack trace, and end the tool with 1.
 * @param {() => Promise<number>} main resolves with the exit code
 * @returns {Promise<void>}
 */
export async function runTool(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError) && !isWrongOption(error)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}

/**
 * True for an option that `parseArgs` refuses: the message names the option.
 * @param {unknown} error
 * @returns {error is Error}
 */
function isWrongOption(error) {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_");
}
