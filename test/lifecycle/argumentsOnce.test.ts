/**
 * Arguments are read once, where a call of the lifecycle begins: no storey below reads a plain bag again.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { RunArguments } from "../../provider/src/execution/runArguments";
import type { Arguments, Outcome, StoredState } from "../../provider/src/lifecycle";
import { create, deleteExecution, read, update } from "../../provider/src/lifecycle";
import type { ServiceName } from "../../provider/src/services/registry";
import { services } from "../../provider/src/services/registry";
import type { EmulatedHost } from "../support/lifecycleHosts";
import { emulatedHost } from "../support/lifecycleHosts";

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

const rows: readonly [ServiceName, Arguments][] = [
  ["cloudflow", { flowName: "demo-succeeds", input: '{"a": 1}', executionName: "run-1" }],
  ["aom", { workflowId: "demo-succeeds", timeoutSeconds: 600, concurrency: "queue" }],
  ["functiongraph", { workflowId: "demo-succeeds", executionKey: "k-1", rerunOn: "always" }],
];

const stateOf = (outcome: Outcome): StoredState => {
  expect(outcome.kind).toBe("ready");
  return outcome.state;
};

describe.each(rows)("of %s", (service, args) => {
  /** Counts the reads of arguments during some work. */
  const readsIn = async <T>(work: () => Promise<T>): Promise<{ reads: number; result: T }> => {
    const spy = jest.spyOn(RunArguments, "read");
    try {
      return { result: await work(), reads: spy.mock.calls.length };
    } finally {
      spy.mockRestore();
    }
  };

  it("each call reads them once, down to the requests", async () => {
    const host: EmulatedHost = { ...(await emulatedHost(emulator)), definition: services[service] };
    const created = await readsIn(() => create(args, host));
    expect(created.reads).toBe(1);
    const { id } = created.result;
    const state = stateOf(created.result);
    expect(state["status"]).toBe("succeeded");

    const updated = await readsIn(() => update(id, state, { ...args, timeoutSeconds: 60 }, host));
    expect(updated.reads).toBe(1);
    // A status request compares nothing with what the program asks for.
    expect((await readsIn(() => read(id, state, host))).reads).toBe(0);
    expect((await readsIn(() => deleteExecution(id, state, host))).reads).toBe(1);
  });

  it("a teardown runbook's are read once when it is destroyed, however often it starts", async () => {
    const host: EmulatedHost = { ...(await emulatedHost(emulator)), definition: services[service] };
    const armed = await readsIn(() => create({ ...args, runOn: "destroy" }, host));
    expect(armed.reads).toBe(1);
    const { id } = armed.result;
    const state = stateOf(armed.result);
    expect((await readsIn(() => deleteExecution(id, state, host))).reads).toBe(1);
  });
});

it("only the calls of the lifecycle read arguments", () => {
  const source = join(__dirname, "../../provider/src");
  const reading = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => /RunArguments\.read\(|(?<!function )\bbeginCall\(/.test(textOf(join(source, name))))
    .sort();
  expect(reading).toEqual([
    "lifecycle/call.ts",
    "lifecycle/create.ts",
    "lifecycle/delete.ts",
    "lifecycle/diff.ts",
    "lifecycle/preview.ts",
    "lifecycle/update.ts",
  ]);
});

function textOf(path: string): string {
  return readFileSync(path, "utf8");
}

// Types only: the compiler refuses this file where a bag can stand for arguments that were read.
type CanStandIn<T> = T extends RunArguments ? true : false;

it("a plain bag can't stand for arguments that were read, whatever it has", () => {
  const bag: CanStandIn<Arguments> = false;
  const alike: CanStandIn<Pick<RunArguments, keyof RunArguments>> = false;
  expect([bag, alike]).toEqual([false, false]);
});
