// The changelog as both packages carry it: links that lead somewhere from the registry's page too.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Writes CHANGELOG.md into the folders of packages, where something has changed.
 * @param {string} root
 * @param {readonly string[]} projects folders of packages
 * @returns {Promise<void>}
 */
export async function ensurePackageChangelogs(root, projects) {
  const { homepage } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const repository = homepage.replace(/#.*$/, "");
  const changelog = withAbsoluteLinks(await readFile(join(root, "CHANGELOG.md"), "utf8"), repository);
  for (const project of projects) {
    const file = join(root, project, "CHANGELOG.md");
    if ((await readFile(file, "utf8").catch(() => "")) !== changelog) {
      await writeFile(file, changelog);
    }
  }
}

/**
 * @param {string} page Markdown of the repository's root
 * @param {string} repository address
 * @returns {string}
 */
export function withAbsoluteLinks(page, repository) {
  return page.replace(/\]\((?![a-z][\w+.-]*:|#)([^)\s]+)\)/gi, `](${repository}/blob/main/$1)`);
}
