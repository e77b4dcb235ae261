/**
 * Values that the engine refuses or that its transport can't carry cost no execution and no neighbour: with the real
 * engine, on every service.
 */
import { control, executionsOf } from "../support/emulators";
import { errorOf } from "../support/console";
import type { EmulatedService } from "../support/everyService";
import { everyService, namesOf, play, serviceCount, workflowArgument } from "../support/everyService";
import { useFixture } from "../support/fixture";
import { startSayingService } from "../support/sayingService";

const fixture = useFixture();

async function script(role: string, node: object): Promise<void> {
  for (const service of everyService) {
    const nodes = [{ id: "Work", name: "Work", durationMs: 100, ...node }];
    await control(fixture.emulator, "PUT", `/workflows/${service}-${role}`, { service, nodes });
  }
}

const signature = "4dabf18193072939515e22adb298388d";
const markers = {
  password: { [signature]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abcd" },
  asset: { [signature]: "c44067f5952c0a294b673a41bacd8c17", path: "/etc/passwd" },
  reference: { [signature]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "nope" },
  planned: ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", { deep: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff" }],
};

/** Outputs of COC are texts: they have no markers. */
const hasTexts = (name: string): boolean => name.startsWith("coc-");

test("an output with Pulumi's own markers: up succeeds, the next up runs nothing, and what was changed is named", async () => {
  const { emulator, stack } = fixture;
  await script("report", { output: { version: "1.4.2", ...markers } });
  const up = await stack.up(play("report"));
  expect(up.output).not.toContain("error:");
  expect(up.ok).toBe(true);
  for (const name of namesOf("report")) {
    const { id, outputs } = await stack.resource(name);
    expect(id).toBe(outputs["executionId"]);
    expect(outputs["output"]).toEqual({
      version: "1.4.2",
      password: JSON.stringify(markers.password),
      asset: JSON.stringify(markers.asset),
      reference: JSON.stringify(markers.reference),
      planned: hasTexts(name)
        ? JSON.stringify(markers.planned)
        : ['"04da6b54-80e4-46f7-96ec-b56ff0331ba9"', { deep: '"dd056dcd-154b-4c76-9bd3-c8f88648b5ff"' }],
    });
    const altered = (outputs["altered"] ?? []) as string[];
    const all = ["asset", "password", "planned[0]", "planned[1].deep", "reference"];
    expect([...altered].sort()).toEqual(hasTexts(name) ? [] : all.map((path) => `output.${path}`));
  }
  expect((await stack.up()).changes).toEqual({ same: serviceCount + 1 });
  expect((await stack.refresh()).ok).toBe(true);
  expect((await stack.up()).changes).toEqual({ same: serviceCount + 1 });
  expect(await executionsOf(emulator)).toHaveLength(serviceCount);
  expect((await stack.destroy()).ok).toBe(true);
});

test("half an emoji in what a failing workflow says: the error is readable, the neighbours end well, all ids are there", async () => {
  const { emulator, stack } = fixture;
  const half = "disk is full \ud83d";
  await script("fails", {
    status: "fail",
    output: { error: half, error_msg: half, fail: [{ name: half, error_msg: half, log: half }] },
    log: half,
  });
  await script("slow", { durationMs: 4_000 });
  const up = await stack.up([...play("fails"), ...play("slow")], { continueOnError: true, parallel: 20 });
  expect(up.ok).toBe(false);
  for (const name of namesOf("fails")) {
    const { id, initErrors } = await stack.resource(name);
    expect((await executionsOf(emulator)).map(({ executionId }) => executionId)).toContain(id);
    expect(initErrors).toHaveLength(1);
    expect(errorOf(up.output, name).join("\n")).toMatch(/failed after[^]*WFX-EXECUTION-FAILED/);
  }
  for (const name of namesOf("slow")) {
    expect((await stack.resource(name)).outputs["status"]).toBe("succeeded");
  }
  expect(up.output).toContain("disk is full \ufffd");
  expect(await executionsOf(emulator)).toHaveLength(2 * serviceCount);
});

test("14 MB of output of a failed workflow: the id is in the state, the neighbours are unharmed", async () => {
  const { stack } = fixture;
  const service = await startSayingService({
    text: (workflow) => (workflow.endsWith("huge") ? "n".repeat(1_000) : "fine"),
    output: (workflow) =>
      workflow.endsWith("huge") ? { error: "no", log: "x".repeat(14 * 1024 * 1024) } : { fine: true },
  });
  try {
    const args = { endpoint: service.url };
    const roles = ["fails-huge", "odd"].flatMap((workflow) =>
      play(workflow, { args }).map((resource) => ({
        ...resource,
        args: { ...resource.args, ...workflowArgument(resource.kind as EmulatedService, workflow) },
      })),
    );
    const up = await stack.up(roles, { continueOnError: true, parallel: 20 });
    expect(up.ok).toBe(false);
    expect(up.output.length).toBeLessThan(50_000);
    for (const name of namesOf("fails-huge")) {
      const { id, outputs, initErrors } = await stack.resource(name);
      expect(id).toBe(outputs["executionId"]);
      expect(outputs["status"]).toBe("failed");
      expect(initErrors).toHaveLength(1);
      expect(JSON.stringify(outputs).length).toBeLessThan(100_000);
    }
    for (const name of namesOf("odd")) {
      expect((await stack.resource(name)).outputs["status"]).toBe("succeeded");
    }
  } finally {
    await service.close();
  }
});
