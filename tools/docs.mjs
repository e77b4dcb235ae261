// `npm run docs`: writes the generated parts of docs/reference, from TSDoc, the argument tables and permissions.md;
// `-- --check` only says whether the pages are current.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { reportTo } from "./setup/progress.mjs";
import { REPOSITORY, runTool, setUpSources } from "./setup/setUp.mjs";

await runTool(async () => {
  await setUpSources(reportTo(process.stdout));
  // Loaded late: the compiler is one of the packages that have just been installed.
  const { referencePages } = await import("./docs/referencePages.mjs");
  const stale = (await referencePages(REPOSITORY)).filter(({ text, current }) => text !== current);
  if (stale.length === 0) {
    process.stdout.write("docs: the reference pages are current\n");
    return 0;
  }
  const names = stale.map(({ path }) => path).join(", ");
  if (process.argv.includes("--check")) {
    process.stderr.write(`not current: ${names}. Write them again: npm run docs\n`);
    return 1;
  }
  for (const { path, current } of stale) await writeFile(join(REPOSITORY, path), current);
  process.stdout.write(`docs: ${names} written\n`);
  return 0;
});
