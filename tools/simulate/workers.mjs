// Processes that play simulations, and a queue of work for them.
import { fork } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "../setup/setUp.mjs";

// A killed process of a simulation never lets go of what it waits on, and Node keeps a signal that somebody listens to. So
// a worker grows, by about 80 kB a run; past this many tasks another takes its place.
const TASKS_EACH = 40;

const WORKER = join(REPOSITORY, "test", "simulation", "worker.cjs");

/**
 * @typedef {{
 *   count: number,
 *   run: (task: object) => Promise<any>,
 *   close: () => void,
 * }} Workers
 */

/**
 * Starts processes; each takes the next task as it is done with one.
 * @param {number} count
 * @param {string} [patch] file of a fault that is put into the sources
 * @returns {Workers}
 */
export function startWorkers(count, patch) {
  /** @type {{ task: object, resolve: (result: any) => void, reject: (error: Error) => void }[]} */
  const queue = [];
  /** @type {{ child: import("node:child_process").ChildProcess, tasks: number }[]} */
  const idle = [];
  /** @type {Error | undefined} */
  let broken;
  const env = { ...process.env, ...(patch === undefined ? {} : { SIMULATION_PATCH: patch }) };
  /** @type {Set<import("node:child_process").ChildProcess>} */
  const children = new Set();

  function startOne() {
    const child = fork(WORKER, [], { env, stdio: ["ignore", "inherit", "inherit", "ipc"] });
    children.add(child);
    child.once("message", () => {
      idle.push({ child, tasks: 0 });
      next();
    });
    child.once("exit", (code) => {
      children.delete(child);
      if (code === 0 || code === null) return;
      broken = new Error(`a process of the simulation has ended with ${code}`);
      for (const { reject } of queue.splice(0)) reject(broken);
    });
  }

  function next() {
    const worker = idle.pop();
    if (!worker) return;
    const job = queue.shift();
    if (!job) {
      idle.push(worker);
      return;
    }
    const { child, tasks } = worker;
    const gone = () => job.reject(new Error("a process of the simulation is gone"));
    child.once("exit", gone);
    child.once("message", (/** @type {any} */ { result, error }) => {
      child.off("exit", gone);
      if (error === undefined) job.resolve(result);
      else job.reject(new Error(error));
      if (tasks + 1 < TASKS_EACH) {
        idle.push({ child, tasks: tasks + 1 });
      } else {
        child.kill();
        startOne();
      }
      next();
    });
    child.send(job.task);
    next();
  }

  for (let started = 0; started < count; started += 1) startOne();

  return {
    count,
    run: (task) =>
      new Promise((resolve, reject) => {
        if (broken) {
          reject(broken);
          return;
        }
        queue.push({ task, resolve, reject });
        next();
      }),
    close: () => {
      for (const child of children) child.kill();
    },
  };
}
