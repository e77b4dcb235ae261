/**
 * The retries of FunctionGraph and COC: the failed steps run again under the same id, and the lifecycle goes on with it.
 */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { InputError, ServiceError } from "../../provider/src/ground/errors";
import type { LifecycleHost } from "../../provider/src/lifecycle";
import { create, diff, read, retryExecution, update } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { control, executionsOf } from "../support/emulators";
import type { EmulatedHost } from "../support/lifecycleHosts";
import { emulatedHost } from "../support/lifecycleHosts";

describe.each([
  ["functiongraph", { workflowId: "flaky" }, "work"],
  ["coc", { documentId: "flaky" }, expect.any(String)],
] as const)("%s", (service, args, stepId: unknown) => {
  let emulator: Emulator;
  let host: EmulatedHost & LifecycleHost;
  beforeEach(async () => {
    emulator = await startEmulator();
    host = { ...(await emulatedHost(emulator)), definition: services[service] };
    await control(emulator, "PUT", "/workflows/flaky", {
      service,
      nodes: [
        { id: "prepare", durationMs: 1_000 },
        {
          id: "work",
          durationMs: 1_000,
          status: "fail",
          onRestart: { status: "success", output: { version: "2" } },
        },
      ],
    });
  });
  afterEach(() => emulator.close());

  test("an execution whose failed step is run again is waited for by the next deployment", async () => {
    const failed = await create(args, host);
    expect(failed).toMatchObject({ kind: "unready", state: { status: "failed", failure: { stepId } } });

    await retryExecution(services[service], args, failed.id, host.session);
    const seen = await read(failed.id, failed.state, host);
    expect(seen).toMatchObject({ executionId: failed.id, status: "running" });
    expect(diff(services[service], failed.id, seen!, args)).toMatchObject({
      action: "update",
      changes: [{ reason: `resumes waiting for execution ${failed.id}` }],
    });

    const done = await update(failed.id, seen!, args, host);
    expect(done).toMatchObject({ kind: "ready", id: failed.id, state: { status: "succeeded" } });
    expect(done.state).not.toHaveProperty("failure");
    expect(await executionsOf(emulator)).toHaveLength(1);
  });

  test("what has not failed can't be retried, and what is wrong is named", async () => {
    await control(emulator, "PUT", "/workflows/flaky", {
      service,
      nodes: [{ id: "a", durationMs: 1 }],
    });
    const { id } = await create(args, host);
    await expect(retryExecution(services[service], args, id, host.session)).rejects.toBeInstanceOf(
      ServiceError,
    );
    await expect(retryExecution(services[service], args, "", host.session)).rejects.toThrow(
      `${service}.retryWorkflowExecution: "executionId" must not be empty`,
    );
    await expect(retryExecution(services.aom, args, id, host.session)).rejects.toBeInstanceOf(InputError);
  });
});
