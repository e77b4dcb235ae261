// `npm run workflows`: reads .github/workflows with actionlint. If actionlint can't be had, a line says that it is skipped.
import { join } from "node:path";
import { ensureGoProgram } from "./setup/goEnvironment.mjs";
import { reportTo, SetupError } from "./setup/progress.mjs";
import { runInTerminal } from "./setup/runCommand.mjs";
import { REPOSITORY, runTool } from "./setup/setUp.mjs";

await runTool(async () => {
  const actionlint = await findActionlint();
  if (actionlint === undefined) {
    process.stdout.write("workflows: skipped, because there is no actionlint here\n");
    return 0;
  }
  // Without the programs that actionlint calls where it finds them: the same answer on every machine.
  const options = ["-shellcheck=", "-pyflakes="];
  const code = await runInTerminal(actionlint, options, { cwd: REPOSITORY, env: process.env });
  if (code === 0) {
    process.stdout.write("workflows: actionlint finds nothing\n");
  }
  return code;
});

/**
 * @returns {Promise<string | undefined>}
 */
async function findActionlint() {
  try {
    return await ensureGoProgram({
      folder: join(REPOSITORY, "tools", "workflows", "actionlint"),
      name: "actionlint",
      description: "actionlint",
      progress: reportTo(process.stdout),
    });
  } catch (error) {
    // Go is there, its module proxy is not: a check of workflows must not stop the work on everything else.
    if (!(error instanceof SetupError)) {
      throw error;
    }
    process.stdout.write(`${error.message}\n`);
    return undefined;
  }
}
