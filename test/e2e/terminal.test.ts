/**
 * Terminals as a person sees them: rows that are 80, 100 and 120 characters wide, and the lines of a log. Real engine, real
 * terminals; the widths share stacks.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { diagnosticsOf, rowsOf } from "../support/console";
import { control, executionsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";
import { lastScreen, runRaw, shownRows } from "../support/rawCommand";
import type { RawOptions, RawResult } from "../support/rawCommand";
import type { ProgramResource } from "../support/stack";
import { version } from "../../provider/src/ground/version";

const fixture = useFixture();

const nodes = [
  { id: "Prepare", name: "Prepare", durationMs: 1_000 },
  { id: "Run", name: "Run script", durationMs: 3_000 },
  { id: "Verify", name: "Verify", durationMs: 1_000 },
];

const script = (workflowId: string, runs: readonly object[] = [{}], steps: readonly object[] = nodes) =>
  control(fixture.emulator, "PUT", `/workflows/${workflowId}`, { service: "aom", nodes: steps, runs });

const inTerminal = (columns: number, args: readonly string[], options: RawOptions = {}): Promise<RawResult> =>
  runRaw(fixture.stack, args, {
    env: { TERM: "xterm-256color" },
    inTerminal: true,
    columns,
    ...options,
  });

const up = ["up", "--yes", "--skip-preview"];

test("first runs and re-runs: the step stands first, no time stands still, the outcome is the last word", async () => {
  const { stack } = fixture;
  await script("wf");
  const program = (image: string): ProgramResource[] => [
    { name: "patch", args: { workflowId: "wf", triggers: { image } } },
    // Keeps the deployment going when the first is done: its row is then seen with its last word.
    { name: "next", args: { workflowId: "wf" }, dependsOn: ["patch"] },
    { name: "undo", args: { workflowId: "wf", runOn: "destroy" } },
  ];

  stack.program(program("a"));
  const first = await inTerminal(100, up);
  expect(first.code).toBe(0);
  const rows = shownRows(first.output, "patch");
  expect(rows).toContain("creating  2/3 Run script");
  expect(rows.at(-2)).toBe("created  succeeded after 5s");
  expect(rows.at(-1)).toBe("created  3 messages");
  expect(rows.filter((row) => /\d+m?s/.test(row.replace(/(succeeded after|usually) \S+$/, "")))).toEqual([]);
  expect(shownRows(first.output, "undo")).toContain("created  armed: runs on destroy");
  expect(diagnosticsOf(lastScreen(first.output), "undo")).toEqual(["armed: runs on destroy"]);

  // 80 columns have room for the engine's own words. Kept messages are below the table, whatever the width.
  stack.program(program("b"));
  const narrow = await inTerminal(80, ["preview"]);
  expect(diagnosticsOf(lastScreen(narrow.output), "patch")).toEqual(["runs again: triggers.image changed"]);
  const { stdout } = await jsonPreview();
  expect(stdout.diagnostics).toContainEqual(
    expect.objectContaining({
      urn: expect.stringMatching(/::patch$/),
      message: expect.stringMatching(/^runs again: triggers\.image changed\s*$/),
      severity: "info",
    }),
  );

  const second = await inTerminal(100, up);
  expect(second.code).toBe(0);
  // The engine's own words fill the row; these stay.
  expect(diagnosticsOf(lastScreen(second.output), "patch")).toEqual([
    "runs again: triggers.image changed",
    "1/3 Prepare succeeded after 1s",
    "2/3 Run script succeeded after 3s",
    "3/3 Verify succeeded after 1s",
  ]);

  stack.program(program("c"));
  const third = await inTerminal(120, up);
  // The history tells when to poll: such short steps are not seen any more.
  const wide = shownRows(third.output, "patch").join("\n");
  expect(wide).toMatch(/^creating replacement {2}\[diff: ~triggers\]; started, usual/m);
  expect(wide).toMatch(/^\w+ {2}\[diff: ~triggers\]; succeeded after 5s$/m);

  const destroyed = await inTerminal(100, ["destroy", "--yes", "--skip-preview"]);
  expect(destroyed.code).toBe(0);
  expect(shownRows(destroyed.output, "undo").join("\n")).toMatch(/^delet(ing|ed) {2}succeeded after 5s$/m);
  expect(await executionsOf(fixture.emulator)).toHaveLength(5);
});

/** `preview --json`, read. */
async function jsonPreview(): Promise<{ stdout: { diagnostics?: object[] } }> {
  const { output } = await runRaw(fixture.stack, ["preview", "--json"]);
  return { stdout: JSON.parse(output.slice(output.indexOf("{"))) as { diagnostics?: object[] } };
}

test("failures, a wait that is too long, Ctrl-C: what happened stands below, in a terminal and in a log", async () => {
  const { stack } = fixture;
  await script("bad", [{ status: "fail" }], nodes.slice(0, 1));
  await script("long", [{}], [{ id: "Run", name: "Run script", durationMs: 3_600_000 }]);
  stack.program([
    { name: "strict", args: { workflowId: "bad" } },
    { name: "lenient", args: { workflowId: "bad", onFailure: "continue", concurrency: "allow" } },
    { name: "late", args: { workflowId: "long", timeoutSeconds: 4 } },
  ]);
  const byUs = `(pulumi-runbook ${version})`;

  const first = await inTerminal(100, [...up, "--continue-on-error"]);
  expect(first.code).not.toBe(0);
  expect(shownRows(first.output, "lenient")).toContain("created  failed after 1s");
  const screen = lastScreen(first.output);
  const strict = diagnosticsOf(screen, "strict").join("\n");
  expect(strict).toMatch(/^error: .*\n\* execution \S+ failed after 1s$/m);
  expect(strict).toContain(`error WFX-EXECUTION-FAILED ${byUs}`);
  const lenient = diagnosticsOf(screen, "lenient").join("\n");
  expect(lenient).toMatch(/^warning: execution \S+ failed after 1s$/m);
  expect(lenient).toContain('The deployment continues (onFailure is "continue").');
  const { urn } = await stack.resource("late");
  const stopCommand = `To stop the execution instead, run \`pulumi destroy --target '${urn}'\`.`;
  expect(diagnosticsOf(screen, "late").join("\n")).toContain(stopCommand);

  // The next deployment resumes waiting, and is cut short.
  stack.program([{ name: "late", args: { workflowId: "long", timeoutSeconds: 600 } }]);
  const interrupted = await inTerminal(100, [...up, "--target", urn], {
    interruptWhen: (output) => shownRows(output, "late").some((row) => row.startsWith("updating")),
  });
  expect(interrupted.code).not.toBe(0);
  const cutShort = diagnosticsOf(lastScreen(interrupted.output), "late").join("\n");
  expect(cutShort).toMatch(
    /interrupted while waiting for execution \S+, which (is|may) still (be )?running$/m,
  );
  expect(cutShort).toContain(stopCommand);

  // A log has a line for each change, and the same words.
  stack.program([
    { name: "late", args: { workflowId: "long", timeoutSeconds: 4 } },
    { name: "log", args: { workflowId: "bad", onFailure: "continue", concurrency: "allow" } },
    { name: "slow", args: { workflowId: "slow" } },
  ]);
  await script("slow", [{}], [{ id: "Run", name: "Run script", durationMs: 63_000 }]);
  const log = await stack.up(undefined, { continueOnError: true });
  expect(rowsOf(log.output, "log").at(-1)).toMatch(/created \(\d+s\) failed after 1s$/);
  expect(diagnosticsOf(log.output, "log").join("\n")).toMatch(/^warning: execution \S+ failed after 1s$/m);
  expect(diagnosticsOf(log.output, "late").join("\n")).toContain(
    "is still running after this deployment waited 4s",
  );
});

/** Every export of a failure in documents and examples: the text behind `….failure`. */
function exportsOfFailures(): string[] {
  const root = resolve(__dirname, "../..");
  const files = ["docs", "examples"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /^(?!.*node_modules).*\.(md|ts)$/.test(file))
      .map((file) => join(root, folder, file)),
  );
  return files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/^export const \w+ = \w+\.failure\b(.*);$/gm)].map(
      ([, value]) => value!,
    ),
  );
}

test("exporting what an execution does not have warns of nothing, and an output has the type that the program names", async () => {
  const { stack } = fixture;
  const step = { ...nodes[0], output: { version: "1.4.2" } };
  const documented = exportsOfFailures();
  expect(documented).toContain(".apply((failure) => failure?.message ?? null)");
  await script("wf", [{}], [step]);
  const program = [
    'import { aom } from "pulumi-runbook";',
    'const patch = new aom.WorkflowExecution<{ version: string }>("patch", { workflowId: "wf" });',
    'const undo = new aom.WorkflowExecution("undo", { workflowId: "wf", runOn: "destroy" });',
    "export const { failure, consoleUrl, expired, truncated, altered } = patch;",
    ...documented.map((value, index) => `export const documented${String(index)} = patch.failure${value};`),
    // The reference says that this one warns.
    "export const lifted = patch.failure.message;",
    "export const { executionId, startedAt, output, stepsTotal } = undo;",
    "export const major: pulumi.Output<string> = patch.output.version.apply((text) => text.slice(0, 1));",
  ];
  writeFileSync(
    join(stack.folder, "index.ts"),
    ['import type * as pulumi from "@pulumi/pulumi";', ...program, ""].join("\n"),
  );
  writeFileSync(
    join(stack.folder, "Pulumi.yaml"),
    "name: test\nruntime:\n  name: nodejs\n  options:\n    typescript: true\nmain: index.ts\n",
  );
  const { ok, output: printed } = await stack.up();
  expect([...new Set(printed.match(/undefined value \(\w*\)/gi))]).toEqual(["Undefined value (lifted)"]);
  expect(ok).toBe(true);
  const { major, expired, truncated, altered, ...others } = await stack.outputs();
  const absent = Object.fromEntries(
    Object.entries(others).filter(([name]) => !name.startsWith("documented")),
  );
  expect(Object.keys(others)).toHaveLength(Object.keys(absent).length + documented.length);
  expect(major?.value).toBe("1");
  expect([expired, truncated, altered].map((output) => output?.value)).toEqual([false, [], []]);
  expect(Object.keys(absent).sort()).toEqual([
    "consoleUrl",
    "executionId",
    "failure",
    "output",
    "startedAt",
    "stepsTotal",
  ]);
  expect(Object.entries(absent).filter(([, { value }]) => value !== null)).toEqual([]);
});
