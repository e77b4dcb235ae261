// `npm run workflows`: reads .github/workflows, and the workflows on pages of docs/, with actionlint. If actionlint can't be had, a
// line says that it is skipped.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
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
  const pages = await writePageWorkflows();
  try {
    for (const cwd of [REPOSITORY, pages.folder]) {
      const code = await runInTerminal(actionlint, options, { cwd, env: process.env });
      if (code !== 0) {
        return code;
      }
    }
  } finally {
    await rm(pages.folder, { recursive: true });
  }
  const shown = pages.count === 1 ? "1 of them on a page" : `${pages.count} of them on pages`;
  process.stdout.write(`workflows: actionlint finds nothing, ${shown}\n`);
  return 0;
});

/**
 * Writes the workflows of the pages into a repository of their own, each under the name of its page.
 * @returns {Promise<{ folder: string, count: number }>}
 */
async function writePageWorkflows() {
  const folder = await mkdtemp(join(tmpdir(), "page-workflows-"));
  const workflows = join(folder, ".github", "workflows");
  await mkdir(workflows, { recursive: true });
  // actionlint takes the folder with this one for the repository.
  await mkdir(join(folder, ".git"));
  let count = 0;
  for (const page of await readdir(join(REPOSITORY, "docs"), { recursive: true })) {
    if (!page.endsWith(".md")) {
      continue;
    }
    const text = await readFile(join(REPOSITORY, "docs", page), "utf8");
    for (const [, code = ""] of text.matchAll(/^```yaml\n([^]*?)^```$/gm)) {
      // GitLab's jobs and Pulumi's programs have no such key.
      if (/^on:$/m.test(code)) {
        count += 1;
        const name = page.replaceAll(/[^\w]+/g, "-");
        await writeFile(join(workflows, `${name}-${count}.yml`), code);
      }
    }
  }
  return { folder, count };
}

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
