// The cache for parts that are costly to make (the Pulumi CLI, a Python environment): it lies outside the repository,
// so that a fresh clone finds it. An entry is there whole or not at all, however many processes make it at once.
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir, hostname, tmpdir, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, removeStaleLock, takeLock } from "./lockFile.mjs";

/** Interval at which a process that waits for another process's entry checks again. */
const LOOK_AGAIN_MS = 300;

/**
 * The cache's folder: `$RUNBOOK_CACHE`, or a folder of ours where the system keeps caches.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string}
 */
export function cacheFolder(env = process.env) {
  const own = env["RUNBOOK_CACHE"];
  if (own !== undefined && own !== "") {
    return isAbsolute(own) ? own : join(process.cwd(), own);
  }
  const xdg = env["XDG_CACHE_HOME"];
  if (xdg !== undefined && isAbsolute(xdg)) {
    return join(xdg, "pulumi-runbook");
  }
  const home = homeFolder(env);
  if (home === undefined) {
    return join(tmpdir(), "pulumi-runbook-cache");
  }
  const caches = process.platform === "darwin" ? join("Library", "Caches") : ".cache";
  return join(home, caches, "pulumi-runbook");
}

/**
 * The user's home, also in a container that starts programs without HOME.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
function homeFolder(env) {
  const home = env["HOME"] ?? homedir();
  if (isAbsolute(home)) {
    return home;
  }
  try {
    const fromAccount = userInfo().homedir;
    return isAbsolute(fromAccount) ? fromAccount : undefined;
  } catch {
    return undefined; // A user id without an account, as containers have them.
  }
}

/**
 * The folder of a cache entry if it has been made.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string | undefined>}
 */
export async function findCached(name, env = process.env) {
  const folder = join(cacheFolder(env), name);
  return (await exists(folder)) ? folder : undefined;
}

/**
 * Finds a cache entry, or makes it. `make` fills a folder beside the final one, which is renamed when it is complete:
 * a process that dies half-way leaves nothing that could be taken for the entry. A lock only keeps two processes from
 * doing the same work; were it ever wrong, the second rename would simply lose.
 * @param {{
 *   name: string,
 *   make: (folder: string) => Promise<void>,
 *   say?: (text: string) => void,
 *   env?: NodeJS.ProcessEnv,
 * }} entry
 * @returns {Promise<string>} the entry's folder
 */
export async function ensureCached({ name, make, say, env = process.env }) {
  const root = cacheFolder(env);
  const folder = join(root, name);
  const lock = `${folder}.lock`;
  await mkdir(root, { recursive: true });

  while (!(await exists(folder))) {
    const release = takeLock(lock);
    if (release === undefined) {
      say?.(`waiting for another process that makes ${name}`);
      await sleep(LOOK_AGAIN_MS);
      await removeStaleLock(lock);
      continue;
    }
    try {
      if (!(await exists(folder))) {
        await removeLeftovers(root, name);
        await makeAndMove(folder, make);
      }
    } finally {
      release();
    }
  }
  return folder;
}

/**
 * @param {string} folder
 * @param {(folder: string) => Promise<void>} make
 */
async function makeAndMove(folder, make) {
  const unfinished = `${folder}.making-${hostname()}-${process.pid}-${randomBytes(3).toString("hex")}`;
  await mkdir(unfinished);
  try {
    await make(unfinished);
    await rename(unfinished, folder).catch(async (error) => {
      if (!(await exists(folder))) {
        throw error;
      }
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/**
 * Removes the unfinished parts of an entry that killed processes of this machine have left.
 * @param {string} root
 * @param {string} name
 */
async function removeLeftovers(root, name) {
  const prefix = `${name}.making-${hostname()}-`;
  for (const found of await readdir(root)) {
    if (found.startsWith(prefix) && !isAlive(Number.parseInt(found.slice(prefix.length), 10))) {
      await rm(join(root, found), { recursive: true, force: true });
    }
  }
}

/**
 * @param {string} path
 * @returns {Promise<boolean>}
 */
async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}
