// The use of a command with all the processes that it starts: processor time, and the peak memory of its provider. The
// figures come from Linux's own table of processes, so that nothing is loaded into the measured processes.
import { readdirSync, readFileSync } from "node:fs";

// Use after a process's last reading is not counted; that is the same for all that are compared.
const LOOK_EVERY_MS = 50;
/** Linux counts processor time in these, for programs on every architecture. */
const TICKS_PER_SECOND = 100;

/**
 * Watches a process and its descendants until it is told to stop.
 * @param {number} root its id
 * @param {(command: readonly string[]) => boolean} isProvider by the words of a process's command line
 * @returns {() => { cpuSeconds: number, providerPeakMb: number }} stops, and gives the use
 */
export function watchUse(root, isProvider) {
  /** @type {Map<number, { ticks: number, startedAt: string, peakKb: number }>} */
  const seen = new Map();
  const look = () => {
    const table = processes();
    // A parent may stand below its child in the table.
    for (let isNew = true; isNew;) {
      isNew = false;
      for (const { pid, parent, ticks, startedAt } of table) {
        const known = seen.get(pid);
        if (known) {
          // An id can be given to another process.
          if (known.startedAt === startedAt) known.ticks = ticks;
        } else if (pid === root || seen.has(parent)) {
          seen.set(pid, { ticks, startedAt, peakKb: 0 });
          isNew = true;
        }
      }
    }
    for (const { pid, startedAt } of table) {
      const known = seen.get(pid);
      if (known?.startedAt !== startedAt) continue;
      const command = (read(`/proc/${pid}/cmdline`) ?? "").split("\0");
      if (!isProvider(command)) continue;
      const [, kb = 0] = /^VmHWM:\s*(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? "") ?? [];
      known.peakKb = Math.max(known.peakKb, Number(kb));
    }
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    const all = [...seen.values()];
    return {
      cpuSeconds: all.reduce((total, { ticks }) => total + ticks, 0) / TICKS_PER_SECOND,
      providerPeakMb: Math.max(0, ...all.map(({ peakKb }) => peakKb)) / 1024,
    };
  };
}

/** @returns {{ pid: number, parent: number, ticks: number, startedAt: string }[]} */
function processes() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = read(`/proc/${name}/stat`);
      if (stat === undefined) return [];
      // The name of the command, in parentheses, may have spaces: the fields after it are numbered from 3,
      // proc_pid_stat(5).
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const field = (/** @type {number} */ number) => fields[number - 3] ?? "";
      const ticks = Number(field(14)) + Number(field(15));
      return [{ pid: Number(name), parent: Number(field(4)), ticks, startedAt: field(22) }];
    });
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process has ended.
    return undefined;
  }
}
