// A3: a watermark made of the newest of other executions' times hides a lost start.
"use strict";

module.exports = {
  name: "A3: what is dated before the newest execution seen counts as seen",
  changes: [
    {
      search: "  if (since) return lists.since(since.fromMs);",
      replace: "  if (since) return lists.since(Math.max(since.fromMs, ...since.times));",
    },
    {
      file: "provider/src/starting/candidates.ts",
      search: "export function seenBefore(",
      replace: [
        "export function seenBefore(list, isKnown, nowMs) {",
        '  return { ...seenBefore_(list, isKnown, nowMs), times: list.executions.map(({ startedAt }) => Date.parse(startedAt ?? "1970-01-01")) };',
        "}",
        "function seenBefore_(",
      ].join("\n"),
    },
    {
      search: "function parsePending(value: unknown): PendingStart | undefined {",
      replace: [
        "function parsePending(value: unknown): PendingStart | undefined {",
        "  const parsed = parsePending_(value);",
        "  if (parsed?.since) (parsed.since as any).times = (value as any).since.times ?? [];",
        "  return parsed;",
        "}",
        "function parsePending_(value: unknown): PendingStart | undefined {",
      ].join("\n"),
    },
  ],
};
