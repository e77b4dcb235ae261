"""Runs an AOM workflow when there is a new image, and exports what the workflow reports."""

import pulumi
from pulumi_runbook import aom

image = pulumi.Config().get("image") or "1.4.2"

patch = aom.WorkflowExecution(
    "patch",
    workflow_id="demo-succeeds",
    triggers={"image": image},
)

pulumi.export("status", patch.status)
pulumi.export("version", patch.output["version"])
