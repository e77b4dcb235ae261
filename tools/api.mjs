// `npm run api`: compares the public surface of both packages with the committed reports (`provider/api`, `emulator/api`);
// `-- --accept` writes the reports.
import { join } from "node:path";
import { acceptReports, compareReports, makeReports } from "./api/reports.mjs";
import { reportTo } from "./setup/progress.mjs";
import { REPOSITORY, runTool } from "./setup/setUp.mjs";
import { ensureBuilt } from "./setup/typescriptBuild.mjs";

await runTool(async () => {
  await reportTo(process.stdout).step("build", (say) => ensureBuilt(REPOSITORY, say));
  /** @type {string[]} */
  const differences = [];
  for (const name of ["provider", "emulator"]) {
    const folder = join(REPOSITORY, name);
    const reports = await makeReports(folder);
    if (process.argv.includes("--accept")) {
      await acceptReports(folder, reports);
    }
    differences.push(...(await compareReports(folder, reports)));
  }
  if (differences.length === 0) {
    process.stdout.write("api: the reports describe the public surface\n");
    return 0;
  }
  process.stderr.write(
    `${differences.join("\n")}\nThe public surface has changed. If that is intended: npm run api -- --accept, ` +
      "then commit the reports with an entry in CHANGELOG.md.\n",
  );
  return 1;
});
