/**
 * The life of a resource through the plugin's protocol, on every service, against the emulator: what a deployment asks in the
 * order in which the engine asks it.
 */
import { control, executionsOf } from "../support/emulators";
import { everyService, workflowArgument, workflowArgumentOf } from "../support/everyService";
import type { Bag } from "../support/plugin/wireValues";
import { usePlugin } from "../support/plugin/pluginFixture";
import { startPlugin } from "../support/plugin/pluginProcess";
import { failureOf } from "../support/plugin/providerCalls";
import { reference, unknown, urnOf } from "../support/plugin/wireValues";

const fixture = usePlugin();

describe.each(everyService)("%s", (service) => {
  const urn = urnOf("patch", service);
  const args = (workflow: string, more: Bag = {}): Bag => ({
    ...workflowArgument(service, workflow),
    ...more,
  });
  const running = async (): Promise<number> =>
    (await executionsOf(fixture.emulator)).filter(({ status }) => /^running$/i.test(status)).length;
  const count = async (): Promise<number> => (await executionsOf(fixture.emulator)).length;

  beforeEach(async () => {
    const script = async (name: string, nodes: readonly object[]): Promise<void> => {
      await control(fixture.emulator, "PUT", `/workflows/${name}`, { service, nodes });
    };
    await script("quick", [{ id: "Work", name: "Work", durationMs: 50, output: { version: "1.4.2" } }]);
    await script("slow", [{ id: "Work", name: "Work", durationMs: 3_600_000 }]);
    await script("broken", [
      { id: "Work", name: "Work", durationMs: 50, status: "fail", error: "no space left" },
    ]);
  });

  test("preview, create, no change, run again by a trigger, delete", async () => {
    const { engine } = fixture.plugin;
    const inputs = args("quick", { triggers: { image: "1" } });
    const checked = await engine.check(urn, inputs);
    expect(checked).toEqual({ inputs, failures: [] });
    const preview = await engine.create(urn, inputs, { isPreview: true });
    expect(preview).toMatchObject({ id: "", outputs: inputs });
    expect(await count()).toBe(0);

    const created = await engine.create(urn, inputs);
    expect(created.outputs).toMatchObject({ ...inputs, status: "succeeded", executionId: created.id });
    expect(await count()).toBe(1);
    const stored = { inputs, outputs: created.outputs };

    expect(await engine.diff(urn, created.id, stored, inputs)).toMatchObject({
      changes: "none",
      detailed: {},
    });
    const next = args("quick", { triggers: { image: "2" } });
    await engine.check(urn, next, inputs);
    expect(await engine.diff(urn, created.id, stored, next)).toEqual({
      changes: "some",
      diffs: ["triggers"],
      replaces: ["triggers"],
      detailed: { "triggers.image": { kind: "update-replace", isInput: true } },
      deletesFirst: false,
    });
    expect(engine.saidOf(urn)).toContain("runs again: triggers.image changed");
    await engine.check(urn, next);
    const again = await engine.create(urn, next);
    expect(again.id).not.toBe(created.id);
    expect(await count()).toBe(2);
    await engine.delete(urn, created.id, stored);
    await engine.delete(urn, again.id, { inputs: next, outputs: again.outputs });
    expect(await count()).toBe(2);
  });

  test("a settings change is an update that says so and runs nothing; an unknown argument stays unknown", async () => {
    const { engine } = fixture.plugin;
    const inputs = args("quick");
    await engine.check(urn, inputs);
    const { id, outputs } = await engine.create(urn, inputs);
    const stored = { inputs, outputs };
    const next = args("quick", { timeoutSeconds: 7 });
    await engine.check(urn, next, inputs);
    expect(await engine.diff(urn, id, stored, next)).toMatchObject({
      changes: "some",
      replaces: [],
      detailed: { timeoutSeconds: { kind: "add", isInput: true } },
    });
    // The engine may make a replacement of it (replaceOnChanges), of which it says nothing.
    expect(engine.saidOf(urn).at(-1)).toBe("timeoutSeconds changed");
    const preview = await engine.update(urn, id, stored, next, { isPreview: true });
    expect(preview.outputs).toMatchObject({ timeoutSeconds: 7, status: "succeeded", executionId: id });
    const updated = await engine.update(urn, id, stored, next);
    expect(updated.outputs).toEqual({ ...outputs, timeoutSeconds: 7 });

    const open = args("quick", { triggers: { image: unknown } });
    await engine.check(urn, open, inputs);
    expect(await engine.diff(urn, id, stored, open)).toMatchObject({
      replaces: ["triggers"],
      detailed: { "triggers.image": { kind: "add-replace", isInput: true } },
    });
    const created = await engine.create(urn, open, { isPreview: true });
    expect(created.outputs).toEqual(open);
    expect(await count()).toBe(1);
  });

  test("a failed run keeps its id, outputs and reasons; refresh keeps it unhealthy; the next run is another attempt", async () => {
    const { engine } = fixture.plugin;
    const inputs = args("broken");
    await engine.check(urn, inputs);
    const { code, initFailure } = await failureOf(engine.create(urn, inputs));
    expect(code).toBe(2);
    const { id, outputs, reasons, refreshBeforeUpdate } = initFailure!;
    expect(id).not.toBe("");
    expect(outputs).toMatchObject({ ...inputs, status: "failed", executionId: id });
    expect(reasons).toEqual([expect.stringContaining(`execution ${id} failed`)]);
    // It has settled: there is nothing to look for.
    expect(refreshBeforeUpdate).toBe(false);

    const stored = { inputs, outputs };
    const refreshed = (await failureOf(engine.read(urn, id, stored))).initFailure!;
    expect(refreshed).toMatchObject({ id, inputs, reasons, refreshBeforeUpdate: false });
    expect(refreshed.outputs["status"]).toBe("failed");
    // A refresh compares as well, and runs nothing.
    await engine.diff(urn, id, { inputs, outputs: refreshed.outputs }, inputs);
    expect(engine.saidOf(urn).filter((text) => text.includes("again"))).toEqual([]);

    await engine.check(urn, inputs, inputs);
    expect(await engine.diff(urn, id, stored, inputs)).toMatchObject({
      replaces: ["status"],
      detailed: { status: { kind: "update-replace", isInput: false } },
    });
    expect(engine.saidOf(urn).at(-1)).toContain(
      'runs again: last execution failed (rerunOn includes "failed")',
    );
    const again = (await failureOf(engine.create(urn, inputs))).initFailure!;
    expect(again.id).not.toBe(id);
    expect(await count()).toBe(2);
    await engine.delete(urn, id, stored);
  });

  test("a run that is cut short is resumed by the next process, not started again", async () => {
    const inputs = args("slow");
    await fixture.plugin.engine.check(urn, inputs);
    const creating = failureOf(fixture.plugin.engine.create(urn, inputs));
    while ((await running()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await fixture.plugin.engine.cancel();
    const { initFailure } = await creating;
    expect(initFailure).toMatchObject({ id: expect.stringMatching(/./), refreshBeforeUpdate: true });
    expect(initFailure!.outputs["status"]).toBe("running");
    await fixture.plugin.stop();

    const { id, outputs } = initFailure!;
    const next = await startPlugin(fixture.emulator, { home: fixture.plugin.home });
    try {
      const stored = { inputs, outputs };
      const read = (await failureOf(next.engine.read(urn, id, stored))).initFailure!;
      expect(read).toMatchObject({ id, refreshBeforeUpdate: true });
      await next.engine.check(urn, inputs, inputs);
      expect(await next.engine.diff(urn, id, stored, inputs)).toMatchObject({
        changes: "some",
        replaces: [],
      });
      // The run ends when this says so: a busy machine takes its time until here.
      await control(fixture.emulator, "POST", "/clock", { advanceMs: 3_600_000 });
      const { outputs: last } = await next.engine.update(urn, id, stored, inputs);
      expect(last).toMatchObject({ executionId: id, status: "succeeded" });
      expect(await count()).toBe(1);
    } finally {
      await next.stop();
    }
  });

  test("customTimeouts end the wait, not the run; delete stops what still runs", async () => {
    const { engine } = fixture.plugin;
    const inputs = args("slow");
    await engine.check(urn, inputs);
    const { initFailure } = await failureOf(engine.create(urn, inputs, { timeoutSeconds: 1 }));
    expect(initFailure!.reasons[0]).toContain("customTimeouts");
    expect(await running()).toBe(1);
    await fixture.plugin.stop();
    const destroying = await startPlugin(fixture.emulator, { home: fixture.plugin.home });
    try {
      await destroying.engine.delete(urn, initFailure!.id, { inputs, outputs: initFailure!.outputs });
      expect(await running()).toBe(0);
    } finally {
      await destroying.stop();
    }
  });

  test("import: inputs are made of the id; a failed run is taken as it is, and so is what its outcome asks for", async () => {
    const { engine } = fixture.plugin;
    const inputs = args("broken");
    await engine.check(urn, inputs);
    const { initFailure } = await failureOf(engine.create(urn, inputs));
    const taken = urnOf("taken", service);
    const imported = (await failureOf(engine.read(taken, `broken/${initFailure!.id}`))).initFailure!;
    expect(imported).toMatchObject({ id: initFailure!.id, inputs });
    expect(imported.reasons.at(-1)).toContain("option `import`");
    await engine.check(taken, inputs);
    const stored = { inputs, outputs: imported.outputs };
    expect(await engine.diff(taken, imported.id, stored, inputs)).toMatchObject({ changes: "none" });
    // Differences between the import and the program are reported.
    const other = args("broken", { triggers: { image: "2" } });
    expect(await engine.diff(taken, imported.id, stored, other)).toMatchObject({
      replaces: ["triggers", "status"],
    });
    expect(await engine.read(taken, "broken/4711-does-not-exist")).toEqual({
      id: "",
      outputs: {},
      inputs: undefined,
      refreshBeforeUpdate: false,
    });
    const wrong = await failureOf(engine.read(taken, "4711"));
    expect(wrong.code).toBe(3);
    expect(wrong.message).toContain(`write "<${workflowArgumentOf(service)}>/<executionId>"`);
  });

  test("get: the state that the program gives names the workflow, and a failed run is no failure of the program", async () => {
    const { engine } = fixture.plugin;
    const inputs = args("broken");
    await engine.check(urn, inputs);
    const { initFailure } = await failureOf(engine.create(urn, inputs));
    const { id } = initFailure!;
    const looked = await engine.read(urnOf("looked", service), id, { inputs, outputs: inputs });
    expect(looked).toMatchObject({ id, inputs });
    expect(looked.outputs).toMatchObject({ ...inputs, status: "failed", executionId: id });
  });

  test("a teardown runbook is armed by create and runs at the destroy, not at a replacement", async () => {
    const { engine } = fixture.plugin;
    const inputs = args("quick", { runOn: "destroy" });
    const preview = await engine.create(urn, inputs, { isPreview: true });
    expect(preview.outputs).toMatchObject({ ...inputs, status: "waiting", steps: [], executionId: null });
    await engine.check(urn, inputs);
    const { id, outputs } = await engine.create(urn, inputs);
    expect(await count()).toBe(0);
    const stored = { inputs, outputs };
    expect((await engine.read(urn, id, stored)).outputs).toEqual(outputs);

    const next = args("quick", { runOn: "destroy", triggers: { image: "2" } });
    await engine.check(urn, next, inputs);
    expect(await engine.diff(urn, id, stored, next)).toMatchObject({ changes: "some", replaces: [] });
    // The engine replaces all the same (replaceOnChanges).
    await engine.check(urn, next);
    const replaced = await engine.create(urn, next);
    // Also where an alias had moved it: the engine deletes by the name that it had.
    await engine.delete(urnOf("former", service), id, stored);
    expect(await count()).toBe(0);
    await fixture.plugin.stop();

    const destroying = await startPlugin(fixture.emulator, { home: fixture.plugin.home });
    try {
      await destroying.engine.delete(urn, replaced.id, { inputs: next, outputs: replaced.outputs });
      expect(await count()).toBe(1);
    } finally {
      await destroying.stop();
    }
  });

  test("a resource in the arguments is its id, and one that does not exist yet is not known", async () => {
    const { engine } = fixture.plugin;
    const other = "urn:pulumi:dev::tests::random:index/randomUuid7:RandomUuid7::run";
    const inputs = args("quick", { triggers: { run: reference(other, "4711") } });
    await engine.check(urn, inputs);
    const { id, outputs } = await engine.create(urn, inputs);
    expect(outputs["triggers"]).toEqual(inputs["triggers"]);
    const stored = { inputs, outputs };
    const plain = args("quick", { triggers: { run: "4711" } });
    expect(await engine.diff(urn, id, stored, plain)).toMatchObject({ changes: "none" });
    const open = args("quick", { triggers: { run: reference(other, unknown) } });
    expect(await engine.diff(urn, id, stored, open)).toMatchObject({ replaces: ["triggers"] });
  });
});
