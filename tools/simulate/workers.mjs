// Processes that play simulations, and a queue of work for them.
import { fork } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "../setup/setUp.mjs";

// A killed process of a simulation never frees its awaited objects, and Node keeps a signal that has a listener. So a
// worker grows, by about 80 kB a run; past this many tasks another takes its place.
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
  const pool = new WorkerPool({
    ...process.env,
    ...(patch === undefined ? {} : { SIMULATION_PATCH: patch }),
  });
  for (let started = 0; started < count; started += 1) pool.startOne();
  return { count, run: (task) => pool.run(task), close: () => pool.close() };
}

/** A task that waits for a process. @typedef {{ task: object, resolve: (result: any) => void, reject: (error: Error) => void }} Job */

class WorkerPool {
  /** @type {Job[]} */
  #queue = [];
  /** @type {{ child: import("node:child_process").ChildProcess, tasks: number }[]} */
  #idle = [];
  /** @type {Error | undefined} */
  #broken;
  /** @type {Set<import("node:child_process").ChildProcess>} */
  #children = new Set();
  /** @type {NodeJS.ProcessEnv} */
  #env;

  /** @param {NodeJS.ProcessEnv} env of the processes */
  constructor(env) {
    this.#env = env;
  }

  startOne() {
    const child = fork(WORKER, [], { env: this.#env, stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#children.add(child);
    child.once("message", () => {
      this.#idle.push({ child, tasks: 0 });
      this.#next();
    });
    child.once("exit", (code) => {
      this.#children.delete(child);
      if (code === 0 || code === null) return;
      const broken = new Error(`a process of the simulation has ended with ${code}`);
      this.#broken = broken;
      for (const { reject } of this.#queue.splice(0)) reject(broken);
    });
  }

  /**
   * @param {object} task
   * @returns {Promise<any>}
   */
  run(task) {
    return new Promise((resolve, reject) => {
      if (this.#broken) {
        reject(this.#broken);
        return;
      }
      this.#queue.push({ task, resolve, reject });
      this.#next();
    });
  }

  close() {
    for (const child of this.#children) child.kill();
  }

  #next() {
    const worker = this.#idle.pop();
    if (!worker) return;
    const job = this.#queue.shift();
    if (!job) {
      this.#idle.push(worker);
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
        this.#idle.push({ child, tasks: tasks + 1 });
      } else {
        child.kill();
        this.startOne();
      }
      this.#next();
    });
    child.send(job.task);
    this.#next();
  }
}
