/**
 * Starts of CloudFlow's Express flows, whose names need not be unique: a start whose answer is lost is found again where the
 * service shows Express executions, is asked about where it does not, and is never sent a second time.
 */
import { StartUncertainError } from "../../provider/src/ground/errors";
import type { Arguments, Outcome } from "../../provider/src/lifecycle";
import { create, deleteExecution, openSession, read, update } from "../../provider/src/lifecycle";
import type { Fetch } from "../../provider/src/http/httpClient";
import { control } from "../support/emulators";
import { emulatorSettings } from "../support/lifecycleHosts";
import type { Machine, ProcessOptions, Scene } from "../support/machines";
import { idAndState, openScene } from "../support/machines";
import { never } from "../support/sessions";

const express: Arguments = { executionMode: "Express" };
const key = "6f1f2a3e-4c5d-4e6f-8a9b-0c1d2e3f4a5b";

let scene: Scene;
let machine: Machine;
// A run that takes no time has ended at once, also where the clock stands still.
async function open(realTime: boolean): Promise<void> {
  scene = await openScene("cloudflow", { realTime });
  await takes(0);
  machine = scene.machine();
}
beforeEach(() => open(false));
afterEach(() => scene.close());

const takes = (durationMs: number, more: object = {}): Promise<void> =>
  scene.takes(durationMs, { attributes: { ExecutionMode: "Express" }, ...more });
const forgotten = (when: "always" | "whenEnded"): Promise<void> => scene.quirks({ expressForgotten: when });
const loseAnswer = (): Promise<void> => scene.fault({ operation: "StartSyncExecution", action: "dropAfter" });
const starts = async (): Promise<number> => (await scene.asked("StartSyncExecution")).length;
const up = (more: Arguments = {}, options: ProcessOptions = {}, on = machine): Promise<Outcome> =>
  create(scene.args({ ...express, ...more }), on.process(options));
const question = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StartUncertainError);
  return (error as Error).message;
};

/** A deployment whose connection breaks while the flow runs. */
async function cutOff(more: Arguments = {}): Promise<Outcome> {
  const { default: nodeFetch } = await import("node-fetch");
  const fetch: Fetch = async (url, init) => {
    const action = new Headers(init.headers as Record<string, string>).get("x-acs-action");
    if (action !== "StartSyncExecution") return nodeFetch(url, init);
    const sent = nodeFetch(url, { ...init, signal: AbortSignal.timeout(400) });
    return sent.catch(() => {
      throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    });
  };
  const session = openSession({ settings: emulatorSettings(scene.emulator), fetch });
  return create(scene.args({ ...express, ...more }), { ...machine.process(), session });
}

test("kept by the service: the execution is found by the same deployment, and started once", async () => {
  await loseAnswer();
  const outcome = await up();
  expect(outcome).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
  expect(outcome.id).toMatch(/-n[\da-f]{10}:[\da-f-]{36}$/);
  expect(await scene.executions()).toHaveLength(1);
  expect(await starts()).toBe(1);
});

test("shown later: the next deployment finds it", async () => {
  await forgotten("always");
  await loseAnswer();
  const message = await question(up());
  expect(message).toMatch(
    /shows no such execution, and nothing was started again\. The next `pulumi up` searches again/,
  );
  expect(message).toMatch(/To run the flow, or to run it again, change "triggers"\./);
  await scene.quirks({});
  expect(await up()).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
  expect(await starts()).toBe(1);
});

test.each(["always", "whenEnded"] as const)(
  "forgotten (%s): asked about, until triggers change",
  async (when) => {
    await forgotten(when);
    await loseAnswer();
    await question(up());
    expect(await question(up())).toMatch(/nothing was started again/);
    expect(await starts()).toBe(1);
    expect(await up({ triggers: { again: 1 } })).toMatchObject({
      kind: "ready",
      state: { status: "succeeded" },
    });
    expect(await starts()).toBe(2);
  },
);

test.each<[string, object, RegExp]>([
  ["refused", { action: "status", status: 403 }, /can't be looked up, so nothing was started again/],
  ["the flow unknown to lists", { action: "status", status: 404 }, /shows no such execution/],
  [
    "broken",
    { action: "status", status: 503 },
    /The search for the execution failed, and nothing was started again/,
  ],
])("the list is %s: the start stays in doubt, and the next look finds it", async (_what, fault, says) => {
  await scene.fault({ operation: "ListExecutions", count: null, ...fault });
  await loseAnswer();
  expect(await question(up())).toMatch(says);
  await control(scene.emulator, "DELETE", "/faults");
  expect(await up()).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
  expect(await starts()).toBe(1);
});

describe("a connection that breaks while the flow runs", () => {
  beforeEach(async () => {
    await scene.close();
    await open(true);
  });

  test("the execution is awaited to its end", async () => {
    await takes(2_000);
    const outcome = await cutOff();
    expect(outcome).toMatchObject({ kind: "ready", state: { status: "succeeded" } });
    expect(await scene.executions()).toHaveLength(1);
  });

  test("forgotten as it ends: its id is kept, nothing is started again", async () => {
    await takes(2_000);
    const outcome = await cutOff({ timeoutSeconds: 1 });
    expect(outcome).toMatchObject({ kind: "unready", state: { status: "running" } });
    await forgotten("whenEnded");
    await scene.clock.sleep(2_500, never);
    const args = scene.args(express);
    expect(await update(outcome.id, outcome.state, args, machine.process())).toMatchObject({
      kind: "unready",
      id: outcome.id,
      state: { status: "running", expired: true },
      reasons: [expect.stringMatching(/no longer knows execution/)],
    });
    expect(await scene.executions()).toHaveLength(1);
  });

  test("a refresh looks at what has not ended, and believes no silence", async () => {
    await takes(2_000);
    const outcome = await cutOff({ timeoutSeconds: 1 });
    await forgotten("always");
    expect(await read(outcome.id, outcome.state, machine.process())).toEqual(outcome.state);
    await scene.quirks({});
    await scene.clock.sleep(2_500, never);
    const seen = await read(outcome.id, outcome.state, machine.process());
    expect(seen).toMatchObject({ status: "succeeded" });
  });
});

describe("with an executionKey, on another machine", () => {
  test("kept by the service: the one execution, also of a run that replaces another", async () => {
    const first = await up({ executionKey: key });
    const elsewhere = scene.machine();
    expect(await up({ executionKey: key }, {}, elsewhere)).toMatchObject({ kind: "ready", id: first.id });
    const supersedes = idAndState(first);
    const second = await up({ executionKey: key }, { supersedes });
    expect(second.id).not.toBe(first.id);
    expect(await up({ executionKey: key }, { supersedes }, elsewhere)).toMatchObject({ id: second.id });
    expect(await starts()).toBe(2);
  });

  test("forgotten, or not to be listed: it runs again, as documented", async () => {
    await up({ executionKey: key });
    await forgotten("always");
    expect(await up({ executionKey: key }, {}, scene.machine())).toMatchObject({ kind: "ready" });
    await scene.fault({ operation: "ListExecutions", action: "status", status: 403 });
    expect(await up({ executionKey: key }, {}, scene.machine())).toMatchObject({ kind: "ready" });
    expect(await starts()).toBe(3);
  });
});

test("an executionName of 128 characters leaves room for what makes it unique", async () => {
  const outcome = await up({ executionName: "n".repeat(128) });
  expect(outcome.id).toMatch(/^n{116}-n[\da-f]{10}:/);
});

test("a teardown that failed is tried anew by the next destroy, not taken over", async () => {
  await takes(0, { runs: [{ change: { Work: { status: "fail" } } }, {}] });
  const armed = await up({ runOn: "destroy" });
  const destroy = (): Promise<void> => deleteExecution(armed.id, armed.state, machine.process());
  await expect(destroy()).rejects.toThrow(/failed/);
  await destroy();
  expect(await starts()).toBe(2);
});
