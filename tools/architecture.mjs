// `npm run architecture`: draws the rooms into docs/explanation/architecture.md, from rooms.mjs and the imports. `-- --check`
// only says whether the page is current.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { drawRooms, insertPictures } from "./architecture/pictureOfRooms.mjs";
import { SetupError } from "./setup/progress.mjs";
import { runCommand } from "./setup/runCommand.mjs";
import { REPOSITORY, runTool } from "./setup/setUp.mjs";

const PAGE = join(REPOSITORY, "docs", "explanation", "architecture.md");

await runTool(async () => {
  const { rooms } = await import("../rooms.mjs");
  const projects = Object.entries(rooms);
  const imports = await readImports(projects.map(([project]) => `${project}/src`));
  const pictures = Object.fromEntries(
    projects.map(([project, list]) => [project, drawRooms(project, list, imports)]),
  );
  const page = await readFile(PAGE, "utf8");
  const current = await format(insertPictures(page.replaceAll("\r\n", "\n"), pictures));
  if (current === page.replaceAll("\r\n", "\n")) {
    process.stdout.write("architecture: the page is current\n");
    return 0;
  }
  if (process.argv.includes("--check")) {
    process.stderr.write(
      "docs/explanation/architecture.md is not current. Draw it again: npm run architecture\n",
    );
    return 1;
  }
  await writeFile(PAGE, current);
  process.stdout.write("architecture: docs/explanation/architecture.md is written\n");
  return 0;
});

/**
 * @param {readonly string[]} folders
 * @returns {Promise<[string, string][]>}
 */
async function readImports(folders) {
  const program = join(REPOSITORY, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
  const options = ["--config", ".dependency-cruiser.mjs", "--output-type", "json"];
  const answer = await runCommand(process.execPath, [program, ...options, ...folders], { cwd: REPOSITORY });
  /** @type {{ modules: { source: string, dependencies: { resolved: string }[] }[] }} */
  let cruised;
  try {
    cruised = JSON.parse(answer.stdout); // It ends with 1 where walls are broken, which is not our matter.
  } catch {
    throw new SetupError(`The imports cannot be read:\n${answer.lastLines}`);
  }
  return cruised.modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }) => /** @type {[string, string]} */ ([source, resolved])),
  );
}

/**
 * @param {string} page
 * @returns {Promise<string>}
 */
async function format(page) {
  const { format: formatText, resolveConfig } = await import("prettier");
  return formatText(page, { ...(await resolveConfig(PAGE)), parser: "markdown" });
}
