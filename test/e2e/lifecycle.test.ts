/**
 * The life of an AOM execution with the real engine: up, again up, preview, change, refresh, destroy.
 */
import { executionsOf, requestsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";
import type { TestStack } from "../support/stack";

const fixture = useFixture();

test("up runs it, up again runs nothing, a change runs it again for the named reason, destroy leaves nothing", async () => {
  const { emulator, stack } = fixture;
  const program = (image: string): Parameters<TestStack["up"]>[0] => [
    { name: "patch", args: { workflowId: "demo-succeeds", triggers: { image } } },
    { name: "rollout", kind: "marker", args: { version: "${patch.executionId}" } },
  ];

  const preview = await stack.preview(program("a"));
  expect(preview.ok).toBe(true);
  expect(await executionsOf(emulator)).toEqual([]);

  const first = await stack.up();
  expect(first.output).toMatch(/patch creating .*2\/3 /);
  expect(first.changes).toMatchObject({ create: 3 });
  const [execution] = await executionsOf(emulator);
  expect(execution).toMatchObject({ workflowId: "demo-succeeds", status: "success" });
  const patch = await stack.resource("patch");
  expect(patch).toMatchObject({
    type: "pulumi-nodejs:aom:WorkflowExecution",
    id: execution!.executionId,
    outputs: {
      executionId: execution!.executionId,
      status: "succeeded",
      rawStatus: "success",
      durationMs: 2000,
      region: "cn-north-4",
      output: { version: "1.4.2" },
      stateVersion: 1,
    },
  });
  expect(patch.outputs["startedAt"]).toMatch(/^\d{4}-.*Z$/);
  expect((patch.outputs["steps"] as { status: string }[]).map(({ status }) => status)).toEqual(
    Array(3).fill("succeeded"),
  );
  expect((await stack.resource("rollout")).inputs["keepers"]).toEqual({ version: execution!.executionId });

  expect(stack.stored()).toContain("executionId");
  expect(stack.stored()).not.toContain("emulator-secret-key");

  const requestsBefore = (await requestsOf(emulator)).length;
  const second = await stack.up();
  expect(second.changes).toEqual({ same: 3 });
  expect(await requestsOf(emulator)).toHaveLength(requestsBefore);

  const changed = await stack.preview(program("b"));
  expect(changed.output).toContain("runs again: triggers.image changed");
  expect(await executionsOf(emulator)).toHaveLength(1);

  const third = await stack.up();
  expect(third.changes).toMatchObject({ replace: 2 });
  const both = await executionsOf(emulator);
  expect(both).toHaveLength(2);
  expect((await stack.resource("patch")).id).not.toBe(execution!.executionId);

  const refreshed = await stack.refresh();
  expect(refreshed.ok).toBe(true);
  expect((await stack.up()).changes).toEqual({ same: 3 });

  const destroyed = await stack.destroy();
  expect(destroyed.ok).toBe(true);
  expect(await stack.state()).toEqual([]);
  expect(await executionsOf(emulator)).toHaveLength(2);
  // Both had ended: there was nothing to stop.
  expect((await requestsOf(emulator)).filter(({ operation }) => operation === "StopExecution")).toEqual([]);
});

test("what an execution does not have is known in previews: nothing that depends on it changes", async () => {
  const { stack } = fixture;
  await stack.up([
    { name: "patch", args: { workflowId: "demo-succeeds" } },
    { name: "armed", args: { workflowId: "demo-succeeds", runOn: "destroy" } },
    // No failure, not expired, no triggers given, nothing has run.
    {
      name: "report",
      kind: "marker",
      args: {
        failure: "${patch.failure}",
        expired: "${patch.expired}",
        triggers: "${patch.triggers}",
        run: "${armed.executionId}",
        of: "${patch.executionId}",
      },
    },
  ]);
  const report = await stack.resource("report");
  const absent = { failure: null, expired: false, triggers: null, run: null };
  expect(report.inputs["keepers"]).toEqual({ ...absent, of: expect.any(String) });
  expect((await stack.preview()).changes).toEqual({ same: 4 });
  expect((await stack.up()).changes).toEqual({ same: 4 });
});
