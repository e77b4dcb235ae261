// Runs an AOM workflow when there is a new image, and exports what the workflow reports.
import com.pulumi.Pulumi;
import io.github.pulumirunbook.runbook.aom.WorkflowExecution;
import io.github.pulumirunbook.runbook.aom.WorkflowExecutionArgs;
import java.util.Map;

public class App {
    public static void main(String[] args) {
        Pulumi.run(ctx -> {
            var image = ctx.config().get("image").orElse("1.4.2");
            var patch = new WorkflowExecution("patch", WorkflowExecutionArgs.builder()
                .workflowId("demo-succeeds")
                .triggers(Map.of("image", image))
                .build());
            ctx.export("status", patch.status());
            ctx.export("version", patch.output().applyValue(output -> ((Map<?, ?>) output.orElseThrow()).get("version")));
        });
    }
}
