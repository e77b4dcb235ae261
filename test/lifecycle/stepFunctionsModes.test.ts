/**
 * The features that moto does not have, on the tests' own Step Functions: EXPRESS state machines by synchronous runs,
 * and redrives.
 */
import type { Emulator } from "runbook-emulator";
import type { LifecycleHost } from "../../provider/src/lifecycle";
import {
  RunRegister,
  create,
  deleteExecution,
  openSession,
  read,
  retryExecution,
} from "../../provider/src/lifecycle";
import { InputError, ServiceError, StartUncertainError } from "../../provider/src/ground/errors";
import { services } from "../../provider/src/services/registry";
import { control, executionsOf, requestsOf } from "../support/emulators";
import { emulatorSettings, recordingReporter } from "../support/lifecycleHosts";
import { fakeClock } from "../support/fakeClock";
import { never } from "../support/sessions";
import { startWithStates } from "../support/stepFunctions/emulatedStates";
import { emulatedMachine } from "../support/stepFunctions/wire";

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startWithStates();
});
afterEach(() => emulator.close());

const script = (id: string, more: object = {}, status = "success"): Promise<unknown> =>
  control(emulator, "PUT", `/workflows/${id}`, {
    service: "stepfunctions",
    nodes: [{ id: "Work", name: "Work", durationMs: 50, status, output: { version: "1.4.2" } }],
    ...more,
  });
const express = { attributes: { type: "EXPRESS" } };
const host = (more: Partial<LifecycleHost> = {}): LifecycleHost => ({
  definition: services.stepfunctions,
  session: openSession({ settings: emulatorSettings(emulator) }),
  signal: never,
  urn: "urn:pulumi:t::t::pulumi-nodejs:stepfunctions:WorkflowExecution::x",
  register: new RunRegister(),
  secretArguments: [],
  reporter: recordingReporter(),
  ...more,
});
const args = (more: object = {}): Record<string, unknown> => ({
  stateMachineArn: emulatedMachine("wf"),
  stateMachineType: "EXPRESS",
  ...more,
});
const counts = async (): Promise<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const { operation } of await requestsOf(emulator)) found[operation] = (found[operation] ?? 0) + 1;
  return found;
};

test("an EXPRESS state machine is run by one call, whose answer is all there is", async () => {
  await script("wf", express);
  const { kind, id, state } = await create(args({ input: { a: 1 } }), host());
  expect(kind).toBe("ready");
  expect(id).toMatch(/^x-[\da-f]{16}-n[\da-f]{10}:[\da-f-]{36}$/);
  expect(state).toMatchObject({ status: "succeeded", output: { version: "1.4.2" } });
  expect(await counts()).toEqual({ StartSyncExecution: 1 });
  // The service shows nothing of it: the stored outcome stays, and there is nothing to stop.
  expect(await read(id, state, host())).toMatchObject({ status: "succeeded" });
  await deleteExecution(id, state, host());
  expect(await executionsOf(emulator)).toHaveLength(1);
});

test("an EXPRESS execution that fails is a failure with its error and cause", async () => {
  await script("wf", express, "fail");
  expect(await create(args(), host())).toMatchObject({ kind: "unready", state: { status: "failed" } });
});

test("the answer to a synchronous run is lost: nothing is run again blindly", async () => {
  await script("wf", express);
  await control(emulator, "POST", "/faults", { operation: "StartSyncExecution", action: "dropAfter" });
  const register = new RunRegister();
  await expect(create(args(), host({ register }))).rejects.toThrow(StartUncertainError);
  expect(await counts()).toEqual({ StartSyncExecution: 1 });
});

describe("a process that is killed after the answer to a synchronous run, before Pulumi has saved the outcome", () => {
  let register: RunRegister;
  let id: string;
  beforeEach(async () => {
    await script("wf", express);
    register = new RunRegister();
    ({ id } = await create(args(), host({ register })));
  });

  test("the next deployment says that the outcome is not known, and runs nothing", async () => {
    const outcome = await create(args(), host({ register }));
    expect(outcome).toMatchObject({
      kind: "unready",
      id,
      state: { expired: true },
      reasons: [expect.stringMatching(/its outcome was not seen[^]*To run it again, change "triggers"/)],
    });
    const { StartSyncExecution, DescribeExecution } = await counts();
    expect({ StartSyncExecution, DescribeExecution }).toEqual({ StartSyncExecution: 1 });
    expect(await create(args({ triggers: { again: 1 } }), host({ register }))).toMatchObject({
      kind: "ready",
    });
  });

  test("with waitFor started, the next deployment goes on", async () => {
    const reporter = recordingReporter();
    const next = host({ register, reporter });
    expect(await create(args({ waitFor: "started" }), next)).toMatchObject({ kind: "ready", id });
    expect(reporter.warnings).toEqual([
      expect.stringContaining(
        "DescribeExecution was not sent: the service shows no execution of an EXPRESS state machine.",
      ),
    ]);
  });

  test("a destroy stops nothing, and succeeds", async () => {
    const { state } = await create(args(), host({ register }));
    const settings = emulatorSettings(emulator);
    await deleteExecution(
      id,
      state,
      host({ register, session: openSession({ settings, clock: fakeClock() }) }),
    );
    expect(await counts()).not.toHaveProperty("StopExecution");
  });
});

test("an EXPRESS state machine that the program takes for a STANDARD one: the error says what has been started", async () => {
  await script("wf", express);
  const started = create(args({ stateMachineType: "STANDARD" }), host());
  await expect(started).rejects.toThrow(InputError);
  await expect(started).rejects.toThrow(
    /state machine wf of account 123456789012 \(us-east-1\) is of type EXPRESS.*set stateMachineType to "EXPRESS" first/,
  );
});

test("a STANDARD one that the program takes for an EXPRESS one is refused, and nothing is started", async () => {
  await script("wf");
  await expect(create(args(), host())).rejects.toThrow("StateMachineTypeNotSupported");
  expect(await executionsOf(emulator)).toEqual([]);
});

test("a redrive runs a failed execution again under its name; one that succeeded is refused", async () => {
  await script("wf", {}, "fail");
  const where = { stateMachineArn: emulatedMachine("wf") };
  const { id } = await create(where, host());
  await retryExecution(services.stepfunctions, where, id, host().session);
  const [only] = await executionsOf(emulator);
  expect(only).toMatchObject({ executionId: id });
  expect(await counts()).toMatchObject({ StartExecution: 1, RedriveExecution: 1 });

  await script("good");
  const good = { stateMachineArn: emulatedMachine("good") };
  const done = await create(good, host());
  const refused = retryExecution(services.stepfunctions, good, done.id, host().session);
  await expect(refused).rejects.toThrow(ServiceError);
  await expect(refused).rejects.toThrow("ExecutionNotRedrivable");
});
