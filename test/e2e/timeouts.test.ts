/**
 * Deployments that wait for less time than the execution takes, on every service: it is left and found again, or
 * stopped, and the message says which. Real engine.
 */
import { control, executionsOf } from "../support/emulators";
import { diagnosticsOf } from "../support/console";
import { namesOf, play, script, serviceCount } from "../support/everyService";
import { useFixture } from "../support/fixture";

const fixture = useFixture();

test("timeoutSeconds runs out: left, the next up goes on waiting; stopped, the next up runs it again", async () => {
  const { emulator, stack } = fixture;
  await control(emulator, "POST", "/clock", { rate: 0 });
  await script(emulator, "left", { runsOn: true });
  await script(emulator, "stopped", { runsOn: true });
  const program = [
    ...play("left", { args: { timeoutSeconds: 2 } }),
    ...play("stopped", { args: { timeoutSeconds: 2, onTimeout: "stop" } }),
  ];
  const first = await stack.up(program, { continueOnError: true });
  expect(first.ok).toBe(false);
  const firstIds = new Map<string, string>();
  for (const name of [...namesOf("left"), ...namesOf("stopped")]) {
    const { id, outputs } = await stack.resource(name);
    firstIds.set(name, id!);
    const said = diagnosticsOf(first.output, name).join("\n");
    if (name.endsWith("left")) {
      expect(outputs["status"]).toBe("running");
      expect(said).toContain(
        `execution ${id!} is still running after this deployment waited 2s (timeoutSeconds)`,
      );
      expect(said).toContain(
        "The next `pulumi up` resumes waiting for this execution. Nothing is started twice.",
      );
    } else {
      expect(outputs["status"]).toBe("stopped");
      expect(said).toContain(`execution ${id!} did not finish within 2s (timeoutSeconds)`);
      expect(said).toContain(`was stopped (onTimeout is "stop")`);
      expect(said).toContain(`The next \`pulumi up\` runs the workflow again (rerunOn includes "stopped").`);
    }
  }
  expect(await executionsOf(emulator)).toHaveLength(2 * serviceCount);

  const preview = await stack.preview();
  for (const name of namesOf("left")) {
    expect(preview.output).toContain(`resumes waiting for execution ${firstIds.get(name)!}`);
  }
  // Executions that were left end now; those that are started anew end as soon as they have begun.
  await control(emulator, "POST", "/clock", { advanceMs: 3_600_000 });
  await script(emulator, "stopped");
  await control(emulator, "POST", "/clock", { rate: 1 });
  expect((await stack.up()).ok).toBe(true);
  for (const name of namesOf("left")) {
    expect(await stack.resource(name)).toMatchObject({
      id: firstIds.get(name),
      outputs: { status: "succeeded" },
    });
  }
  for (const name of namesOf("stopped")) {
    const { id, outputs } = await stack.resource(name);
    expect([name, outputs["status"]]).toEqual([name, "succeeded"]);
    expect(id).not.toBe(firstIds.get(name));
  }
  expect(await executionsOf(emulator)).toHaveLength(3 * serviceCount);
});
