// `npm run schema`: compares plugin/schema.json with the types and the argument tables; `-- --accept` writes the file.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { reportTo } from "./setup/progress.mjs";
import { REPOSITORY, runTool, setUpSources } from "./setup/setUp.mjs";

await runTool(async () => {
  await setUpSources(reportTo(process.stdout));
  // Loaded late: the compiler is one of the packages that have just been installed.
  const { schemaText } = await import("./schema/schemaText.mjs");
  const file = join(REPOSITORY, "plugin", "schema.json");
  const text = await schemaText(REPOSITORY);
  if (process.argv.includes("--accept")) {
    await writeFile(file, text);
  }
  const committed = (await readFile(file, "utf8").catch(() => "")).replaceAll("\r\n", "\n");
  if (committed === text) {
    process.stdout.write("schema: plugin/schema.json describes the types and the argument tables\n");
    return 0;
  }
  process.stderr.write("plugin/schema.json is not current. Write it again: npm run schema -- --accept\n");
  return 1;
});
