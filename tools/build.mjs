// `npm run build`: compiles both packages and rolls up their public types.
import { reportTo } from "./setup/progress.mjs";
import { REPOSITORY, runTool } from "./setup/setUp.mjs";
import { ensureBuilt } from "./setup/typescriptBuild.mjs";

await runTool(async () => {
  await reportTo(process.stdout).step("build", (say) => ensureBuilt(REPOSITORY, say));
  return 0;
});
