// `npm run picture`: deploys the README's program for real, and draws what the terminal shows into docs/pictures/up.svg.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { drawDeployment } from "./picture/pictureOfDeployment.mjs";
import { recordDeployment } from "./picture/recordDeployment.mjs";
import { reportTo } from "./setup/progress.mjs";
import { REPOSITORY, runTool, setUpEverything } from "./setup/setUp.mjs";

await runTool(async () => {
  const cli = await setUpEverything(reportTo(process.stdout));
  process.stdout.write("picture: deploys the README's program, which takes about half a minute\n");
  const recorded = await recordDeployment({ repository: REPOSITORY, cli });
  await writeFile(join(REPOSITORY, "docs", "pictures", "up.svg"), drawDeployment(recorded));
  process.stdout.write("picture: docs/pictures/up.svg is written\n");
  return 0;
});
