/**
 * Keeps other processes of this machine from starting the same workflow while one looks and posts. Where it can't be
 * had (a read-only folder), work goes on without it: it narrows a race, nothing rests on it alone.
 */
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** Runs `work` while other processes of this machine are kept out of a workflow, as far as that can be had. */
export type WorkflowLock = (workflow: string, work: () => Promise<void>) => Promise<void>;

// A process that was killed stops touching its lock; whoever waits takes it over after this time.
const staleMs = 10_000;

/** Runs `work` while this process alone holds the lock of a workflow. */
export const withWorkflowLock: WorkflowLock = async (workflow, work) => {
  const release = await acquire(workflow).catch(() => undefined);
  try {
    await work();
  } finally {
    await release?.().catch(() => undefined);
  }
};

async function acquire(workflow: string): Promise<() => Promise<void>> {
  // Loaded late: only starts need it.
  const { default: lockfile } = await import("proper-lockfile");
  // Beside no state of Pulumi's: processes with different homes start the same workflows.
  const folder = join(tmpdir(), `pulumi-workflow-execution-${String(userInfo().uid)}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = createHash("sha256").update(workflow).digest("hex").slice(0, 32);
  // The library knows a lock by the file it stands for: one that need not be there, and one per workflow.
  return lockfile.lock(join(folder, name), {
    realpath: false,
    stale: staleMs,
    retries: { forever: true, minTimeout: 20, maxTimeout: 250, randomize: true },
    // Taken over by another process because this one slept: it has then looked long ago, and looks again.
    onCompromised: () => undefined,
  });
}
