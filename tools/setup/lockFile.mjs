// A lock between processes: a file that names its owner, and whose age shows that the owner still lives.
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";

/** Interval of an owner's heartbeat, and the silence after which others may take over. */
const HEARTBEAT_MS = 2_000;
const SILENT_OWNER_MS = 30_000;

/**
 * Takes the lock, unless another process holds it.
 * @param {string} lock
 * @returns {(() => void) | undefined} gives the lock back
 */
export function takeLock(lock) {
  const owner = JSON.stringify({ host: hostname(), pid: process.pid, id: randomBytes(6).toString("hex") });
  try {
    // Its content must be there from the first moment on: one call that creates and writes, and no awaiting between.
    writeFileSync(lock, owner, { flag: "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      return undefined;
    }
    throw error;
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => {});
  }, HEARTBEAT_MS);
  return () => {
    clearInterval(heartbeat);
    if (readOrUndefined(lock) === owner) {
      rmSync(lock, { force: true });
    }
  };
}

/**
 * Removes the lock of a process that is gone, or that has been silent for long (its pid may be another program's now,
 * or on another machine that shares the folder).
 * @param {string} lock
 * @returns {Promise<void>}
 */
export async function removeStaleLock(lock) {
  const content = readOrUndefined(lock);
  if (content === undefined) {
    return;
  }
  const silentMs = await stat(lock).then(
    (found) => Date.now() - found.mtimeMs,
    () => 0,
  );
  const isStale = silentMs > SILENT_OWNER_MS || ownerIsGone(content);
  // Looked at again, because another process may have replaced it by its own meanwhile.
  if (isStale && readOrUndefined(lock) === content) {
    rmSync(lock, { force: true });
  }
}

/**
 * @param {string} content
 * @returns {boolean}
 */
function ownerIsGone(content) {
  try {
    const { host, pid } = JSON.parse(content);
    return host === hostname() && !isAlive(pid);
  } catch {
    return false; // Half written: its age decides.
  }
}

/**
 * Checks that a process of this machine exists.
 * @param {number} pid
 * @returns {boolean}
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * @param {string} path
 * @returns {string | undefined}
 */
function readOrUndefined(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
