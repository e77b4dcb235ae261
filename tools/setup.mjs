// `npm run setup`: makes a fresh machine ready, and reports each step. `npm start` and `npm test` do the same first.
import { reportTo } from "./setup/progress.mjs";
import { runTool, setUpEverything } from "./setup/setUp.mjs";

await runTool(async () => {
  const cli = await setUpEverything(reportTo(process.stdout));
  process.stdout.write(`\nReady. The Pulumi CLI lies in ${cli}\nNext: npm start, or npm test\n`);
  return 0;
});
