/**
 * Replacements that the engine decides on, refreshes in a deployment, and settings that a preview does not know: under the real
 * engine, with the plugin. One run for one reason, and none that nobody asked for.
 */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { control, executionsOf } from "../support/emulators";
import type { PluginStack, YamlProgram } from "../support/pluginStack";
import { hasYaml, openPluginStack } from "../support/pluginStack";

const onYaml = hasYaml ? describe : describe.skip;

let emulator: Emulator;
let stack: PluginStack;
beforeEach(async () => {
  emulator = await startEmulator();
  const script = async (name: string, node: object): Promise<void> => {
    const nodes = [{ id: "Work", name: "Work", ...node }];
    await control(emulator, "PUT", `/workflows/${name}`, { service: "aom", nodes });
  };
  await script("quick", { durationMs: 200 });
  await script("slow", { durationMs: 3_600_000 });
  await script("soon-broken", { durationMs: 5_000, status: "fail" });
  stack = await openPluginStack(emulator.url);
});
afterEach(async () => {
  stack.close();
  await emulator.close();
});

const patch = (properties: object, options: object = {}): YamlProgram => ({
  resources: {
    patch: {
      type: "runbook:aom:WorkflowExecution",
      properties: { workflowId: "quick", ...properties },
      options,
    },
  },
});
const statuses = async (): Promise<string[]> =>
  (await executionsOf(emulator)).map(({ status }) => status.toLowerCase());
const up = async (...args: string[]): Promise<string> => {
  const { code, output } = await stack.pulumi("up", ...args);
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
};

onYaml("a YAML program", () => {
  test("what the engine replaces runs once more: --replace, replaceOnChanges, deleteBeforeReplace, a dependency's", async () => {
    stack.program(patch({}));
    await up();
    expect(await statuses()).toHaveLength(1);
    const { urn } = await stack.resource("patch");
    expect(await up("--replace", urn)).toContain("+-1 replaced");
    expect(await statuses()).toHaveLength(2);

    stack.program(patch({ timeoutSeconds: 60 }, { replaceOnChanges: ["timeoutSeconds"] }));
    const replaced = await up();
    expect(replaced).toContain("+-1 replaced");
    expect(replaced).not.toContain("no new run");
    expect(await statuses()).toHaveLength(3);

    stack.program(patch({ triggers: { image: "2" } }, { deleteBeforeReplace: true }));
    await up();
    expect(await statuses()).toHaveLength(4);
    expect(await up()).toContain("2 unchanged");

    stack.program(patch({ triggers: { image: "3" } }, { ignoreChanges: ["triggers"] }));
    expect(await up()).toContain("2 unchanged");
    expect(await statuses()).toHaveLength(4);
  });

  test("a run that failed after its deployment had gone: the preview looks by itself, says so, and the up runs it again", async () => {
    stack.program(patch({ workflowId: "soon-broken" }, { customTimeouts: { create: "1s" } }));
    expect((await stack.pulumi("up")).code).toBe(1);
    expect(await stack.resource("patch")).toMatchObject({ refreshBeforeUpdate: true });
    while ((await statuses()).includes("running")) await new Promise((done) => setTimeout(done, 200));
    const preview = await stack.pulumi("preview");
    expect(preview.output).toContain('runs again: last execution failed (rerunOn includes "failed")');
    expect(await statuses()).toHaveLength(1);
    await control(emulator, "PUT", "/workflows/soon-broken", {
      service: "aom",
      nodes: [{ id: "Work", name: "Work", durationMs: 100 }],
    });
    stack.program(patch({ workflowId: "soon-broken" }));
    await up();
    expect(await statuses()).toHaveLength(2);
    expect((await stack.resource("patch")).refreshBeforeUpdate).toBeFalsy();
  });

  test("a refresh in a deployment forgets no failure: what depends on it waits for the next run", async () => {
    const program = (workflowId: string): YamlProgram => ({
      resources: {
        ...patch({ workflowId }).resources,
        after: {
          type: "runbook:aom:WorkflowExecution",
          properties: { workflowId: "quick", triggers: { before: "${patch.executionId}" } },
        },
      },
    });
    stack.program(program("soon-broken"));
    expect((await stack.pulumi("up")).code).toBe(1);
    expect((await stack.pulumi("refresh")).code).toBe(0);
    const { urn } = await stack.resource("patch");
    const again = await stack.pulumi(
      "up",
      "--refresh",
      "--target",
      urn.replace("::patch", "::after"),
      "--target-dependents",
    );
    expect(again.output).not.toMatch(/after created/);
    expect((await stack.resources()).some(({ urn: each }) => each.endsWith("::after"))).toBe(false);
    stack.program(program("quick"));
    await up("--refresh");
    expect((await stack.resource("after")).outputs).toMatchObject({ status: "succeeded" });
    expect(await statuses()).toHaveLength(3);
  });

  test("a run that goes on, with replaceOnChanges for everything: another one is started, and the destroy stops both", async () => {
    const options = { replaceOnChanges: ["*"], customTimeouts: { create: "1s" } };
    stack.program(patch({ workflowId: "slow" }, options));
    expect((await stack.pulumi("up")).code).toBe(1);
    await stack.pulumi("up");
    // The program has asked for it: not being ready is a change as well.
    expect(await statuses()).toEqual(["running", "running"]);
    expect((await stack.pulumi("destroy")).code).toBe(0);
    expect((await statuses()).filter((status) => status === "running")).toEqual([]);
  });

  test("settings that another resource gives: the preview passes, the up runs, a second one has nothing to do", async () => {
    const { url } = emulator;
    const account = {
      region: "${first.region}",
      projectId: "${first.projectId}",
      accessKey: "EMULATORACCESSKEY0001",
      secretKey: { "fn::secret": "emulator-secret-key-0001" },
      endpoints: { aom: url, iam: url },
    };
    stack.program({
      resources: {
        first: { type: "runbook:aom:WorkflowExecution", properties: { workflowId: "quick" } },
        other: { type: "pulumi:providers:runbook", properties: { huaweicloud: account } },
        second: {
          type: "runbook:aom:WorkflowExecution",
          properties: { workflowId: "quick" },
          options: { provider: "${other}" },
        },
      },
    });
    const preview = await stack.pulumi("preview");
    expect(preview).toMatchObject({ code: 0 });
    await up();
    expect((await stack.resource("second")).outputs).toMatchObject({
      region: "cn-north-4",
      status: "succeeded",
    });
    expect(await up()).toContain("4 unchanged");
    expect(await statuses()).toHaveLength(2);
  });
});
