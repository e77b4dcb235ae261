// `npm run changelog`: checks the form of CHANGELOG.md. `-- --since main` also asks for an entry where the branch
// changes files that users get; `-- --release v1.2.3` checks that packages and changelog name the version of a tag.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { changeSince } from "./changelog/changeSince.mjs";
import { entryProblem, formProblems, releaseProblems } from "./changelog/rules.mjs";
import { REPOSITORY, runTool } from "./setup/setUp.mjs";

await runTool(async () => {
  const { values } = parseArgs({ options: { since: { type: "string" }, release: { type: "string" } } });
  const text = await readFile(join(REPOSITORY, "CHANGELOG.md"), "utf8");
  const problems = formProblems(text);
  if (values.since !== undefined) {
    problems.push(entryProblem(await changeSince(REPOSITORY, values.since)) ?? "");
  }
  if (values.release !== undefined) {
    problems.push(...releaseProblems({ tag: values.release, text, versions: await packageVersions() }));
  }
  const told = problems.filter((problem) => problem !== "");
  process.stdout.write(told.length === 0 ? "changelog: in order\n" : `${told.join("\n")}\n`);
  return told.length === 0 ? 0 : 1;
});

/**
 * @returns {Promise<Record<string, string>>}
 */
async function packageVersions() {
  /** @type {Record<string, string>} */
  const versions = {};
  for (const folder of ["provider", "emulator"]) {
    const { name, version } = JSON.parse(await readFile(join(REPOSITORY, folder, "package.json"), "utf8"));
    versions[name] = version;
  }
  return versions;
}
