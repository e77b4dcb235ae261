// The processes that a command has started, from the system's own table.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * The ids of a process and of all that it has started, directly or not.
 * @param {number} root
 * @returns {Promise<number[]>}
 */
export async function processTree(root) {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid="]);
  const parents = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const tree = [root];
  for (const parent of tree) {
    tree.push(...parents.flatMap(([pid, ppid]) => (ppid === parent && pid !== undefined ? [pid] : [])));
  }
  return tree;
}

/**
 * Sends a signal to processes; those that have ended are passed over.
 * @param {readonly number[]} pids
 * @param {NodeJS.Signals} signal
 */
export function signalAll(pids, signal) {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended already.
    }
  }
}
