/**
 * The timeline over random states: whatever a service or a user has written, the page has our elements only, and the
 * charts our lines only.
 */
import fc from "fast-check";
import { renderMermaid } from "../../provider/src/timeline/mermaid";
import { renderPage } from "../../provider/src/timeline/page";
import { readExport } from "../../provider/src/timeline/stackExport";
import { at, ciphertext, exportOf } from "../support/stackExports";

const pieces = [
  ...[
    "<script>",
    "</script>",
    "</textarea>",
    "</pre>",
    "</style>",
    "<!--",
    "-->",
    "]]>",
    "<svg onload=x>",
    "&lt;",
  ],
  ...[
    '"',
    "'",
    "`",
    "```",
    "=",
    "&",
    ";",
    ":",
    "#",
    "%%",
    "%%{init: {}}%%",
    "\n",
    "\r",
    "\u2028",
    "\t",
    "\u0000",
  ],
  ...["\u202e", "\u2066", "\u200d", "👩‍👩‍👧", "🚀", "مرحبا", "e\u0301", "\ud800", "\udc00", "\u001b]0;x\u0007"],
  ...["section ", "title ", "click a href", "done,", "end", "gantt", "call f()", "javascript:x", "[secret]"],
];

const hostile = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 })
  .map((all) => all.join(""));
const time = fc.oneof(
  fc.integer({ min: -1e7, max: 1e7 }).map(at),
  fc.constantFrom("", "0000-01-01", "+275760-09-13T00:00:00Z", "9999-12-30T23:59:59Z", "now"),
);
const anything = fc.oneof(
  { weight: 6, arbitrary: hostile },
  { weight: 3, arbitrary: time },
  { weight: 1, arbitrary: fc.constant(ciphertext) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);
const number = fc.oneof(fc.integer({ min: 0, max: 1e6 }), fc.double(), anything);
const status = fc.oneof(fc.constantFrom("succeeded", "failed", "running", "waiting", "__proto__"), anything);
const target = fc.record({ name: anything, address: anything, message: anything, log: anything });
const step = fc.record(
  {
    ...{ id: anything, name: anything, status, rawStatus: anything, startedAt: time, durationMs: number },
    ...{ error: anything, failedTargets: fc.oneof(fc.array(target, { maxLength: 2 }), anything) },
  },
  { requiredKeys: [] },
);
const outputs = fc.record(
  {
    ...{ workflowId: anything, executionId: anything, status, rawStatus: anything, startedAt: time },
    ...{ settledAt: time, durationMs: number, consoleUrl: anything, runOn: anything, truncated: anything },
    ...{ steps: fc.oneof(fc.array(fc.oneof(step, anything), { maxLength: 3 }), anything) },
    ...{ failure: fc.oneof(fc.record({ message: anything }), anything) },
  },
  { requiredKeys: [] },
);
const resource = fc.record({ name: hostile, outputs });
const stack = fc.array(resource, { maxLength: 4 }).map((resources) => readExport(exportOf(resources)));

// Every tag of the page, with the values of its attributes; a text holds no `<`.
const tag =
  /<(?:!doctype html|\/[a-z0-9]+|(?:html|head|meta|title|style|body|header|h1|h2|h3|main|nav|section|ul|ol|li|a|p|b|bdi|small|span|div|label|input|details|summary|dl|dt|dd|pre|svg|rect|line|text)(?: (?:lang|charset|http-equiv|content|name|class|id|for|type|href|rel|dir|aria-hidden|aria-labelledby|x|x1|x2|y|y1|y2|width|height|text-anchor)="[^"<>]*"| open)*\/?)>/g;

test("the page has our elements and attributes only, each closed", () => {
  fc.assert(
    fc.property(stack, (read) => {
      const page = renderPage(read).replace(/<style>[\s\S]*?<\/style>/, "");
      expect(page.replace(tag, "")).not.toMatch(/[<>]/);
      for (const [, address] of page.matchAll(/href="([^"]*)"/g))
        expect(address).toMatch(/^(#execution-\d+$|https:)/);
      const opened = page.match(/<(?!meta|input|rect|line|!|\/)[a-z0-9]+/g)!.length;
      expect(page.match(/<\/[a-z0-9]+>/g)).toHaveLength(opened);
      expect(page.isWellFormed()).toBe(true);
    }),
    { numRuns: 500 },
  );
});

const moment = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}";
const chartLine = new RegExp(
  [
    "```(?:mermaid)?|---|config:|  gantt:|    leftPadding: 180|gantt|  dateFormat YYYY-MM-DDTHH:mm:ss.SSS|",
    "  axisFormat %(?:H:%M:%S|m-%d %H:%M)|  title dev, \\d{4}-\\d\\d-\\d\\d, UTC|  section [^:#;%<>`{}\\n]+|",
    `  [✓✗■▶◷?] [^:#;%<>\`{}\\n]+ :(?:done, |crit, |active, )?${moment}, ${moment}|`,
    "No execution of a runbook has a time\\.|",
  ].join(""),
);

test("the charts have our lines only", () => {
  fc.assert(
    fc.property(stack, (read) => {
      for (const line of renderMermaid(read).split("\n")) {
        expect(line.replace(chartLine, "")).toBe("");
        expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      }
    }),
    { numRuns: 500 },
  );
});
