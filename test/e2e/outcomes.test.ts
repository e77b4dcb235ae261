/**
 * Executions that end badly: what `up`, `preview`, `refresh` and the next `up` each say and do, on every service, for
 * every outcome under every `onFailure` and `rerunOn`. Real engine; one stack holds all combinations.
 */
import type { Emulator } from "runbook-emulator";
import type { BackendDefinition } from "../../provider/src/lifecycle";
import type { EmulatedService } from "../support/everyService";
import { openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { everyService, workflowArgument } from "../support/everyService";
import { besidesSteps, diagnosticsOf, errorOf, previewRowOf, rowsOf } from "../support/console";
import { control, executionsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";
import { emulatorSettings } from "../support/lifecycleHosts";
import { never } from "../support/sessions";
import type { ProgramResource, StateResource } from "../support/stack";
import { until } from "../support/until";

const fixture = useFixture();

// The first run of each workflow ends badly, all later ones succeed. The one to be stopped would run for an hour.
const step = { id: "Work", name: "Work", durationMs: 100 };
const outcomes = {
  failed: { verb: "failed", word: "failed", firstRun: { change: { Work: { status: "fail" } } } },
  timedOut: {
    verb: "timed out at the service",
    word: "timed out",
    firstRun: { change: { Work: { status: "timeout" } } },
  },
  stopped: { verb: "was stopped", word: "stopped", firstRun: { durationsMs: [3_600_000] } },
} as const;
type OutcomeName = keyof typeof outcomes;

interface Combination {
  readonly service: EmulatedService;
  /** Of the resource and of its workflow. */
  readonly name: string;
  readonly outcome: OutcomeName;
  readonly onFailure: "fail" | "continue";
  /** The argument `rerunOn`; left out where undefined. */
  readonly rerunOn: undefined | [] | "always";
  /** The reason for another run after the first one; undefined where there is none. */
  readonly whyAgain: string | undefined;
  /** The sentence about the next deployment in the error of the first run. */
  readonly next: string;
}

const courses = everyService.flatMap((service) =>
  (Object.keys(outcomes) as OutcomeName[]).flatMap((outcome) =>
    (["fail", "continue"] as const).map((onFailure) => ({ service, outcome, onFailure })),
  ),
);
const combinations: readonly Combination[] = courses.flatMap((course) => {
  const { service, outcome, onFailure } = course;
  const name = `${service}-${outcome}-${onFailure}`;
  return [
    {
      ...course,
      name: `${name}-default`,
      rerunOn: undefined,
      whyAgain: `last execution ${outcomes[outcome].verb} (rerunOn includes "${outcome}")`,
      next: `The next \`pulumi up\` runs the workflow again (rerunOn includes "${outcome}").`,
    },
    {
      ...course,
      name: `${name}-never`,
      rerunOn: [] as [],
      whyAgain: undefined,
      next: `The next \`pulumi up\` does not run the workflow again (rerunOn). To run it, change "triggers".`,
    },
    {
      ...course,
      name: `${name}-always`,
      rerunOn: "always",
      whyAgain: `rerunOn includes "always"`,
      next: `The next \`pulumi up\` runs the workflow again (rerunOn includes "always").`,
    },
  ];
});

/** The reason that the next deployment gives, when it has ended too. */
const keptReason = ({ whyAgain, onFailure, outcome }: (typeof combinations)[number]): string[] => {
  if (whyAgain !== undefined) return [`runs again: ${whyAgain}`];
  return onFailure === "continue" ? [] : [`last execution ${outcomes[outcome].verb} (not run again)`];
};

const program = (): ProgramResource[] =>
  combinations.flatMap(({ service, name, onFailure, rerunOn }) => [
    {
      name,
      kind: service,
      args: {
        ...workflowArgument(service, name),
        onFailure,
        ...(rerunOn === undefined ? {} : { rerunOn }),
      },
    },
    { name: `after-${name}`, kind: "marker", args: { id: `\${${name}.executionId}` } },
  ]);

/** Another program stops the executions that are to be stopped, as soon as they all run. */
async function stopFromElsewhere(emulator: Emulator): Promise<void> {
  const toStop = combinations.filter(({ outcome }) => outcome === "stopped");
  const session = openSession({ settings: emulatorSettings(emulator) });
  let running: ReadonlyMap<string, string> = new Map();
  await until(async () => {
    const started = await executionsOf(emulator);
    running = new Map(started.map(({ workflowId, executionId }) => [workflowId, executionId]));
    return toStop.every(({ name }) => running.has(name));
  });
  for (const { service, name } of toStop) {
    const definition: BackendDefinition = services[service];
    const backend = await session.connect(definition, workflowArgument(service, name), never);
    await backend.stop(running.get(name)!, never);
  }
}

test("every outcome, onFailure and rerunOn, on every service", async () => {
  const { emulator, stack } = fixture;
  for (const { service, name, outcome } of combinations) {
    const runs = [outcomes[outcome].firstRun, {}];
    await control(emulator, "PUT", `/workflows/${name}`, { service, nodes: [step], runs });
  }
  // Without this the engine leaves out the resources that it has not begun when the first one fails.
  const settings = { continueOnError: true, parallel: combinations.length };

  const byName = async (): Promise<Map<string, StateResource>> =>
    new Map((await stack.state()).map((resource) => [resource.urn.split("::").at(-1)!, resource]));
  const counts = async (): Promise<Record<string, number>> => {
    const started = await executionsOf(emulator);
    return Object.fromEntries(
      combinations.map(({ name }) => [name, started.filter((each) => each.workflowId === name).length]),
    );
  };
  const expectCounts = (expected: (combination: Combination) => number): Record<string, number> =>
    Object.fromEntries(combinations.map((combination) => [combination.name, expected(combination)]));
  const once = expectCounts(() => 1);

  // up: "fail" fails the deployment and keeps dependents back, "continue" has the failure as data.
  const [first] = await Promise.all([stack.up(program(), settings), stopFromElsewhere(emulator)]);
  expect(first.ok).toBe(false);
  const ended = await byName();
  for (const { service, name, outcome, onFailure, next } of combinations) {
    const { verb } = outcomes[outcome];
    const { id, outputs, initErrors } = ended.get(name)!;
    expect({ name, status: outputs["status"], failure: outputs["failure"] }).toEqual({
      name,
      status: outcome,
      // COC has an id for each step of an execution.
      failure: expect.objectContaining({
        stepName: "Work",
        ...(service === "coc" ? {} : { stepId: "Work" }),
      }),
    });
    expect(rowsOf(first.output, name)).toContainEqual(
      expect.stringMatching(
        new RegExp(`${outcomes[outcome].word} after (less than 1s|\\S+), (1/1 Work|Work \\(step 1\\))$`),
      ),
    );
    const diagnostics = errorOf(first.output, name);
    if (onFailure === "continue") {
      expect({ name, diagnostics, initErrors }).toEqual({ name, diagnostics: [], initErrors: undefined });
      expect(ended.get(`after-${name}`)!.inputs["keepers"]).toEqual({ id });
    } else {
      expect(diagnostics[1]).toMatch(
        new RegExp(`^\\* execution ${id!} ${verb} after (\\d+m?s|less than 1s)$`),
      );
      expect(diagnostics).toContain(`The execution is no longer running. ${next}`);
      expect(diagnostics.at(-2)).toMatch(/error WFX-EXECUTION-FAILED \(pulumi-runbook \S+\)$/);
      expect(diagnostics.at(-1)).toMatch(/^https:\S+#wfx-execution-failed$/);
      // The state keeps the text that the person has read.
      expect(initErrors).toHaveLength(1);
      for (const line of diagnostics.slice(2)) expect(initErrors![0]).toContain(line);
      expect(ended.has(`after-${name}`)).toBe(false);
    }
  }
  expect(await counts()).toEqual(once);

  // preview: names the outcome and the word of rerunOn; or why the next up fails although nothing runs.
  const preview = await stack.preview();
  expect(preview.ok).toBe(true);
  for (const combination of combinations) {
    const { name, outcome, onFailure, whyAgain } = combination;
    const row = previewRowOf(preview.output, name);
    // A terminal's rows lose it when the preview has ended.
    expect({ name, kept: diagnosticsOf(preview.output, name) }).toEqual({
      name,
      kept: keptReason(combination),
    });
    if (whyAgain !== undefined) expect(row).toBe(`+- ${name} replace runs again: ${whyAgain}`);
    else if (onFailure === "continue") expect(row).toBeUndefined();
    else expect(row).toBe(`~  ${name} update last execution ${outcomes[outcome].verb} (not run again)`);
  }
  expect(await counts()).toEqual(once);

  // refresh: the truth again, and the effect of the next up. It makes the engine forget that they are not ready.
  const refresh = await stack.refresh();
  expect(refresh.ok).toBe(true);
  const refreshed = await byName();
  for (const { name, outcome, onFailure, whyAgain } of combinations) {
    const { id, outputs } = ended.get(name)!;
    expect(refreshed.get(name)).toMatchObject({ id, outputs });
    expect(refreshed.get(name)!.initErrors).toBeUndefined();
    expect(diagnosticsOf(refresh.output, name)).toEqual([]);
    const rows = rowsOf(refresh.output, name).join("\n");
    if (whyAgain !== undefined) expect(rows).toContain(`runs again in the next \`pulumi up\`: ${whyAgain}`);
    else if (onFailure === "continue") expect(rows).not.toMatch(/runs|run again|execution/);
    else expect(rows).toContain(`last execution ${outcomes[outcome].verb} (not run again)`);
  }
  expect(await counts()).toEqual(once);

  // up: runs again the executions that it announced, and fails again, for the stored reason, where it announced that.
  const second = await stack.up(undefined, settings);
  expect(second.ok).toBe(false);
  const after = await byName();
  for (const combination of combinations) {
    const { name, outcome, onFailure, whyAgain, next } = combination;
    const { id, outputs, initErrors } = after.get(name)!;
    const before = ended.get(name)!;
    const diagnostics = besidesSteps(diagnosticsOf(second.output, name));
    if (whyAgain !== undefined) {
      expect({ name, status: outputs["status"], failure: outputs["failure"] ?? undefined }).toEqual({
        name,
        status: "succeeded",
        failure: undefined,
      });
      const kept = keptReason(combination);
      expect({ name, diagnostics, initErrors }).toEqual({ name, diagnostics: kept, initErrors: undefined });
      expect(id).not.toBe(before.id);
      expect(after.get(`after-${name}`)!.inputs["keepers"]).toEqual({ id });
    } else {
      expect(id).toBe(before.id);
      expect(outputs).toEqual(before.outputs);
      if (onFailure === "continue") {
        expect(rowsOf(second.output, name)).toEqual([]);
        expect(diagnostics).toEqual([]);
        expect(after.get(`after-${name}`)!.inputs["keepers"]).toEqual({ id });
      } else {
        expect(diagnostics.slice(0, 1)).toEqual(keptReason(combination));
        expect(errorOf(second.output, name)[1]).toMatch(
          new RegExp(`^\\* execution ${id!} ${outcomes[outcome].verb} after `),
        );
        expect(diagnostics).toContain(`The execution is no longer running. ${next}`);
        expect(initErrors).toHaveLength(1);
        expect(after.has(`after-${name}`)).toBe(false);
      }
    }
  }
  const runs = expectCounts(({ whyAgain }) => (whyAgain === undefined ? 1 : 2));
  expect(await counts()).toEqual(runs);

  // Executions that have succeeded now have no reason left, but for "always".
  const last = await stack.preview();
  for (const { name, rerunOn, whyAgain } of combinations) {
    const row = previewRowOf(last.output, name);
    if (rerunOn === "always") expect(row).toBe(`+- ${name} replace runs again: rerunOn includes "always"`);
    else if (whyAgain !== undefined) expect(row).toBeUndefined();
    else expect(row).toBe(previewRowOf(preview.output, name));
  }
  expect(await counts()).toEqual(runs);
});
