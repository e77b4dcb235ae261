// Runs an AOM workflow when there is a new image, and exports what the workflow reports.
import * as pulumi from "@pulumi/pulumi";
import { aom } from "@pulumi-runbook/runbook";

const image = new pulumi.Config().get("image") ?? "1.4.2";

const patch = new aom.WorkflowExecution("patch", {
  workflowId: "demo-succeeds",
  triggers: { image },
});

export const status = patch.status;
export const version: pulumi.Output<unknown> = patch.output.apply(
  (output: { version: unknown }) => output.version,
);
