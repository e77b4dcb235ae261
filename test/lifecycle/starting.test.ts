/**
 * A wanted run is started once, whatever cuts a deployment short: answers that get lost, and processes that are killed,
 * without a key of the program's. "Another machine" has no journal of the first one.
 */
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartUncertainError } from "../../provider/src/ground/errors";
import type { Arguments } from "../../provider/src/lifecycle";
import type { ServiceName } from "../../provider/src/services/registry";
import { create, deleteExecution } from "../../provider/src/lifecycle";
import type { Clock } from "../../provider/src/ground/clock";
import type { Crash, Machine, Scene } from "../support/machines";
import { control } from "../support/emulators";
import {
  afterStarts,
  crash,
  crashBeforeAnswers,
  idAndState,
  openScene,
  proveNames,
} from "../support/machines";
import { services } from "../../provider/src/services/registry";
import { registeredServices, workflowArgument } from "../support/everyService";

const minuteMs = 60_000;
const crashes: Crash[] = ["beforePost", "beforeAnswer", "beforeState"];
const started: Crash[] = ["beforeAnswer", "beforeState"];

let scene: Scene;
afterEach(() => scene.close());

const ids = async (): Promise<string[]> => (await scene.executions()).map(({ executionId }) => executionId);

async function open(service: ServiceName, options: { realTime?: boolean } = {}): Promise<Machine> {
  scene = await openScene(service, options);
  await scene.takes(10_000);
  return scene.machine();
}

/** Destroys what is in the state of a machine's stack. */
async function destroy(machine: Machine, outcome: Awaited<ReturnType<typeof create>>): Promise<void> {
  await deleteExecution(outcome.id, outcome.state, machine.process());
}

test("cloudflow: no answer to any attempt: the error says that the next deployment finds it by its name, which it does", async () => {
  const machine = await open("cloudflow");
  await scene.fault({ operation: scene.startOperation, action: "dropAfter", count: null });
  const error = await create(scene.args(), machine.process()).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StartUncertainError);
  const [started] = await ids();
  expect((error as Error).message).toMatch(
    `not known whether execution ${String(started)} was started: StartExecution: no answer`,
  );
  expect((error as Error).message).toMatch(
    /The next `pulumi up` on this machine sends the start again under the same name[\s\S]*error WFX-START-UNCERTAIN \(pulumi-runbook \S+\)\n {2}https:\S+#wfx-start-uncertain$/,
  );
  await control(scene.emulator, "DELETE", "/faults");
  expect(await create(scene.args(), machine.process())).toMatchObject({ kind: "ready", id: started });
  expect(await ids()).toEqual([started]);
});

test("cloudflow: handled but not answered, ended, and no status request for it: what bears the name is ours, and kept", async () => {
  const machine = await open("cloudflow");
  await scene.takes(0);
  await scene.fault({ operation: scene.startOperation, action: "status", status: 503, afterHandling: true });
  await scene.fault({ operation: scene.lookOperation, action: "status", status: 403 });
  const first = await create(scene.args(), machine.process());
  expect(first).toMatchObject({ kind: "unready" });
  expect(await create(scene.args(), machine.process())).toMatchObject({ kind: "ready", id: first.id });
  expect(await ids()).toEqual([first.id]);
});

describe("cloudflow: two starts whose answers are lost, the execution ends in between", () => {
  test.each([10, 50, 120, 3_600])("%i s apart: the third deployment finds it", async (gapSeconds) => {
    const machine = await open("cloudflow");
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await scene.fault({ operation: scene.startOperation, action: "dropAfter", count: 4 });
      await expect(create(scene.args(), machine.process())).rejects.toThrow(StartUncertainError);
      await scene.advance(gapSeconds * 1_000);
    }
    expect(await create(scene.args(), machine.process())).toMatchObject({ kind: "ready" });
    expect(await ids()).toHaveLength(1);
  });

  test("under a name that the program chose, it can't be told whose it is: asked, and nothing more is started", async () => {
    const machine = await open("cloudflow");
    const args = scene.args({ executionName: "nightly" });
    await scene.fault({ operation: scene.startOperation, action: "dropAfter", count: 4 });
    await expect(create(args, machine.process())).rejects.toThrow(StartUncertainError);
    await scene.advance(minuteMs);
    await expect(create(args, machine.process())).rejects.toThrow(
      /it is not known whether execution nightly is this run[\s\S]*Nothing more was started[\s\S]*adoptExecutionId to "nightly"/,
    );
    const adopted = await create({ ...args, adoptExecutionId: "nightly" }, machine.process());
    expect(adopted).toMatchObject({ kind: "ready", id: "nightly", state: { status: "succeeded" } });
    expect(await ids()).toEqual(["nightly"]);
  });
});

describe.each(registeredServices)("%s: a deployment that is cancelled while many start", (service) => {
  test("posts no more of them, says so of those, and loses none of the others", async () => {
    const machine = await open(service);
    const cancelled = new AbortController();
    const session = await afterStarts(scene, 12, () => {
      cancelled.abort();
    });
    const host = { ...machine.process({ signal: cancelled.signal }), session };
    const count = service === "cloudflow" ? 300 : 60;
    const outcomes = await Promise.allSettled(
      Array.from({ length: count }, (_, index) =>
        create(scene.args({ concurrency: "allow" }), {
          ...host,
          urn: `urn:pulumi:t::t::type::r${String(index)}`,
        }),
      ),
    );
    const kept = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value.id] : []));
    expect(kept.sort()).toEqual((await ids()).sort());
    // Starts on their way: at most the number that the bucket lets through without an answer.
    const atOnce = { aom: 10, functiongraph: 10, coc: 10, cloudflow: 50, stepfunctions: 1_000 }[service];
    expect(kept.length).toBeLessThanOrEqual(12 + atOnce);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") {
        expect(String(outcome.reason)).toContain("interrupted before anything was started");
      }
    }
  });
});

describe.each(registeredServices)("%s: a start that is answered badly", (service) => {
  test.each<[string, object]>([
    ["answer lost", { action: "dropAfter" }],
    ["503 after it was handled", { action: "status", status: 503, afterHandling: true }],
    ["a proxy's page after it was handled", { action: "html", afterHandling: true }],
    ["half an answer", { action: "truncate" }],
    ["429 before it was handled", { action: "status", status: 429, retryAfter: 2 }],
    ["429, and again 429", { action: "status", status: 429, count: 2 }],
  ])("%s: one execution, and it is waited for", async (_what, description) => {
    const machine = await open(service);
    await scene.fault({ operation: scene.startOperation, ...description });
    const outcome = await create(scene.args(), machine.process());
    expect(outcome).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
    expect(await ids()).toEqual([outcome.id]);
  });

  test("answer lost, and the list shows executions late: one execution", async () => {
    const machine = await open(service);
    await scene.quirks({ listDelayMs: 8_000 });
    await scene.fault({ operation: scene.startOperation, action: "dropAfter" });
    const outcome = await create(scene.args(), machine.process());
    expect(await ids()).toEqual([outcome.id]);
  });

  test("answer lost with a short timeoutSeconds: the list is asked at a measured pace", async () => {
    const machine = await open(service);
    await scene.quirks({ listDelayMs: 10_000 });
    await scene.fault({ operation: scene.startOperation, action: "dropAfter" });
    const outcome = await create(scene.args({ timeoutSeconds: 2 }), machine.process());
    expect(await ids()).toEqual([outcome.id]);
    expect((await scene.asked(scene.listOperation)).length).toBeLessThan(20);
  });

  test("dropped before it was handled: nothing is started unless that is certain", async () => {
    const machine = await open(service);
    await scene.fault({ operation: scene.startOperation, action: "dropBefore" });
    const first = create(scene.args(), machine.process());
    if (services[service].capabilities.runMark === "name") {
      // The name makes a second post harmless.
      expect(await ids()).toEqual([]);
      expect(await first).toMatchObject({ kind: "ready" });
    } else {
      await expect(first).rejects.toThrow(StartUncertainError);
      expect(await ids()).toEqual([]);
      // The service had time enough to show it.
      expect(await create(scene.args(), machine.process())).toMatchObject({ kind: "ready" });
    }
    expect(await ids()).toHaveLength(1);
  });

  test("refused for good: an ordinary error, nothing is remembered", async () => {
    const machine = await open(service);
    await scene.fault({ operation: scene.startOperation, action: "status", status: 403 });
    await expect(create(scene.args(), machine.process())).rejects.not.toBeInstanceOf(StartUncertainError);
    expect(await create(scene.args(), machine.process())).toMatchObject({ kind: "ready" });
    expect(await ids()).toHaveLength(1);
  });

  test("several resources on one workflow, three answers lost: each has an execution of its own", async () => {
    const machine = await open(service, { realTime: true });
    await scene.fault({ operation: scene.startOperation, action: "dropAfter", skip: 1, count: 3 });
    const host = machine.process();
    const names = ["a", "b", "c", "d", "e", "f"];
    const outcomes = await Promise.all(
      names.map((name) =>
        create(scene.args({ waitFor: "started" }), { ...host, urn: `urn:pulumi:test::test::type::${name}` }),
      ),
    );
    expect(outcomes.map(({ id }) => id).sort()).toEqual((await ids()).sort());
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(names.length);
  });
});

describe.each(registeredServices)("%s: other clocks", (service) => {
  test.each([2_000, minuteMs, 60 * minuteMs])(
    "one execution that the service dates %i ms ahead hides no lost start",
    async (aheadMs) => {
      const machine = await open(service);
      await scene.foreign({ startedAt: scene.now() + aheadMs });
      await scene.advance(1_000);
      await scene.fault({ operation: scene.startOperation, action: "dropAfter", count: 4 });
      const args = scene.args({ concurrency: "allow" });
      let outcome = await create(args, machine.process()).catch(() => undefined);
      outcome ??= await create(args, machine.process());
      expect(outcome).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
      expect(await ids()).toHaveLength(2);
    },
  );

  test.each([minuteMs, 10 * minuteMs, 14 * minuteMs])(
    "the service's clock steps back by %i ms before a run that replaces another: one execution",
    async (backMs) => {
      const machine = await open(service);
      const first = await create(scene.args({ triggers: { v: 1 } }), machine.process());
      const now = ((await control(scene.emulator, "GET", "/clock")) as { now: number }).now;
      await control(scene.emulator, "POST", "/clock", { now: now - backMs });
      const supersedes = idAndState(first);
      const second = await create(scene.args({ triggers: { v: 2 } }), machine.process({ supersedes }));
      expect(second.id).not.toBe(first.id);
      expect(await ids()).toHaveLength(2);
    },
  );

  test("this machine's clock is set ahead just after a lost start: it is looked for all the same", async () => {
    const machine = await open(service);
    await scene.quirks({ listDelayMs: 8_000 });
    await crash(scene, machine, "beforeAnswer", scene.args());
    const { session } = machine.process();
    const { clock: own } = session;
    const clock: Clock = {
      now: () => own.now() + 60 * minuteMs,
      sleep: (ms, signal) => own.sleep(ms, signal),
    };
    const ahead = { ...machine.process(), session: { ...session, clock } };
    const outcome = await create(scene.args({ waitFor: "started" }), ahead);
    expect(await ids()).toEqual([outcome.id]);
  });
});

describe.each(registeredServices)("%s: an answer that the state has, or has not", (service) => {
  // The calls of a process when its deployment has come to its end.
  const end = async (machine: Machine, id: string): Promise<void> => {
    const { register, urn } = machine.process();
    await register.answered(service, urn, id);
  };

  test.each([true, false])(
    "a replacement that is forced, of which nobody says what it replaces, runs again each time (old inputs: %s)",
    async (isInState) => {
      const machine = await open(service);
      const all = [(await create(scene.args(), machine.process())).id];
      for (let round = 0; round < 3; round += 1) {
        await end(machine, all.at(-1)!);
        const host = machine.process({ isInState, isReplacement: true });
        const outcome = await create(scene.args(), host);
        // The engine deletes what was replaced.
        await deleteExecution(all.at(-1)!, outcome.state, host);
        all.push(outcome.id);
        expect(host.reporter.warnings).toEqual([]);
      }
      expect(await ids()).toEqual(all);
    },
  );

  test("executions that Pulumi does not take in: the second one is taken over, with a warning, however often", async () => {
    const machine = await open(service);
    const first = await create(scene.args(), machine.process());
    await end(machine, first.id);
    const second = await create(scene.args(), machine.process());
    for (let round = 0; round < 3; round += 1) {
      await end(machine, second.id);
      const host = machine.process();
      expect(await create(scene.args(), host)).toMatchObject({ kind: "ready", id: second.id });
      expect(host.reporter.warnings).toEqual([
        expect.stringMatching(
          `^execution ${second.id} of an earlier deployment on this machine is missing from Pulumi's state; it is taken over$`,
        ),
      ]);
    }
    expect(await ids()).toEqual([first.id, second.id]);
  });

  test("a start is not posted again by the process that was answered with its execution", async () => {
    const machine = await open(service);
    const host = machine.process({ supersedes: { id: "old" } });
    const first = await create(scene.args(), host);
    // The process has forgotten the execution for some reason: one more would be one too many.
    await host.register.note(service, host.urn, "wf", undefined);
    const args = scene.args({ concurrency: "allow" });
    if (service === "aom") await expect(create(args, host)).rejects.toThrow("this process already started");
    else await create(args, host).catch(() => undefined);
    expect(await ids()).toEqual([first.id]);
  });
});

describe.each(registeredServices)("%s: killed, on the same machine", (service) => {
  test.each(crashes)("%s, and again at once: exactly one", async (where) => {
    const machine = await open(service);
    await crash(scene, machine, where, scene.args());
    const outcome = await create(scene.args(), machine.process());
    expect(outcome).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
    expect(await ids()).toEqual([outcome.id]);
  });

  test.each(started)("%s, and again when it has ended: exactly one", async (where) => {
    const machine = await open(service);
    await crash(scene, machine, where, scene.args());
    await scene.advance(30 * minuteMs);
    const outcome = await create(scene.args(), machine.process());
    expect(outcome).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
    expect(await ids()).toEqual([outcome.id]);
  });

  test("before the post, and the clock was set back since: not looked for until it has caught up", async () => {
    const machine = await open(service);
    await scene.advance(60 * minuteMs);
    await crash(scene, machine, "beforePost", scene.args());
    await scene.advance(-60 * minuteMs);
    const began = scene.now();
    await create(scene.args({ waitFor: "started" }), machine.process());
    expect(scene.now() - began).toBeLessThan(minuteMs);
    expect(await ids()).toHaveLength(1);
  });

  test.each(started)("%s, twice, and again: exactly one", async (where) => {
    const machine = await open(service);
    await crash(scene, machine, where, scene.args());
    await create(scene.args({ waitFor: "started" }), machine.process());
    const outcome = await create(scene.args(), machine.process());
    expect(await ids()).toEqual([outcome.id]);
  });

  test.each(started)("%s, while others ran and run: exactly one of ours", async (where) => {
    const machine = await open(service);
    const proof = await proveNames(scene);
    await scene.foreign({ startedAt: scene.now() - 60 * minuteMs });
    await scene.foreign(service === "aom" ? { startedAt: scene.now() - 60 * minuteMs } : {});
    await crash(scene, machine, where, scene.args());
    await create(scene.args(), machine.process());
    expect(await ids()).toHaveLength(3 + proof.length);
  });

  test("three resources at once, before their answers: each finds an execution of its own", async () => {
    const machine = await open(service);
    const urns = ["a", "b", "c"].map((name) => `urn:pulumi:test::test::type::${name}`);
    const resources = urns.map((urn) => ({ urn }));
    await crashBeforeAnswers(scene, machine, scene.args(), resources);
    const host = machine.process();
    const outcomes = await Promise.all(
      urns.map((urn) => create(scene.args({ waitFor: "started" }), { ...host, urn })),
    );
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(3);
    expect(await ids()).toHaveLength(3);
  });

  test("one resource before its answer, another before its turn: two executions", async () => {
    const machine = await open(service);
    await crash(scene, machine, "beforeAnswer", scene.args());
    const host = machine.process();
    const other = "urn:pulumi:test::test::type::other";
    const outcomes = await Promise.all(
      [host.urn, other].map((urn) => create(scene.args({ waitFor: "started" }), { ...host, urn })),
    );
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(2);
    expect(await ids()).toHaveLength(2);
  });

  test("destroyed and created again runs again, although the journal is there", async () => {
    const machine = await open(service);
    const first = await create(scene.args(), machine.process());
    await destroy(machine, first);
    const second = await create(scene.args(), machine.process());
    expect(second.id).not.toBe(first.id);
    expect(await ids()).toEqual([first.id, second.id]);
  });

  test.each(started)("%s, then seen through, destroyed and created again: runs again", async (where) => {
    const machine = await open(service);
    await crash(scene, machine, where, scene.args());
    const first = await create(scene.args(), machine.process());
    await destroy(machine, first);
    const second = await create(scene.args(), machine.process());
    expect(await ids()).toEqual([first.id, second.id]);
  });

  test("what a later call has handed over is not taken over again", async () => {
    const machine = await open(service);
    const first = await create(scene.args(), machine.process());
    await machine.process().register.recorded(service, machine.process().urn, first.id);
    // As after `pulumi state delete`: no destroy was seen.
    const second = await create(scene.args(), machine.process());
    expect(await ids()).toEqual([first.id, second.id]);
  });

  test("destroyed while it was left running, and created again: a new one runs", async () => {
    const machine = await open(service);
    await scene.takes(60 * minuteMs);
    const args = scene.args({ waitFor: "started", onDelete: "leave" });
    const first = await create(args, machine.process());
    await destroy(machine, first);
    const second = await create(args, machine.process());
    expect(await ids()).toEqual([first.id, second.id]);
  });
});

describe.each(registeredServices)("%s: killed, and again on another machine", (service) => {
  test.each(started)("%s, while it runs: never two at once", async (where) => {
    const first = await open(service);
    await scene.takes(60 * minuteMs);
    await crash(scene, first, where, scene.args());
    const [running] = await ids();
    const again = create(scene.args({ waitFor: "started" }), scene.machine().process());
    if (service === "aom") {
      const error = (await again.catch((thrown: unknown) => thrown)) as Error;
      expect(error).toBeInstanceOf(StartUncertainError);
      expect(error.message).toContain(running);
      expect(error.message).toContain("Nothing was started.");
    } else {
      expect(await again).toMatchObject({ kind: "ready", id: running });
    }
    expect(await ids()).toEqual([running]);
  });

  test.each(started)("%s, when it has ended: a new one runs", async (where) => {
    const first = await open(service);
    await crash(scene, first, where, scene.args());
    await scene.advance(30 * minuteMs);
    const outcome = await create(scene.args(), scene.machine().process());
    expect(outcome).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
    const all = await ids();
    expect(all).toHaveLength(2);
    expect(all[1]).toBe(outcome.id);
  });

  test("the two ways out that the refusal names work", async () => {
    const first = await open(service);
    await scene.takes(60 * minuteMs);
    await crash(scene, first, "beforeAnswer", scene.args());
    const [running] = await ids();
    const args = scene.args({ waitFor: "started" });
    const adopted = await create({ ...args, adoptExecutionId: running }, scene.machine().process());
    expect(adopted).toMatchObject({ kind: "ready", id: running });
    if (service !== "aom") return;
    const beside = await create({ ...args, concurrency: "allow" }, scene.machine().process());
    expect(await ids()).toEqual([running, beside.id]);
  });
});

describe.each(registeredServices)("%s: what was started for other arguments", (service) => {
  const isStopped = async (id: string): Promise<boolean> =>
    (await scene.executions()).some(
      ({ executionId, status }) => executionId === id && /cancel|stopped/i.test(status),
    );

  test.each(started)("%s: its execution is stopped, and the new one runs", async (where) => {
    const machine = await open(service);
    await scene.takes(60 * minuteMs);
    await crash(scene, machine, where, scene.args({ triggers: { run: "A" } }));
    const [leftover] = await ids();
    const host = machine.process();
    const again = create(scene.args({ triggers: { run: "B" }, waitFor: "started" }), host);
    if (service === "aom" && where === "beforeAnswer") {
      // Without an answer nothing tells that it is ours.
      await expect(again).rejects.toThrow(leftover);
      expect(await ids()).toEqual([leftover]);
      return;
    }
    const { id } = await again;
    expect(await ids()).toEqual([leftover, id]);
    expect(await isStopped(leftover!)).toBe(true);
    expect(await isStopped(id)).toBe(false);
    expect(host.reporter.warnings).toEqual([expect.stringContaining(leftover!)]);
  });

  test("one status request for it fails: nothing is started, and it is not forgotten", async () => {
    const machine = await open(service);
    await scene.takes(60 * minuteMs);
    await crash(scene, machine, "beforeState", scene.args({ triggers: { run: "A" } }));
    const [leftover] = await ids();
    const args = scene.args({ triggers: { run: "B" }, waitFor: "started" });
    await scene.fault({ operation: scene.lookOperation, action: "status", status: 403 });
    await expect(create(args, machine.process())).rejects.toThrow(/HTTP 403/);
    expect(await ids()).toEqual([leftover]);
    await create(args, machine.process());
    expect(await isStopped(leftover!)).toBe(true);
  });

  test("left running where onDelete says so, with a warning", async () => {
    const machine = await open(service);
    await scene.takes(60 * minuteMs);
    await crash(scene, machine, "beforeState", scene.args({ triggers: { run: "A" } }));
    const [leftover] = await ids();
    const args = scene.args({ triggers: { run: "B" }, waitFor: "started", onDelete: "leave" });
    const host = machine.process();
    const { id } = await create(args, host);
    expect(await ids()).toEqual([leftover, id]);
    expect(await isStopped(leftover!)).toBe(false);
    expect(host.reporter.warnings).toEqual([expect.stringMatching(/is left running \(onDelete\)/)]);
    // Known as ours from now on, on AOM too: it stands in nobody's way.
    const again = await create(scene.args({ triggers: { run: "C" }, waitFor: "started" }), machine.process());
    expect(again.kind).toBe("ready");
  });

  test("an execution of somebody else that has its name is left alone", async () => {
    const machine = await open(service);
    await scene.takes(60 * minuteMs);
    await crash(scene, machine, "beforePost", scene.args({ triggers: { run: "A" } }));
    const others = await scene.foreign({ startedAt: scene.now() - 30 * minuteMs });
    const args = scene.args({ triggers: { run: "B" }, waitFor: "started", concurrency: "allow" });
    const { id } = await create(args, machine.process());
    expect(await isStopped(others)).toBe(false);
    expect(await ids()).toEqual([others, id]);
  });
});

describe("functiongraph that does not show what a start carried", () => {
  beforeEach(async () => {
    await open("functiongraph");
    await scene.quirks({ noStartHeaders: true });
  });

  test.each(crashes)("%s, on the same machine: exactly one", async (where) => {
    const machine = scene.machine();
    await crash(scene, machine, where, scene.args());
    await create(scene.args(), machine.process());
    expect(await ids()).toHaveLength(1);
  });

  test.each(started)(
    "%s, on another machine while it runs: refused, and the candidate named",
    async (where) => {
      await scene.takes(60 * minuteMs);
      await crash(scene, scene.machine(), where, scene.args());
      const [running] = await ids();
      await expect(create(scene.args(), scene.machine().process())).rejects.toThrow(running);
      expect(await ids()).toEqual([running]);
    },
  );

  test("on another machine with a key when it has ended: refused, and the candidate named", async () => {
    const args = scene.args({ executionKey: "k" });
    await crash(scene, scene.machine(), "beforeAnswer", args);
    await scene.advance(30 * minuteMs);
    const [ended] = await ids();
    await expect(create(args, scene.machine().process())).rejects.toThrow(ended);
    expect(await ids()).toEqual([ended]);
  });

  test("a lost answer: one execution", async () => {
    await scene.fault({ operation: scene.startOperation, action: "dropAfter" });
    const outcome = await create(scene.args(), scene.machine().process());
    expect(await ids()).toEqual([outcome.id]);
  });
});

describe("functiongraph of which nobody knows whether it shows what a start carried", () => {
  test("one that runs is asked about; once an execution has shown its name, it is not", async () => {
    const machine = await open("functiongraph");
    await scene.takes(60 * minuteMs);
    const running = await scene.foreign();
    const args = scene.args({ waitFor: "started" });
    await expect(create(args, machine.process())).rejects.toThrow(running);
    expect(await ids()).toEqual([running]);
    const beside = await create({ ...args, concurrency: "allow" }, machine.process());
    const urn = "urn:pulumi:test::test::type::other";
    const other = await create(args, scene.machine().process({ urn }));
    expect(await ids()).toEqual([running, beside.id, other.id]);
  });
});

describe("executions that bear no mark, when several could be ours", () => {
  // A crash before the answer, and one of somebody else after it.
  async function undecided(): Promise<{ machine: Machine; candidates: string[] }> {
    const machine = await open("aom");
    await scene.takes(60 * minuteMs);
    await crash(scene, machine, "beforeAnswer", scene.args());
    await scene.advance(1_000);
    await scene.foreign();
    return { machine, candidates: await ids() };
  }

  test("all are named, and nothing is started, however often it is asked for", async () => {
    const { machine, candidates } = await undecided();
    for (let round = 0; round < 2; round += 1) {
      const error = (await create(scene.args(), machine.process()).catch(
        (thrown: unknown) => thrown,
      )) as Error;
      expect(error).toBeInstanceOf(StartUncertainError);
      for (const id of candidates) expect(error.message).toContain(id);
    }
    expect(await ids()).toEqual(candidates);
  });

  test("adoptExecutionId decides, and its execution is nobody else's from then on", async () => {
    const { machine, candidates } = await undecided();
    const args = scene.args({ waitFor: "started", adoptExecutionId: candidates[0] });
    expect(await create(args, machine.process())).toMatchObject({ id: candidates[0] });
    const host = machine.process();
    await host.register.recorded("aom", host.urn, candidates[0]!);
    const urn = "urn:pulumi:test::test::type::other";
    const error = (await create(scene.args(), machine.process({ urn })).catch(
      (thrown: unknown) => thrown,
    )) as Error;
    expect(error.message).toContain(candidates[1]);
    expect(error.message).not.toContain(candidates[0]);
  });

  test("the way out that starts another one works", async () => {
    const { machine, candidates } = await undecided();
    const error = (await create(scene.args(), machine.process()).catch((thrown: unknown) => thrown)) as Error;
    const args = error.message.includes('change "triggers"')
      ? scene.args({ waitFor: "started", concurrency: "allow", triggers: { again: 1 } })
      : scene.args({ waitFor: "started", concurrency: "allow" });
    const { id } = await create(args, machine.process());
    expect(await ids()).toEqual([...candidates, id]);
  });
});

// The question whether CloudFlow shows Express executions, with its consequences, is tested in expressStarts.test.ts.
describe.each<[ServiceName, Arguments]>([
  ["functiongraph", { mode: "EXPRESS" }],
  ["cloudflow", { executionMode: "Express" }],
])("%s in its express mode, where the service keeps nothing", (service, mode) => {
  const startOperation = service === "functiongraph" ? "StartSyncWorkflowExecution" : "StartSyncExecution";

  beforeEach(async () => {
    await open(service, { realTime: true });
    await scene.quirks(service === "functiongraph" ? {} : { expressForgotten: "always" });
    const attributes = service === "functiongraph" ? { mode: "EXPRESS" } : { ExecutionMode: "Express" };
    await scene.takes(50, { attributes });
  });

  test("a lost answer is never repeated; the next create refuses until triggers change", async () => {
    const machine = scene.machine();
    await scene.fault({ operation: startOperation, action: "dropAfter" });
    await expect(create(scene.args(mode), machine.process())).rejects.toThrow(StartUncertainError);
    const again = create(scene.args(mode), machine.process());
    await expect(again).rejects.toThrow(/nothing was started again.*change "triggers"/s);
    expect(await scene.asked(startOperation)).toHaveLength(1);

    const changed = await create(scene.args({ ...mode, triggers: { again: 1 } }), machine.process());
    expect(changed).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
    expect(await scene.asked(startOperation)).toHaveLength(2);
  });

  test("destroyed and created again runs again", async () => {
    const machine = scene.machine();
    const first = await create(scene.args(mode), machine.process());
    await destroy(machine, first);
    const second = await create(scene.args(mode), machine.process());
    expect(second).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
    expect(await scene.asked(startOperation)).toHaveLength(2);
  });

  test("killed after the answer: not repeated, kept with its id, and said so", async () => {
    const machine = scene.machine();
    const first = await create(scene.args(mode), machine.process());
    const again = await create(scene.args(mode), machine.process());
    expect(again.id).toBe(first.id);
    expect(await scene.asked(startOperation)).toHaveLength(1);
  });
});

describe.each(registeredServices)("%s: the journal", (service) => {
  const files = ({ folder }: Machine): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  test("is for its owner's eyes and holds no secret", async () => {
    const machine = await open(service);
    const args = scene.args({ triggers: { password: "hunter2-hunter2" }, executionKey: "open-sesame" });
    const secretArguments = ["triggers", "executionKey"];
    await create(args, machine.process({ secretArguments }));
    const found = files(machine);
    expect(found).toHaveLength(1);
    expect(statSync(found[0]!).mode & 0o777).toBe(0o600);
    const text = readFileSync(found[0]!, "utf8");
    expect(text).toContain((await ids())[0]);
    expect(text).not.toMatch(/hunter2|sesame/);
  });

  test("full of garbage is as good as none", async () => {
    const machine = await open(service);
    await create(scene.args(), machine.process());
    for (const file of files(machine)) writeFileSync(file, '{"urn": 7, "pending"');
    expect(await create(scene.args(), machine.process())).toMatchObject({ kind: "ready" });
  });

  describe("of another workflow", () => {
    const elsewhere = async (): Promise<Arguments> => {
      const script = { service, nodes: [{ id: "Work", durationMs: 60 * minuteMs }] };
      await control(scene.emulator, "PUT", "/workflows/elsewhere", script);
      return { ...workflowArgument(service, "elsewhere"), waitFor: "started" };
    };
    const mayStillRun = (id: string | undefined): unknown[] => [
      expect.stringMatching(
        `^execution ${String(id)} of an interrupted deployment belongs to another workflow \\(.*\\) and may still be running`,
      ),
    ];

    test("is no reason to take anything over, and not forgotten in silence", async () => {
      const machine = await open(service);
      await scene.takes(60 * minuteMs);
      await crash(scene, machine, "beforeState", scene.args());
      const [leftover] = await ids();
      const host = machine.process();
      const { id } = await create(await elsewhere(), host);
      expect(id).not.toBe(leftover);
      expect(host.reporter.warnings).toEqual(mayStillRun(leftover));
    });

    test("is not forgotten in silence by a destroy of what it was to replace", async () => {
      const machine = await open(service);
      const first = await create(scene.args(), machine.process());
      const supersedes = { id: first.id };
      await crash(scene, machine, "beforeState", await elsewhere(), { supersedes });
      const [, leftover] = await ids();
      const host = machine.process();
      await deleteExecution(first.id, first.state, host);
      expect(host.reporter.warnings).toEqual(mayStillRun(leftover));
      expect(await scene.executions()).toMatchObject([{}, { status: expect.stringMatching(/^running$/i) }]);
    });
  });

  test("is not touched by a deployment whose engine has gone", async () => {
    const machine = await open(service);
    const isWanted = (): Promise<boolean> => Promise.resolve(false);
    await expect(create(scene.args(), machine.process({ isWanted }))).rejects.toMatchObject({
      code: "WFX-INTERRUPTED",
    });
    expect(await ids()).toEqual([]);
    expect(files(machine)).toEqual([]);
  });
});
