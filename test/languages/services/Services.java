// The other services, beside the example: an execution of each, run by the same image, and the events of one.
import com.pulumi.Context;
import com.pulumi.core.Output;
import io.github.pulumirunbook.runbook.cloudflow.CloudflowFunctions;
import io.github.pulumirunbook.runbook.cloudflow.inputs.GetExecutionHistoryArgs;
import java.util.Map;

final class Services {
    static void declare(Context ctx, String image) {
        var input = Map.<String, Object>of("image", image);
        var rotate = new io.github.pulumirunbook.runbook.functiongraph.WorkflowExecution("rotate",
            io.github.pulumirunbook.runbook.functiongraph.WorkflowExecutionArgs.builder()
                .workflowId("demo-succeeds")
                .input(input)
                .build());
        var audit = new io.github.pulumirunbook.runbook.coc.WorkflowExecution("audit",
            io.github.pulumirunbook.runbook.coc.WorkflowExecutionArgs.builder()
                .documentId("demo-succeeds")
                .parameters(input)
                .build());
        var migrate = new io.github.pulumirunbook.runbook.cloudflow.WorkflowExecution("migrate",
            io.github.pulumirunbook.runbook.cloudflow.WorkflowExecutionArgs.builder()
                .flowName("demo-succeeds")
                .input(input)
                .build());
        var copy = new io.github.pulumirunbook.runbook.stepfunctions.WorkflowExecution("copy",
            io.github.pulumirunbook.runbook.stepfunctions.WorkflowExecutionArgs.builder()
                .stateMachineArn("arn:aws:states:us-east-1:123456789012:stateMachine:demo-succeeds")
                .input(input)
                .build());
        var history = CloudflowFunctions.getExecutionHistory(GetExecutionHistoryArgs.builder()
            .flowName("demo-succeeds")
            .executionId(migrate.executionId().applyValue(id -> id.orElse("")))
            .build());
        ctx.export("others", Output.all(rotate.status(), audit.status(), migrate.status(), copy.status()));
        ctx.export("firstEvent", history.applyValue(found -> {
            var first = found.events().get(0);
            return "%.0f %s".formatted(first.eventId().orElseThrow(), first.type());
        }));
    }
}
