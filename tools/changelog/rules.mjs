// The rules of CHANGELOG.md: its form, the changes that need an entry, and the requirements of a release.

const KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
const UNRELEASED = "Unreleased";
const RELEASE = /^(\d+\.\d+\.\d+(?:-[\w.]+)?) - \d{4}-\d{2}-\d{2}$/;

/** Files that users get: a change here needs an entry, or a reason for having none. */
const USER_VISIBLE = /^(provider|emulator)\/(src|bin|api)\/|^(provider|emulator)\/package\.json$/;
const NO_ENTRY = /^Changelog: none, \S/m;

/**
 * Checks the form: sections "Unreleased" or "1.2.3 - 2026-01-31", in them the kinds of Keep a Changelog, in these lists.
 * @param {string} text
 * @returns {string[]} problems, each with its line
 */
export function formProblems(text) {
  /** @type {string[]} */
  const problems = [];
  let kinds = new Set();
  let hasKind = false;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const place = `CHANGELOG.md:${index + 1}`;
    const section = /^## (.*)$/.exec(line)?.[1];
    const kind = /^### (.*)$/.exec(line)?.[1];
    if (section !== undefined) {
      kinds = new Set();
      hasKind = false;
      if (section !== UNRELEASED && !RELEASE.test(section)) {
        problems.push(`${place}: "${section}" is neither "${UNRELEASED}" nor like "1.2.3 - 2026-01-31".`);
      }
    } else if (kind !== undefined) {
      hasKind = true;
      if (!KINDS.includes(kind)) {
        problems.push(`${place}: "${kind}" is none of ${KINDS.join(", ")}.`);
      } else if (kinds.has(kind)) {
        problems.push(`${place}: "${kind}" stands twice in this section.`);
      }
      kinds.add(kind);
    } else if (line.startsWith("- ") && !hasKind) {
      problems.push(`${place}: an entry stands below one of ${KINDS.join(", ")}.`);
    }
  }
  return problems;
}

/**
 * Checks that a change has the entry that it needs.
 * @param {{ files: readonly string[], addedLines: readonly string[], messages: string }} change `files` that differ,
 *   `addedLines` of CHANGELOG.md, `messages` of the commits
 * @returns {string | undefined} the problem
 */
export function entryProblem({ files, addedLines, messages }) {
  const visible = files.filter((file) => USER_VISIBLE.test(file));
  const hasEntry = addedLines.some((line) => line.trim() !== "" && !line.startsWith("#"));
  if (visible.length === 0 || hasEntry || NO_ENTRY.test(messages)) {
    return undefined;
  }
  return (
    `CHANGELOG.md has no new line, and this changes what users get: ${visible.slice(0, 5).join(", ")}` +
    `${visible.length > 5 ? ` and ${visible.length - 5} more` : ""}.\n` +
    `Add an entry below "${UNRELEASED}". If users cannot notice the change, write into the message of a commit: ` +
    "Changelog: none, <reason>"
  );
}

/**
 * Finds the problems that keep a tag from being released.
 * @param {{ tag: string, text: string, versions: Readonly<Record<string, string>> }} release `text` of CHANGELOG.md,
 *   `versions` of the packages by name
 * @returns {string[]} problems
 */
export function releaseProblems({ tag, text, versions }) {
  const version = tag.replace(/^v/, "");
  const sections = [...text.matchAll(/^## (.*)$/gm)].map(([, section]) => RELEASE.exec(section ?? "")?.[1]);
  return [
    ...(tag.startsWith("v") ? [] : [`The tag "${tag}" does not begin with "v".`]),
    ...Object.entries(versions)
      .filter(([, own]) => own !== version)
      .map(([name, own]) => `${name} has the version ${own}, the tag says ${version}.`),
    ...(sections.includes(version) ? [] : [`CHANGELOG.md has no section "${version} - <date>".`]),
  ];
}
