"""The other services, beside the example: an execution of each, run by the same image, and the events of one."""

import pulumi
from pulumi_runbook import cloudflow, coc, functiongraph, stepfunctions

image = pulumi.Config().get("image") or "1.4.2"

rotate = functiongraph.WorkflowExecution(
    "rotate", workflow_id="demo-succeeds", input={"image": image}
)
audit = coc.WorkflowExecution("audit", document_id="demo-succeeds", parameters={"image": image})
migrate = cloudflow.WorkflowExecution("migrate", flow_name="demo-succeeds", input={"image": image})
copy = stepfunctions.WorkflowExecution(
    "copy",
    state_machine_arn="arn:aws:states:us-east-1:123456789012:stateMachine:demo-succeeds",
    input={"image": image},
)
history = cloudflow.get_execution_history_output(
    flow_name="demo-succeeds", execution_id=migrate.execution_id
)

pulumi.export("others", pulumi.Output.all(rotate.status, audit.status, migrate.status, copy.status))
pulumi.export("firstEvent", history.events.apply(lambda events: f"{events[0].event_id:.0f} {events[0].type}"))
