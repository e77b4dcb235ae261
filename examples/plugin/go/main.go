// Command patch-fleet runs an AOM workflow when there is a new image, and exports what the workflow reports.
package main

import (
	"github.com/pulumi-runbook/pulumi-runbook/sdk/go/runbook/aom"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		image := config.Get(ctx, "image")
		if image == "" {
			image = "1.4.2"
		}
		patch, err := aom.NewWorkflowExecution(ctx, "patch", &aom.WorkflowExecutionArgs{
			WorkflowId: pulumi.String("demo-succeeds"),
			Triggers:   pulumi.Map{"image": pulumi.String(image)},
		})
		if err != nil {
			return err
		}
		ctx.Export("status", patch.Status)
		ctx.Export("version", patch.Output.ApplyT(func(output any) any {
			return output.(map[string]any)["version"]
		}))
		return nil
	})
}
