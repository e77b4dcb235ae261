/**
 * The functions that look at executions, in a program under a real engine: in previews too, with outputs of other
 * resources as arguments, and with the stack's secret configuration.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { executionsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";

const fixture = useFixture();

const program = `
const { aom, cloudflow, functiongraph } = require("pulumi-runbook");

const patch = new aom.WorkflowExecution("patch", { workflowId: "demo-succeeds" });
const rotate = new functiongraph.WorkflowExecution("rotate", { workflowId: "demo-succeeds" });
const migrate = new cloudflow.WorkflowExecution("migrate", { flowName: "demo-succeeds" });

module.exports = async () => {
  const before = await aom.getWorkflowExecutions({ workflowId: "demo-fails", status: "failed", limit: 5 });
  const listed = [];
  for await (const { status } of functiongraph.listWorkflowExecutions({ workflowId: "demo-fails" })) listed.push(status);
  const executionId = patch.executionId;
  return {
    before: before.executions.length,
    listed,
    patchStatus: aom.getWorkflowExecutionOutput({ workflowId: "demo-succeeds", executionId }).status,
    patches: aom.getWorkflowExecutionsOutput({ workflowId: patch.workflowId }).executions.apply((all) => all.length),
    rotateOutput: functiongraph.getWorkflowExecutionOutput({ workflowId: "demo-succeeds", executionId: rotate.executionId, fullHistory: true }).output,
    migrateSteps: cloudflow.getWorkflowExecutionOutput({ flowName: "demo-succeeds", executionId: migrate.executionId }).steps.apply((steps) => steps.length),
    migrateEvents: cloudflow.getExecutionHistoryOutput({ flowName: "demo-succeeds", executionId: migrate.executionId }).events.apply((events) => events.at(-1).type),
    migrations: cloudflow.getWorkflowExecutionsOutput({ flowName: migrate.flowName, executionNamePrefix: "migrate-" }).executions.apply((all) => all.map(({ status }) => status)),
  };
};
`;

test("functions look at executions of all three services", async () => {
  const { emulator, stack } = fixture;
  writeFileSync(join(stack.folder, "index.js"), program);
  expect((await stack.preview()).ok).toBe(true);
  expect(await executionsOf(emulator)).toEqual([]);
  const result = await stack.up();
  expect(result.output).not.toMatch(/warning|error:/);
  expect(result.ok).toBe(true);
  const outputs = Object.entries(await stack.outputs()).map(([name, { value }]) => [name, value]);
  expect(Object.fromEntries(outputs)).toEqual({
    before: 0,
    listed: [],
    patchStatus: "succeeded",
    patches: 1,
    rotateOutput: { version: "1.4.2" },
    migrateSteps: 3,
    migrateEvents: "ExecutionSucceeded",
    migrations: ["succeeded"],
  });
});
