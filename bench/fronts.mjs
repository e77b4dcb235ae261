// The plugin beside the dynamic provider: the same executions, one command after the other, in turns, because the other
// work on a machine changes within minutes. Figures are medians of the turns; the peak of memory is the highest.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { unpackPlugin } from "../tools/plugin/unpackedPlugin.mjs";
import { ensureSdks } from "../tools/sdk/sdks.mjs";
import { ensureLanguageHosts } from "../tools/setup/languageHosts.mjs";
import { REPOSITORY } from "../tools/setup/setUp.mjs";
import { watchUse } from "./processUse.mjs";
import { percentile } from "./arithmetic.mjs";
import { openStack } from "./stacks.mjs";

/** Of all services, this one starts a thousand executions soonest. */
const SERVICE = "cloudflow";
const STARTS = 7;

/** @typedef {import("./pluginProgram.mjs").Front} Front */

/**
 * Measures; nothing else should run on the machine.
 * @param {{ cli: string, n: number, turns: number, progress: import("../tools/setup/progress.mjs").Progress }} options
 * @returns {Promise<Parameters<typeof import("./frontFigures.mjs").checkFronts>[0] & { turns: number }>}
 */
export async function measureFronts({ cli, n, turns, progress }) {
  const nothing = (missing) => ({ n, turns, missing, fronts: {} });
  if (!existsSync("/proc/self/stat")) return nothing("processes are read from /proc, which Linux has");
  if ((await ensureSdks({ repository: REPOSITORY, progress })) === undefined)
    return nothing("there is no Go to generate the plugin's SDK");
  const { languages, folders } = await ensureLanguageHosts({ cli, progress });
  process.env["PATH"] = [process.env["PATH"], ...folders].join(delimiter);
  mkdirSync(join(REPOSITORY, ".state"), { recursive: true });
  const plugin = mkdtempSync(join(REPOSITORY, ".state", "bench-plugin-"));
  const stacks = new Map();
  try {
    await unpackPlugin({ repository: REPOSITORY, folder: plugin, progress });
    for (const front of languages.includes("yaml") ? ["dynamic", "plugin", "yaml"] : ["dynamic", "plugin"]) {
      const common = { cli, service: SERVICE, n, only: "constant", middleMs: 1_000, isProbed: false };
      const stack = await openStack({ ...common, front, plugin });
      stacks.set(front, stack);
      const { ok, output } = await stack.operate("up");
      if (!ok) throw new Error(output.slice(-2_000));
      process.stdout.write(`fronts ${n}, ${front}: made\n`);
    }
    const taken = new Map([...stacks.keys()].map((front) => [front, { up: [], refresh: [], start: [] }]));
    for (let turn = 1; turn <= turns; turn += 1) {
      for (const operation of ["up", "refresh"]) {
        for (const [front, stack] of stacks) {
          const use = await measure(stack, operation, plugin);
          taken.get(front)[operation].push(use);
          process.stdout.write(
            `fronts ${n}, turn ${turn} of ${turns}, ${operation}, ${front}: ${use.cpuSeconds.toFixed(1)} s of CPU, provider ${use.providerPeakMb.toFixed(0)} MB\n`,
          );
        }
      }
    }
    for (let start = 0; start < STARTS; start += 1) {
      for (const [front, stack] of stacks)
        taken.get(front).start.push(await startMs(front, stack, cli, plugin));
    }
    const fronts = {};
    for (const [front, stack] of stacks) {
      const { up, refresh, start } = taken.get(front);
      const cpuOf = (uses) =>
        percentile(
          uses.map(({ cpuSeconds }) => cpuSeconds),
          0.5,
        );
      fronts[front] = {
        startMs: percentile(start, 0.5),
        peakMb: Math.max(...[...up, ...refresh].map(({ providerPeakMb }) => providerPeakMb)),
        stateBytes: await stateBytes(stack),
        upCpuSeconds: cpuOf(up),
        refreshCpuSeconds: cpuOf(refresh),
      };
    }
    return { n, turns, fronts };
  } finally {
    for (const stack of stacks.values()) stack.close();
    rmSync(plugin, { recursive: true, force: true });
  }
}

/** Runs a command as users do, which has to succeed, and gives its use of the machine. */
async function measure(stack, operation, plugin) {
  let stop;
  const isProvider = ([, ...words]) =>
    words.some((word) => /cmd[/\\]dynamic-provider/.test(word) || word === join(plugin, "main.js"));
  const { ok, output } = await stack.operate(operation, {
    onStart: (pid) => (stop = watchUse(pid, isProvider)),
  });
  const used = stop?.();
  if (!ok) throw new Error(`pulumi ${operation}: ${output.slice(-2_000)}`);
  return used;
}

/** Milliseconds until a provider says its port: the engine waits for that before it goes on. */
async function startMs(front, { folder, env }, cli, plugin) {
  const command =
    front === "dynamic"
      ? join(cli, "pulumi-resource-pulumi-nodejs")
      : join(plugin, "pulumi-resource-runbook");
  const begin = performance.now();
  // Of its own group, because the dynamic provider runs below a shell.
  const child = spawn(command, ["127.0.0.1:1"], {
    cwd: folder,
    env,
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const port = await new Promise((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    child.once("error", reject).once("exit", (code) => reject(new Error(`${command} ended with ${code}`)));
  });
  const taken = performance.now() - begin;
  child.removeAllListeners("exit");
  process.kill(-child.pid, "SIGKILL");
  if (!/^\d+$/.test(port.trim())) throw new Error(`${command} said "${port}", and no port`);
  return taken;
}

/** The bytes of an execution in the state, without spaces between. */
async function stateBytes({ pulumi, count }) {
  const { ok, output } = await pulumi("stack", "export");
  if (!ok) throw new Error(output.slice(-2_000));
  const { resources } = JSON.parse(output).deployment;
  const executions = resources.filter(({ type }) => type.endsWith(":WorkflowExecution"));
  if (executions.length !== count)
    throw new Error(`the state has ${executions.length} executions of ${count}`);
  return Buffer.byteLength(JSON.stringify(executions)) / count;
}
