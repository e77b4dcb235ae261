/**
 * The timeline as Mermaid Gantt charts in Markdown, one for each period: GitHub and GitLab draw them in a pull request.
 */
import { onOneLine } from "../ground/text";
import type { Period, TimedExecution } from "./periods";
import { formatDate, splitIntoPeriods } from "./periods";
import type { Span, StackExport } from "./stackExport";
import type { Tone } from "./statusWords";
import { wordsOf } from "./statusWords";

// A comment on GitHub has at most 65,536 characters. Mermaid draws a chart of at most 50,000.
const maxText = 60_000;
const maxChart = 45_000;
const maxName = 60;
// The names of sections are at the left of the bars, in a margin of this many pixels.
const marginPixels = 180;
const maxSectionName = 28;

/**
 * The charts of a stack, the latest period first, each a fenced block. If a comment would be too long, executions that
 * succeeded are left out first, and a line gives their number.
 * @see https://mermaid.js.org/syntax/gantt.html
 */
export function renderMermaid(stack: StackExport): string {
  const { executions } = stack;
  const blocks: string[] = [];
  let drawn = 0;
  let left = maxText;
  for (const period of splitIntoPeriods(executions)) {
    const { text, count } = chartOf(stack.stack ?? "", period, Math.min(maxChart, left));
    if (count === 0) break;
    blocks.push(text);
    drawn += count;
    left -= text.length;
  }
  if (blocks.length === 0) return "No execution of a runbook has a time.\n";
  const timed = executions.filter(({ span }) => span !== undefined).length;
  if (timed > drawn) blocks.push(`${String(drawn)} of ${String(timed)} executions are drawn.\n`);
  return blocks.join("\n");
}

function chartOf(stack: string, period: Period, max: number): { text: string; count: number } {
  const title = `title ${[plain(stack), formatDate(period.startMs), "UTC"].filter(Boolean).join(", ")}`;
  const head = [
    "```mermaid",
    "---",
    "config:",
    "  gantt:",
    `    leftPadding: ${String(marginPixels)}`,
    "---",
    "gantt",
    `  ${title}`,
    "  dateFormat YYYY-MM-DDTHH:mm:ss.SSS",
    axisFormat(period),
  ];
  const tail = "```\n";
  let room = max - head.join("\n").length - tail.length - 2;
  const sections = new Map<TimedExecution, string>();
  for (const execution of [...period.executions].sort((a, b) => rank(a) - rank(b))) {
    const section = sectionOf(execution);
    room -= section.length + 1;
    if (room < 0) break;
    sections.set(execution, section);
  }
  const inOrder = period.executions.flatMap((execution) => sections.get(execution) ?? []);
  return { text: [...head, ...inOrder, tail].join("\n"), count: inOrder.length };
}

function rank(execution: TimedExecution): number {
  return wordsOf(execution).tone === "good" ? 1 : 0;
}

function axisFormat({ startMs, endMs }: Span): string {
  const isLong = endMs - startMs >= 24 * 60 * 60_000;
  return `  axisFormat ${isLong ? "%m-%d %H:%M" : "%H:%M:%S"}`;
}

function sectionOf(execution: TimedExecution): string {
  const steps = execution.steps.flatMap((step) => (step.span ? [taskOf(step.name, step, step.span)] : []));
  return [
    `  section ${plain(execution.name, maxSectionName)}`,
    taskOf(execution.service, execution, execution.span),
    ...steps,
  ].join("\n");
}

const tags: Readonly<Record<Tone, string>> = { good: "done, ", bad: "crit, ", active: "active, ", idle: "" };

function taskOf(name: string, shown: Parameters<typeof wordsOf>[0], { startMs, endMs }: Span): string {
  const { sign, tone, word } = wordsOf(shown);
  const label = tone === "good" ? plain(name) : `${plain(name)} ${plain(word)}`;
  // A task without a length is not drawn.
  return `  ${sign} ${label} :${tags[tone]}${local(startMs)}, ${local(Math.max(endMs, startMs + 1))}`;
}

// Without a zone: the chart then shows the digits of UTC wherever it is read.
function local(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1);
}

// Mermaid has no escape for these: they end a name, begin a comment, a directive, an entity or HTML.
const syntax = /[^\p{L}\p{M}\p{N}\p{So}\p{Emoji_Modifier} _.,()/+*=@!?-]/gu;

function plain(name: string, length = maxName): string {
  const text = onOneLine(name.replace(syntax, " "), length);
  return text === "" ? "unnamed" : text;
}
