/**
 * All three services in one stack, with the real engine: up, again up, refresh, destroy; and what the modes without a
 * history do.
 */
import { executionsOf, requestsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";
import type { ProgramResource } from "../support/stack";

const fixture = useFixture();

const program = (schema: string): ProgramResource[] => [
  { name: "patch", kind: "aom", args: { workflowId: "demo-succeeds", triggers: { schema } } },
  { name: "rotate", kind: "functiongraph", args: { workflowId: "demo-succeeds", input: { schema } } },
  { name: "migrate", kind: "cloudflow", args: { flowName: "demo-succeeds", input: { schema } } },
  { name: "fast-rotate", kind: "functiongraph", args: { workflowId: "demo-express", mode: "EXPRESS" } },
  { name: "fast-migrate", kind: "cloudflow", args: { flowName: "demo-express", executionMode: "Express" } },
  {
    name: "rollout",
    kind: "marker",
    args: {
      patch: "${patch.executionId}",
      rotate: "${rotate.executionId}",
      migrate: "${migrate.executionId}",
    },
  },
];

test("three services in one stack: up, nothing to do, a change, refresh, destroy", async () => {
  const { emulator, stack } = fixture;
  const first = await stack.up(program("v1"));
  expect(first.output).not.toContain("error:");
  expect(first.ok).toBe(true);
  for (const [name, type] of [
    ["patch", "aom"],
    ["rotate", "functiongraph"],
    ["migrate", "cloudflow"],
  ] as const) {
    const resource = await stack.resource(name);
    expect(resource.type).toBe(`pulumi-nodejs:${type}:WorkflowExecution`);
    expect(resource.outputs).toMatchObject({
      status: "succeeded",
      output: { version: "1.4.2" },
      stateVersion: 1,
    });
    expect((resource.outputs["steps"] as unknown[]).length).toBe(3);
    expect(resource.outputs["durationMs"]).toBe(2000);
    expect(resource.id).toBe(resource.outputs["executionId"]);
  }
  expect((await stack.resource("migrate")).id).toMatch(/^migrate-[0-9a-f]{16}-n[0-9a-f]{10}$/);
  expect((await stack.resource("fast-rotate")).outputs).toMatchObject({ status: "succeeded" });
  expect((await stack.resource("fast-migrate")).outputs).toMatchObject({ status: "succeeded" });
  expect(stack.stored()).toContain("executionId");
  expect(stack.stored()).not.toContain("emulator-secret-key");
  const started = (await executionsOf(emulator)).length;

  const requests = (await requestsOf(emulator)).length;
  expect((await stack.up()).changes).toEqual({ same: 7 });
  expect(await requestsOf(emulator)).toHaveLength(requests);

  // A mode without history keeps no execution that a refresh could read.
  const refreshed = await stack.refresh();
  expect(refreshed.ok).toBe(true);
  expect((await stack.preview()).changes).toEqual({ same: 7 });

  const changed = await stack.preview(program("v2"));
  expect(changed.output).toMatch(/patch .*runs again: triggers\.schema changed/);
  expect(changed.output).toMatch(/rotate .*runs again: input\.schema changed/);
  expect(changed.output).toMatch(/migrate .*runs again: input\.schema changed/);
  expect((await stack.up()).changes).toMatchObject({ replace: 4 });
  expect((await executionsOf(emulator)).length).toBe(started + 3);

  expect((await stack.destroy()).ok).toBe(true);
  expect(await stack.state()).toEqual([]);
});

test("a failing flow of each service names its step and what went wrong", async () => {
  const { stack } = fixture;
  const failing = await stack.up([
    { name: "rotate", kind: "functiongraph", args: { workflowId: "demo-fails" } },
    { name: "migrate", kind: "cloudflow", args: { flowName: "demo-fails" } },
  ]);
  expect(failing.ok).toBe(false);
  expect(failing.output).toMatch(/execution \S+ failed after 2s[^]*step 2 "[^"]+": failed: \S+/);
  for (const name of ["rotate", "migrate"]) {
    expect((await stack.resource(name)).outputs).toMatchObject({
      status: "failed",
      failure: { stepId: expect.stringMatching(/./), message: expect.stringMatching(/./) },
    });
  }
});
