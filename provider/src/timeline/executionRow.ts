/**
 * An execution on the page: a line that opens, with its bar; in it the steps with theirs, the failures and their logs.
 */
import { formatDuration } from "../execution/progress";
import type { Markup } from "./markup";
import { markup } from "./markup";
import { formatDate, formatTime, placeOn } from "./periods";
import type { Span, StoredExecution, StoredStep, StoredTarget } from "./stackExport";
import type { Tone } from "./statusWords";
import { wordsOf } from "./statusWords";

/** The place of an execution on the page. */
export interface RowPlace {
  /** Id of its element. */
  readonly id: string;
  readonly isOpen: boolean;
  /** Undefined if the execution is on no time axis. */
  readonly axis: Span | undefined;
}

/** The item of a list that shows an execution. */
export function executionRow(execution: StoredExecution, { id, isOpen, axis }: RowPlace): Markup {
  const { word, sign, tone } = wordsOf(execution);
  return markup`<li class="execution execution-${tone}"><details id="${id}"${isOpen ? markup` open` : undefined}>
<summary class="row"><span class="label"><span class="name"><bdi>${execution.name}</bdi></span><small><b class="${tone}">${sign} ${word}</b> <span class="muted">${[lasting(execution), execution.service].filter(Boolean).join(", ")}</span></small></span>${bar(execution, axis, tone, "track")}</summary>
${about(execution)}
${execution.notes.map((note) => markup`<p class="said muted">${note}</p>`)}
${quoted(execution.error)}
${stepList(execution.steps, axis)}
</details></li>
`;
}

function lasting({ span, isOver }: { readonly span?: Span; readonly isOver: boolean }): string | undefined {
  if (!span) return undefined;
  const duration = formatDuration(span.endMs - span.startMs);
  return isOver ? duration : `${duration} so far`;
}

function bar(
  { span, isOver }: { readonly span?: Span; readonly isOver: boolean },
  axis: Span | undefined,
  tone: Tone,
  track: "track" | "step-track",
): Markup | undefined {
  if (!axis) return undefined;
  // The words beside it say the same.
  return markup`<svg class="${track}" aria-hidden="true"><rect class="rail" width="100%" height="100%"/>${span && rectangle(axis, span, isOver ? `bar ${tone}` : `bar bar-open ${tone}`)}</svg>`;
}

// A rectangle without a width is not drawn.
const leastPercent = 0.1;

function rectangle(axis: Span, span: Span, classes: string): Markup {
  const { start, length } = placeOn(axis, span);
  const width = Math.max(leastPercent, length);
  return markup`<rect class="${classes}" x="${Math.min(start, 100 - width)}%" width="${width}%" height="100%"/>`;
}

function about({ workflow, executionId, span, isOver, consoleUrl }: StoredExecution): Markup {
  const end =
    span && (isOver ? `to ${formatTime(span.endMs)}` : `still running at ${formatTime(span.endMs)}`);
  return markup`<dl class="about">
${workflow && markup`<dt>${workflow.argument}</dt><dd><bdi>${workflow.value}</bdi></dd>`}
${executionId === undefined ? undefined : markup`<dt>execution</dt><dd><bdi>${executionId}</bdi></dd>`}
${span && markup`<dt>time</dt><dd>${formatDate(span.startMs)}, ${formatTime(span.startMs)} ${end} UTC</dd>`}
${consoleUrl === undefined ? undefined : markup`<dt>console</dt><dd><a href="${consoleUrl}" rel="noopener noreferrer">${consoleUrl}</a></dd>`}
</dl>`;
}

function stepList(steps: readonly StoredStep[], axis: Span | undefined): Markup | undefined {
  if (steps.length === 0) return undefined;
  return markup`<ol class="steps">${steps.map((step) => stepRow(step, axis))}</ol>`;
}

function stepRow(step: StoredStep, axis: Span | undefined): Markup {
  const { word, sign, tone } = wordsOf(step);
  return markup`<li><div class="row"><span class="label"><bdi>${step.name}</bdi><small><b class="${tone}">${sign} ${word}</b> <span class="muted">${lasting(step)}</span></small></span>${bar(step, axis, tone, "step-track")}</div>
${quoted(step.error)}${step.failedTargets.map(targetOf)}</li>
`;
}

function targetOf({ title, message, log }: StoredTarget): Markup {
  return markup`<div class="said"><h3><bdi>${title}</bdi></h3>${message === undefined ? undefined : markup`<p dir="auto">${message}</p>`}${log === undefined ? undefined : preformatted(log)}</div>`;
}

function quoted(text: string | undefined): Markup | undefined {
  return text === undefined ? undefined : markup`<div class="said">${preformatted(text)}</div>`;
}

// The parser drops a line break directly after the tag: the first one is ours.
function preformatted(text: string): Markup {
  return markup`<pre dir="auto">
${text}</pre>`;
}
