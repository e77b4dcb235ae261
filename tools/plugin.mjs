// `npm run build:plugin`: bundles the plugin and leaves an archive for each platform in plugin/dist.
import { buildPlugin } from "./plugin/buildPlugin.mjs";
import { reportTo } from "./setup/progress.mjs";
import { REPOSITORY, runTool, setUpSources } from "./setup/setUp.mjs";

await runTool(async () => {
  const progress = reportTo(process.stdout);
  await setUpSources(progress);
  const { version, archives } = await buildPlugin({ repository: REPOSITORY, progress });
  process.stdout.write(`${archives.join("\n")}\n`);
  process.stdout.write(`\nInstall: pulumi plugin install resource runbook ${version} --file <archive>\n`);
  return 0;
});
