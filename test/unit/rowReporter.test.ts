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
  reporter.progressed(snapshot, 180_000);
  reporter.progressed(snapshot);
  reporter.stepEnded(snapshot.steps[1]!, snapshot);
  reporter.progressed({
    ...snapshot,
    status: "succeeded",
    startedAt: "2026-01-01T00:00:00Z",
    settledAt: "2026-01-01T00:02:04Z",
  });
  reporter.progressed({
    ...snapshot,
    status: "failed",
    startedAt: "2026-01-01T00:00:00Z",
    settledAt: "2026-01-01T00:00:08Z",
  });
  reporter.info("armed: runs on destroy");
  reporter.warn("the status can't be read");
  expect(lines).toEqual([
    "status: starting",
    "status: 3/3 Step 3, 1 ok 2 failed, usually 3m",
    "status: 3/3 Step 3, 1 ok 2 failed",
    "info: 2/3 Step 2 timed out after 12s, 1 ok 2 failed",
    "status: succeeded after 2m04s",
    "status: failed after 8s, 1/3 Step 1",
    "info: armed: runs on destroy",
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
  expect(lines[29]).toMatch(/^info: 30\/40 Step 30 /);
  expect(lines[30]).toMatch(/^info: 1\/40 Step 1 /);
});

it("a live line that stands on the row is not sent again; below a line that is kept, it is", () => {
  const { reporter, lines } = reportedRow();
  const waiting: ExecutionSnapshot = { executionId: "ex-1", status: "running", rawStatus: "", steps: [] };
  reporter.status("started");
  reporter.progressed(waiting);
  reporter.warn("the status can't be read");
  reporter.progressed(waiting);
  reporter.info("1/3 Prepare succeeded after 12s");
  reporter.progressed(waiting);
  reporter.progressed(waiting, 180_000);
  expect(lines).toEqual([
    "status: started",
    "warn: the status can't be read",
    "status: started",
    "info: 1/3 Prepare succeeded after 12s",
    "status: started",
    "status: started, usually 3m",
  ]);
});
