// Refuses a Node that the project does not run on, before anything fails in a way that nobody understands.
import { SetupError } from "./progress.mjs";
import { isAtLeast, OLDEST_NODE_VERSIONS } from "./versions.mjs";

/**
 * Checks the version of the Node that runs this.
 * @param {string} [version]
 * @returns {string} the text to report
 */
export function checkNodeVersion(version = process.versions.node) {
  const oldestInLine = OLDEST_NODE_VERSIONS.find((oldest) => majorOf(oldest) === majorOf(version));
  const newestLine = OLDEST_NODE_VERSIONS.at(-1) ?? version;
  if (!isAtLeast(version, oldestInLine ?? newestLine)) {
    throw new SetupError(
      `This is Node ${version}; the project needs ${OLDEST_NODE_VERSIONS.join(" or ")}, or anything newer than these.`,
      "Install a current Node (https://nodejs.org) and run it again.",
    );
  }
  return version;
}

/**
 * @param {string} version
 * @returns {number}
 */
function majorOf(version) {
  return Number.parseInt(version, 10);
}
