/**
 * 300 executions in one stack, a hundred of each service and all on three workflows: one start each, every status right.
 */
import { control, executionsOf, requestsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";
import type { ProgramResource } from "../support/stack";

const fixture = useFixture();

const services = ["aom", "functiongraph", "cloudflow"] as const;
const each = 100;

/** Every tenth one goes to the workflow that fails. */
function program(): ProgramResource[] {
  return services.flatMap((kind) =>
    Array.from({ length: each }, (_, index) => {
      const workflow = index % 10 === 0 ? `${kind}-fails` : `${kind}-works`;
      return {
        name: `${kind}-${String(index)}`,
        kind,
        args: {
          ...(kind === "cloudflow" ? { flowName: workflow } : { workflowId: workflow }),
          onFailure: "continue",
          rerunOn: [],
        },
      };
    }),
  );
}

test("300 executions, a hundred at a time: one start each, every status right", async () => {
  const { emulator, stack } = fixture;
  for (const service of services) {
    const node = { id: "work", durationMs: 700 };
    await control(emulator, "PUT", `/workflows/${service}-works`, { service, nodes: [node] });
    await control(emulator, "PUT", `/workflows/${service}-fails`, {
      service,
      nodes: [{ ...node, status: "fail" }],
    });
  }
  const result = await stack.up(program(), { parallel: 100 });
  expect(result.output).not.toContain("error:");
  expect(result.ok).toBe(true);

  const executions = await executionsOf(emulator);
  expect(executions).toHaveLength(services.length * each);
  const state = await stack.state();
  expect(new Set(state.map(({ outputs }) => outputs["executionId"])).size).toBe(services.length * each);
  for (const { urn, outputs } of state) {
    const [, index = ""] = /-(\d+)$/.exec(urn) ?? [];
    expect([urn, outputs["status"]]).toEqual([urn, Number(index) % 10 === 0 ? "failed" : "succeeded"]);
  }
  // Starts that wait at the same moment share their look at the list.
  const lists = (await requestsOf(emulator)).filter(
    ({ operation, path }) => operation === "ListWorkflowExecutions" && path.includes("/cms/"),
  );
  expect(lists.length).toBeLessThan(each);

  expect((await stack.up(undefined, { parallel: 100 })).changes).toEqual({
    same: services.length * each + 1,
  });
  expect(await executionsOf(emulator)).toHaveLength(services.length * each);
});
