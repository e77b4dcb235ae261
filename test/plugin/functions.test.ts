/**
 * The functions that only some services have, over the protocol: the events of an execution, and failed steps run again, which
 * no preview may do.
 */
import * as grpc from "@grpc/grpc-js";
import type { Emulator } from "runbook-emulator";
import type { OwnFunction } from "../../provider/src/execution/capabilities";
import type { BackendDefinition } from "../../provider/src/execution/service";
import type { ServiceName } from "../../provider/src/services/registry";
import { services } from "../../provider/src/services/registry";
import { control, executionsOf, requestsOf } from "../support/emulators";
import { registeredServices, workflowArgument } from "../support/everyService";
import type { EngineSide } from "../support/plugin/engineSide";
import type { Plugin } from "../support/plugin/pluginProcess";
import type { Bag } from "../support/plugin/wireValues";
import { startPlugin } from "../support/plugin/pluginProcess";
import { failureOf } from "../support/plugin/providerCalls";
import { secret, urnOf } from "../support/plugin/wireValues";
import { startWithStates } from "../support/stepFunctions/emulatedStates";

let emulator: Emulator;
let plugin: Plugin;
let engine: EngineSide;
beforeAll(async () => {
  emulator = await startWithStates();
  plugin = await startPlugin(emulator);
  ({ engine } = plugin);
});
afterAll(async () => {
  await plugin.stop();
  await emulator.close();
});

const definitions: Readonly<Record<ServiceName, BackendDefinition>> = services;
const having = (name: OwnFunction): ServiceName[] =>
  registeredServices.filter((service) => definitions[service].capabilities.functions?.includes(name));

let runs = 0;

/** Runs a workflow whose only step fails, and succeeds when it is run again. */
async function failedRun(service: ServiceName): Promise<{ token: (name: string) => string; args: Bag }> {
  const node = {
    id: "Work",
    name: "Work",
    durationMs: 50,
    status: "fail",
    onRestart: { status: "success", output: { version: "2" } },
  };
  // One of its own: a resource that is created again gets the execution that it has.
  const name = `flaky-${service}-${String((runs += 1))}`;
  await control(emulator, "PUT", `/workflows/${name}`, { service, nodes: [node] });
  const subject = workflowArgument(service, name);
  const urn = urnOf(name, service);
  await engine.check(urn, subject);
  const { initFailure } = await failureOf(engine.create(urn, subject));
  return {
    token: (each) => `runbook:${service}:${each}`,
    args: { ...subject, executionId: initFailure!.id },
  };
}

const statusOf = async (token: string, args: Bag): Promise<unknown> =>
  (await engine.invoke(token, args))["status"];

describe.each(having("getExecutionHistory"))("getExecutionHistory of %s", (service) => {
  test("gives the events in the service's words; all of them are a secret where an argument is", async () => {
    const { token, args } = await failedRun(service);
    const { events, ...rest } = await engine.invoke(token("getExecutionHistory"), args);
    expect(rest).toEqual({});
    const types = (events as { type: string }[]).map(({ type }) => type);
    expect([types[0], types.at(-1)]).toEqual([
      expect.stringMatching(/^ExecutionStarted$/),
      expect.stringMatching(/^ExecutionFailed$/),
    ]);
    const hidden = { ...args, executionId: secret(args["executionId"]) };
    expect(await engine.invoke(token("getExecutionHistory"), hidden)).toEqual({ events: secret(events) });
  });

  test("a number that the service does not give is not there", async () => {
    const { token, args } = await failedRun(service);
    const body =
      service === "cloudflow"
        ? { RequestId: "1", Events: [{ Type: "ExecutionStarted" }] }
        : { events: [{ type: "ExecutionStarted" }] };
    const operation = service === "cloudflow" ? "GetExecutionHistory" : "GetExecutionHistory";
    await control(emulator, "POST", "/faults", { operation, action: "status", status: 200, body, count: 1 });
    const { events } = await engine.invoke(token("getExecutionHistory"), args);
    expect(events).toEqual([expect.objectContaining({ type: "ExecutionStarted" })]);
    expect(Object.keys((events as [Bag])[0]).filter((name) => /id$/i.test(name))).toEqual([]);
  });
});

describe.each(having("retryWorkflowExecution"))("retryWorkflowExecution of %s", (service) => {
  test("does nothing in a preview, and runs the failed steps again in a deployment", async () => {
    const { token, args } = await failedRun(service);
    const before = (await requestsOf(emulator)).length;
    expect(await engine.invoke(token("retryWorkflowExecution"), args, { isPreview: true })).toEqual({});
    expect(await requestsOf(emulator)).toHaveLength(before);
    expect(await engine.invoke(token("retryWorkflowExecution"), args)).toEqual({});
    const limit = performance.now() + 10_000;
    while ((await statusOf(token("getWorkflowExecution"), args)) === "running") {
      expect(performance.now()).toBeLessThan(limit);
      await new Promise((done) => setTimeout(done, 20));
    }
    expect(await statusOf(token("getWorkflowExecution"), args)).toBe("succeeded");
    const again = await failureOf(engine.invoke(token("retryWorkflowExecution"), args));
    expect(again.message).toMatch(new RegExp(`^${service}\\.retryWorkflowExecution`));
  });

  test("an engine that does not say what is a preview is told so, and nothing is run", async () => {
    const { token, args } = await failedRun(service);
    const old = await startPlugin(emulator);
    try {
      await old.engine.handshake(false);
      const { code, message } = await failureOf(old.engine.invoke(token("retryWorkflowExecution"), args));
      expect(code).toBe(grpc.status.FAILED_PRECONDITION);
      expect(message).toMatch(/does not tell the plugin what is a preview.*update Pulumi/);
      expect(await statusOf(token("getWorkflowExecution"), args)).toBe("failed");
    } finally {
      await old.stop();
    }
  });
});

test("a function that a service lacks is refused by name, without a request", async () => {
  const before = (await requestsOf(emulator)).length;
  const missing = registeredServices.flatMap((service) =>
    (["getExecutionHistory", "retryWorkflowExecution"] as const)
      .filter((name) => !having(name).includes(service))
      .map((name) => ({ token: `runbook:${service}:${name}`, args: workflowArgument(service, "any") })),
  );
  expect(missing.length).toBeGreaterThanOrEqual(4);
  for (const { token, args } of missing) {
    const { code, message } = await failureOf(engine.invoke(token, { ...args, executionId: "e-1" }));
    expect(code).toBe(grpc.status.INVALID_ARGUMENT);
    expect(message).toContain(`this provider has no function "${token}"`);
  }
  expect(await requestsOf(emulator)).toHaveLength(before);
  expect((await executionsOf(emulator)).every(({ workflowId }) => workflowId.startsWith("flaky-"))).toBe(
    true,
  );
});
