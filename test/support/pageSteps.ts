/**
 * A page of the documentation as the steps that a reader takes: files to create, commands to give, and the output that the page
 * shows below a command.
 */
import { readFileSync, writeFileSync } from "node:fs";

/** A file that the reader creates: the paragraph before the code names it, and ends in a colon. */
export interface PageFile {
  readonly kind: "file";
  readonly name: string;
  readonly content: string;
}

/** Commands that the reader gives at once. */
export interface PageCommand {
  readonly kind: "command";
  readonly command: string;
  /** The text of the page since the code before. */
  readonly introduction: string;
  /** The commands' output, as the page shows it. */
  readonly shown?: string;
  /** The place of the shown output in the page. */
  readonly span?: readonly [start: number, end: number];
}

/** A step of a page. */
export type PageStep = PageCommand | PageFile;

interface Fence {
  readonly language: string;
  readonly code: string;
  readonly introduction: string;
  readonly span: readonly [start: number, end: number];
}

/** The steps of a page, in its order. Code in other languages than `sh` and without a file's name is no step. */
export function stepsOf(page: string): PageStep[] {
  const fences = fencesOf(page);
  return fences.flatMap((fence, index): PageStep[] => {
    const { language, code, introduction } = fence;
    if (language === "sh") {
      const next = fences[index + 1];
      const output = next?.language === "text" ? next : undefined;
      return [
        {
          ...{ kind: "command", command: code.trim(), introduction },
          ...(output ? { shown: output.code, span: output.span } : {}),
        },
      ];
    }
    const name = fileNamedIn(introduction);
    return name === undefined || language === "text" ? [] : [{ kind: "file", name, content: code }];
  });
}

/** The first name of a file in the last paragraph, if that paragraph leads to the code. */
function fileNamedIn(introduction: string): string | undefined {
  const [paragraph = ""] = introduction
    .trim()
    .split(/\n\s*\n/)
    .slice(-1);
  return paragraph.endsWith(":") ? /`([\w./-]+\.\w+)`/.exec(paragraph)?.[1] : undefined;
}

function fencesOf(page: string): Fence[] {
  let end = 0;
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [all, language, code] = match as unknown as [string, string, string];
    const introduction = page.slice(end, match.index);
    end = match.index + all.length;
    const start = match.index + "```\n".length + language.length;
    return { language, code, introduction, span: [start, start + code.length] };
  });
}

/** True if pages take over the output of this run, instead of being compared with it: `ACCEPT_OUTPUT=1`. */
export const acceptsOutput = process.env["ACCEPT_OUTPUT"] === "1";

/** Writes outputs into a page, each in place of the text that is shown there. */
export function writeOutputs(file: string, outputs: ReadonlyMap<PageCommand, string>): void {
  let page = readFileSync(file, "utf8");
  // From the end, so that the other places stay.
  for (const [{ span }, output] of [...outputs].reverse()) {
    if (span) page = `${page.slice(0, span[0])}${output.trim()}\n${page.slice(span[1])}`;
  }
  writeFileSync(file, page);
}

/**
 * The differences between the shown output and the actual output. Ids and times are left open, and so are spaces,
 * because they fill columns. A line with "…" stands for any lines. A step that ends between two polls is not reported,
 * so lines on ends of steps may be missing.
 * @returns the first lines that are not there, or not where the page has them
 */
export function outputProblems(shown: string, actual: string): string[] {
  const have = linesOf(actual);
  const parts: string[][] = [[]];
  for (const line of linesOf(shown)) {
    if (line === "…") parts.push([]);
    else parts.at(-1)!.push(line);
  }
  let from = 0;
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const starts = index === 0 ? [0] : [...have.keys(), have.length].filter((start) => start >= from);
    const fits = (start: number): boolean =>
      part.every((line, offset) => have[start + offset] === line) &&
      (!isLast || start + part.length === have.length);
    const found = starts.find(fits);
    if (found === undefined) return ["shown:", ...part, "printed:", ...have.slice(from)];
    from = found + part.length;
  }
  return [];
}

const endOfStep = /^(step )?\d+( of |\/)\d+ .* (succeeded|running)/;

function linesOf(text: string): string[] {
  const lines = withSortedDiagnostics(text.split("\n"))
    .map(leaveOpen)
    .filter((line) => line !== "" && !endOfStep.test(line));
  return lines.flatMap((line, index) => {
    if (!isBranch(line)) return [line];
    if (isBranch(lines[index - 1] ?? "")) return [];
    const end = lines.findIndex((later, place) => place > index && !isBranch(later));
    return lines.slice(index, end === -1 ? undefined : end).sort();
  });
}

/** The engine prints the diagnostics of a resource together, and the resources in any order. */
function withSortedDiagnostics(lines: readonly string[]): string[] {
  const begin = lines.indexOf("Diagnostics:") + 1;
  if (begin === 0) return [...lines];
  const end = lines.findIndex((line, index) => index >= begin && /^\S/.test(line));
  const resources: string[][] = [];
  for (const line of lines.slice(begin, end === -1 ? undefined : end)) {
    if (/^ {2}\S.*\):$/.test(line) || resources.length === 0) resources.push([]);
    resources.at(-1)!.push(line);
  }
  const sorted = resources.toSorted(([one], [other]) => (one! < other! ? -1 : 1)).flat();
  return [...lines.slice(0, begin), ...sorted, ...(end === -1 ? [] : lines.slice(end))];
}

/** Rows below the stack: those of one level come in any order. */
const isBranch = (line: string): boolean => line.includes("─ ");

/** The number of messages of a row. The end of a row may be cut off, sooner where a time is longer. */
const messageCount = /\b\d+ m[esag]*(?=;|\s*$)/g;

function leaveOpen(line: string): string {
  return line
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b|\bEX\d{12}\w*/g, "<id>")
    .replaceAll(/-[0-9a-f]{16}-[nr][0-9a-f]{10}/g, "-<id>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replaceAll(/\b\d+(\.\d+)? ?(ms|s)\b/g, "<duration>")
    .replace(/, estimated <duration>/, "")
    .replaceAll(messageCount, "messages")
    .replace(/\[diff: .*$/, "[diff")
    .replace(/ \(<duration>\)?\.*/, "")
    .replace(/[├└]─/, "─")
    .replaceAll(/\s+/g, " ")
    .trim();
}
