// The generated parts of a page stand between two comments, which a reader does not see. Pure.

const MARK = /<!-- generated: (\w+) -->\n[^]*?<!-- end of generated part -->/g;

/**
 * Fills the generated parts of a page.
 * @param {string} page Markdown
 * @param {Readonly<Record<string, string>>} parts Markdown by the name in the mark
 * @returns {string}
 * @throws {Error} where the page has a mark without a part, or has no mark for a part
 */
export function fillMarks(page, parts) {
  const found = [...page.matchAll(MARK)].map(([, name]) => name ?? "");
  const names = Object.keys(parts);
  const without = [
    ...found.filter((name) => !names.includes(name)),
    ...names.filter((name) => !found.includes(name)),
  ];
  if (without.length > 0) throw new Error(`marks and generated parts differ: ${without.join(", ")}`);
  return page.replace(
    MARK,
    (_, /** @type {string} */ name) =>
      `<!-- generated: ${name} -->\n\n${parts[name]}\n\n<!-- end of generated part -->`,
  );
}

/**
 * A table in Markdown.
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows cells of one line; a `|` in them is escaped
 * @returns {string}
 */
export function tableOf(head, rows) {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}
