// Patches a fleet. `index.test.ts` runs this program with Pulumi's mocks: no engine, no cloud, no emulator.
import * as pulumi from "@pulumi/pulumi";
import { aom } from "pulumi-runbook";

const config = new pulumi.Config();
const environment = config.get("environment") ?? "production";

const patch = new aom.WorkflowExecution("patch-fleet", {
  workflowId: "8e2d1c0b",
  triggers: { release: config.get("release") ?? "1" },
  timeoutSeconds: environment === "production" ? 3600 : 600,
});

export const version = patch.output.apply((output: { version: string }) => output.version);
