/**
 * The timeline as one HTML page that needs nothing else. It has no script, and its policy allows none.
 */
import { createHash } from "node:crypto";
import { formatDuration } from "../execution/progress";
import { executionRow } from "./executionRow";
import type { Markup } from "./markup";
import { markup, styleElement } from "./markup";
import type { Mark, Period } from "./periods";
import { formatDate, formatTime, marksOf, splitIntoPeriods } from "./periods";
import type { StackExport, StoredExecution } from "./stackExport";
import { wordsOf } from "./statusWords";
import { style } from "./style";

// More than these are not opened, and not listed at the top: the page would begin with logs alone.
const maxListed = 20;

/** The page of a stack, as the text of an HTML file. */
export function renderPage(stack: StackExport): string {
  const { executions } = stack;
  const ids = new Map(executions.map((execution, index) => [execution, `execution-${String(index + 1)}`]));
  const failures = executions.filter((execution) => wordsOf(execution).tone === "bad");
  const isOpen = (execution: StoredExecution): boolean =>
    failures.length <= maxListed && failures.includes(execution);
  const placed: Placed = { ids, isOpen };
  const title = `Executions of ${nameOf(stack)}`;
  const untimed = executions.filter(({ span }) => span === undefined);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
${styleElement(style)}
</head>
<body>
<header>
<h1>Executions of <bdi>${nameOf(stack)}</bdi></h1>
${summaryOf(stack)}
</header>
<main>
${failureList(failures, ids)}
${failures.length > 0 && failures.length < executions.length ? filter : undefined}
${splitIntoPeriods(executions).map((period, index) => periodSection(period, index, placed))}
${untimedSection(untimed, placed)}
</main>
</body>
</html>
`.toString();
}

interface Placed {
  readonly ids: ReadonlyMap<StoredExecution, string>;
  readonly isOpen: (execution: StoredExecution) => boolean;
}

const styleHash = createHash("sha256").update(style).digest("base64");
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;

const filter = markup`<label class="filter"><input type="checkbox" id="hide-succeeded"> Hide executions that succeeded</label>`;

function nameOf({ stack, project }: StackExport): string {
  if (stack === undefined) return "an empty stack";
  return project === undefined ? stack : `${project}/${stack}`;
}

function summaryOf({ executions, writtenAtMs }: StackExport): Markup {
  const counts = new Map<string, { count: number; sign: string; tone: string }>();
  for (const execution of executions) {
    const { word, sign, tone } = wordsOf(execution);
    counts.set(word, { count: (counts.get(word)?.count ?? 0) + 1, sign, tone });
  }
  const written =
    writtenAtMs === undefined
      ? undefined
      : markup`<p class="muted">State of ${formatDate(writtenAtMs)}, ${formatTime(writtenAtMs)} UTC. All times are UTC.</p>`;
  if (executions.length === 0) return markup`${written}<p>The stack has no executions of runbooks.</p>`;
  return markup`${written}
<ul class="counts">${[...counts].map(([word, { count, sign, tone }]) => markup`<li class="${tone}"><b>${sign} ${count}</b> ${word}</li>`)}</ul>`;
}

function failureList(
  failures: readonly StoredExecution[],
  ids: ReadonlyMap<StoredExecution, string>,
): Markup | undefined {
  if (failures.length === 0) return undefined;
  const more = failures.length - maxListed;
  return markup`<nav class="failures" aria-labelledby="failures"><h2 id="failures">Did not succeed</h2><ul>
${failures.slice(0, maxListed).map((failure) => markup`<li><a href="#${ids.get(failure)}"><bdi>${failure.name}</bdi></a> ${blamed(failure)}</li>`)}
${more > 0 ? markup`<li>${more} more below</li>` : undefined}
</ul></nav>`;
}

function blamed(failure: StoredExecution): Markup {
  const step = failure.steps.find((candidate) => wordsOf(candidate).tone === "bad");
  return markup`<span class="muted">${wordsOf(failure).word}${step && markup` in step <bdi>${step.name}</bdi>`}</span>`;
}

function periodSection(period: Period, index: number, placed: Placed): Markup {
  const { startMs, endMs, executions } = period;
  const isGood = executions.every((execution) => wordsOf(execution).tone === "good");
  const id = `period-${String(index + 1)}`;
  const until = formatDate(startMs) === formatDate(endMs) ? "" : `${formatDate(endMs)}, `;
  return markup`<section${isGood ? markup` class="period-good"` : undefined} aria-labelledby="${id}">
<h2 id="${id}">${formatDate(startMs)}, ${formatTime(startMs)} to ${until}${formatTime(endMs)} <span class="muted">${formatDuration(endMs - startMs)}</span></h2>
<div class="row row-axis"><span></span>${axisOf(marksOf(period))}</div>
<ol class="chart">
${executions.map((execution) => rowOf(execution, period, placed))}</ol>
</section>
`;
}

function axisOf(marks: readonly Mark[]): Markup {
  return markup`<svg class="axis" aria-hidden="true">${marks.map(({ at, label }) => {
    const anchor = at < 5 ? "start" : at > 95 ? "end" : "middle";
    return markup`<line x1="${at}%" x2="${at}%" y1="18" y2="24"/><text x="${at}%" y="13" text-anchor="${anchor}">${label}</text>`;
  })}</svg>`;
}

function rowOf(execution: StoredExecution, axis: Period | undefined, { ids, isOpen }: Placed): Markup {
  return executionRow(execution, { id: ids.get(execution) ?? "", isOpen: isOpen(execution), axis });
}

function untimedSection(untimed: readonly StoredExecution[], placed: Placed): Markup | undefined {
  if (untimed.length === 0) return undefined;
  return markup`<section aria-labelledby="untimed">
<h2 id="untimed">Without a time</h2>
<ol class="chart">
${untimed.map((execution) => rowOf(execution, undefined, placed))}</ol>
</section>`;
}
