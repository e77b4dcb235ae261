/**
 * One alias moves a resource from the dynamic provider to the plugin and back: nothing runs, whatever state it is in, also
 * after a deployment that was killed, and what was armed still runs at the destroy.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { control, executionsOf } from "../support/emulators";
import type { PluginStack } from "../support/pluginStack";
import { openPluginStack } from "../support/pluginStack";

let emulator: Emulator;
let stack: PluginStack;
beforeEach(async () => {
  emulator = await startEmulator();
  const script = async (name: string, node: object): Promise<void> => {
    const nodes = [{ id: "Work", name: "Work", ...node }];
    await control(emulator, "PUT", `/workflows/${name}`, { service: "aom", nodes });
  };
  await script("quick", { durationMs: 200 });
  await script("broken", { durationMs: 100, status: "fail" });
  await script("slow", { durationMs: 3_600_000 });
  stack = await openPluginStack(emulator.url);
});
afterEach(async () => {
  stack.close();
  await emulator.close();
});

const resources = {
  healthy: { workflowId: "quick", triggers: { image: "1" } },
  failed: { workflowId: "broken", onFailure: "continue", rerunOn: [] },
  running: { workflowId: "slow", waitFor: "started" },
  armed: { workflowId: "quick", runOn: "destroy" },
};

type Front = "dynamic" | "plugin";

function useFront(front: Front, declared: object = resources, options: object = {}): void {
  writeFileSync(
    join(stack.folder, "index.js"),
    `const pulumi = require("@pulumi/pulumi");
const { aom } = require("pulumi-runbook");
const types = { dynamic: "pulumi-nodejs:aom:WorkflowExecution", plugin: "runbook:aom:WorkflowExecution" };
for (const [name, args] of Object.entries(${JSON.stringify(declared)})) {
  const options = ${JSON.stringify(options)};
  if (${JSON.stringify(front)} === "plugin") {
    new pulumi.CustomResource(types.plugin, name, args, { ...options, aliases: [{ type: types.dynamic }] });
  } else {
    new aom.WorkflowExecution(name, args, { ...options, aliases: [{ type: types.plugin }] });
  }
}
`,
  );
}

test("dynamic to plugin and back, healthy, failed, running and armed", async () => {
  stack.program({}, "nodejs");
  useFront("dynamic");
  const first = await stack.pulumi("up");
  expect(first).toMatchObject({ code: 0 });
  const before = await executionsOf(emulator);
  expect(before).toHaveLength(3);
  const idOf = async (name: string): Promise<string | undefined> => (await stack.resource(name)).id;
  const ids = await Promise.all(Object.keys(resources).map(idOf));

  for (const front of ["plugin", "dynamic", "plugin"] as const) {
    useFront(front);
    const moved = await stack.pulumi("up");
    expect({ front, ...moved }).toMatchObject({
      front,
      code: 0,
      output: expect.not.stringMatching(/replaced|errored/),
    });
    expect((await stack.resource("healthy")).type).toBe(
      front === "plugin" ? "runbook:aom:WorkflowExecution" : "pulumi-nodejs:aom:WorkflowExecution",
    );
    expect(await Promise.all(Object.keys(resources).map(idOf))).toEqual(ids);
    expect(await executionsOf(emulator)).toHaveLength(3);
  }
  const destroyed = await stack.pulumi("destroy");
  expect(destroyed).toMatchObject({ code: 0 });
  const after = await executionsOf(emulator);
  expect(after).toHaveLength(4);
  expect(after.filter(({ status }) => /^running$/i.test(status))).toEqual([]);
});

test.each<[Front, Front]>([
  ["dynamic", "plugin"],
  ["plugin", "dynamic"],
])("%s to %s, of a run whose deployment was killed, and whose next one ended before it", async (from, to) => {
  const cut = { cut: { workflowId: "slow" } };
  stack.program({}, "nodejs");
  useFront(from, cut);
  const killed = stack.start("up");
  await Promise.race([killed.end, untilOneRuns()]);
  killed.process.kill("SIGKILL");
  await killed.end;
  expect((await stack.resources()).filter(({ urn }) => urn.endsWith("::cut"))).toEqual([]);
  await stack.pulumi("cancel", "--yes");

  // The page says to run the old program once: the journal has the run under the URN of the old type.
  useFront(from, cut, { customTimeouts: { create: "1s" } });
  const adopted = await stack.pulumi("up");
  expect(adopted).toMatchObject({
    code: 1,
    output: expect.stringContaining("after this deployment waited 1s (customTimeouts)"),
  });
  const { id } = await stack.resource("cut");
  const [started] = await executionsOf(emulator);
  expect(id).toBe(started!.executionId);

  useFront(to, { cut: { ...cut.cut, waitFor: "started" } });
  const moved = await stack.pulumi("up");
  expect(moved).toMatchObject({ code: 0, output: expect.not.stringMatching(/replaced|errored/) });
  const after = await stack.resource("cut");
  expect(after).toMatchObject({
    id,
    type: to === "plugin" ? "runbook:aom:WorkflowExecution" : "pulumi-nodejs:aom:WorkflowExecution",
    outputs: { status: "running", executionId: id },
  });
  expect(after.initErrors).toBeUndefined();

  expect(await stack.pulumi("destroy")).toMatchObject({ code: 0 });
  const all = await executionsOf(emulator);
  expect(all.map(({ executionId }) => executionId)).toEqual([id]);
  expect(all[0]!.status).not.toMatch(/^running$/i);
});

async function untilOneRuns(): Promise<void> {
  while ((await executionsOf(emulator)).length === 0) await new Promise((done) => setTimeout(done, 20));
}
