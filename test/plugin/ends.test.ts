/** The ends of the plugin's process and of its deployments, and the content of the journal afterwards. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { RunRegister } from "../../provider/src/lifecycle";
import { control, executionsOf } from "../support/emulators";
import type { Plugin } from "../support/plugin/pluginProcess";
import type { CallFailed } from "../support/plugin/providerCalls";
import { listenAsEngine } from "../support/plugin/engineServer";
import { EngineSide } from "../support/plugin/engineSide";
import { emulatorPluginSettings, pluginMain, startPlugin } from "../support/plugin/pluginProcess";
import { failureOf } from "../support/plugin/providerCalls";
import { urnOf } from "../support/plugin/wireValues";
import { until } from "../support/until";

let emulator: Emulator;
let home: string;
const open: Plugin[] = [];
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(async () => {
  await control(emulator, "POST", "/reset");
  const nodes = (durationMs: number): object => ({
    service: "aom",
    nodes: [{ id: "Work", name: "Work", durationMs }],
  });
  await control(emulator, "PUT", "/workflows/quick", nodes(50));
  await control(emulator, "PUT", "/workflows/slow", nodes(3_600_000));
  home = mkdtempSync(join(tmpdir(), "runbook-ends-"));
});
afterEach(async () => {
  for (const plugin of open.splice(0)) {
    plugin.process.kill("SIGKILL");
    await plugin.ended;
    plugin.engine.close();
  }
  rmSync(home, { recursive: true, force: true });
});

const start = async (options: Parameters<typeof startPlugin>[1] = {}): Promise<Plugin> => {
  const plugin = await startPlugin(emulator, { home, ...options });
  open.push(plugin);
  return plugin;
};
const pendingOf = (urn: string): ReturnType<RunRegister["pending"]> =>
  new RunRegister({ journalFolder: join(home, "runbook", "journal") }).pending("aom", urn);
const runningOnes = async (): Promise<number> =>
  (await executionsOf(emulator)).filter(({ status }) => /^running$/i.test(status)).length;
// Limit for events that otherwise take the hour of "slow"; a busy machine needs its time.
const soonMs = 20_000;
const msOf = async (work: Promise<unknown>): Promise<number> => {
  const before = performance.now();
  await work;
  return performance.now() - before;
};
/** Creates what goes on running, and waits until it does. */
async function underWay({ engine }: Plugin, urn: string): Promise<{ creating: Promise<CallFailed> }> {
  await engine.check(urn, { workflowId: "slow" });
  const creating = failureOf(engine.create(urn, { workflowId: "slow" }));
  // The answer to the start has arrived: between the service's start and that moment, no id could be known.
  await until(async () => (await pendingOf(urn))?.executionId !== undefined);
  return { creating };
}

const urn = urnOf("patch");

test("the engine is done: after Cancel comes SIGINT, which tells the journal what has arrived and ends the process", async () => {
  const plugin = await start();
  await plugin.engine.check(urn, { workflowId: "quick" });
  const { id } = await plugin.engine.create(urn, { workflowId: "quick" });
  expect(await pendingOf(urn)).toMatchObject({ executionId: id });
  expect((await pendingOf(urn))?.isAnswered).toBeUndefined();
  await plugin.engine.cancel();
  expect((await pendingOf(urn))?.isAnswered).toBeUndefined();
  expect(await msOf((plugin.process.kill("SIGINT"), plugin.ended))).toBeLessThan(soonMs);
  expect(await plugin.ended).toBe(0);
  expect(await pendingOf(urn)).toMatchObject({ executionId: id, isAnswered: true });
  // The next deployment sees the state.
  const next = await start();
  await next.engine.check(urn, { workflowId: "quick" }, { workflowId: "quick" });
  const stored = {
    inputs: { workflowId: "quick" },
    outputs: { workflowId: "quick", executionId: id, status: "succeeded" },
  };
  await next.engine.diff(urn, id, stored, { workflowId: "quick" });
  expect(await pendingOf(urn)).toBeUndefined();
});

test("Ctrl-C twice: what was answered right before may be missing in the state, so the next deployment has it again", async () => {
  const plugin = await start();
  await plugin.engine.check(urn, { workflowId: "quick" });
  const { id } = await plugin.engine.create(urn, { workflowId: "quick" });
  // Nothing is under way, as when an engine is done; then the engine is gone, and has saved nothing.
  await plugin.engine.cancel();
  plugin.process.stdin!.end();
  expect(await plugin.ended).toBe(1);

  const next = await start();
  await next.engine.check(urn, { workflowId: "quick" });
  expect(await next.engine.create(urn, { workflowId: "quick" })).toMatchObject({ id });
  expect(await executionsOf(emulator)).toHaveLength(1);
});

test("an engine that only sends the signal is done as well", async () => {
  const plugin = await start();
  await plugin.engine.check(urn, { workflowId: "quick" });
  const { id } = await plugin.engine.create(urn, { workflowId: "quick" });
  plugin.process.kill("SIGINT");
  expect(await plugin.ended).toBe(0);
  expect(await pendingOf(urn)).toMatchObject({ executionId: id, isAnswered: true });
});

test("Ctrl-C: Cancel is answered at once, the create soon with its id, and the journal keeps the start", async () => {
  const plugin = await start();
  const { creating } = await underWay(plugin, urn);
  expect(await msOf(plugin.engine.cancel())).toBeLessThan(soonMs);
  const { initFailure } = await creating;
  const [execution] = await executionsOf(emulator);
  expect(initFailure).toMatchObject({ id: execution!.executionId, refreshBeforeUpdate: true });
  expect(await pendingOf(urn)).toMatchObject({ executionId: execution!.executionId });
  expect((await pendingOf(urn))?.isAnswered).toBeUndefined();
  // Again, and then nothing new is started.
  await plugin.engine.cancel();
  await plugin.engine.check(urnOf("other"), { workflowId: "quick" });
  const refused = await failureOf(plugin.engine.create(urnOf("other"), { workflowId: "quick" }));
  expect(refused.initFailure).toBeUndefined();
  expect(refused.message).toContain("Nothing was started");
  expect(await executionsOf(emulator)).toHaveLength(1);
});

test("Cancel while a start is on its way: its answer is waited for, so its id is not lost", async () => {
  const plugin = await start();
  await control(emulator, "POST", "/faults", {
    operation: "ExecuteWorkflow",
    action: "delay",
    delayMs: 500,
    count: 1,
  });
  await plugin.engine.check(urn, { workflowId: "slow" });
  const creating = failureOf(plugin.engine.create(urn, { workflowId: "slow" }));
  await until(async () => {
    const { requests } = (await control(emulator, "GET", "/requests")) as {
      requests: { operation: string }[];
    };
    return requests.some(({ operation }) => operation === "ExecuteWorkflow") || (await runningOnes()) > 0;
  });
  await plugin.engine.cancel();
  const { initFailure } = await creating;
  expect(initFailure?.id).toBe((await executionsOf(emulator))[0]?.executionId);
});

test("SIGINT in mid-create: the answer still goes out, and the process ends in time", async () => {
  const plugin = await start();
  const { creating } = await underWay(plugin, urn);
  const ending = msOf(plugin.ended);
  plugin.process.kill("SIGINT");
  expect((await creating).initFailure?.id).toBe((await executionsOf(emulator))[0]?.executionId);
  expect(await ending).toBeLessThan(soonMs);
});

test("an engine that was killed: the pipe ends, the process is soon gone, and the next one adopts its run", async () => {
  const plugin = await start();
  await underWay(plugin, urn);
  const [execution] = await executionsOf(emulator);
  const ending = msOf(plugin.ended);
  plugin.process.stdin!.end();
  expect(await ending).toBeLessThan(soonMs);
  expect(await plugin.ended).toBe(1);
  expect((await pendingOf(urn))?.isAnswered).toBeUndefined();

  const next = await start();
  await next.engine.check(urn, { workflowId: "slow", timeoutSeconds: 1 });
  const { initFailure } = await failureOf(next.engine.create(urn, { workflowId: "slow", timeoutSeconds: 1 }));
  expect(initFailure?.id).toBe(execution!.executionId);
  expect(await executionsOf(emulator)).toHaveLength(1);
});

test("nothing to read on the standard input is no engine that was killed", async () => {
  const child = spawn(process.execPath, [pluginMain, "127.0.0.1:1"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(child.exitCode).toBeNull();
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("a parent that is gone ends a process that has no pipe", async () => {
  const script = `exec 0</dev/null; "$0" "$1" 127.0.0.1:1 & echo "pid $!"; sleep 1`;
  const shell = spawn("sh", ["-c", script, process.execPath, pluginMain], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  shell.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(shell, "exit");
  const pid = Number(/pid (\d+)/.exec(text)?.[1]);
  const isThere = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await until(() => !isThere());
});

test.each([
  ["is not awaited to its end", { workflowId: "slow", timeoutSeconds: 1 }],
  ["fails", { workflowId: "broken" }],
  ["fails, by a key of the program", { workflowId: "broken", executionKey: "release-7" }],
])(
  "a create that a hook of the program repeats is answered with the same execution: one that %s",
  async (_how, inputs) => {
    const nodes = [{ id: "Work", name: "Work", durationMs: 50, status: "fail" }];
    await control(emulator, "PUT", "/workflows/broken", { service: "aom", nodes });
    const plugin = await start();
    await plugin.engine.check(urn, inputs);
    const ids: (string | undefined)[] = [];
    for (let time = 0; time < 3; time += 1) {
      ids.push((await failureOf(plugin.engine.create(urn, inputs))).initFailure?.id);
    }
    const executions = await executionsOf(emulator);
    expect(executions).toHaveLength(1);
    expect(ids).toEqual(Array(3).fill(executions[0]!.executionId));
  },
);

test("a stray rejection ends nobody's wait", async () => {
  const file = join(home, "stray.cjs");
  writeFileSync(
    file,
    `setTimeout(() => { void Promise.reject(new Error("stray")); throw new TypeError("thrown"); }, 700);`,
  );
  const plugin = await start({ env: { NODE_OPTIONS: `--require ${file}` } });
  const nodes = [{ id: "Work", name: "Work", durationMs: 1_200 }];
  await control(emulator, "PUT", "/workflows/longer", { service: "aom", nodes });
  const create = async (name: string): Promise<unknown> => {
    await plugin.engine.check(urnOf(name), { workflowId: "longer" });
    return (await plugin.engine.create(urnOf(name), { workflowId: "longer", concurrency: "allow" })).outputs[
      "status"
    ];
  };
  expect(await Promise.all([create("one"), create("two")])).toEqual(["succeeded", "succeeded"]);
  await until(() => plugin.stderr().includes("stray") && plugin.stderr().includes("thrown"));
  expect(plugin.process.exitCode).toBeNull();
});

test("engines that attach one after the other: each has its own settings, and the end of one is not that of the next", async () => {
  const plugin = await start({ args: [] });
  await plugin.engine.check(urn, { workflowId: "quick" });
  await plugin.engine.create(urn, { workflowId: "quick" });
  await plugin.engine.cancel();

  const server = await listenAsEngine();
  const second = new EngineSide(server, plugin.port);
  try {
    await second.handshake();
    await second.attach();
    await second.configure({});
    const { failures } = await second.check(urnOf("second"), { workflowId: "quick" });
    expect(failures.map(({ reason }) => reason).join()).toContain("region");
    const third = new EngineSide(server, plugin.port);
    await third.handshake();
    await third.configure(emulatorPluginSettings(emulator));
    await third.check(urnOf("third"), { workflowId: "quick" });
    expect((await third.create(urnOf("third"), { workflowId: "quick" })).outputs["status"]).toBe("succeeded");
    third.client.close();
  } finally {
    second.close();
  }
});
