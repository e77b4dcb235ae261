// The costs of the provider besides requests: loading it, and the memory of executions that wait.
import { createRequire } from "node:module";
import { REPOSITORY } from "../tools/setup/setUp.mjs";
import { evaluate, measureLoading } from "./loading.mjs";

const WAITS = 1_000;

/**
 * Loads the provider as the host does.
 * @returns {Promise<import("./loading.mjs").Loading>}
 */
export function loading() {
  const provider = createRequire(import.meta.url).resolve("../provider/dist/fronts/dynamic/provider.js");
  return measureLoading(provider);
}

/** Kilobytes per waiting execution: heap and buffers after collection, a thousand waits against none. */
export async function kbPerWait() {
  const waiting = (file) =>
    JSON.stringify(createRequire(import.meta.url).resolve(`../provider/dist/waiting/${file}`));
  const code = `
    const { WorkflowWatch } = require(${waiting("workflowWatch.js")});
    const { waitUntilSettled } = require(${waiting("waitUntilSettled.js")});
    const free = { delayMs: () => 0, level: () => 1 };
    const clock = { now: Date.now, sleep: (ms, signal) => new Promise((done) => signal.addEventListener("abort", done)) };
    const used = () => { global.gc(); const { heapUsed, external } = process.memoryUsage(); return heapUsed + external; };
    const steps = Array.from({ length: 10 }, (_, i) => ({ id: "step-" + i, name: "Step " + i, status: "running", rawStatus: "running" }));
    const watch = new WorkflowWatch({
      clock, random: Math.random, longPollSeconds: 0, budgets: { describe: free, list: free }, pageSize: undefined, listTells: "everything",
      listPage: () => new Promise(() => {}), pastDurations: () => Promise.resolve([600000]),
    });
    const reporter = { status() {}, progressed() {}, stepEnded() {}, warn() {} };
    const session = { clock, random: Math.random, shared: () => watch };
    const definition = { capabilities: { longPollSeconds: 0, pageSize: undefined, listTells: "everything" } };
    const before = used();
    for (let i = 0; i < ${WAITS}; i += 1) {
      const executionId = "ex-" + i;
      const backend = { key: "wf", describe: () => Promise.resolve({ executionId, status: "running", rawStatus: "running", steps: steps.map((s) => ({ ...s })) }) };
      const wait = { deadlineMs: Date.now() + 3600000, mayBeInvisibleUntilMs: i % 2 };
      void waitUntilSettled(backend, executionId, wait, { definition, session, reporter, signal: new AbortController().signal });
    }
    setTimeout(() => { process.stdout.write(String((used() - before) / 1024 / ${WAITS})); process.exit(0); }, 500);`;
  return Number(await evaluate(code, { flags: ["--expose-gc"], cwd: REPOSITORY }));
}
