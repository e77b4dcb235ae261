/**
 * A stack whose whole configuration is `ControlClient.pulumiConfig()`, with the real engine.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ControlClient } from "runbook-emulator";
import { useFixture } from "../support/fixture";
import { setSettings } from "../support/pulumiCommand";

const fixture = useFixture();

test("a stack with no other configuration runs a workflow on each service", async () => {
  const { emulator, stack } = fixture;
  const control = new ControlClient(emulator);
  // Only the settings that encrypt the secrets stay.
  const file = join(stack.folder, `Pulumi.${stack.name}.yaml`);
  writeFileSync(file, readFileSync(file, "utf8").replace(/^config:\n(?:[ \t].*\n?)*/m, ""));
  await setSettings(stack, control.pulumiConfig());
  await control.setClock({ rate: 1_000 });

  const up = await stack.up([
    { kind: "aom", name: "aom", args: { workflowId: "demo-succeeds" } },
    { kind: "functiongraph", name: "functiongraph", args: { workflowId: "demo-succeeds" } },
    { kind: "cloudflow", name: "cloudflow", args: { flowName: "demo-succeeds" } },
  ]);

  expect(up.ok).toBe(true);
  const executions = await control.executions();
  expect(executions.map(({ service }) => service).sort()).toEqual(["aom", "cloudflow", "functiongraph"]);
  expect(readFileSync(file, "utf8")).not.toContain("emulator-secret-key");
});
