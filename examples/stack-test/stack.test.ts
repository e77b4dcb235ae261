/** A test of a whole stack: the real Pulumi engine deploys the program, and an emulator stands for the cloud. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import type { Stack } from "@pulumi/pulumi/automation";
import { ControlClient, startEmulator } from "runbook-emulator";
import type { Emulator } from "runbook-emulator";

jest.setTimeout(120_000);

let emulator: Emulator;
let control: ControlClient;
let stack: Stack;
const state = mkdtempSync(join(tmpdir(), "stack-test-"));

beforeAll(async () => {
  emulator = await startEmulator();
  control = new ControlClient(emulator);
  stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "test", workDir: __dirname },
    { envVars: { PULUMI_BACKEND_URL: pathToFileURL(state).href, PULUMI_CONFIG_PASSPHRASE: "test" } },
  );
  await stack.setAllConfig(control.pulumiConfig(), true);
});

afterAll(async () => {
  await emulator.close();
  rmSync(state, { recursive: true, force: true });
  rmSync(join(__dirname, "Pulumi.test.yaml"), { force: true });
});

test("a workflow that fails fails the deployment, and the next deployment runs it again", async () => {
  await control.workflow("patch-fleet", { nodes: [{ id: "patch", durationMs: 60_000, status: "fail" }] });
  await control.setClock({ rate: 100 }); // a minute takes 0.6 s
  await expect(stack.up()).rejects.toThrow("WFX-EXECUTION-FAILED");

  await control.workflow("patch-fleet", { nodes: [{ id: "patch", durationMs: 60_000 }] });
  const { outputs } = await stack.up();
  expect(outputs.status.value).toBe("succeeded");
  expect(await control.executions({ workflowId: "patch-fleet" })).toHaveLength(2);
});

test("a start without an answer is not repeated", async () => {
  await control.fail({ operation: "ExecuteWorkflow", action: "dropAfter" });
  await stack.setConfig("release", { value: "2" });
  await stack.up();
  expect(await control.executions({ workflowId: "patch-fleet" })).toHaveLength(3);
});
