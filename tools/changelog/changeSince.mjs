// The changes of a branch, as git reports them.
import { SetupError } from "../setup/progress.mjs";
import { runCommand } from "../setup/runCommand.mjs";

/**
 * Reads the commits since the branch left another one.
 * @param {string} repository
 * @param {string} ref the branch that it left
 * @returns {Promise<{ files: string[], addedLines: string[], messages: string }>}
 * @throws {SetupError} when git does not know the ref
 */
export async function changeSince(repository, ref) {
  const range = `${ref}...HEAD`;
  const names = await git(repository, "diff", "--name-only", "--no-renames", range);
  const difference = await git(repository, "diff", "--unified=0", range, "--", "CHANGELOG.md");
  return {
    files: names.split("\n").filter((name) => name !== ""),
    addedLines: difference
      .split("\n")
      .filter((line) => line.startsWith("+") && !line.startsWith("+++"))
      .map((line) => line.slice(1)),
    messages: await git(repository, "log", "--format=%B", `${ref}..HEAD`),
  };
}

/**
 * @param {string} cwd
 * @param {readonly string[]} args
 * @returns {Promise<string>}
 */
async function git(cwd, ...args) {
  const answer = await runCommand("git", args, { cwd });
  if (!answer.ok) {
    throw new SetupError(
      `git ${args.join(" ")} failed:\n${answer.lastLines}`,
      "Fetch the branch that is named, with its history, and run it again.",
    );
  }
  return answer.stdout;
}
