/**
 * `concurrency` with the real engine, on every service: two stacks at once on one workflow, several resources of one
 * stack, and executions of somebody else.
 */
import { control, executionsOf } from "../support/emulators";
import { everyService, namesOf, play, rowOf, runsOf, script, serviceCount } from "../support/everyService";
import { useFixture } from "../support/fixture";
import type { OperationResult } from "../support/pulumiCommand";
import type { ProgramResource, TestStack } from "../support/stack";
import { openStack } from "../support/stack";

const fixture = useFixture();

interface Span {
  readonly workflowId: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Executions of a workflow that began before another one of it had ended. */
async function overlaps(workflowId: string): Promise<[Span, Span][]> {
  const spans = ((await executionsOf(fixture.emulator)) as unknown as Span[]).filter(
    (span) => span.workflowId === workflowId,
  );
  return spans.flatMap((one) =>
    spans
      .filter((other) => other !== one && other.startedAt >= one.startedAt && other.startedAt < one.endedAt)
      .map((other): [Span, Span] => [one, other]),
  );
}

/** Starts an execution of a role's workflow on each service, as if somebody else had. */
async function othersRun(role: string): Promise<string[]> {
  const started: string[] = [];
  for (const service of everyService) {
    const answer = await control(fixture.emulator, "POST", "/executions", {
      workflowId: `${service}-${role}`,
      service,
    });
    started.push((answer as { executionId: string }).executionId.split(":").at(-1)!);
  }
  return started;
}

test.each([
  ["", {}],
  [", although the lists show what runs late", { listDelayMs: 700 }],
])("queue: two stacks at once, two resources each: strictly one after the other%s", async (_what, quirks) => {
  const { emulator, stack } = fixture;
  await script(emulator, "work", { nodes: [{ id: "Work", durationMs: 700 }] });
  await control(emulator, "PUT", "/quirks", quirks);
  const other: TestStack = await openStack(emulator.url);
  try {
    // The two stacks have the same name, so their resources need other ones to be others.
    const program = (roles: string[]): ProgramResource[] =>
      roles.flatMap((role) =>
        play(role, { workflow: "work", args: { concurrency: "queue", timeoutSeconds: 120 } }),
      );
    const results: OperationResult[] = await Promise.all([
      stack.up(program(["first", "second"])),
      other.up(program(["third", "fourth"])),
    ]);
    for (const result of results) {
      expect(result.output).not.toContain("error:");
      expect(result.ok).toBe(true);
    }
    for (const service of everyService) {
      const ofService = (await executionsOf(emulator)).filter(
        ({ workflowId }) => workflowId === `${service}-work`,
      );
      expect(ofService).toHaveLength(4);
      expect(await overlaps(`${service}-work`)).toEqual([]);
    }
    // Each resource has one of its own, in whichever stack.
    const states = [...(await stack.state()), ...(await other.state())];
    expect(new Set(states.map(({ type, id }) => `${type} ${id!}`)).size).toBe(4 * serviceCount);
  } finally {
    await other.close();
  }
});

test("somebody else's execution: adopted, refused with its name, waited for in vain, started beside", async () => {
  const { emulator, stack } = fixture;
  const roles = { adopting: "adopt", rejecting: "reject", waiting: "queue", allowing: "allow" } as const;
  const theirs: Record<string, string[]> = {};
  for (const role of Object.keys(roles)) {
    await script(emulator, role, { runsOn: true });
    theirs[role] = await othersRun(role);
  }
  const program = Object.entries(roles).flatMap(([role, concurrency]) =>
    play(role, {
      args: { concurrency, waitFor: "started", ...(concurrency === "queue" ? { timeoutSeconds: 2 } : {}) },
    }),
  );
  const result = await stack.up(program, { continueOnError: true });
  expect(result.ok).toBe(false);

  const ours = async (role: string): Promise<(string | undefined)[]> =>
    Promise.all(namesOf(role).map(async (name) => (await stack.resource(name)).id));
  expect(await ours("adopting")).toEqual(theirs["adopting"]);
  for (const id of theirs["rejecting"]!) expect(result.output).toContain(id);
  expect(result.output).toContain("Run the command again when it has finished");
  expect(result.output).toContain("nothing was started within 2s (timeoutSeconds)");
  expect(result.output).toContain("error WFX-WORKFLOW-BUSY");
  expect((await ours("allowing")).filter((id) => theirs["allowing"]!.includes(id!))).toEqual([]);

  for (const service of everyService) {
    for (const role of ["adopting", "rejecting", "waiting"]) {
      expect((await runsOf(emulator, role))[service]).toEqual(["runs"]);
    }
    expect((await runsOf(emulator, "allowing"))[service]).toEqual(["runs", "runs"]);
  }
  expect((await stack.state()).map(({ urn }) => urn.split("::").at(-1)).sort()).toEqual(
    [...namesOf("adopting"), ...namesOf("allowing")].sort(),
  );

  // Once theirs have ended, the same program goes through.
  await control(emulator, "POST", "/clock", { advanceMs: 3_600_000 });
  const again = await stack.up(program);
  expect(again.output).not.toContain("error:");
  expect(again.ok).toBe(true);
  expect(rowOf(again.output, "aom-rejecting")).toContain("created");
  for (const service of everyService) {
    expect((await runsOf(emulator, "adopting"))[service]).toEqual(["ended"]);
    expect((await runsOf(emulator, "waiting"))[service]).toEqual(["ended", "runs"]);
  }
});
