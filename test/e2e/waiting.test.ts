/**
 * Waits that end before the execution does, and what the next command makes of it: real engine.
 */
import { control, executionsOf, requestsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";

const fixture = useFixture();

test("a wait that runs out loses nothing: the next up goes on waiting for the same execution", async () => {
  const { emulator, stack } = fixture;
  const args = { workflowId: "demo-slow" };
  const opts = { customTimeouts: { create: "1s" } };
  const first = await stack.up([{ name: "slow", args, opts }]);
  expect(first.ok).toBe(false);
  expect(first.output).toMatch(
    /execution \S+ is still running after this deployment waited 1s \(customTimeouts\)/,
  );
  expect(first.output).toContain(
    "The next `pulumi up` resumes waiting for this execution. Nothing is started twice.",
  );
  const slow = await stack.resource("slow");
  expect(slow.outputs["status"]).toBe("running");

  // A refresh makes the engine forget that the resource is not ready; the diff does not.
  expect((await stack.refresh()).ok).toBe(true);
  expect((await stack.preview()).output).toContain(`resumes waiting for execution ${slow.id!}`);

  await control(emulator, "POST", "/clock", { advanceMs: 20_000 });
  const second = await stack.up([{ name: "slow", args }]);
  expect(second.ok).toBe(true);
  expect(second.changes).toMatchObject({ update: 1 });
  expect(await stack.resource("slow")).toMatchObject({ id: slow.id, outputs: { status: "succeeded" } });
  expect(await executionsOf(emulator)).toHaveLength(1);
});

test("fire and forget, settings that change nothing, and a stop when the resource goes", async () => {
  const { emulator, stack } = fixture;
  // A running execution continues, however slow this machine is.
  await control(emulator, "POST", "/clock", { rate: 0 });
  const args = { workflowId: "demo-slow", waitFor: "started" };
  expect((await stack.up([{ name: "slow", args }])).ok).toBe(true);
  expect((await stack.resource("slow")).outputs["status"]).toBe("running");
  expect((await stack.up()).changes).toEqual({ same: 2 });

  const settings = await stack.up([
    { name: "slow", args: { ...args, timeoutSeconds: 5, onFailure: "continue" } },
  ]);
  expect(settings.changes).toMatchObject({ update: 1 });
  expect(await executionsOf(emulator)).toHaveLength(1);

  expect((await stack.destroy()).ok).toBe(true);
  expect(await executionsOf(emulator)).toMatchObject([{ status: "cancel" }]);
});

test("a replaced execution that still runs is stopped before the next one starts", async () => {
  const { emulator, stack } = fixture;
  await control(emulator, "POST", "/clock", { rate: 0 });
  const args = { workflowId: "demo-slow", waitFor: "started" };
  await stack.up([{ name: "slow", args: { ...args, triggers: { image: "a" } } }]);
  await control(emulator, "POST", "/clock", { advanceMs: 1_000 });
  expect((await stack.up([{ name: "slow", args: { ...args, triggers: { image: "b" } } }])).ok).toBe(true);
  const operations = (await requestsOf(emulator)).map(({ operation }) => operation);
  const [, second] = operations.flatMap((operation, index) =>
    operation === "ExecuteWorkflow" ? [index] : [],
  );
  expect(operations.indexOf("StopExecution")).toBeLessThan(second!);
  expect(await executionsOf(emulator)).toMatchObject([{ status: "cancel" }, { status: "running" }]);
});

test("get looks at an execution of somebody else and leaves it alone", async () => {
  const { emulator, stack } = fixture;
  await control(emulator, "POST", "/clock", { rate: 0 });
  const { executionId } = (await control(emulator, "POST", "/executions", { workflowId: "demo-slow" })) as {
    executionId: string;
  };
  const look = {
    name: "theirs",
    kind: "aomGet" as const,
    args: { workflowId: "demo-slow", id: executionId },
  };
  expect((await stack.up([look])).ok).toBe(true);
  expect((await stack.resource("theirs")).outputs["status"]).toBe("running");
  expect((await stack.destroy()).ok).toBe(true);
  expect(await executionsOf(emulator)).toMatchObject([{ executionId, status: "running" }]);
});
