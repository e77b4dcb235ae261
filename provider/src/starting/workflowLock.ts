/**
 * Keeps other processes of this machine from starting the same workflow while one lists and posts. If it can't be had (a
 * full disk, a read-only folder), work goes on without it, and is told so: then nothing is taken for granted.
 */
import { createHash, randomUUID } from "node:crypto";
import { chmod, lstat, mkdir, rename, rm } from "node:fs/promises";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { systemClock } from "../ground/clock";

/** Options for waiting for a lock. */
export interface LockOptions {
  /** Ends the wait; nothing is then done. */
  readonly signal: AbortSignal;
  /** Is told, once, that another process has the lock. */
  readonly onWait?: ((why: string) => void) | undefined;
}

/**
 * Runs `work` while other processes of this machine are kept out of a workflow, as far as that can be had.
 * @param work is told whether they still are.
 */
export type WorkflowLock = (
  workflow: string,
  work: (isHeld: () => boolean) => Promise<void>,
  options: LockOptions,
) => Promise<void>;

// The holder of the lock touches the lock this often. A lock that nobody touches is taken over. Its time does not
// count: clocks are set, and those of file servers differ.
const touchedEveryMs = 1_000;
const abandonedMs = 4_000;
const retryMs = { least: 20, most: 250 };
// Waits that nobody notices are not worth a word.
const reportedAfterMs = 1_000;

/** A lock in the first of some folders that is this user's own, or can be made so; the same for all processes. */
export function workflowLockIn(folders: () => readonly string[]): WorkflowLock {
  return async (workflow, work, options) => {
    const lock = await acquire(await ownFolder(folders()), workflow, options);
    if (lock === "given up") return;
    try {
      await work(lock.isHeld);
    } finally {
      await lock.release().catch(() => undefined);
    }
  };
}

/**
 * A lock in a folder that all processes of this user share. Beside no state of Pulumi's: processes with different homes
 * start the same workflows. In the temporary folder anybody can make the name first; then the next one is taken.
 */
export const withWorkflowLock = workflowLockIn(() => {
  const shared = join(tmpdir(), `pulumi-runbook-${String(userInfo().uid)}`);
  return [shared, `${shared}-2`, `${shared}-3`, join(homedir(), ".pulumi", "runbook", "locks")];
});

interface Held {
  readonly isHeld: () => boolean;
  readonly release: () => Promise<void>;
}

const notToBeHad: Held = { isHeld: () => false, release: () => Promise.resolve() };

async function acquire(
  folder: string | undefined,
  workflow: string,
  { signal, onWait }: LockOptions,
): Promise<Held | "given up"> {
  if (folder === undefined) return notToBeHad;
  // Loaded late: only starts need it.
  const { default: lockfile } = await import("proper-lockfile");
  const name = createHash("sha256").update(workflow).digest("hex").slice(0, 32);
  // The library knows a lock by the file it stands for: one that need not be there, and one per workflow.
  const path = join(folder, name);
  const beganMs = performance.now();
  let seen: Seen | undefined;
  let isReported = false;
  for (;;) {
    if (signal.aborted) return "given up";
    let isHeld = true;
    try {
      const release = await lockfile.lock(path, {
        realpath: false,
        retries: 0,
        update: touchedEveryMs,
        // The library would judge by the clock.
        stale: Number.MAX_SAFE_INTEGER,
        // Taken over by another process, because this one slept.
        onCompromised: () => {
          isHeld = false;
        },
      });
      return { isHeld: () => isHeld, release };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") return notToBeHad;
    }
    seen = await takeOverAbandoned(`${path}.lock`, seen);
    if (!isReported && performance.now() - beganMs >= reportedAfterMs) {
      isReported = true;
      onWait?.("waiting for another deployment on this machine to start the same workflow");
    }
    await systemClock.sleep(retryMs.least + Math.random() * (retryMs.most - retryMs.least), signal);
  }
}

/** A lock of somebody else as it was seen, and since when, by a clock that nobody sets. */
interface Seen {
  readonly state: string;
  readonly sinceMs: number;
}

async function takeOverAbandoned(path: string, before: Seen | undefined): Promise<Seen | undefined> {
  const info = await lstat(path).catch(() => undefined);
  if (!info) return undefined;
  const state = `${String(info.ino)} ${String(info.mtimeMs)}`;
  if (before?.state !== state) return { state, sinceMs: performance.now() };
  if (performance.now() - before.sinceMs < abandonedMs) return before;
  // Moved away in one step: others may be at the same.
  const away = `${path}.${randomUUID()}`;
  try {
    await rename(path, away);
  } catch {
    return undefined;
  }
  const moved = await lstat(away).catch(() => undefined);
  // Another process has been faster, and this is its new lock.
  if (moved && moved.ino !== info.ino) await rename(away, path).catch(() => undefined);
  else await rm(away, { recursive: true, force: true }).catch(() => undefined);
  return undefined;
}

async function ownFolder(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) if (await isOwn(folder)) return folder;
  return undefined;
}

async function isOwn(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const info = await lstat(folder);
    if (!info.isDirectory()) return false;
    // Windows has neither owners nor modes.
    if (process.getuid === undefined) return true;
    if (info.uid !== process.getuid()) return false;
    if ((info.mode & 0o077) !== 0) await chmod(folder, 0o700);
    return true;
  } catch {
    return false;
  }
}
