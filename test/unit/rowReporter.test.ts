/**
 * The lines of a resource's row are made of what is reported as data.
 */
import type { ExecutionSnapshot } from "../../provider/src/execution/snapshot";
import { rowReporter } from "../../provider/src/fronts/shared/rowReporter";
import type { Reporter } from "../../provider/src/lifecycle";

/** A reporter on a row, and the lines of that row. */
function reportedRow(): { readonly reporter: Reporter; readonly lines: string[] } {
  const lines: string[] = [];
  const keep =
    (kind: string) =>
    (text: string): void => {
      lines.push(`${kind}: ${text}`);
    };
  return { reporter: rowReporter({ status: keep("status"), info: keep("info"), warn: keep("warn") }), lines };
}

const execution = (executionId: string, steps = 3): ExecutionSnapshot => ({
  executionId,
  status: "running",
  rawStatus: "running",
  stepsTotal: steps,
  steps: Array.from({ length: steps }, (_, index) => ({
    id: `n${String(index + 1)}`,
    name: `Step ${String(index + 1)}`,
    status: "timedOut",
    rawStatus: "timeout",
    durationMs: 12_000,
    targets: { succeeded: 1, failed: 2, running: 0, notPerformed: 0 },
  })),
});

it("progress is the live line, the end of a step a line that stays, and texts are as they are", () => {
  const { reporter, lines } = reportedRow();
  const snapshot = execution("ex-1");
  reporter.status("starting");
  reporter.progressed(snapshot, { elapsedMs: 72_000, expectedMs: 180_000 });
  reporter.progressed(snapshot);
  reporter.stepEnded(snapshot.steps[1]!, snapshot);
  reporter.progressed({
    ...snapshot,
    status: "succeeded",
    startedAt: "2026-01-01T00:00:00Z",
    settledAt: "2026-01-01T00:02:04Z",
  });
  reporter.warn("the status can't be read");
  expect(lines).toEqual([
    "status: starting",
    'status: step 3 of 3 "Step 3", 1m12s of about 3m, 1 target ok, 2 failed',
    'status: step 3 of 3 "Step 3", 1 target ok, 2 failed',
    'info: step 2 of 3 "Step 2" timed out after 12s, 1 target ok, 2 failed',
    "status: succeeded after 2m04s",
    "warn: the status can't be read",
  ]);
});

it("thirty ends of steps of each execution are lines, further ones are not", () => {
  const { reporter, lines } = reportedRow();
  for (const id of ["ex-1", "ex-2"]) {
    const snapshot = execution(id, 40);
    snapshot.steps.forEach((step) => {
      reporter.stepEnded(step, snapshot);
    });
  }
  expect(lines).toHaveLength(60);
  expect(lines[29]).toMatch(/^info: step 30 of 40/);
  expect(lines[30]).toMatch(/^info: step 1 of 40/);
});
