/**
 * The page of a timeline, as text: what is on it, and that nothing on it is markup or script of somebody else.
 */
import { createHash } from "node:crypto";
import { marksOf, placeOn, splitIntoPeriods } from "../../provider/src/timeline/periods";
import { renderPage } from "../../provider/src/timeline/page";
import { readExport } from "../../provider/src/timeline/stackExport";
import { at, everyKind, exportOf, exportStart, failed, machineLog, succeeded } from "../support/stackExports";

const pageOf = (...args: Parameters<typeof exportOf>): string => renderPage(readExport(exportOf(...args)));

const minute = 60_000;

describe("periods", () => {
  const periodsOf = (...startsMs: number[]) =>
    splitIntoPeriods(
      readExport(exportOf(startsMs.map((ms) => ({ name: String(ms), outputs: succeeded(ms) })))).executions,
    ).map(({ executions }) => executions.map(({ name }) => Number(name)));

  test("a pause of more than ten minutes begins a new period; the latest one is first", () => {
    const second = 40_000 + 10 * minute;
    const third = second + 40_000 + 10 * minute + 1;
    expect(periodsOf(third, second, 0)).toEqual([[third], [0, second]]);
  });

  test("the end of the longest execution counts, not that of the last one to begin", () => {
    const long = { ...succeeded(0), durationMs: 60 * minute };
    const stack = exportOf([
      { name: "long", outputs: long },
      { name: "short", outputs: succeeded(1) },
      { name: "late", outputs: succeeded(65 * minute) },
    ]);
    expect(splitIntoPeriods(readExport(stack).executions)).toHaveLength(1);
  });

  test("bars are placed in percent, within the axis", () => {
    const axis = { startMs: 1_000, endMs: 5_000 };
    expect(placeOn(axis, { startMs: 2_000, endMs: 3_000 })).toEqual({ start: 25, length: 25 });
    expect(placeOn(axis, { startMs: 0, endMs: 9_000 })).toEqual({ start: 0, length: 100 });
    expect(placeOn(axis, { startMs: 8_000, endMs: 9_000 })).toEqual({ start: 100, length: 0 });
    expect(placeOn({ startMs: 5, endMs: 5 }, { startMs: 5, endMs: 5 })).toEqual({ start: 0, length: 100 });
  });

  test.each([
    [500, []],
    [3_000, ["14:05:08", "14:05:09", "14:05:10"]],
    [110_000, ["14:05:30", "14:06:00", "14:06:30"]],
    [40 * minute, ["14:10", "14:20", "14:30", "14:40"]],
    [30 * 60 * minute, ["18:00", "00:00", "06:00", "12:00", "18:00"]],
    [100 * 24 * 60 * minute, ["2026-12-13", "2027-01-02", "2027-01-22", "2027-02-11", "2027-03-03"]],
  ])("an axis of %d ms has marks at full times", (lengthMs, labels) => {
    const marks = marksOf({ startMs: exportStart + 1, endMs: exportStart + lengthMs + 1 });
    expect(marks.map(({ label }) => label)).toEqual(labels);
    for (const { at: percent } of marks) expect(percent >= 0 && percent <= 100).toBe(true);
  });
});

test("each execution is once on the page, with status, duration, service, steps and the log of a failure", () => {
  const page = renderPage(readExport(everyKind()));
  expect(page.match(/<details id="execution-\d+"/g)).toHaveLength(10);
  expect(new Set(page.match(/ id="[^"]+"/g)).size).toBe(page.match(/ id="[^"]+"/g)!.length);
  for (const text of [
    "Executions of shop/dev",
    "State of 2026-11-28, 15:05:07 UTC",
    "patch-canary</bdi>",
    "25s, Huawei Cloud AOM",
    "54s so far, AWS Step Functions",
    "2026-11-28, 14:05:19 to 14:05:44 UTC",
    "the script ended with 126</pre>",
    "ecs-prod-17, 10.0.3.17, exit code 126",
    `${machineLog}</pre>`,
    "timed out",
    "? PAUSED_BY_QUOTA",
    "○ runs on destroy",
    "The steps are secret: [secret].",
    "Another execution has replaced it",
    'href="https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions"',
  ])
    expect(page).toContain(text);
});

test("failures are open and listed at the top, unless there are more than 20", () => {
  const pageWith = (count: number): string =>
    pageOf(
      Array.from({ length: count }, (_, index) => ({ name: `f${String(index)}`, outputs: failed(0, "x") })),
    );
  expect(pageWith(20).match(/<details id="[^"]+" open>/g)).toHaveLength(20);
  const many = pageWith(23);
  expect(many.match(/<details id="[^"]+" open>/g)).toBeNull();
  expect(many).toContain('<li><a href="#execution-20"><bdi>f19</bdi></a>');
  expect(many).not.toContain('<a href="#execution-21">');
  expect(many).toContain("<li>3 more below</li>");
});

test("a stack without executions says so", () => {
  expect(pageOf([])).toContain("The stack has no executions of runbooks.");
  expect(renderPage(readExport('{"deployment":{}}'))).toContain("Executions of <bdi>an empty stack</bdi>");
});

test("the policy allows the page's own style and nothing else", () => {
  const page = renderPage(readExport(everyKind()));
  const [, style] = /<style>([\s\S]*?)<\/style>/.exec(page)!;
  const hash = createHash("sha256").update(style!).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  expect(page).toContain(`content="${policy.replaceAll("'", "&#39;")}"`);
  expect(page).not.toMatch(/<script|\sstyle="|\son\w+="|url\(|@import|src=/);
});

const hostile = `</textarea></pre></style><script>alert(1)</script><img src=x onerror=alert(1)>"'&\u202e\u0000\u001b[31m\ud800`;

test.each(["name", "workflowId", "rawStatus", "step", "stepError", "log", "message", "consoleUrl", "stack"])(
  "a hostile %s is text",
  (place) => {
    const outputs = failed(0, place === "log" ? hostile : "log", place === "message" ? hostile : "");
    const [first, second] = outputs["steps"] as Record<string, unknown>[];
    const steps = [
      { ...first, ...(place === "step" ? { name: hostile } : {}) },
      { ...second, ...(place === "stepError" ? { error: hostile } : {}) },
    ];
    const own = place in outputs || place === "consoleUrl" ? { [place]: hostile, status: "unknown" } : {};
    const text = exportOf([
      { name: place === "name" ? hostile : "a", outputs: { ...outputs, steps, ...own, startedAt: at(0) } },
    ]);
    const hostileStack = JSON.stringify(hostile).slice(1, -1);
    const page = renderPage(
      readExport(place === "stack" ? text.replaceAll(":dev::", `:${hostileStack}::`) : text),
    );
    expect(page).not.toMatch(/<script|<img|<textarea|<\/textarea/);
    expect(page.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Cs}]/u);
    if (place !== "consoleUrl") expect(page).toContain("&lt;script&gt;alert(1)");
  },
);
