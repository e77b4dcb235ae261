/**
 * A start whose answer is lost, or that is refused for now, on every service: one execution, and the deployment
 * succeeds as if nothing had happened. Real engine.
 */
import { control, executionsOf, requestsOf } from "../support/emulators";
import { namesOf, play, script, serviceCount } from "../support/everyService";
import { useFixture } from "../support/fixture";

const fixture = useFixture();

const starts = ["ExecuteDocument", "ExecuteWorkflow", "StartWorkflowExecution", "StartExecution"];
const losses: Readonly<Record<string, object>> = {
  // The connection breaks when the start has been handled.
  dropped: { action: "dropAfter" },
  // Handled, and answered with an error.
  unavailable: { action: "status", status: 503, afterHandling: true },
  // Refused before it was handled.
  throttled: { action: "status", status: 429, retryAfter: 1 },
};

test.each(Object.entries(losses))("%s: one execution on each service", async (role, fault) => {
  const { emulator, stack } = fixture;
  await script(emulator, role);
  for (const operation of starts) await control(emulator, "POST", "/faults", { operation, ...fault });
  const result = await stack.up(play(role));
  expect(result.output).not.toContain("error:");
  expect(result.ok).toBe(true);

  const executions = await executionsOf(emulator);
  expect(executions.map(({ workflowId }) => workflowId).sort()).toEqual(namesOf(role).sort());
  for (const { workflowId, executionId } of executions) {
    expect(await stack.resource(workflowId)).toMatchObject({
      id: executionId,
      outputs: { status: "succeeded" },
    });
  }
  // The faults have hit: all but CloudFlow are asked once more only where they had refused.
  const posts = (await requestsOf(emulator)).filter(({ operation }) => starts.includes(operation));
  expect(posts).toHaveLength(role === "throttled" ? 2 * serviceCount : serviceCount + 1);

  expect((await stack.up()).changes).toEqual({ same: serviceCount + 1 });
  expect(await executionsOf(emulator)).toHaveLength(serviceCount);
});
