// `npm run check`: makes the machine ready, then runs all that has to pass before a commit; `-- lint types` runs only these.
import { runChecks } from "./check/runChecks.mjs";
import { reportTo, SetupError } from "./setup/progress.mjs";
import { runInTerminal } from "./setup/runCommand.mjs";
import { REPOSITORY, runTool, setUpSources } from "./setup/setUp.mjs";

/** Scripts of package.json, the quick ones first. The tests make the machine ready for the engine too. */
const CHECKS = ["format", "walls", "workflows", "changelog", "lint", "types", "api", "test", "test:ranges"];

await runTool(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !CHECKS.includes(name));
  if (unknown.length > 0) {
    throw new SetupError(`There is no check "${unknown.join('", "')}".`, `The checks: ${CHECKS.join(", ")}.`);
  }
  await setUpSources(reportTo(process.stdout));
  return runChecks(asked.length === 0 ? CHECKS : CHECKS.filter((name) => asked.includes(name)), {
    run: (name) => runInTerminal("npm", ["run", "--silent", name], { cwd: REPOSITORY, env: process.env }),
    write: (text) => void process.stdout.write(text),
  });
});
