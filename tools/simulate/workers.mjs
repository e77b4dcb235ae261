// Processes that play simulations, and a queue of work for them.
import { fork } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "../setup/setUp.mjs";

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
  /** @type {import("node:child_process").ChildProcess[]} */
  const idle = [];
  /** @type {Error | undefined} */
  let broken;
  const env = { ...process.env, ...(patch === undefined ? {} : { SIMULATION_PATCH: patch }) };
  const children = Array.from({ length: count }, () => {
    const child = fork(WORKER, [], { env, stdio: ["ignore", "inherit", "inherit", "ipc"] });
    child.once("message", () => {
      idle.push(child);
      next();
    });
    child.once("exit", (code) => {
      if (code === 0 || code === null) return;
      broken = new Error(`a process of the simulation has ended with ${code}`);
      for (const { reject } of queue.splice(0)) reject(broken);
    });
    return child;
  });

  function next() {
    const child = idle.pop();
    const job = queue.shift();
    if (!child || !job) {
      if (child) idle.push(child);
      if (job) queue.unshift(job);
      return;
    }
    const gone = () => job.reject(new Error("a process of the simulation is gone"));
    child.once("exit", gone);
    child.once("message", (/** @type {any} */ { result, error }) => {
      child.off("exit", gone);
      idle.push(child);
      if (error === undefined) job.resolve(result);
      else job.reject(new Error(error));
      next();
    });
    child.send(job.task);
    next();
  }

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
