/**
 * Resource options and flags of the CLI that change when executions run, are stopped, or are left alone: on every
 * service, with the real engine.
 */
import {
  huaweiEndpoints,
  namesOf,
  onEvery,
  play,
  renamed,
  rowOf,
  runsOf,
  script,
  serviceCount,
} from "../support/everyService";
import { requestsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";
import type { ProgramResource } from "../support/stack";

const fixture = useFixture();

// Without it, the first failure ends the deployment before the resources beside it have had their turn.
const all = { continueOnError: true };

test("a failed dependency holds back what depends on it until it is repaired, also with up --refresh", async () => {
  const { emulator, stack } = fixture;
  const failing = { change: { Work: { status: "fail" } } };
  await script(emulator, "first", { runs: [failing, failing, {}] });
  await script(emulator, "given-up", { runs: [failing] });
  for (const role of ["second", "hopeless"]) await script(emulator, role);
  const program: ProgramResource[] = [
    ...play("first"),
    ...play("second", { after: "first" }),
    ...play("given-up", { args: { rerunOn: [] } }),
    ...play("hopeless", { after: "given-up" }),
  ];
  const failed = await stack.up(program, all);
  expect(failed.ok).toBe(false);
  expect(await runsOf(emulator, "first")).toEqual(onEvery(["ended"]));
  expect(await runsOf(emulator, "second")).toEqual(onEvery([]));
  const names = async (): Promise<string[]> =>
    (await stack.state()).map(({ urn }) => urn.split("::").at(-1)!).sort();
  expect(await names()).toEqual([...namesOf("first"), ...namesOf("given-up")].sort());

  const preview = await stack.preview();
  for (const name of namesOf("first")) {
    expect(rowOf(preview.output, name)).toContain(
      'runs again: last execution failed (rerunOn includes "failed")',
    );
  }
  for (const name of namesOf("given-up")) {
    expect(rowOf(preview.output, name)).toContain("last execution failed (not run again)");
  }

  // The refresh makes the engine forget that they are not ready. The runbooks have failed all the same.
  const refreshed = await stack.up(undefined, { ...all, refresh: true });
  expect(refreshed.ok).toBe(false);
  expect(await runsOf(emulator, "first")).toEqual(onEvery(["ended", "ended"]));
  expect(await runsOf(emulator, "given-up")).toEqual(onEvery(["ended"]));
  for (const name of [...namesOf("first"), ...namesOf("given-up")]) {
    const resource = await stack.resource(name);
    expect(refreshed.output).toContain(`execution ${resource.id!} failed after`);
    expect(resource).toMatchObject({ outputs: { status: "failed" }, initErrors: [expect.any(String)] });
  }
  expect(await names()).toEqual([...namesOf("first"), ...namesOf("given-up")].sort());

  const repaired = await stack.up(undefined, { ...all, refresh: true });
  expect(repaired.ok).toBe(false);
  expect(await runsOf(emulator, "first")).toEqual(onEvery(["ended", "ended", "ended"]));
  expect(await runsOf(emulator, "second")).toEqual(onEvery(["ended"]));
  expect(await runsOf(emulator, "given-up")).toEqual(onEvery(["ended"]));
  expect(await runsOf(emulator, "hopeless")).toEqual(onEvery([]));
  for (const name of namesOf("second")) {
    expect((await stack.resource(name)).outputs).toMatchObject({ status: "succeeded" });
  }
});

test("ignoreChanges, aliases and another provider for the same account run nothing", async () => {
  const { emulator, stack } = fixture;
  for (const role of ["ignoring", "partly", "heeding", "moved", "renamed", "teardown"]) {
    await script(emulator, role);
  }
  const endpoints = huaweiEndpoints(emulator.url);
  const account = { accessKey: "EMULATORACCESSKEY0001", secretKey: "emulator-secret-key-0001" };
  const same: ProgramResource = {
    name: "same-account",
    kind: "provider",
    args: {
      huaweicloud: {
        ...account,
        region: "cn-north-4",
        projectId: "0123456789abcdef0123456789abcdef",
        endpoints,
      },
      alicloud: { ...account, region: "cn-hangzhou", endpoints: { fnf: emulator.url } },
    },
  };
  // The engine triggers nothing by a value where there was none.
  const teardown = { args: { runOn: "destroy" }, opts: { replacementTrigger: "a" } };
  const roles = (image: string): ProgramResource[] => [
    ...play("ignoring", { args: { triggers: { image } }, opts: { ignoreChanges: ["triggers"] } }),
    ...play("partly", {
      args: { triggers: { image, schema: "1" } },
      opts: { ignoreChanges: ["triggers.image"] },
    }),
    ...play("heeding", { args: { triggers: { image } } }),
  ];
  const before = await stack.up([
    same,
    ...roles("a"),
    ...play("moved"),
    ...play("renamed"),
    ...play("teardown", teardown),
  ]);
  expect(before.ok).toBe(true);
  const ids = (role: string): Promise<(string | undefined)[]> =>
    Promise.all(namesOf(role).map(async (name) => (await stack.resource(name)).id));
  const [movedIds, renamedIds] = [await ids("moved"), await ids("renamed")];

  const program = [
    same,
    ...roles("b"),
    ...play("moved", { opts: { provider: "${same-account}" } }),
    ...renamed("renamed", "newly-named", {}, "renamed"),
    ...renamed("teardown", "newly-named-teardown", teardown, "teardown"),
  ];
  const preview = await stack.preview(program);
  expect(preview.changes).toMatchObject({ replace: serviceCount });
  for (const name of namesOf("heeding")) {
    expect(rowOf(preview.output, name)).toContain("runs again: triggers.image changed");
  }
  const after = await stack.up();
  expect(after.changes).toMatchObject({ replace: serviceCount });
  expect(after.changes).not.toHaveProperty("create");
  expect(after.changes).not.toHaveProperty("delete");
  expect(await runsOf(emulator, "heeding")).toEqual(onEvery(["ended", "ended"]));
  for (const role of ["ignoring", "partly", "moved", "renamed"]) {
    expect(await runsOf(emulator, role)).toEqual(onEvery(["ended"]));
  }
  expect(await ids("moved")).toEqual(movedIds);
  expect(await ids("newly-named")).toEqual(renamedIds);
  for (const name of namesOf("ignoring")) {
    expect((await stack.resource(name)).inputs["triggers"]).toEqual({ image: "a" });
  }

  // Under its new name, and with its new provider, a run is still one that has had its turn.
  const again = await stack.up(
    program.map((resource) =>
      resource.name.endsWith("teardown")
        ? { ...resource, opts: { ...resource.opts, replacementTrigger: "b" } }
        : /moved|newly-named/.test(resource.name)
          ? { ...resource, args: { ...resource.args, triggers: { again: true } } }
          : resource,
    ),
  );
  expect(again.changes).toMatchObject({ replace: 3 * serviceCount });
  // Replaced, not destroyed, whatever it was called before.
  expect(await runsOf(emulator, "teardown")).toEqual(onEvery([]));
  for (const role of ["moved", "renamed"]) {
    expect(await runsOf(emulator, role)).toEqual(onEvery(["ended", "ended"]));
  }
});

test("protect, retainOnDelete and deletedWith: what is not deleted is not stopped, and no teardown runbook runs", async () => {
  const { emulator, stack } = fixture;
  for (const role of ["protected", "retained", "with-host", "plain"]) {
    await script(emulator, role, { runsOn: true });
  }
  for (const role of ["retained-teardown", "teardown-with-host"]) await script(emulator, role);
  const args = { waitFor: "started" };
  const teardown = { runOn: "destroy" };
  const program = (protect: boolean, image = "a"): ProgramResource[] => [
    { name: "host", kind: "marker" },
    ...play("protected", { args: { ...args, triggers: { image } }, opts: { protect } }),
    ...play("retained", { args, opts: { retainOnDelete: true } }),
    ...play("retained-teardown", { args: teardown, opts: { retainOnDelete: true } }),
    ...play("with-host", { args, opts: { deletedWith: "${host}" } }),
    ...play("teardown-with-host", { args: teardown, opts: { deletedWith: "${host}" } }),
    ...play("plain", { args }),
  ];
  expect((await stack.up(program(true))).ok).toBe(true);

  const replaced = await stack.up(program(true, "b"));
  expect(replaced.ok).toBe(false);
  expect(replaced.output).toMatch(/unable to replace resource .*-protected/);
  const refused = await stack.destroy();
  expect(refused.ok).toBe(false);
  expect(refused.output).toMatch(/cannot be deleted[^]*protected/);
  // The others go all the same: the engine refuses one by one.
  expect((await stack.state()).map(({ urn }) => urn.split("::").at(-1)!).sort()).toEqual(
    namesOf("protected").sort(),
  );
  expect(await runsOf(emulator, "protected")).toEqual(onEvery(["runs"]));
  expect(await runsOf(emulator, "plain")).toEqual(onEvery(["ended"]));
  expect(await runsOf(emulator, "retained")).toEqual(onEvery(["runs"]));
  expect(await runsOf(emulator, "with-host")).toEqual(onEvery(["runs"]));
  for (const role of ["retained-teardown", "teardown-with-host"]) {
    expect(await runsOf(emulator, role)).toEqual(onEvery([]));
  }

  const unprotected = await stack.up(
    program(false).filter(({ name }) => namesOf("protected").includes(name)),
  );
  expect(unprotected.changes).toEqual({ same: serviceCount + 1 });
  expect((await stack.destroy()).ok).toBe(true);
  expect(await stack.state()).toEqual([]);
  expect(await runsOf(emulator, "protected")).toEqual(onEvery(["ended"]));
  const stops = (await requestsOf(emulator)).filter(({ operation }) =>
    /^Stop|^UpdateExecution$/.test(operation),
  );
  expect(stops).toHaveLength(2 * serviceCount);
});

test("customTimeouts bound the wait of each operation; two accounts in one stack do not touch each other", async () => {
  const { emulator, stack } = fixture;
  await script(emulator, "slow", { runsOn: true, stopTakesMs: 600_000 });
  await script(emulator, "theirs");
  const customTimeouts = { create: "1s", update: "2s", delete: "3s" };
  const endpoints = huaweiEndpoints(emulator.url);
  const provider = (name: string, secretKey: string): ProgramResource => {
    const account = { accessKey: "EMULATORACCESSKEY0001", secretKey };
    const projectId = "0123456789abcdef0123456789abcdef";
    return {
      name,
      kind: "provider",
      args: {
        huaweicloud: { ...account, region: "cn-north-4", projectId, endpoints },
        alicloud: { ...account, region: "cn-hangzhou", endpoints: { fnf: emulator.url } },
      },
    };
  };
  const program = [
    provider("right", "emulator-secret-key-0001"),
    provider("wrong", "somebody-else's-key"),
    ...play("slow", { opts: { customTimeouts, provider: "${right}" } }),
    ...play("theirs", { opts: { provider: "${wrong}" } }),
  ];
  const first = await stack.up(program, all);
  expect(first.ok).toBe(false);
  const said = (seconds: number): RegExp =>
    new RegExp(`is still running after this deployment waited ${String(seconds)}s \\(customTimeouts\\)`, "g");
  expect(first.output.match(said(1))).toHaveLength(serviceCount);
  for (const name of namesOf("theirs")) {
    expect(first.output).toMatch(
      new RegExp(`\\(${name}\\):\\s+error: .*HTTP 40[13], .* Check the credentials`),
    );
  }
  expect(await runsOf(emulator, "theirs")).toEqual(onEvery([]));
  expect((await stack.state()).map(({ urn }) => urn.split("::").at(-1)!).sort()).toEqual(
    namesOf("slow").sort(),
  );

  const second = await stack.up(program, all);
  expect(second.output.match(said(2))).toHaveLength(serviceCount);
  expect(await runsOf(emulator, "slow")).toEqual(onEvery(["runs"]));

  const destroyed = await stack.destroy();
  expect(destroyed.ok).toBe(false);
  for (const name of namesOf("slow")) {
    expect(destroyed.output).toMatch(
      new RegExp(`\\(${name}\\):\\s+error: .*was asked to stop but is still running after 3s`),
    );
  }
  expect(await stack.state()).toHaveLength(serviceCount);
});
