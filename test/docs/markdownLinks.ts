/**
 * The links and the anchors of a Markdown page, as GitHub shows it. Code is no text: neither fenced nor in backquotes.
 */

/** A page without its code, so that neither a comment in a program is a heading nor an example a link. */
function proseOf(text: string): string {
  return text.replace(/^( *)(```+)[^\n]*\n[\s\S]*?^\1\2 *$/gm, "");
}

/** The targets of the links and pictures of a page, in their order. */
export function linksOf(text: string): string[] {
  const prose = proseOf(text).replace(/`[^`\n]*`/g, "code");
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const definitions = [...prose.matchAll(/^ {0,3}\[[^\]\n]+\]:\s+(\S+)/gm)];
  const tags = [...prose.matchAll(/\b(?:href|src|srcset)="([^"]+)"/g)];
  return [...inline, ...definitions, ...tags].map(([, target]) => target!);
}

/**
 * The anchors of a page's headings. GitHub keeps letters, digits, `_`, `-` and spaces of a heading's text, writes spaces as
 * `-`, and numbers repetitions.
 * @see https://github.com/gjtorikian/html-pipeline/blob/v2.14.3/lib/html/pipeline/toc_filter.rb
 */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of proseOf(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const plain = heading!.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{Nd}\p{Pc}\- ]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let repetition = 1; anchors.has(anchor); repetition++) anchor = `${slug}-${String(repetition)}`;
    anchors.add(anchor);
  }
  return anchors;
}
