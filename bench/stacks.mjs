// One stack of the bench: an emulator that enforces limits, a program of N executions, the real engine, and the records
// of the probe, the emulator and the clock.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { callEmulator } from "../tools/callEmulator.mjs";
import { pulumiEnvironment } from "../tools/pulumiEnvironment.mjs";
import { REPOSITORY } from "../tools/setup/setUp.mjs";
import { packageOf, usePlugin } from "./pluginProgram.mjs";
import { sum } from "./arithmetic.mjs";
import { distributions, draw } from "./distributions.mjs";
import { measure } from "./measures.mjs";
import { throttledOf } from "./requestKinds.mjs";

const PAST = 50;
const EMULATOR = join("emulator", "bin", "runbook-emulator.js");
// The package's emulator does not serve Step Functions; that of the tests does, with the limits that the vendor publishes.
const STATES_EMULATOR = join("test", "support", "stepFunctions", "emulator.cjs");
/** Services whose executions have names that the starter gives, also those of the past. */
const NAMED = new Set(["cloudflow", "stepfunctions"]);

/** Stacks without executions, to compare with. */
const TRIVIAL = new Set(["floor", "shaped", "idle"]);

/** The ways in which a stack waits: `variant.cjs` makes the changes in the provider's process. */
export const variants = {
  ours: {},
  "no history": { withoutHistory: true },
  "1 s": { fixedIntervalMs: 1_000 },
  "5 s": { fixedIntervalMs: 5_000 },
  "10 s": { fixedIntervalMs: 10_000 },
};

/**
 * An emulator in a process of its own, so that its work is not counted as ours.
 * @param {number} rate emulated milliseconds per real one
 * @param {number} [offsetMs] the lead of its clock
 * @param {string} [service] the service that it has to offer
 */
export async function startEmulator(rate = 1, offsetMs = 0, service = undefined) {
  const script = join(REPOSITORY, service === "stepfunctions" ? STATES_EMULATOR : EMULATOR);
  const child = spawn(process.execPath, [script, "--port", "0", "--enforce-limits", "--exit-with-parent"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise((resolve) => createInterface(child.stdout).once("line", resolve));
  const { url } = JSON.parse(line);
  const control = (method, path, body) => callEmulator(url, method, path, body);
  await control("POST", "/clock", offsetMs === 0 ? { rate } : { offsetMs, rate });
  return { url, control, close: () => child.kill() };
}

/**
 * Makes a stack: an emulator with the workflows and their past, a program, and the engine's own state. Nothing has run yet.
 * @param {{
 *   cli: string, n: number,
 *   service: "aom" | "functiongraph" | "coc" | "cloudflow" | "stepfunctions" | "floor" | "shaped" | "idle",
 *   variant?: keyof typeof variants, middleMs: number, rate?: number, seed?: number, only?: string | undefined, offsetMs?: number,
 *   faults?: object[], front?: import("./pluginProgram.mjs").Front, plugin?: string, isProbed?: boolean,
 * }} options `middleMs`: the middle duration, in emulated milliseconds; `front`: what carries the executions; `plugin`: the
 *   folder of the plugin, for the fronts that use one; `isProbed`: false leaves Pulumi's processes as they are for users,
 *   without variants, faster clocks and notes
 */
export async function openStack(options) {
  const { cli, service, n, variant = "ours", middleMs, rate = 1, seed = 1, only, offsetMs = 0 } = options;
  const { front = "dynamic", plugin, isProbed = true } = options;
  const state = join(REPOSITORY, ".state");
  mkdirSync(state, { recursive: true });
  const folder = mkdtempSync(join(state, "bench-"));
  cpSync(join(REPOSITORY, "bench", "program"), folder, { recursive: true });
  const emulator = await startEmulator(rate, offsetMs, service);
  const close = () => {
    emulator.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const kinds = only === undefined ? distributions : [only];
    const resources = [];
    let longestMs = 0;
    for (const [index, kind] of kinds.entries()) {
      const count = Math.max(1, Math.floor(n / kinds.length));
      const id = `bench-${kind}`;
      if (!TRIVIAL.has(service)) {
        const past = draw(kind, PAST, middleMs, 1_000 + seed);
        const present = draw(kind, count, middleMs, seed + index);
        longestMs = Math.max(longestMs, ...present);
        await script(emulator, service, id, [...past, ...present]);
        const { now } = await emulator.control("GET", "/clock");
        for (const [run, ms] of past.entries()) {
          const startedAt = now - 86_400_000 - run * 3_600_000 - ms;
          await emulator.control("POST", "/executions", {
            service,
            workflowId: id,
            startedAt,
            executionId: NAMED.has(service) ? `past-${run}` : undefined,
          });
        }
      }
      for (let item = 0; item < count; item += 1) {
        resources.push({ name: `${kind}-${item}`, args: argumentsOf(service, id) });
      }
    }
    const plan = { service, resources, idleMs: middleMs, package: packageOf(front) };
    writeFileSync(join(folder, "plan.json"), JSON.stringify(plan));
    if (front !== "dynamic") usePlugin({ folder, front, plugin, service, resources });
    for (const fault of options.faults ?? []) await emulator.control("POST", "/faults", fault);

    const probe = join(folder, "probe.jsonl");
    const env = {
      ...pulumiEnvironment({ cli, stateFolder: join(folder, "state") }),
      // Otherwise most of the time of a large stack is the engine rewriting its checkpoint, for the floor as for us.
      PULUMI_EXPERIMENTAL: "1",
      PULUMI_SKIP_CHECKPOINTS: "1",
      ...(isProbed ? { NODE_OPTIONS: `--require ${join(REPOSITORY, "bench", "probe.cjs")}` } : {}),
      BENCH_PROBE_FILE: probe,
      BENCH_COUNT: String(resources.length),
      BENCH_ALL_STARTED_MS: String(3_000 + resources.length * (NAMED.has(service) ? 10 : 110 / rate)),
      BENCH_VARIANT: JSON.stringify({ ...variants[variant], clockRate: rate }),
      ...accountsAt(emulator.url),
    };
    const pulumi = (...args) => runPulumi([...args, "--non-interactive"], { cwd: folder, env });
    /**
     * @param {"up" | "refresh"} operation
     * @param {{ parallel?: number | undefined, onStart?: (pid: number) => void }} [how] `parallel`: by default, all resources at
     *   once; undefined leaves it to the engine; `onStart` gets the id of the engine's process
     */
    const operate = async (operation, { parallel, onStart } = { parallel: 2 * n + 8 }) => {
      const begin = Date.now();
      const flags = ["--yes", "--skip-preview", "--suppress-outputs", "--non-interactive"];
      const args = [operation, ...flags, ...(parallel === undefined ? [] : ["--parallel", String(parallel)])];
      const ended = await runPulumi(args, { cwd: folder, env, onStart });
      return { ...ended, ms: Date.now() - begin };
    };
    await pulumi("stack", "init", "bench");
    const count = resources.length;
    return {
      folder,
      env,
      emulator,
      kinds,
      count,
      longestMs,
      pulumi,
      operate,
      notes: () => notes(probe),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Runs one stack and measures it.
 * @param {Parameters<typeof openStack>[0] & {
 *   during?: (run: { hostPid: () => number | undefined }) => Promise<void>, after?: boolean,
 * }} options `after`: also a no-change `up` and a refresh
 */
export async function runStack(options) {
  const { service, variant = "ours", middleMs, rate = 1, only } = options;
  const stack = await openStack(options);
  const { emulator, operate, longestMs } = stack;
  try {
    const hostPid = () => stack.notes().find(({ kind }) => kind === "loaded")?.pid;
    const up = operate("up");
    const during = options.during?.({ hostPid });
    const { ok, output, ms: wallMs } = await up;
    await during;
    if (!ok && TRIVIAL.has(service)) throw new Error(output.slice(-2_000));

    const lines = stack.notes();
    const result = {
      service,
      n: stack.count,
      variant,
      distribution: only ?? "all four",
      middleMs,
      rate,
      ok,
      wallMs: wallMs * rate,
      longestMs,
      cpuSeconds: Math.max(0, ...lines.map(({ cpuSeconds }) => cpuSeconds)),
      peakMb: Math.max(0, ...lines.map(({ peakKb }) => peakKb)) / 1024,
      // Once all wait, after collection: the memory that is really held.
      ...lines.find(({ kind }) => kind === "all wait")?.memory,
      ...(ok ? {} : { output: output.slice(-1_500) }),
    };
    if (TRIVIAL.has(service)) return result;
    const counts = (await emulator.control("GET", "/requests/counts")).counts;
    Object.assign(result, await measure(emulator, lines, counts, stack.kinds, rate), { counts });
    if (options.after) {
      await emulator.control("DELETE", "/requests");
      const again = await operate("up");
      const sameCounts = (await emulator.control("GET", "/requests/counts")).counts;
      await emulator.control("DELETE", "/requests");
      const refresh = await operate("refresh");
      const refreshCounts = (await emulator.control("GET", "/requests/counts")).counts;
      Object.assign(result, {
        sameOk: again.ok,
        sameRequests: sum(Object.values(sameCounts)),
        refreshMs: refresh.ms,
        refreshOk: refresh.ok,
        refreshRequests: sum(Object.values(refreshCounts)),
        refreshThrottled: throttledOf(refreshCounts),
      });
    }
    return result;
  } finally {
    stack.close();
  }
}

async function script(emulator, service, id, durations) {
  await emulator.control("PUT", `/workflows/${id}`, {
    service,
    nodes: [
      { id: "prepare", name: "Prepare", durationMs: 0 },
      { id: "work", name: "Work", durationMs: 0 },
      { id: "verify", name: "Verify", durationMs: 0, output: { version: "1.4.2" } },
    ],
    runs: durations.map((ms) => {
      const parts = [Math.round(ms * 0.2), Math.round(ms * 0.6)];
      return { durationsMs: [...parts, ms - parts[0] - parts[1]] };
    }),
  });
}

function argumentsOf(service, id) {
  if (service === "floor" || service === "idle") return {};
  if (service === "cloudflow") return { flowName: id };
  if (service === "stepfunctions") {
    return { stateMachineArn: `arn:aws:states:us-east-1:123456789012:stateMachine:${id}` };
  }
  // Executions of one stack and one workflow are all wanted: none of them stands for another.
  return { [service === "coc" ? "documentId" : "workflowId"]: id, concurrency: "allow" };
}

/** Settings that belong to an account, not to a runbook, are in no resource. */
function accountsAt(endpoint) {
  return {
    HW_ACCESS_KEY: "EMULATORACCESSKEY0001",
    HW_SECRET_KEY: "emulator-secret-key-0001",
    HW_REGION_NAME: "cn-north-4",
    HW_PROJECT_ID: "0123456789abcdef0123456789abcdef",
    HUAWEICLOUD_SDK_REGION_AOM_CN_NORTH_4: endpoint,
    HUAWEICLOUD_SDK_REGION_FUNCTIONGRAPH_CN_NORTH_4: endpoint,
    HUAWEICLOUD_SDK_REGION_COC_CN_NORTH_4: endpoint,
    HUAWEICLOUD_SDK_IAM_ENDPOINT: endpoint,
    ALIBABA_CLOUD_ACCESS_KEY_ID: "EMULATORACCESSKEY0001",
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: "emulator-secret-key-0001",
    ALIBABA_CLOUD_REGION: "cn-hangzhou",
    FNF_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: "EMULATORACCESSKEY0001",
    AWS_SECRET_ACCESS_KEY: "emulator-secret-key-0001",
    AWS_ENDPOINT_URL_SFN: endpoint,
  };
}

function notes(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function runPulumi(args, { cwd, env, onStart }) {
  return new Promise((resolve) => {
    const child = spawn("pulumi", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    if (child.pid !== undefined) onStart?.(child.pid);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
    child.on("close", (code) => resolve({ ok: code === 0, output }));
  });
}
