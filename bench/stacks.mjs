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
import { distributions, draw } from "./distributions.mjs";

const PAST = 50;
const EMULATOR = join("emulator", "bin", "runbook-emulator.js");
// The package's emulator does not serve Step Functions; that of the tests does, with the limits that the vendor publishes.
const STATES_EMULATOR = join("test", "support", "stepFunctions", "emulator.cjs");
/** Services whose executions have names that the starter gives, also those of the past. */
const NAMED = new Set(["cloudflow", "stepfunctions"]);

/**
 * Operations that read the state of executions. Every request for such an operation that reaches the service is a
 * status request, also if it is refused or sent again. Exception: requests that `kindOf` recognises by the request
 * alone as having another purpose.
 */
const STATUS_OPERATIONS = new Set([
  "aom:SearchWorkflowExecutionDetail",
  "aom:ListWorkflowExecutions",
  "functiongraph:ShowWorkflowExecution",
  "functiongraph:ShowWorkflowExecutionForPage",
  "functiongraph:ListWorkflowExecutions",
  "coc:ShowExecution",
  "coc:ListExecutions",
  "cloudflow:DescribeExecution",
  "cloudflow:ListExecutions",
  "stepfunctions:DescribeExecution",
  "stepfunctions:ListExecutions",
]);

const START_OPERATIONS = new Set([
  "aom:ExecuteWorkflow",
  "functiongraph:StartWorkflowExecution",
  "coc:ExecuteDocument",
  "cloudflow:StartExecution",
  "stepfunctions:StartExecution",
]);
const STEP_OPERATIONS = new Set([
  "coc:ListExecutionSteps",
  "cloudflow:GetExecutionHistory",
  "stepfunctions:GetExecutionHistory",
]);

/** The emulator keeps at most this many requests whole; of more, only their number is known. */
const KEPT_REQUESTS = 10_000;

/** The log's purpose of a request: "start", "startLook", "past", "steps", "status" or "other". */
function kindOf({ service, operation, path, subject = "" }, hasStarted) {
  const name = `${service}:${operation}`;
  if (START_OPERATIONS.has(name)) return "start";
  if (STEP_OPERATIONS.has(name)) return "steps";
  if (!STATUS_OPERATIONS.has(name)) return "other";
  // A request before the first start is for others' executions.
  if (!hasStarted) return "startLook";
  // Only a start asks FunctionGraph for running executions, and only the request for the history asks for successes. AOM
  // filters nothing: there both count as status requests.
  if (name === "functiongraph:ListWorkflowExecutions")
    return /[?&]status=running(&|$)/i.test(path) ? "startLook" : "past";
  if (name === "cloudflow:ListExecutions" && /[?&]Status=Succeeded(&|$)/.test(path)) return "past";
  if (name === "stepfunctions:ListExecutions" && subject.endsWith("/SUCCEEDED")) return "past";
  return "status";
}

/** Number of requests of each kind; where the log is no longer whole, all that may be status requests are. */
function countKinds(requests, counts) {
  const kinds = { start: 0, startLook: 0, past: 0, steps: 0, status: 0, other: 0 };
  let hasStarted = false;
  if (requests.length < KEPT_REQUESTS) {
    for (const request of requests) {
      const kind = kindOf(request, hasStarted);
      hasStarted ||= kind === "start";
      kinds[kind] += 1;
    }
    return kinds;
  }
  for (const [key, count] of Object.entries(counts)) {
    const [service, operation] = key.split(":");
    const kind = kindOf({ service, operation, path: "" }, true);
    kinds[kind === "past" ? "status" : kind] += count;
  }
  return kinds;
}

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
    Object.assign(result, await figures(emulator, lines, counts, stack.kinds, rate), { counts });
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

async function figures(emulator, lines, counts, kinds, rate) {
  const { executions } = await emulator.control("GET", "/executions");
  const { now: emulatedNow } = await emulator.control("GET", "/clock");
  const machineNow = Date.now();
  // The clocks are read one after the other, a few milliseconds apart.
  const toEmulated = (at) => emulatedNow - (machineNow - at) * rate;
  const byId = new Map(executions.map((execution) => [execution.executionId.split(":").at(-1), execution]));
  const lags = [];
  for (const line of lines.filter(({ kind, id }) => kind === "end" && id !== undefined)) {
    const execution = byId.get(line.id);
    const endedAt = timeOf(execution?.endedAt);
    if (endedAt === undefined) continue;
    lags.push({
      kind: execution.workflowId.replace("bench-", ""),
      lagMs: Math.max(0, toEmulated(line.at) - endedAt),
      durationMs: endedAt - timeOf(execution.startedAt),
    });
  }
  const { requests } = await emulator.control("GET", "/requests");
  const asked = countKinds(requests, counts);
  const statusRequests = asked.status;
  const minutes = sum(lags.map(({ durationMs }) => durationMs / 60_000));
  const of = (items) => {
    const values = items.map(({ lagMs }) => lagMs);
    const relative = items.map(({ lagMs, durationMs }) => lagMs / Math.max(1_000, durationMs * 0.03));
    return {
      p50Ms: percentile(values, 0.5),
      p95Ms: percentile(values, 0.95),
      maxMs: Math.max(0, ...values),
      relativeP95: percentile(relative, 0.95),
    };
  };
  return {
    seen: lags.length,
    ...of(lags),
    byDistribution: Object.fromEntries(
      kinds.map((kind) => [kind, of(lags.filter((lag) => lag.kind === kind))]),
    ),
    statusRequests,
    requestsEach: statusRequests / Math.max(1, lags.length),
    requestsPerMinute: statusRequests / Math.max(1e-9, minutes),
    allowedByTenSeconds:
      sum(lags.map(({ durationMs }) => 1 + Math.floor(durationMs / 10_000))) / Math.max(1, lags.length),
    allowedByMinutes: sum(lags.map(({ durationMs }) => 1 + durationMs / 60_000)) / Math.max(1, lags.length),
    asked,
    throttled: throttledOf(counts),
  };
}

function timeOf(value) {
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" ? value : Date.parse(value);
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

/** Refusals for being asked too often. AWS has 400 for them, as for every refusal: nothing else here is refused. */
function throttledOf(counts) {
  const isRefusal = (key) => key.endsWith(":429") || /^stepfunctions:.*:400$/.test(key);
  return sum(Object.entries(counts).map(([key, count]) => (isRefusal(key) ? count : 0)));
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

/** Adds up. */
export function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** The value below which `share` of the others lie. */
export function percentile(values, share) {
  const ascending = [...values].sort((a, b) => a - b);
  return ascending[Math.min(ascending.length - 1, Math.ceil(ascending.length * share) - 1)] ?? 0;
}
