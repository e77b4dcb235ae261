/**
 * Reasons for another run: each reason stands in the preview, and nothing else starts a run. Every wanted run is run,
 * however alike they are; states of other versions are read. Real engine; one stack holds all services.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { EmulatedService } from "../support/everyService";
import { everyService, inputArgumentOf, workflowArgumentOf } from "../support/everyService";
import { outputs as outputNames, stateVersion } from "../../provider/src/lifecycle/state";
import { diagnosticsOf, previewRowOf, rowsOf } from "../support/console";
import { control, executionsOf, requestsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";
import type { ProgramResource, StateResource } from "../support/stack";

const fixture = useFixture();
const serviceNames = everyService;

type Args = Readonly<Record<string, unknown>>;

const step = { id: "Work", name: "Work", durationMs: 50 };

/** Scripts a workflow that succeeds. */
const scriptSuccess = async (
  service: EmulatedService,
  id: string,
  runs: readonly object[] = [{}],
): Promise<void> => {
  await control(fixture.emulator, "PUT", `/workflows/${id}`, { service, nodes: [step], runs });
};

/** Number of executions that each workflow has had. */
async function counts(): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const { workflowId } of await executionsOf(fixture.emulator)) {
    found[workflowId] = (found[workflowId] ?? 0) + 1;
  }
  return found;
}

async function stateByName(): Promise<Map<string, StateResource>> {
  const resources = await fixture.stack.state();
  return new Map(resources.map((resource) => [resource.urn.split("::").at(-1)!, resource]));
}

interface Change {
  readonly what: string;
  readonly before: Args;
  readonly after: Args;
  /** The preview's text after the name of the resource; undefined where there is nothing to do. */
  readonly preview: string | undefined;
}

function changesOf(service: EmulatedService): Change[] {
  const input = inputArgumentOf(service);
  const workflow = workflowArgumentOf(service);
  return [
    {
      what: "key-order",
      before: { [input]: { image: "a", tags: { x: 1, y: [2, { p: 3, q: 4 }] } } },
      after: { [input]: { tags: { y: [2, { q: 4, p: 3 }], x: 1 }, image: "a" } },
      preview: undefined,
    },
    {
      what: "timeout",
      before: { timeoutSeconds: 600 },
      after: { timeoutSeconds: 900 },
      preview: "update [diff: ~timeoutSeconds]; timeoutSeconds changed (no new run)",
    },
    {
      what: "settings",
      before: { waitFor: "settled", onFailure: "fail" },
      after: { waitFor: "started", onFailure: "continue" },
      preview:
        "update [diff: ~onFailure,waitFor]; waitFor changed (no new run); onFailure changed (no new run)",
    },
    {
      what: "input",
      before: { [input]: { image: "a", size: 1 } },
      after: { [input]: { image: "b", size: 1 } },
      preview: `replace [diff: ~${input}]; runs again: ${input}.image changed`,
    },
    {
      what: "trigger",
      before: { triggers: { schema: { version: 1 } } },
      after: { triggers: { schema: { version: 2 } } },
      preview: "replace [diff: ~triggers]; runs again: triggers.schema changed",
    },
    {
      // The keys are part of the program's arguments, unlike their order: this one runs again.
      what: "renamed-trigger",
      before: { triggers: { image: "a" } },
      after: { triggers: { picture: "a" } },
      preview:
        "replace [diff: ~triggers]; runs again: triggers.image was removed; triggers.picture was added",
    },
    {
      what: "key",
      before: { executionKey: "release-1" },
      after: { executionKey: "release-2" },
      preview: "replace [diff: ~executionKey]; runs again: executionKey changed",
    },
    {
      what: "workflow",
      before: {},
      after: { [workflow]: `${service}-other` },
      preview: `replace [diff: ~${workflow}]; runs again: ${workflow} changed`,
    },
    { what: "expired", before: {}, after: {}, preview: undefined },
    // Only CloudFlow takes JSON text.
    ...(service === "cloudflow"
      ? [
          {
            what: "text-order",
            before: { input: '{"image":"a","tags":{"x":1,"y":2}}' },
            after: { input: '{"tags": {"y": 2, "x": 1}, "image": "a"}' },
            preview: undefined,
          },
          {
            what: "text",
            before: { input: '{"image":"a"}' },
            after: { input: '{"image":"b"}' },
            preview: "replace [diff: ~input]; runs again: input changed",
          },
        ]
      : []),
  ];
}

const expiredNames = serviceNames.map((service) => `${service}-expired`);

test("each reason stands in the preview: what is none, like key order or an expired record, runs nothing", async () => {
  const { emulator, stack } = fixture;
  const cases = serviceNames.flatMap((service) =>
    changesOf(service).map((change) => ({ service, name: `${service}-${change.what}`, ...change })),
  );
  for (const { service, name } of cases) await scriptSuccess(service, name);
  for (const service of serviceNames) await scriptSuccess(service, `${service}-other`);
  const program = (side: "before" | "after"): ProgramResource[] =>
    cases.map(({ service, name, ...change }) => ({
      name,
      kind: service,
      args: { [workflowArgumentOf(service)]: name, ...change[side] },
    }));
  const once = Object.fromEntries(cases.map(({ name }) => [name, 1]));

  expect((await stack.up(program("before"))).ok).toBe(true);
  expect(await counts()).toEqual(once);

  // The services keep ended executions for a while only. The stack keeps its own record of them.
  const ended = await stateByName();
  for (const name of expiredNames) {
    const id = ended.get(name)!.id!;
    const record = name.startsWith("cloudflow") ? `${name}:${id}` : id;
    await control(emulator, "DELETE", `/executions/${encodeURIComponent(record)}`);
  }
  const remembered = Object.fromEntries(
    Object.entries(once).filter(([name]) => !expiredNames.includes(name)),
  );
  expect(await counts()).toEqual(remembered);
  const refreshed = await stack.refresh();
  expect(refreshed.ok).toBe(true);
  const known = await stateByName();
  for (const name of expiredNames) {
    const { id, outputs } = ended.get(name)!;
    expect(known.get(name)).toMatchObject({ id, outputs: { ...outputs, expired: true } });
    expect(rowsOf(refreshed.output, name).join("\n")).not.toMatch(/runs|execution/);
  }

  const preview = await stack.preview(program("after"));
  expect(preview.ok).toBe(true);
  for (const { name, preview: expected } of cases) {
    const row = previewRowOf(preview.output, name);
    expect({ name, row: row?.replace(/^\S+ +\S+ /, "") }).toEqual({ name, row: expected });
    // A terminal's rows lose the reason when the preview has ended: there it stands below, for every one.
    const reason = expected?.replace(/^.*?\]; /, "");
    expect({ name, kept: diagnosticsOf(preview.output, name) }).toEqual({
      name,
      kept: reason === undefined ? [] : [reason],
    });
  }
  expect(await counts()).toEqual(remembered);

  const second = await stack.up();
  expect(second.ok).toBe(true);
  const reruns = cases.filter((change) => change.preview?.startsWith("replace "));
  expect(await counts()).toEqual({
    ...remembered,
    ...Object.fromEntries(reruns.map(({ name }) => [name, 2])),
    // These have moved there.
    ...Object.fromEntries(serviceNames.map((service) => [`${service}-workflow`, 1])),
    ...Object.fromEntries(serviceNames.map((service) => [`${service}-other`, 1])),
  });
  // Resources that were compared with an order of their own keep their execution, and so do those that lost only its
  // record.
  const now = await stateByName();
  for (const { name } of cases) {
    const isAnother = reruns.some((rerun) => rerun.name === name);
    expect({ name, isAnother: now.get(name)!.id !== ended.get(name)!.id }).toEqual({ name, isAnother });
  }
  expect((await stack.preview()).changes).toEqual({ same: cases.length + 1 });
});

type KeyMode = "none" | "literal" | "uuid7";
const keyModes: readonly KeyMode[] = ["none", "literal", "uuid7"];

/** An execution with these inputs, and the value that makes its key where one is made. */
function keyed(
  service: EmulatedService,
  mode: KeyMode,
  name: string,
  input: Args,
  args: Args,
): ProgramResource[] {
  const execution = {
    name,
    kind: service,
    args: { [workflowArgumentOf(service)]: name, [inputArgumentOf(service)]: input, ...args },
  };
  if (mode === "none") return [execution];
  if (mode === "literal") {
    return [{ ...execution, args: { ...execution.args, executionKey: `run-of-${name}` } }];
  }
  return [
    { name: `key-of-${name}`, kind: "uuid7", args: input },
    { ...execution, args: { ...execution.args, executionKey: `\${key-of-${name}.result}` } },
  ];
}

test("A, B, A is three runs, one after a failure is a new one, and so is one after a destroy", async () => {
  const { stack } = fixture;
  const cases = serviceNames.flatMap((service) => keyModes.map((mode) => ({ service, mode })));
  for (const { service, mode } of cases) {
    await scriptSuccess(service, `${service}-${mode}`);
    await scriptSuccess(service, `failing-${service}-${mode}`, [{ status: "fail" }, {}]);
  }
  const program = (image: string, modes = keyModes): ProgramResource[] =>
    cases
      .filter(({ mode }) => modes.includes(mode))
      .flatMap(({ service, mode }) => [
        ...keyed(service, mode, `${service}-${mode}`, { image }, {}),
        // Nothing of these changes but their outcome.
        ...keyed(service, mode, `failing-${service}-${mode}`, { image: "a" }, { onFailure: "continue" }),
      ]);
  const expected = (runs: number, failingRuns: number, modes = keyModes): Record<string, number> =>
    Object.fromEntries(
      cases
        .filter(({ mode }) => modes.includes(mode))
        .flatMap(({ service, mode }) => [
          [`${service}-${mode}`, runs],
          [`failing-${service}-${mode}`, failingRuns],
        ]),
    );
  const seen = new Map<string, string[]>();
  async function remember(): Promise<void> {
    for (const [name, { type, id }] of await stateByName()) {
      if (type.endsWith(":WorkflowExecution")) seen.set(name, [...(seen.get(name) ?? []), id!]);
    }
  }

  expect((await stack.up(program("a"))).ok).toBe(true);
  expect(await counts()).toEqual(expected(1, 1));
  await remember();

  const changed = await stack.up(program("b"));
  expect(changed.ok).toBe(true);
  expect(await counts()).toEqual(expected(2, 2));
  await remember();
  for (const { service, mode } of cases) {
    const rows = rowsOf(changed.output, `${service}-${mode}`).join("\n");
    const key = mode === "uuid7" ? "executionKey changed; " : "";
    expect(rows).toContain(`runs again: ${key}${inputArgumentOf(service)}.image changed`);
    expect(rowsOf(changed.output, `failing-${service}-${mode}`).join("\n")).toContain(
      'runs again: last execution failed (rerunOn includes "failed")',
    );
  }

  expect((await stack.up(program("a"))).ok).toBe(true);
  expect(await counts()).toEqual(expected(3, 2));
  await remember();
  // Each is an execution of its own, also where the key's words are those of an earlier run.
  for (const [name, ids] of seen) {
    expect({ name, different: new Set(ids).size }).toEqual({
      name,
      different: name.startsWith("failing-") ? 2 : 3,
    });
  }
  for (const { outputs } of (await stateByName()).values()) {
    expect(outputs["status"] ?? "succeeded").toBe("succeeded");
  }

  // A literal key outlives a destroy, and stands for the run that has been: those stay out of it.
  expect((await stack.destroy()).ok).toBe(true);
  const modes: KeyMode[] = ["none", "uuid7"];
  expect((await stack.up(program("a", modes))).ok).toBe(true);
  expect(await counts()).toEqual({ ...expected(3, 2), ...expected(4, 3, modes) });
});

/** Makes the changes of an upgrade to the provider that a stack's program and the dynamic provider host find. */
function installAnotherVersion(folder: string, version: string, versionOfState: number): () => void {
  const source = resolve(__dirname, "../../provider");
  const target = join(folder, "node_modules", "pulumi-runbook");
  for (const part of ["dist", "package.json"])
    cpSync(join(source, part), join(target, part), { recursive: true });
  const replaceIn = (file: string, text: string, by: string): void => {
    const before = readFileSync(join(target, file), "utf8");
    const after = before.replace(text, by);
    if (after === before) throw new Error(`${file} has no ${text}`);
    writeFileSync(join(target, file), after);
  };
  const present = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as { version: string };
  replaceIn("package.json", `"version": "${present.version}"`, `"version": "${version}"`);
  replaceIn("dist/ground/version.js", `"${present.version}"`, `"${version}"`);
  replaceIn(
    "dist/lifecycle/state.js",
    `exports.stateVersion = ${String(stateVersion)};`,
    `exports.stateVersion = ${String(versionOfState)};`,
  );
  return () => {
    rmSync(join(folder, "node_modules"), { recursive: true });
  };
}

test("states of older and newer versions, and other versions of the package: nothing runs again", async () => {
  const { emulator, stack } = fixture;
  for (const service of serviceNames) await scriptSuccess(service, service);
  const program = serviceNames.map((service) => ({
    name: service,
    kind: service,
    args: { [workflowArgumentOf(service)]: service, [inputArgumentOf(service)]: { image: "a" } },
  }));
  const unchanged = { same: serviceNames.length + 1 };
  const once = Object.fromEntries(serviceNames.map((service) => [service, 1]));
  async function expectNothingToDo(): Promise<void> {
    const preview = await stack.preview();
    expect(preview.changes).toEqual(unchanged);
    for (const service of serviceNames) expect(rowsOf(preview.output, service)).toEqual([]);
  }
  expect((await stack.up(program)).ok).toBe(true);
  const original = await stateByName();

  // Version 0 knew less: an id, a status, when it began.
  const keptByVersion0 = ["executionId", "status", "startedAt"];
  const withoutSecrets = (bag: Args): Args => {
    const { urn } = bag["__meta"] as { urn: string };
    return { ...bag, __meta: { urn } };
  };
  await stack.rewrite((resource) => ({
    ...resource,
    inputs: withoutSecrets(resource.inputs),
    outputs: Object.fromEntries(
      Object.entries(withoutSecrets(resource.outputs)).filter(
        ([name, value]) => (!outputNames.includes(name) && value !== null) || keptByVersion0.includes(name),
      ),
    ),
  }));
  const old = (await stateByName()).get("cloudflow")!;
  expect(Object.keys(old.outputs).sort()).toEqual(
    ["__meta", "__provider", ...keptByVersion0, "flowName", "input", "region"].sort(),
  );
  const requests = (await requestsOf(emulator)).length;
  await expectNothingToDo();
  expect(await requestsOf(emulator)).toHaveLength(requests);
  expect((await stack.refresh()).ok).toBe(true);
  const filled = await stateByName();
  for (const service of serviceNames) {
    expect(filled.get(service)!.id).toBe(original.get(service)!.id);
    expect(withoutSecrets(filled.get(service)!.outputs)).toEqual(
      withoutSecrets(original.get(service)!.outputs),
    );
  }

  // A later version may know more, and call it by names that this one has never heard.
  await stack.rewrite((resource) => ({
    ...resource,
    inputs: { ...resource.inputs, __metaOfTheFuture: { era: 2 } },
    outputs: {
      ...resource.outputs,
      stateVersion: 99,
      confidence: { level: 3 },
      steps: [{ id: "Work", verdict: "splendid", attempts: [{ number: 1 }] }],
    },
  }));
  await expectNothingToDo();
  expect((await stack.refresh()).ok).toBe(true);
  const understood = await stateByName();
  for (const service of serviceNames) {
    const { status, steps, executionId } = original.get(service)!.outputs;
    expect(understood.get(service)!.outputs).toMatchObject({ stateVersion, status, steps, executionId });
  }

  // An upgrade takes effect at once, as the state shows once it is written, and is no reason.
  const uninstall = installAnotherVersion(stack.folder, "9.9.9", stateVersion + 1);
  await expectNothingToDo();
  expect((await stack.up()).changes).toEqual(unchanged);
  expect((await stack.refresh()).ok).toBe(true);
  for (const { outputs } of (await stateByName()).values()) {
    expect(outputs["stateVersion"]).toBe(stateVersion + 1);
  }
  // Nor is the way back.
  uninstall();
  await expectNothingToDo();

  expect(await counts()).toEqual(once);
  expect((await stack.destroy()).ok).toBe(true);
  expect(await stack.state()).toEqual([]);
  expect(await counts()).toEqual(once);
});
