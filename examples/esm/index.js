// Runs an AOM workflow once for each release, from an ES module. The module can wait before it declares resources.
import * as pulumi from "@pulumi/pulumi";
import { aom } from "pulumi-runbook";

const config = new pulumi.Config();
const workflowId = config.get("workflowId") ?? "demo-succeeds";

const { executions } = await aom.getWorkflowExecutions({ workflowId, limit: 1 });

const patch = new aom.WorkflowExecution("patch-fleet", {
  workflowId,
  triggers: { release: config.get("release") ?? "1" },
});

export const previous = executions[0]?.executionId ?? "none";
export const status = patch.status;
export const version = patch.output.apply((output) => output.version);
