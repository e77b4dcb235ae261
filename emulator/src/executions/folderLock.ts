/**
 * Keeps a data folder for one emulator at a time: two of them would overwrite each other's records. The lock of a process
 * that is gone is taken over.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { isJsonObject } from "../ground/jsonShape";

/** Another emulator has the folder. */
export class FolderInUseError extends Error {
  constructor(folder: string, owner: Owner | undefined, lockPath: string) {
    const who = owner ? `process ${String(owner.pid)} on ${owner.host}` : "another process";
    super(
      `${folder} is in use by ${who}: stop that emulator, or use another folder. ` +
        `If no emulator is running there, delete ${lockPath}`,
    );
    this.name = "FolderInUseError";
  }
}

interface Owner {
  readonly pid: number;
  readonly host: string;
}

/**
 * After this time without a sign of life a lock is taken over from any owner. A live owner gives one every half of it.
 */
const staleMs = 10_000;

/** The same for an owner of which this machine knows that it is gone; the library allows no less. */
const staleOfGoneMs = 2_000;

/** Tries at a lock whose owner is gone: together longer than `staleOfGoneMs`. */
const retriesOfGone = { retries: 30, minTimeout: 100, maxTimeout: 100, factor: 1 };

/**
 * Takes the lock of a folder, which must be there.
 * @param onLost - called when another process or person has taken or deleted the lock
 * @returns gives the lock back
 * @throws {FolderInUseError} when another emulator has the folder
 */
export async function lockFolder(folder: string, onLost: () => void): Promise<() => Promise<void>> {
  const lockfilePath = join(folder, "emulator.lock");
  const ownerFile = join(folder, "emulator.owner");
  const take = (patience: object): Promise<() => Promise<void>> =>
    lock(folder, { lockfilePath, stale: staleMs, onCompromised: onLost, ...patience });

  const release = await take({}).catch(async (error: unknown) => {
    if (!isLocked(error)) throw error;
    const owner = readOwner(ownerFile);
    if (!owner || !isGone(owner)) throw new FolderInUseError(folder, owner, lockfilePath);
    return take({ stale: staleOfGoneMs, retries: retriesOfGone }).catch((again: unknown) => {
      throw isLocked(again) ? new FolderInUseError(folder, readOwner(ownerFile), lockfilePath) : again;
    });
  });
  writeFileSync(ownerFile, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Owner));
  return async () => {
    rmSync(ownerFile, { force: true });
    await release();
  };
}

function isLocked(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ELOCKED";
}

function readOwner(file: string): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (!isJsonObject(owner)) return undefined;
    const { pid, host } = owner;
    return typeof pid === "number" && typeof host === "string" ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}

function isGone({ pid, host }: Owner): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: the process is there, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
