/**
 * Runs that are named by `executionKey`, and runs that replace others: which execution is the wanted one, wherever and
 * whenever the next deployment asks.
 */
import { StartUncertainError } from "../../provider/src/ground/errors";
import type { Arguments, Outcome } from "../../provider/src/lifecycle";
import type { ServiceName } from "../../provider/src/services/registry";
import { create, deleteExecution } from "../../provider/src/lifecycle";
import type { Crash, Machine, Scene } from "../support/machines";
import { crash, idAndState, openScene, proveNames } from "../support/machines";
import { services } from "../../provider/src/services/registry";
import { inputArgumentOf, registeredServices } from "../support/everyService";

const minuteMs = 60_000;
const marking = registeredServices.filter((service) => services[service].capabilities.runMark !== "none");
const crashes: Crash[] = ["beforePost", "beforeAnswer", "beforeState"];
const started: Crash[] = ["beforeAnswer", "beforeState"];
// As random.RandomUuid makes them.
const uuid = "6f1f2a3e-4c5d-4e6f-8a9b-0c1d2e3f4a5b";

let scene: Scene;
afterEach(() => scene.close());

async function open(service: ServiceName): Promise<Machine> {
  scene = await openScene(service);
  await scene.takes(10_000);
  return scene.machine();
}

const ids = async (): Promise<string[]> => (await scene.executions()).map(({ executionId }) => executionId);

/** Deploys as a replacement of `old`: shows that the state has `old`, then starts its successor. */
async function replace(
  machine: Machine,
  old: Outcome,
  args: Arguments,
  where?: Crash,
): Promise<Outcome | undefined> {
  const supersedes = idAndState(old);
  const host = machine.process({ supersedes });
  await host.register.recorded(scene.service, host.urn, old.id);
  if (where === undefined) return create(args, host);
  await crash(scene, machine, where, args, { supersedes });
  return undefined;
}

describe.each(registeredServices)("%s with a key: killed, and again on the same machine", (service) => {
  test.each(crashes)("%s, at once: exactly one", async (where) => {
    const machine = await open(service);
    const args = scene.args({ executionKey: uuid });
    await crash(scene, machine, where, args);
    const outcome = await create(args, machine.process());
    expect(outcome).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
    expect(await ids()).toEqual([outcome.id]);
  });

  test.each(started)("%s, when it has ended: exactly one", async (where) => {
    const machine = await open(service);
    const args = scene.args({ executionKey: uuid });
    await crash(scene, machine, where, args);
    await scene.advance(30 * minuteMs);
    const outcome = await create(args, machine.process());
    expect(await ids()).toEqual([outcome.id]);
  });
});

describe.each(registeredServices)("%s with a key: killed, and again on another machine", (service) => {
  test.each(
    started.flatMap((where) => [
      [where, "while it runs", 0] as const,
      [where, "when it has ended", 30 * minuteMs] as const,
      [where, "days after it has ended", 3 * 24 * 60 * minuteMs] as const,
    ]),
  )("%s, %s: exactly one", async (where, _when, laterMs) => {
    const first = await open(service);
    const args = scene.args({ executionKey: uuid });
    await crash(scene, first, where, args);
    await scene.advance(laterMs);
    const [only] = await ids();
    for (let round = 0; round < 2; round += 1) {
      const again = create(args, scene.machine().process());
      if (service === "aom") {
        const error = (await again.catch((thrown: unknown) => thrown)) as Error;
        expect(error).toBeInstanceOf(StartUncertainError);
        expect(error.message).toContain(only);
        expect(error.message).toContain("adoptExecutionId");
      } else {
        expect(await again).toMatchObject({ kind: "ready", id: only, state: { status: "succeeded" } });
      }
      expect(await ids()).toEqual([only]);
    }
  });

  test("before the post: exactly one", async () => {
    const first = await open(service);
    const args = scene.args({ executionKey: uuid });
    await crash(scene, first, "beforePost", args);
    const outcome = await create(args, scene.machine().process());
    expect(await ids()).toEqual([outcome.id]);
  });

  test("one that failed meanwhile is taken as it ended, and the next attempt is a new execution", async () => {
    const first = await open(service);
    await scene.takes(10_000, { runs: [{ status: "fail" }, {}] });
    const args = scene.args({ executionKey: uuid });
    await crash(scene, first, "beforeAnswer", args);
    await scene.advance(30 * minuteMs);
    const machine = scene.machine();
    const [failed] = await ids();
    const adopt = service === "aom" ? { adoptExecutionId: failed } : {};
    const outcome = await create({ ...args, ...adopt }, machine.process());
    expect(outcome).toMatchObject({ kind: "unready", id: failed, state: { status: "failed" } });

    const rerun = await replace(machine, outcome, args);
    expect(rerun).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
    expect(await ids()).toEqual([failed, rerun!.id]);
  });

  test("a workflow that others run, too: theirs are never taken for ours", async () => {
    const first = await open(service);
    const proof = await proveNames(scene);
    const args = scene.args({ executionKey: uuid });
    await scene.foreign({ startedAt: scene.now() - 10 * minuteMs });
    const others = await scene.foreign({ startedAt: scene.now() - 5 * minuteMs });
    const again = create(args, first.process());
    if (service === "aom") {
      await expect(again).rejects.toThrow(others);
      expect(await ids()).toHaveLength(2);
      const beside = await create({ ...args, concurrency: "allow" }, first.process());
      expect(await ids()).toHaveLength(3);
      expect(beside.kind).toBe("ready");
    } else {
      const outcome = await again;
      expect(outcome.kind).toBe("ready");
      expect(await ids()).toHaveLength(3 + proof.length);
      expect(await ids()).toContain(outcome.id);
    }
  });

  test("a UUID of version 7 says how far back to look", async () => {
    const machine = await open(service);
    await scene.foreign({ startedAt: scene.now() - 60 * minuteMs });
    const made = Math.floor(scene.now()).toString(16).padStart(12, "0");
    const uuid7 = `${made.slice(0, 8)}-${made.slice(8)}-7abc-8abc-0123456789ab`;
    const outcome = await create(scene.args({ executionKey: uuid7 }), machine.process());
    expect(outcome).toMatchObject({ kind: "ready" });
    expect(await ids()).toHaveLength(2);
  });
});

describe.each(registeredServices)("%s with a key", (service) => {
  test("another key, trigger or input is another run", async () => {
    const machine = await open(service);
    const keyed = (more: Arguments): Arguments =>
      scene.args({ executionKey: uuid, concurrency: "allow", ...more });
    const variants: Arguments[] = [{}, { executionKey: "another" }, { triggers: { a: 1 } }];
    if (service !== "aom") variants.push({ [inputArgumentOf(service)]: { a: 1 } });
    for (const variant of variants) {
      const urn = `urn:pulumi:test::test::type::${JSON.stringify(variant)}`;
      await create(keyed(variant), machine.process({ urn }));
    }
    expect(await ids()).toHaveLength(variants.length);
  });

  test("two resources of one deployment with the same key share one execution", async () => {
    const machine = await open(service);
    const args = scene.args({ executionKey: uuid, waitFor: "started" });
    const host = machine.process();
    const outcomes = await Promise.all(
      ["a", "b"].map((name) => create(args, { ...host, urn: `urn:pulumi:test::test::type::${name}` })),
    );
    expect(outcomes[0]!.id).toBe(outcomes[1]!.id);
    expect(await ids()).toEqual([outcomes[0]!.id]);
  });

  test("one that could not be started is tried again under the same key", async () => {
    const machine = await open(service);
    const args = scene.args({ executionKey: uuid });
    await scene.fault({ operation: scene.startOperation, action: "status", status: 403 });
    const host = machine.process();
    await expect(create(args, host)).rejects.toThrow(/403/);
    expect(await create(args, host)).toMatchObject({ kind: "ready" });
    expect(await ids()).toHaveLength(1);
  });
});

describe.each([undefined, uuid])("replacing, executionKey %s", (executionKey) => {
  const argsOf = (run: string, more: Arguments = {}): Arguments =>
    scene.args({ triggers: { run }, ...(executionKey === undefined ? {} : { executionKey }), ...more });

  describe.each(registeredServices)("%s", (service) => {
    test("A, B, A run three times", async () => {
      const machine = await open(service);
      const a = await create(argsOf("A"), machine.process());
      const b = (await replace(machine, a, argsOf("B")))!;
      const again = (await replace(machine, b, argsOf("A")))!;
      const back = (await replace(machine, again, argsOf("B")))!;
      expect(await ids()).toEqual([a.id, b.id, again.id, back.id]);
    });

    test("A, B, A run three times, each on a machine of its own", async () => {
      const machine = await open(service);
      const a = await create(argsOf("A"), machine.process());
      await scene.advance(1_000);
      const b = (await replace(scene.machine(), a, argsOf("B")))!;
      await scene.advance(1_000);
      const again = (await replace(scene.machine(), b, argsOf("A")))!;
      await scene.advance(1_000);
      const back = (await replace(scene.machine(), again, argsOf("B")))!;
      expect(await ids()).toEqual([a.id, b.id, again.id, back.id]);
    });

    test("A, B, A run three times within one second, and while the older ones still run", async () => {
      const machine = await open(service);
      await scene.takes(60 * minuteMs);
      const leave = { waitFor: "started", onDelete: "leave", concurrency: "allow" };
      const a = await create(argsOf("A", leave), machine.process());
      await scene.advance(5);
      const b = (await replace(machine, a, argsOf("B", leave)))!;
      await scene.advance(5);
      const again = (await replace(machine, b, argsOf("A", leave)))!;
      expect(await ids()).toEqual([a.id, b.id, again.id]);
    });

    test("A, B, A run three times within one second on other machines, while the older ones still run", async () => {
      const machine = await open(service);
      await scene.takes(60 * minuteMs);
      const leave = { waitFor: "started", onDelete: "leave", concurrency: "allow" };
      const a = await create(argsOf("A", leave), machine.process());
      await scene.advance(5);
      const b = (await replace(scene.machine(), a, argsOf("B", leave)))!;
      await scene.advance(5);
      const again = (await replace(scene.machine(), b, argsOf("A", leave)))!;
      expect(await ids()).toEqual([a.id, b.id, again.id]);
    });

    test.each(crashes)("killed %s in a replacement, and again at once: one more, not two", async (where) => {
      const machine = await open(service);
      const a = await create(argsOf("A"), machine.process());
      await scene.advance(1_000);
      await replace(machine, a, argsOf("B"), where);
      const b = (await replace(machine, a, argsOf("B")))!;
      expect(b).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
      expect(await ids()).toEqual([a.id, b.id]);
    });

    test.each(started)("killed %s in a replacement, and again when it has ended: one more", async (where) => {
      const machine = await open(service);
      const a = await create(argsOf("A"), machine.process());
      await scene.advance(1_000);
      await replace(machine, a, argsOf("B"), where);
      await scene.advance(30 * minuteMs);
      const b = (await replace(machine, a, argsOf("B")))!;
      expect(await ids()).toEqual([a.id, b.id]);
    });

    test.each(started)(
      "killed %s in going back to A, and again when it has ended: one more",
      async (where) => {
        const machine = await open(service);
        const a = await create(argsOf("A"), machine.process());
        await scene.advance(1_000);
        const b = (await replace(machine, a, argsOf("B")))!;
        await scene.advance(1_000);
        await replace(machine, b, argsOf("A"), where);
        await scene.advance(30 * minuteMs);
        const again = (await replace(machine, b, argsOf("A")))!;
        expect(await ids()).toEqual([a.id, b.id, again.id]);
      },
    );

    test.each(
      started.flatMap((where) => [
        [where, "while it runs", 0] as const,
        [where, "when it has ended", 30 * minuteMs] as const,
      ]),
    )("killed %s in going back to A, and on another machine %s: never two", async (where, _when, laterMs) => {
      const machine = await open(service);
      const a = await create(argsOf("A"), machine.process());
      await scene.advance(1_000);
      const b = (await replace(machine, a, argsOf("B")))!;
      await scene.advance(1_000);
      await scene.takes(60_000);
      await replace(machine, b, argsOf("A"), where);
      await scene.advance(laterMs);
      const before = await ids();
      expect(before).toHaveLength(3);
      const outcome = await replace(scene.machine(), b, argsOf("A")).catch(
        (thrown: unknown) => thrown as Error,
      );
      if (service === "aom" && outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(StartUncertainError);
        expect(outcome.message).toContain(before[2]);
        expect(outcome.message).not.toContain(before[0]);
        expect(outcome.message).not.toContain(before[1]);
      } else if (service === "aom") {
        // Without a key an ended one can't be told from what others ran.
        expect([executionKey, laterMs]).toEqual([undefined, 30 * minuteMs]);
        return;
      } else {
        expect(outcome).toMatchObject({ kind: "ready", id: before[2] });
      }
      expect(await ids()).toEqual(before);
    });

    test("a re-run after a failure is a new execution, wherever it is asked for", async () => {
      const machine = await open(service);
      await scene.takes(10_000, { runs: [{ status: "fail" }, { status: "fail" }, {}] });
      const first = await create(argsOf("A"), machine.process());
      expect(first).toMatchObject({ kind: "unready", state: { status: "failed" } });
      const second = (await replace(machine, first, argsOf("A")))!;
      expect(second).toMatchObject({ kind: "unready", state: { status: "failed" } });
      const third = (await replace(scene.machine(), second, argsOf("A")))!;
      expect(third).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
      expect(await ids()).toEqual([first.id, second.id, third.id]);
      if (services[service].capabilities.runMark === "name") {
        // Each is named after the one that it replaces.
        expect(second.id).toMatch(/-[\da-f]{16}-r[\da-f]{10}$/);
        expect(third.id).toMatch(/-[\da-f]{16}-r[\da-f]{10}$/);
      }
    });

    test.each(started)("killed %s in a re-run after a failure: one more, wherever", async (where) => {
      const machine = await open(service);
      await scene.takes(10_000, { runs: [{ status: "fail" }, {}] });
      const first = await create(argsOf("A"), machine.process());
      await replace(machine, first, argsOf("A"), where);
      const before = await ids();
      expect(before).toHaveLength(2);
      const other = service === "aom" ? machine : scene.machine();
      const second = (await replace(other, first, argsOf("A")))!;
      expect(second).toMatchObject({ kind: "ready", id: before[1], state: { status: "succeeded" } });
      expect(await ids()).toEqual(before);
    });

    test("with no known start time, what is replaced is not taken over again", async () => {
      const machine = await open(service);
      const first = await create(argsOf("A"), machine.process());
      const supersedes = { id: first.id };
      const host = machine.process({ supersedes });
      await host.register.recorded(service, host.urn, first.id);
      const second = await create(argsOf("A", { concurrency: "allow" }), host);
      expect(await ids()).toEqual([first.id, second.id]);
    });
  });
});

describe.each(registeredServices)("%s: from a teardown runbook to one that runs at once", (service) => {
  test.each(
    started.flatMap((where) => [
      [where, "while it runs", 0] as const,
      [where, "when it has ended", 30 * minuteMs] as const,
    ]),
  )("killed %s, and again %s: exactly one", async (where, _when, laterMs) => {
    const machine = await open(service);
    const armed = await create(scene.args({ runOn: "destroy" }), machine.process());
    expect(await ids()).toEqual([]);
    const supersedes = { id: armed.id };
    await crash(scene, machine, where, scene.args(), { supersedes });
    await scene.advance(laterMs);
    const host = machine.process({ supersedes });
    // The diff before it shows what the state has.
    await host.register.recorded(service, host.urn, armed.id);
    const outcome = await create(scene.args(), host);
    expect(await ids()).toEqual([outcome.id]);
  });
});

describe.each(registeredServices)("%s: a replacement that never arrived in the state", (service) => {
  test.each(started)("killed %s, then destroyed: both are stopped", async (where) => {
    const machine = await open(service);
    await scene.takes(60 * minuteMs);
    const args = (run: string): Arguments => scene.args({ triggers: { run }, waitFor: "started" });
    const a = await create(args("A"), machine.process());
    await replace(machine, a, args("B"), where);
    await deleteExecution(a.id, a.state, machine.process());
    const running = (await scene.executions()).filter(({ status }) => /^running$/i.test(status));
    // Without an answer, and without a mark, nobody knows whose it is.
    expect(running).toHaveLength(where === "beforeAnswer" && service === "aom" ? 1 : 0);
  });

  test("killed, while the state moved on from elsewhere: what is remembered here is not taken over", async () => {
    const machine = await open(service);
    const args = (run: string): Arguments => scene.args({ triggers: { run } });
    const a = await create(args("A"), machine.process());
    await scene.advance(1_000);
    await replace(machine, a, args("B"), "beforeState");
    await scene.advance(30 * minuteMs);
    const elsewhere = await create(args("C"), scene.machine().process({ supersedes: idAndState(a) }));
    await scene.advance(1_000);
    // As with `--replace`: no diff was asked for that would have shown what the state has.
    const host = machine.process({ supersedes: idAndState(elsewhere) });
    const b = await create(args("B"), host);
    expect(await ids()).toHaveLength(4);
    expect((await ids())[3]).toBe(b.id);
  });

  test("killed, then another run is wanted: its execution is stopped, a third one runs", async () => {
    const machine = await open(service);
    await scene.takes(60 * minuteMs, { runs: [{ durationsMs: [1_000] }, {}] });
    const args = (run: string): Arguments => scene.args({ triggers: { run } });
    const a = await create(args("A"), machine.process());
    await replace(machine, a, args("B"), "beforeState");
    const c = (await replace(machine, a, { ...args("C"), waitFor: "started" }))!;
    expect((await scene.executions()).map(({ status }) => /^running$/i.test(status))).toEqual([
      false,
      false,
      true,
    ]);
    expect((await ids())[2]).toBe(c.id);
  });
});

test.each(marking)("%s: names that a program chose do not matter to keys of others", async (service) => {
  const machine = await open(service);
  const args = scene.args({ executionKey: "nightly" });
  await create(args, machine.process());
  const more = await create(
    scene.args({ executionKey: "nightly-2" }),
    machine.process({ urn: "urn:pulumi:test::test::type::b" }),
  );
  expect(await ids()).toHaveLength(2);
  expect((await ids())[1]).toBe(more.id);
});

describe("cloudflow with an executionName", () => {
  test("a name that is used up is named, with what to do; nothing is started", async () => {
    const machine = await open("cloudflow");
    const args = scene.args({ executionName: "nightly" });
    const first = await create(args, machine.process());
    expect(first.id).toBe("nightly");
    await machine.process().register.recorded("cloudflow", machine.process().urn, first.id);
    const other = machine.process({ urn: "urn:pulumi:test::test::type::b" });
    await expect(create(args, other)).rejects.toThrow(
      /A name can be used only once. Set another executionName/,
    );
    expect(await ids()).toEqual(["nightly"]);
  });

  test("one that somebody else has begun under a name that never was posted is not stopped as a leftover", async () => {
    const machine = await open("cloudflow");
    await scene.takes(60 * minuteMs);
    await scene.foreign({ executionId: "nightly", startedAt: scene.now() - 10 * minuteMs });
    await crash(scene, machine, "beforePost", scene.args({ executionName: "nightly" }));
    await create(scene.args({ executionName: "weekly", waitFor: "started" }), machine.process());
    expect((await scene.executions()).map(({ status }) => status)).toEqual([
      expect.stringMatching(/^running$/i),
      expect.stringMatching(/^running$/i),
    ]);
  });

  test("replaced, it gets a number", async () => {
    const machine = await open("cloudflow");
    const first = await create(scene.args({ executionName: "nightly" }), machine.process());
    await scene.advance(1_000);
    const args = scene.args({ executionName: "nightly", triggers: { again: 1 } });
    const second = (await replace(machine, first, args))!;
    expect(second.id).toBe("nightly-2");
    expect(await ids()).toEqual(["nightly", "nightly-2"]);
  });
});
