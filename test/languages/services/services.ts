/**
 * The other services, beside the example: an execution of each, run by the same image, and the events of one.
 */
import * as pulumi from "@pulumi/pulumi";
import { cloudflow, coc, functiongraph, stepfunctions } from "@pulumi-runbook/runbook";

const input = { image: new pulumi.Config().get("image") ?? "1.4.2" };

const rotate = new functiongraph.WorkflowExecution("rotate", { workflowId: "demo-succeeds", input });
const audit = new coc.WorkflowExecution("audit", { documentId: "demo-succeeds", parameters: input });
const migrate = new cloudflow.WorkflowExecution("migrate", { flowName: "demo-succeeds", input });
const copy = new stepfunctions.WorkflowExecution("copy", {
  stateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:demo-succeeds",
  input,
});
const history = cloudflow.getExecutionHistoryOutput({
  flowName: "demo-succeeds",
  executionId: migrate.executionId.apply((id) => id ?? ""),
});

export const others = pulumi.all([rotate.status, audit.status, migrate.status, copy.status]);
export const firstEvent = history.events.apply(([first]) => [first?.eventId, first?.type].join(" "));
