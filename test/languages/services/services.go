package main

import (
	"fmt"

	"github.com/pulumi-runbook/pulumi-runbook/sdk/go/runbook/cloudflow"
	"github.com/pulumi-runbook/pulumi-runbook/sdk/go/runbook/coc"
	"github.com/pulumi-runbook/pulumi-runbook/sdk/go/runbook/functiongraph"
	"github.com/pulumi-runbook/pulumi-runbook/sdk/go/runbook/stepfunctions"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// declareServices declares the other services beside the example: an execution of each, run by the same image, and the
// events of one.
func declareServices(ctx *pulumi.Context, image string) error {
	input := pulumi.Map{"image": pulumi.String(image)}
	rotate, err := functiongraph.NewWorkflowExecution(ctx, "rotate", &functiongraph.WorkflowExecutionArgs{
		WorkflowId: pulumi.String("demo-succeeds"),
		Input:      input,
	})
	if err != nil {
		return err
	}
	audit, err := coc.NewWorkflowExecution(ctx, "audit", &coc.WorkflowExecutionArgs{
		DocumentId: pulumi.String("demo-succeeds"),
		Parameters: input,
	})
	if err != nil {
		return err
	}
	migrate, err := cloudflow.NewWorkflowExecution(ctx, "migrate", &cloudflow.WorkflowExecutionArgs{
		FlowName: pulumi.String("demo-succeeds"),
		Input:    input,
	})
	if err != nil {
		return err
	}
	copied, err := stepfunctions.NewWorkflowExecution(ctx, "copy", &stepfunctions.WorkflowExecutionArgs{
		StateMachineArn: pulumi.String("arn:aws:states:us-east-1:123456789012:stateMachine:demo-succeeds"),
		Input:           input,
	})
	if err != nil {
		return err
	}
	history := cloudflow.GetExecutionHistoryOutput(ctx, cloudflow.GetExecutionHistoryOutputArgs{
		FlowName:    pulumi.String("demo-succeeds"),
		ExecutionId: migrate.ExecutionId.Elem(),
	})
	ctx.Export("others", pulumi.All(rotate.Status, audit.Status, migrate.Status, copied.Status))
	ctx.Export("firstEvent", history.Events().ApplyT(func(events []cloudflow.HistoryEvent) string {
		return fmt.Sprintf("%.0f %s", *events[0].EventId, events[0].Type)
	}))
	return nil
}
