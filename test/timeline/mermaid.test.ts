/**
 * The charts for pull requests: Mermaid's syntax, and what is left out where a comment would be too long.
 */
import { renderMermaid } from "../../provider/src/timeline/mermaid";
import { readExport } from "../../provider/src/timeline/stackExport";
import { armed, ciphertext, exportOf, failed, running, succeeded } from "../support/stackExports";

const chartsOf = (...args: Parameters<typeof exportOf>): string =>
  renderMermaid(readExport(exportOf(...args)));

test("a chart has a section for each execution, with the execution and its steps as tasks", () => {
  const resources = [
    { name: "patch-fleet", outputs: succeeded(0) },
    { name: "patch-canary", outputs: failed(12_000, "log") },
    { name: "reindex", outputs: running(13_000), more: { modified: "2026-11-28T14:05:21.000Z" } },
    { name: "drain", outputs: armed },
  ];
  expect(chartsOf(resources)).toBe(`\`\`\`mermaid
---
config:
  gantt:
    leftPadding: 180
---
gantt
  title dev, 2026-11-28, UTC
  dateFormat YYYY-MM-DDTHH:mm:ss.SSS
  axisFormat %H:%M:%S
  section patch-fleet
  ✓ Huawei Cloud AOM :done, 2026-11-28T14:05:07.000, 2026-11-28T14:05:47.000
  ✓ Prepare :done, 2026-11-28T14:05:07.000, 2026-11-28T14:05:17.000
  ✓ Patch :done, 2026-11-28T14:05:17.000, 2026-11-28T14:05:47.000
  section patch-canary
  ✗ Huawei Cloud AOM failed :crit, 2026-11-28T14:05:19.000, 2026-11-28T14:05:44.000
  ✓ Prepare :done, 2026-11-28T14:05:19.000, 2026-11-28T14:05:29.000
  ✗ Patch failed :crit, 2026-11-28T14:05:29.000, 2026-11-28T14:05:44.000
  section reindex
  ▶ Huawei Cloud AOM running :active, 2026-11-28T14:05:20.000, 2026-11-28T14:05:21.000
  ▶ Prepare running :active, 2026-11-28T14:05:20.000, 2026-11-28T14:05:21.000
\`\`\`
`);
});

test("deployments that are apart have a chart each, the latest first", () => {
  const charts = chartsOf([
    { name: "old", outputs: succeeded(0) },
    { name: "new", outputs: succeeded(86_400_000) },
  ]);
  expect(charts.match(/title .*|section .*/g)).toEqual([
    ...["title dev, 2026-11-29, UTC", "section new"],
    ...["title dev, 2026-11-28, UTC", "section old"],
  ]);
});

test("a period of more than a day has dates on its axis", () => {
  const outputs = { ...succeeded(0), durationMs: 90_000_000 };
  expect(chartsOf([{ name: "long", outputs }])).toContain("axisFormat %m-%d %H:%M\n");
});

test("where the chart would be too long, executions that succeeded are left out first, and a line says how many", () => {
  const many = Array.from({ length: 1_000 }, (_, index) => ({
    name: `run-${String(index)}`,
    outputs: index % 100 === 99 ? failed(index * 1_000, "log") : succeeded(index * 1_000),
  }));
  const charts = chartsOf(many);
  const sections = charts.match(/section run-\d+/g)!;
  expect(charts.length).toBeLessThan(50_000);
  expect(charts.match(/✗ Huawei/g)).toHaveLength(10);
  expect(charts).toMatch(new RegExp(`\n${String(sections.length)} of 1000 executions are drawn\\.\n$`));
  const numbers = sections.map((section) => Number(/\d+/.exec(section)![0]));
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  // All periods together fit into a comment, too.
  const apart = many.map((resource, index) => ({ ...resource, outputs: succeeded(index * 3_600_000) }));
  expect(chartsOf(apart).length).toBeLessThan(65_536);
});

test("without a time there is nothing to draw", () => {
  const nothing = "No execution of a runbook has a time.\n";
  expect(chartsOf([])).toBe(nothing);
  expect(chartsOf([{ name: "drain", outputs: armed }])).toBe(nothing);
  const secret = { ...succeeded(0), startedAt: ciphertext, steps: [] };
  expect(chartsOf([{ name: "hidden", outputs: secret }])).toBe(nothing);
});
