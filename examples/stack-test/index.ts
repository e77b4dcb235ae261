// Patches a fleet. `stack.test.ts` deploys this program by the real engine, on an emulator.
import * as pulumi from "@pulumi/pulumi";
import { aom } from "pulumi-runbook";

const config = new pulumi.Config();

const patch = new aom.WorkflowExecution("patch-fleet", {
  workflowId: "patch-fleet",
  triggers: { release: config.get("release") ?? "1" },
  timeoutSeconds: 3600,
});

export const status = patch.status;
