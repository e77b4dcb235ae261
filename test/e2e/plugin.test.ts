/**
 * The plugin under the real engine, from a YAML program, against the emulator: what a user does with it, from the first
 * preview to the destroy.
 */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { control, executionsOf } from "../support/emulators";
import type { PluginStack, YamlProgram } from "../support/pluginStack";
import { hasYaml, openPluginStack } from "../support/pluginStack";
import { demoProjectId } from "../support/sessions";
import { until } from "../support/until";

const onYaml = hasYaml ? describe : describe.skip;

let emulator: Emulator;
let stack: PluginStack;
beforeEach(async () => {
  emulator = await startEmulator();
  const script = async (name: string, node: object, more: object = {}): Promise<void> => {
    const nodes = [{ id: "Work", name: "Work", ...node }];
    await control(emulator, "PUT", `/workflows/${name}`, { service: "aom", nodes, ...more });
  };
  await script("quick", { durationMs: 300, output: { version: "1.4.2" } });
  await script("slow", { durationMs: 3_600_000 });
  await script("longer", { durationMs: 12_000 });
  await script("broken", { durationMs: 100, status: "fail", error: "no space left" });
  stack = await openPluginStack(emulator.url);
});
afterEach(async () => {
  stack.close();
  await emulator.close();
});

const aom = (properties: object, options?: object): object => ({
  type: "runbook:aom:WorkflowExecution",
  properties,
  ...(options ? { options } : {}),
});
const patch = (properties: object, options?: object): YamlProgram => ({
  resources: { patch: aom({ workflowId: "quick", ...properties }, options) },
});
const count = async (): Promise<number> => (await executionsOf(emulator)).length;
const running = async (): Promise<number> =>
  (await executionsOf(emulator)).filter(({ status }) => /^running$/i.test(status)).length;

onYaml("a YAML program", () => {
  test("preview, up, no change, run again by a trigger, refresh, functions, destroy", async () => {
    for (const service of ["functiongraph", "cloudflow"]) {
      const nodes = [{ id: "Work", name: "Work", durationMs: 100 }];
      await control(emulator, "PUT", `/workflows/${service}-quick`, { service, nodes });
    }
    stack.program({
      resources: {
        ...patch({ triggers: { image: "1.4.2" } }).resources,
        function: {
          type: "runbook:functiongraph:WorkflowExecution",
          properties: { workflowId: "functiongraph-quick", input: { image: "1.4.2" } },
        },
        flow: {
          type: "runbook:cloudflow:WorkflowExecution",
          properties: { flowName: "cloudflow-quick", input: { image: "1.4.2" } },
        },
      },
      variables: {
        past: {
          "fn::invoke": { function: "runbook:aom:getWorkflowExecutions", arguments: { workflowId: "quick" } },
        },
      },
      outputs: { status: "${patch.status}", version: "${patch.executionId}", past: "${past.executions}" },
    });
    const preview = await stack.pulumi("preview", "--diff");
    expect(preview).toMatchObject({
      code: 0,
      output: expect.stringContaining("+ runbook:aom:WorkflowExecution: (create)"),
    });
    expect(await count()).toBe(0);

    const up = await stack.pulumi("up");
    expect(up).toMatchObject({ code: 0, output: expect.stringMatching(/status *: "succeeded"/) });
    expect(await count()).toBe(3);
    const { id, outputs } = await stack.resource("patch");
    expect(outputs).toMatchObject({
      workflowId: "quick",
      triggers: { image: "1.4.2" },
      status: "succeeded",
      executionId: id,
    });
    for (const name of ["function", "flow"]) {
      const other = await stack.resource(name);
      expect(other).toMatchObject({
        inputs: { input: { image: "1.4.2" } },
        outputs: { status: "succeeded", executionId: other.id },
      });
    }

    expect((await stack.pulumi("up")).output).toContain("4 unchanged");
    expect((await stack.pulumi("refresh")).output).toContain("4 unchanged");
    expect(await count()).toBe(3);

    stack.program(patch({ triggers: { image: "1.4.3" } }));
    const again = await stack.pulumi("preview", "--diff");
    expect(again.output).toMatch(/~ image: "1\.4\.2" => "1\.4\.3"/);
    expect(again.output).toContain("usually takes about");
    expect(again.output).toContain("runs again: triggers.image changed");
    expect((await stack.pulumi("up")).output).toContain("+-1 replaced");
    expect(await count()).toBe(4);

    stack.program(patch({ triggers: { image: "1.4.3" }, timeoutSeconds: 60 }));
    expect((await stack.pulumi("up")).output).toContain("~ 1 updated");
    expect(await count()).toBe(4);
    expect(await stack.pulumi("destroy")).toMatchObject({ code: 0 });
    expect(await stack.resources()).toEqual([]);
    expect(await count()).toBe(4);
  });

  test("no credential rests in the state, although the stack's configuration has them in the clear", async () => {
    stack.program(patch({ triggers: { key: { "fn::secret": "hunter2-trigger" }, open: "seen" } }));
    const up = await stack.pulumi("up");
    expect(up.code).toBe(0);
    // The engine's own copy of the configuration (its history) is the stack's own choice.
    const stored = JSON.stringify(await stack.resources());
    expect(stored).toContain("seen");
    expect(stored).not.toContain("emulator-secret-key-0001");
    expect(stored).not.toContain("hunter2-trigger");
    const { output } = await stack.pulumi("preview", "--json");
    const { config: _config, ...shown } = JSON.parse(output.slice(output.indexOf("{"))) as {
      config: unknown;
    };
    expect(up.output + JSON.stringify(shown)).not.toMatch(/hunter2-trigger|emulator-secret-key-0001/);
  });

  test("a failed run keeps its id; refresh leaves it unhealthy, the preview says why it runs again", async () => {
    stack.program(patch({ workflowId: "broken" }));
    const up = await stack.pulumi("up");
    expect(up).toMatchObject({ code: 1, output: expect.stringContaining('step 1 of 1 "Work": failed') });
    const failed = await stack.resource("patch");
    expect(failed).toMatchObject({
      initErrors: [expect.stringContaining("failed")],
      outputs: { status: "failed" },
    });
    const refreshed = await stack.pulumi("refresh");
    expect(refreshed.code).toBe(0);
    expect(refreshed.output).toContain("Refreshed resource is in an unhealthy state");
    expect(refreshed.output).not.toMatch(/at \S+ \(|runs again/);
    expect((await stack.resource("patch")).initErrors).toHaveLength(1);
    expect((await stack.pulumi("preview")).output).toContain(
      'runs again: last execution failed (rerunOn includes "failed")',
    );
    stack.program(patch({ workflowId: "quick" }));
    expect((await stack.pulumi("up")).code).toBe(0);
    const next = await stack.resource("patch");
    expect(next.initErrors).toBeUndefined();
    expect(next.id).not.toBe(failed.id);
    expect(await count()).toBe(2);
  });

  test("an init failure of several megabytes leaves its neighbour unharmed", async () => {
    const data = "y".repeat(3_900_000);
    stack.program({
      resources: {
        large: aom({ workflowId: "broken", triggers: { data } }),
        beside: aom({ workflowId: "quick" }),
      },
    });
    expect((await stack.pulumi("up", "--continue-on-error")).code).toBe(1);
    expect((await stack.resource("large")).outputs).toMatchObject({ status: "failed", triggers: { data } });
    expect((await stack.resource("beside")).outputs).toMatchObject({ status: "succeeded" });
  });

  test("an import takes an execution over, and the next up has nothing to do", async () => {
    stack.program(patch({}));
    await stack.pulumi("up");
    const { id } = await stack.resource("patch");
    await stack.pulumi("destroy");
    stack.program({});
    const imported = await stack.pulumi(
      "import",
      "runbook:aom:WorkflowExecution",
      "taken",
      `quick/${id!}`,
      "--protect=false",
    );
    expect(imported).toMatchObject({ code: 0, output: expect.stringContaining("workflowId: quick") });
    expect(await stack.resource("taken")).toMatchObject({ id, inputs: { workflowId: "quick" } });
    stack.program({ resources: { taken: aom({ workflowId: "quick" }) } });
    expect((await stack.pulumi("up")).output).toContain("2 unchanged");
    expect(await count()).toBe(1);
    const wrong = await stack.pulumi("import", "runbook:aom:WorkflowExecution", "other", "4711");
    expect(wrong.output).toContain('write "<workflowId>/<executionId>"');
  });

  test("Ctrl-C ends the wait at once and keeps the id; the next preview looks again, and the next up resumes", async () => {
    stack.program(patch({ workflowId: "longer" }));
    const up = stack.start("up");
    await until(async () => (await running()) === 1);
    up.process.kill("SIGINT");
    const { code, output } = await up.end;
    expect(code).not.toBe(0);
    expect(output).toContain("interrupted while waiting for execution");
    expect(output).not.toMatch(/exited prematurely|bug in the provider/);
    const cut = await stack.resource("patch");
    expect(cut).toMatchObject({ refreshBeforeUpdate: true, outputs: { status: "running" } });
    expect(await stack.pending()).toBe(0);

    const next = await stack.pulumi("up");
    expect(next.code).toBe(0);
    expect((await stack.resource("patch")).id).toBe(cut.id);
    expect((await stack.resource("patch")).refreshBeforeUpdate).toBeFalsy();
    expect(await count()).toBe(1);
  });

  test("kill -9 leaves no plugin behind, and the next up adopts what runs", async () => {
    stack.program(patch({ workflowId: "longer" }));
    const up = stack.start("up");
    await until(async () => (await running()) === 1);
    const plugins = async (): Promise<string> => {
      const { execFile } = await import("node:child_process");
      return new Promise((done) => {
        execFile("ps", ["-eo", "args"], (_error, text) => {
          const lines = text.split("\n");
          done(lines.filter((line) => line.includes(`${stack.folder}/plugin`)).join("\n"));
        });
      });
    };
    expect(await plugins()).not.toBe("");
    up.process.kill("SIGKILL");
    await until(async () => (await plugins()) === "");
    // Nobody else holds its pipes.
    await up.end;
    await stack.pulumi("cancel", "--yes");
    const next = await stack.pulumi("up");
    expect(next.code).toBe(0);
    expect((await stack.resource("patch")).outputs).toMatchObject({ status: "succeeded" });
    expect(await count()).toBe(1);
  });

  test("customTimeouts, and what still runs is stopped by the destroy", async () => {
    stack.program(patch({ workflowId: "slow" }, { customTimeouts: { create: "3s" } }));
    const up = await stack.pulumi("up");
    expect(up).toMatchObject({
      code: 1,
      output: expect.stringContaining("after this deployment waited 3s (customTimeouts)"),
    });
    expect(await running()).toBe(1);
    expect((await stack.pulumi("destroy")).code).toBe(0);
    expect(await running()).toBe(0);
  });

  test("a teardown runbook runs at the destroy, once", async () => {
    stack.program(patch({ runOn: "destroy" }));
    expect((await stack.pulumi("up")).code).toBe(0);
    expect((await stack.pulumi("up")).output).toContain("2 unchanged");
    expect(await count()).toBe(0);
    expect((await stack.pulumi("destroy")).code).toBe(0);
    expect(await count()).toBe(1);
  });

  test("an explicit provider has its own settings; a setting that is misspelled is refused by name", async () => {
    const { url } = emulator;
    const staging = (huaweicloud: object): YamlProgram => ({
      resources: {
        staging: { type: "pulumi:providers:runbook", properties: { huaweicloud } },
        patch: aom({ workflowId: "quick" }, { provider: "${staging}" }),
      },
    });
    const account = {
      region: "cn-north-4",
      projectId: demoProjectId,
      accessKey: "EMULATORACCESSKEY0001",
      secretKey: "emulator-secret-key-0001",
      endpoints: { aom: url, iam: url },
    };
    stack.program(patch({}));
    await stack.pulumi("config", "set", "--path", "runbook:huaweicloud.regoin", "x");
    expect((await stack.pulumi("preview")).output).toContain(
      '"huaweicloud.regoin" is not a setting of this provider: did you mean "region"?',
    );
    await stack.pulumi("config", "rm", "--path", "runbook:huaweicloud.regoin");
    // Another account than that of the stack's configuration, which is none.
    await stack.pulumi("config", "set", "--path", "runbook:huaweicloud.accessKey", "NOBODYSACCESSKEY0001");
    expect((await stack.pulumi("up")).output).toContain("ak not exist");
    stack.program(staging(account));
    const up = await stack.pulumi("up");
    expect(up.code).toBe(0);
    expect((await stack.resource("patch")).outputs).toMatchObject({
      region: "cn-north-4",
      status: "succeeded",
    });
    // Another address is no other place, and no reason to run anything.
    stack.program(
      staging({ ...account, endpoints: { aom: url.replace("127.0.0.1", "localhost"), iam: url } }),
    );
    const changed = await stack.pulumi("up");
    expect(changed.output).not.toContain("replaced");
    expect(await count()).toBe(1);
    expect(JSON.stringify(await stack.resources())).not.toContain("emulator-secret-key-0001");
  });
});
