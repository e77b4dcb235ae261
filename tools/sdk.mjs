// `npm run build:sdk`: generates the SDKs of the plugin's package under sdk/, from plugin/schema.json.
import { ensureSdks } from "./sdk/sdks.mjs";
import { ensurePackages } from "./setup/packages.mjs";
import { reportTo, SetupError } from "./setup/progress.mjs";
import { REPOSITORY, runTool } from "./setup/setUp.mjs";

await runTool(async () => {
  const progress = reportTo(process.stdout);
  await progress.step("packages", (say) => ensurePackages(REPOSITORY, say));
  if ((await ensureSdks({ repository: REPOSITORY, progress })) === undefined) {
    throw new SetupError(
      "Pulumi's generators are Go programs.",
      "Install Go 1.21 or newer, and run it again.",
    );
  }
  return 0;
});
