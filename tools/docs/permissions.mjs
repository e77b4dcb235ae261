// The table of permissions of a service, which its own page repeats. Pure.

/**
 * @param {string} page docs/reference/permissions.md
 * @param {string} title the service's heading
 * @returns {string} the first table of the section
 * @throws {Error} where there is none
 */
export function permissionsOf(page, title) {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${title}\n`));
  const table = /(?:^\|.*\n)+/m.exec(section ?? "")?.[0];
  if (table === undefined) throw new Error(`permissions.md has no table for ${title}`);
  return table.trimEnd();
}
