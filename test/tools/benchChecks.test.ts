/**
 * The bench's judgement. Two variants are compared by the median of runs side by side: one run that other work has disturbed
 * decides nothing. A limit of time grows on a slow machine.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const figures = pathToFileURL(join(__dirname, "../../bench/figures.mjs")).href;

interface Check {
  readonly holds: boolean;
  readonly text: string;
}

function checksOf(rows: readonly object[], loading = { ms: 1, share: 1 }): Check[] {
  const code = `
    import { check, mergeTurns } from ${JSON.stringify(figures)};
    const rows = ${JSON.stringify(rows)};
    process.stdout.write(JSON.stringify(check(mergeTurns(rows), { loading: ${JSON.stringify(loading)}, kbPerWait: 1 }, undefined)));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", code], {
    encoding: "utf8",
  });
  return JSON.parse(output) as Check[];
}

function row(
  variant: string,
  turn: number,
  figures: { readonly p95Ms: number; readonly seen?: number },
): object {
  return {
    name: `aom 100 ${variant === "ours" ? "" : variant}`,
    service: "aom",
    n: 100,
    distribution: "bimodal",
    ok: true,
    seen: 100,
    throttled: 0,
    relativeP95: 0.5,
    requestsEach: 3,
    allowedByTenSeconds: 10,
    middleMs: 1_000,
    maxMs: 1_000,
    variant,
    turn,
    ...figures,
  };
}

function comparison(checks: readonly Check[]): Check | undefined {
  return checks.find(({ text }) => text.includes("lag p95") && text.includes("without history"));
}

test("one disturbed turn of three decides nothing", () => {
  const rows = [1, 2, 3].flatMap((turn) => [
    row("ours", turn, { p95Ms: turn === 2 ? 5_000 : 1_000 }),
    row("no history", turn, { p95Ms: 1_000 }),
  ]);
  expect(comparison(checksOf(rows))).toMatchObject({ holds: true });
});

test("what is slower in most turns is missed, though its turns are fast beside others", () => {
  const machineMs = [1_000, 4_000, 2_000];
  const rows = machineMs.flatMap((ms, index) => [
    row("ours", index + 1, { p95Ms: ms * (index === 0 ? 1 : 1.2) }),
    row("no history", index + 1, { p95Ms: ms }),
  ]);
  expect(comparison(checksOf(rows))).toMatchObject({ holds: false });
});

test("an end that one turn has not seen counts", () => {
  const rows = [1, 2, 3].map((turn) => row("ours", turn, { p95Ms: 1_000, seen: turn === 3 ? 99 : 100 }));
  expect(checksOf(rows)).toContainEqual({ holds: false, text: "aom 100 : all 100 ends were seen (99)" });
});

test.each([
  ["at most 0.15 s on a machine of usual speed", 30, 170, false],
  ["not longer on a fast one", 5, 140, true],
  ["longer on a slow one", 96, 400, true],
  ["by the same factor", 96, 460, false],
])("CloudFlow's lag: %s", (_, ms, p95Ms, holds) => {
  const cloudflow = { ...row("ours", 1, { p95Ms }), name: "cloudflow 100", service: "cloudflow" };
  const lag = checksOf([cloudflow], { ms, share: 1 }).find(({ text }) => text.includes("lag p95"));
  expect(lag).toMatchObject({ holds });
});
