// `npm run interruptions`: kills deployments at every point and shows, cell by cell, how many executions were started.
// Exits with 1 where a promise of docs/guarantees.md is broken. `-- --reduced` runs the cells that `npm test` runs.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { allCells, reducedCells } from "./interruptions/cells.mjs";
import { runCells } from "./interruptions/matrix.mjs";
import { reportTo } from "./setup/progress.mjs";
import { REPOSITORY, runTool, setUpEverything } from "./setup/setUp.mjs";

await runTool(async () => {
  const args = process.argv.slice(2);
  const only = args.find((arg) => arg.startsWith("--only="))?.slice("--only=".length);
  const cells = (args.includes("--reduced") ? reducedCells() : allCells()).filter(
    ({ kill, point, resumption }) => only === undefined || `${kill}/${point}/${resumption}`.includes(only),
  );
  const cli = await setUpEverything(reportTo(process.stdout));
  const folder = join(REPOSITORY, ".state", "interruptions");
  // What a run that was itself cut short has left would count.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const isKept = await runCells(cells, { cli, folder, print: (text) => void process.stdout.write(text) });
  rmSync(folder, { recursive: true, force: true });
  return isKept ? 0 : 1;
});
