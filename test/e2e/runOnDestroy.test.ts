/**
 * Teardown runbooks (`runOn: "destroy"`) with the real engine, on every service: armed, changed and replaced without
 * running; run and awaited when they are destroyed, or leave the program; kept where that fails or takes too long.
 */
import { control, executionsOf, requestsOf } from "../support/emulators";
import {
  everyService,
  namesOf,
  onEvery,
  play,
  rowOf,
  runsOf,
  script,
  serviceCount,
} from "../support/everyService";
import { useFixture } from "../support/fixture";
import type { ProgramResource } from "../support/stack";

const fixture = useFixture();

const teardown = (args: object = {}, opts: object = {}): ProgramResource[] =>
  play("clean", { args: { runOn: "destroy", ...args }, opts: { ...opts } });

const statuses = async (): Promise<string[]> =>
  (await executionsOf(fixture.emulator)).map(({ status }) => status.toLowerCase());

test("armed, changed and replaced without a request; run and awaited when it leaves the program", async () => {
  const { emulator, stack } = fixture;
  await script(emulator, "clean");
  const nothingRan = async (): Promise<void> => {
    expect(await requestsOf(emulator)).toEqual([]);
  };

  const armed = await stack.up(teardown({ triggers: { a: 1 } }, { replacementTrigger: "x" }));
  expect(armed.ok).toBe(true);
  expect(armed.changes).toMatchObject({ create: serviceCount + 1 });
  expect((await stack.up()).changes).toEqual({ same: serviceCount + 1 });
  expect((await stack.refresh()).ok).toBe(true);
  expect((await stack.resource("aom-clean")).outputs).toMatchObject({ status: "waiting", steps: [] });
  await nothingRan();

  const args = { triggers: { a: 2 }, timeoutSeconds: 60 };
  const changed = await stack.up(teardown(args, { replacementTrigger: "x" }));
  expect(changed.changes).toMatchObject({ update: serviceCount });
  for (const name of namesOf("clean")) {
    expect(rowOf(changed.output, name)).toContain("(runs only on destroy)");
    expect((await stack.resource(name)).outputs).toMatchObject({ triggers: { a: 2 }, timeoutSeconds: 60 });
  }
  await nothingRan();

  // Replaced: the one that takes its place is armed.
  const before = (await stack.resource("aom-clean")).id;
  const replaced = await stack.up(teardown(args, { replacementTrigger: "y" }));
  expect(replaced.changes).toMatchObject({ replace: serviceCount });
  expect((await stack.resource("aom-clean")).id).not.toBe(before);
  const onChanges = { replacementTrigger: "y", replaceOnChanges: ["triggers"] };
  const watched = await stack.up(teardown({ ...args, triggers: { a: 3 } }, onChanges));
  expect(watched.ok).toBe(true);
  expect((await stack.resource("aom-clean")).outputs).toMatchObject({
    triggers: { a: 3 },
    status: "waiting",
  });
  const urns = (await Promise.all(namesOf("clean").map((name) => stack.resource(name)))).map(
    ({ urn }) => urn,
  );
  const forced = await stack.up(undefined, { replace: urns });
  expect(forced.changes).toMatchObject({ replace: serviceCount });
  await nothingRan();

  const removed = await stack.up([]);
  expect(removed.ok).toBe(true);
  expect(removed.changes).toMatchObject({ delete: serviceCount });
  expect(await runsOf(emulator, "clean")).toEqual(onEvery(["ended"]));
  expect(await statuses()).toEqual(everyService.map(() => expect.stringMatching(/succe/)));
  expect(await stack.state()).toEqual([]);
});

test("a failure keeps it in the state and says so; the next destroy runs it again; onFailure lets it go", async () => {
  const { emulator, stack } = fixture;
  await script(emulator, "clean", { runs: [{ status: "fail" }, {}] });
  await script(emulator, "lenient", { status: "fail" });
  const lenient = play("lenient", { args: { runOn: "destroy", onFailure: "continue" } });
  expect((await stack.up([...teardown(), ...lenient])).ok).toBe(true);

  const failed = await stack.destroy({ continueOnError: true });
  expect(failed.ok).toBe(false);
  expect(failed.output).toContain(
    "The resource stays in the state. The next `pulumi destroy` runs the workflow again.",
  );
  expect(failed.output).toContain('The resource is removed (onFailure is "continue")');
  expect((await stack.state()).map(({ urn }) => urn.split("::").at(-1)).sort()).toEqual(
    namesOf("clean").sort(),
  );
  expect(await runsOf(emulator, "clean")).toEqual(onEvery(["ended"]));

  // To look at it in between makes nothing of it.
  expect((await stack.refresh()).ok).toBe(true);
  expect((await stack.preview(teardown())).changes).toMatchObject({ same: serviceCount + 1 });

  expect((await stack.destroy()).ok).toBe(true);
  expect(await runsOf(emulator, "clean")).toEqual(onEvery(["ended", "ended"]));
  expect(await runsOf(emulator, "lenient")).toEqual(onEvery(["ended"]));
  expect(await stack.state()).toEqual([]);
});

test("a destroy that runs out of time: the next one goes on waiting for the same execution", async () => {
  const { emulator, stack } = fixture;
  await script(emulator, "clean", { runsOn: true });
  expect((await stack.up(teardown({ timeoutSeconds: 1 }))).ok).toBe(true);
  const first = await stack.destroy({ continueOnError: true });
  expect(first.ok).toBe(false);
  expect(first.output).toContain("is still running after this deployment waited 1s (timeoutSeconds)");
  expect(first.output).toContain(
    "The next `pulumi destroy` resumes waiting for this execution. Nothing is started twice.",
  );
  expect(await stack.state()).toHaveLength(serviceCount);

  // The usual next steps of a user: a refresh, and more time.
  expect((await stack.refresh()).ok).toBe(true);
  expect((await stack.up(teardown({ timeoutSeconds: 60 }))).changes).toMatchObject({ update: serviceCount });
  expect(await runsOf(emulator, "clean")).toEqual(onEvery(["runs"]));

  await control(emulator, "POST", "/clock", { advanceMs: 3_600_000 });
  expect((await stack.destroy()).ok).toBe(true);
  expect(await runsOf(emulator, "clean")).toEqual(onEvery(["ended"]));
  expect(await stack.state()).toEqual([]);
});

test("from running at once to teardown and back, and destroyed by the program that it belongs to", async () => {
  const { emulator, stack } = fixture;
  await script(emulator, "clean");
  expect((await stack.up(play("clean"))).ok).toBe(true);
  expect(await runsOf(emulator, "clean")).toEqual(onEvery(["ended"]));

  const toTeardown = await stack.up(teardown());
  expect(toTeardown.changes).toMatchObject({ replace: serviceCount });
  for (const name of namesOf("clean")) {
    expect(toTeardown.output).toMatch(new RegExp(`${name} .*runs only on destroy: runOn changed`));
  }
  expect(await runsOf(emulator, "clean")).toEqual(onEvery(["ended"]));

  const back = await stack.up(play("clean"));
  expect(back.changes).toMatchObject({ replace: serviceCount });
  expect(back.output).toMatch(/aom-clean .*runs again: runOn changed/);
  expect(await runsOf(emulator, "clean")).toEqual(onEvery(["ended", "ended"]));

  // The program runs along: its resources are destroyed all the same, not replaced.
  expect((await stack.up(teardown())).ok).toBe(true);
  const destroyed = await stack.destroy({ runProgram: true });
  expect(destroyed.output).not.toContain("error:");
  expect(destroyed.ok).toBe(true);
  expect(await runsOf(emulator, "clean")).toEqual(onEvery(["ended", "ended", "ended"]));
  expect(await stack.state()).toEqual([]);
});

test("adoptExecutionId with it is refused by the preview, with a reason", async () => {
  const { emulator, stack } = fixture;
  const preview = await stack.preview(teardown({ adoptExecutionId: "x" }));
  expect(preview.ok).toBe(false);
  expect(preview.output).toContain(
    `"adoptExecutionId" can't be used with runOn "destroy": nothing runs before the resource is destroyed.`,
  );
  expect(await requestsOf(emulator)).toEqual([]);
});
