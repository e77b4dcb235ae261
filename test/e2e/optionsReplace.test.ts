/**
 * Resource options and flags of the CLI that make the engine replace, although by our own comparison nothing has
 * changed: each replacement is another run, on every service, with the real engine.
 */
import {
  everyService,
  namesOf,
  onEvery,
  play,
  renamed,
  rowOf,
  runsOf,
  script,
  serviceCount,
} from "../support/everyService";
import { useFixture } from "../support/fixture";
import type { ProgramResource } from "../support/stack";

const fixture = useFixture();

test("replacementTrigger, replaceOnChanges and --target-replace run it again, and --target nothing else", async () => {
  const { emulator, stack } = fixture;
  for (const role of ["triggered", "watched", "star", "plain"]) await script(emulator, role);
  const program = (trigger: string, timeoutSeconds: number): ProgramResource[] => [
    ...play("triggered", { opts: { replacementTrigger: trigger } }),
    ...play("watched", { args: { timeoutSeconds }, opts: { replaceOnChanges: ["timeoutSeconds"] } }),
    ...play("star", { args: { timeoutSeconds }, opts: { replaceOnChanges: ["*"] } }),
    ...play("plain", { args: { timeoutSeconds } }),
  ];
  const urnsOf = async (role: string): Promise<string[]> =>
    (await Promise.all(namesOf(role).map((name) => stack.resource(name)))).map(({ urn }) => urn);

  expect((await stack.up(program("a", 100))).ok).toBe(true);
  const before = (await stack.resource("cloudflow-triggered")).id!;

  // The very next command: nothing has yet compared, or read, the resources that the first one left.
  const triggered = await stack.up(program("b", 100));
  expect(triggered.changes).toMatchObject({ replace: serviceCount });
  expect(await runsOf(emulator, "triggered")).toEqual(onEvery(["ended", "ended"]));
  const [key] = /^.*-[\da-f]{16}/.exec(before) ?? [];
  expect((await stack.resource("cloudflow-triggered")).id).toMatch(
    new RegExp(`^${String(key)}-r[\\da-f]{10}$`),
  );

  const preview = await stack.preview(program("b", 200));
  expect(preview.changes).toMatchObject({ replace: 2 * serviceCount, update: serviceCount });
  for (const service of everyService) {
    const reason = "runs again: timeoutSeconds changed (replaceOnChanges)";
    expect(rowOf(preview.output, `${service}-watched`)).toContain(reason);
    expect(rowOf(preview.output, `${service}-star`)).toContain(reason);
    expect(rowOf(preview.output, `${service}-plain`)).toContain("timeoutSeconds changed (no new run)");
  }
  expect(await runsOf(emulator, "watched")).toEqual(onEvery(["ended"]));

  // Only the targets, although the others would be replaced too; and again at once.
  const aimed = await stack.up(program("c", 200), { target: await urnsOf("watched") });
  expect(aimed.changes).toMatchObject({ replace: serviceCount });
  expect(await runsOf(emulator, "watched")).toEqual(onEvery(["ended", "ended"]));
  const plain = await urnsOf("plain");
  const replaced = await stack.up(undefined, { target: plain, replace: plain });
  expect(replaced.changes).toMatchObject({ replace: serviceCount });
  expect(await runsOf(emulator, "plain")).toEqual(onEvery(["ended", "ended"]));
  for (const [role, runs] of [
    ["triggered", 2],
    ["watched", 2],
    ["star", 1],
  ] as const) {
    expect(await runsOf(emulator, role)).toEqual(onEvery(Array(runs).fill("ended")));
  }
  for (const service of everyService) {
    expect((await stack.resource(`${service}-plain`)).outputs).toMatchObject({
      status: "succeeded",
      timeoutSeconds: 200,
    });
  }

  // The resources that --target left out are still to be replaced.
  expect((await stack.up()).changes).toMatchObject({ replace: 2 * serviceCount });
  expect(await runsOf(emulator, "triggered")).toEqual(onEvery(["ended", "ended", "ended"]));
  expect(await runsOf(emulator, "star")).toEqual(onEvery(["ended", "ended"]));
  expect(await runsOf(emulator, "watched")).toEqual(onEvery(["ended", "ended"]));
  expect(await runsOf(emulator, "plain")).toEqual(onEvery(["ended", "ended"]));
});

test("what still runs when it is replaced is stopped, and runs again, with a key too; a teardown runbook waits on", async () => {
  const { emulator, stack } = fixture;
  for (const role of ["running", "keyed"]) await script(emulator, role, { runsOn: true });
  await script(emulator, "teardown");
  const program = (trigger: string): ProgramResource[] => {
    const opts = { replacementTrigger: trigger };
    return [
      ...play("running", { args: { waitFor: "started" }, opts }),
      ...play("keyed", { args: { waitFor: "started", executionKey: "release-7" }, opts }),
      // Renamed as it is replaced: it is deleted by the name that it had.
      ...renamed("teardown", `teardown-${trigger}`, { args: { runOn: "destroy" }, opts }, "teardown-a"),
    ];
  };
  expect((await stack.up(program("a"))).ok).toBe(true);
  const replaced = await stack.up(program("b"));
  expect(replaced.output).not.toContain("error:");
  expect(replaced.changes).toMatchObject({ replace: 3 * serviceCount });
  expect(await runsOf(emulator, "running")).toEqual(onEvery(["ended", "runs"]));
  // This machine knows that the first one was the state's: its replacement is another run of the same key.
  expect(await runsOf(emulator, "keyed")).toEqual(onEvery(["ended", "runs"]));
  expect(await runsOf(emulator, "teardown")).toEqual(onEvery([]));

  expect((await stack.destroy()).ok).toBe(true);
  expect(await runsOf(emulator, "running")).toEqual(onEvery(["ended", "ended"]));
  expect(await runsOf(emulator, "keyed")).toEqual(onEvery(["ended", "ended"]));
  expect(await runsOf(emulator, "teardown")).toEqual(onEvery(["ended"]));
});
