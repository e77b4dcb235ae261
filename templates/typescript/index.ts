// Runs a workflow once for each release, and exports what the workflow reports.
import * as pulumi from "@pulumi/pulumi";
import { aom } from "pulumi-runbook";

const config = new pulumi.Config();

const runbook = new aom.WorkflowExecution("runbook", {
  workflowId: config.require("workflowId"),
  triggers: { release: config.require("release") }, // a change here runs the workflow again
  timeoutSeconds: 1800,
});

// A resource with `dependsOn: [runbook]` is created only after the workflow has succeeded.

export const status = runbook.status;
export const steps = runbook.steps.apply((all) =>
  all.map((step) => `${step.name ?? step.id}: ${step.status}`),
);
export const output = runbook.output;
