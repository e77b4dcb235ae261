/**
 * The style of the page: light and dark, wide and narrow. All colours of text have a contrast of at least 4.5 to 1.
 */

/** The content of the page's one style element. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f6f8fa; --line: #d1d9e0; --text: #1f2328; --muted: #59636e;
  --good: #1a7f37; --bad: #c11f2b; --active: #0969da; --idle: #59636e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1117; --raised: #161b22; --line: #3d444d; --text: #e6edf3; --muted: #9da7b3;
    --good: #3fb950; --bad: #ff7b72; --active: #58a6ff; --idle: #9da7b3;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 90rem; padding: 1.5rem; background: var(--ground); color: var(--text);
  font: 0.9375rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.0625rem; }
p, ul, ol, dl, dd { margin: 0; padding: 0; }
ol, ul { list-style: none; }
a { color: var(--active); }
:focus-visible { outline: 2px solid var(--active); outline-offset: 2px; }
.muted, dt { color: var(--muted); }
.good { color: var(--good); } .bad { color: var(--bad); } .active { color: var(--active); } .idle { color: var(--idle); }
.counts { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-top: 0.5rem; }
.failures { margin-top: 1rem; padding: 0.75rem 1rem; border-left: 4px solid var(--bad); background: var(--raised); }
.failures h2 { margin: 0 0 0.25rem; }
.filter { display: inline-flex; align-items: center; gap: 0.5rem; margin-top: 1rem; min-height: 1.75rem; }
.filter input { width: 1.125rem; height: 1.125rem; margin: 0; accent-color: var(--active); }
body:has(#hide-succeeded:checked) :is(.execution-good, .period-good) { display: none; }
.row { display: grid; grid-template-columns: 22rem minmax(0, 1fr); align-items: center; column-gap: 1rem; }
.chart { border-top: 1px solid var(--line); }
.execution { border-bottom: 1px solid var(--line); }
summary { padding: 0.375rem 0; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary .label { position: relative; padding-left: 1.375rem; }
summary .label::before { content: "▸"; position: absolute; left: 0.25rem; color: var(--muted); }
details[open] > summary .label::before { content: "▾"; }
.name { font-weight: 600; }
.name, .label small { display: block; }
.label small { font-size: 0.8125rem; }
.about { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.125rem 1rem; padding: 0.25rem 0 0.5rem 1.375rem; }
.steps > li { padding: 0.125rem 0; }
.steps .label { padding-left: 1.375rem; }
.steps li:last-child { padding-bottom: 0.75rem; }
.said { padding: 0.125rem 0 0.5rem 1.375rem; }
.said h3 { margin: 0.375rem 0 0; font-size: 0.875rem; }
pre {
  margin: 0.25rem 0; padding: 0.5rem 0.75rem; border-left: 3px solid var(--line); background: var(--raised);
  font: 0.8125rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
}
svg { display: block; width: 100%; overflow: visible; }
.axis { height: 1.5rem; }
.axis text { fill: var(--muted); font-size: 0.75rem; }
.axis line { stroke: var(--line); }
.track { height: 0.875rem; }
.step-track { height: 0.5rem; }
.bar { fill: currentColor; stroke: currentColor; stroke-width: 1; }
.bar-open { fill: none; stroke-dasharray: 5 3; }
.rail { fill: var(--raised); }
@media (max-width: 48rem) {
  body { padding: 1rem; }
  .row { grid-template-columns: minmax(0, 1fr); row-gap: 0.25rem; }
  .row-axis > :first-child { display: none; }
  .row-axis { padding-top: 0.25rem; }
  summary { padding: 0.5rem 0; }
  .steps > li { padding: 0.375rem 0; }
  .about { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .about dd { margin-bottom: 0.375rem; }
}
@media (forced-colors: active) { .bar { forced-color-adjust: none; } }
@media print { .filter { display: none; } body { max-width: none; padding: 0; } }
`;
