/**
 * Deployments that are cut short: the reduced interruption matrix (`npm run interruptions` runs all of it), and what a
 * cancelled one tells. Real engine, real signals, the emulator as a process of its own.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Cell } from "../../tools/interruptions/cells.mjs";
import type { PluginPlace } from "../../tools/interruptions/interruptedStack.mjs";
import { control, executionsOf } from "../support/emulators";
import { registeredServices } from "../support/everyService";
import { useFixture } from "../support/fixture";
import { prepared, whyNot } from "../support/languageStack";
import { pulumiFolder, quickNodeOptions } from "../support/engineEnvironment";

const root = resolve(__dirname, "../..");
let folder: string;
beforeAll(() => {
  mkdirSync(join(root, ".state"), { recursive: true });
  folder = mkdtempSync(join(root, ".state", "interruptions-"));
  process.env["PATH"] = `${pulumiFolder!}:${process.env["PATH"]!}`;
  process.env["NODE_OPTIONS"] = quickNodeOptions();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function runReduced(front: Cell["front"], plugin?: PluginPlace): Promise<void> {
  const { reducedCells } = await import("../../tools/interruptions/cells.mjs");
  const { runCells } = await import("../../tools/interruptions/matrix.mjs");
  let printed = "";
  const isKept = await runCells(reducedCells(front), {
    cli: pulumiFolder!,
    folder: join(folder, front),
    plugin,
    print: (text) => {
      printed += text;
    },
  });
  expect({ isKept, printed }).toMatchObject({ isKept: true });
}

test("the reduced matrix: every execution is started once, or asked about", async () => {
  await runReduced("dynamic");
});

(whyNot("yaml") === undefined ? test : test.skip)("the same with the plugin, from YAML", async () => {
  const { unpackArchive } = await import("../../tools/plugin/unpackedPlugin.mjs");
  const place = { folder: join(folder, "unpacked"), hosts: [process.env["LANGUAGE_HOSTS"] ?? ""] };
  await unpackArchive(prepared.archive!, place.folder);
  await runReduced("plugin", place);
});

test("Ctrl-C ends the wait at once, says what still runs, and the next up goes on waiting", async () => {
  const { runCell } = await import("../../tools/interruptions/runCell.mjs");
  const { startCellEmulator } = await import("../../tools/interruptions/matrix.mjs");
  const emulator = await startCellEmulator(join(folder, "emulator"));
  try {
    const cell: Cell = { front: "dynamic", kill: "Ctrl-C", point: "waiting", resumption: "at once" };
    const place = { cli: pulumiFolder!, folder: join(folder, "stack"), emulatorUrl: emulator.url };
    const { outputs, verdicts } = await runCell(cell, place);
    const [cancelled, resumed, again] = outputs as [string, string, string];
    const said =
      /interrupted while waiting for execution \S+, which is still running\s+The next `pulumi up` resumes waiting/g;
    // With a key, and without one.
    const executions = 2 * registeredServices.length;
    expect(cancelled.match(said)).toHaveLength(executions);
    expect(resumed).toMatch(/resumes waiting for execution/);
    expect(resumed).toContain(`~ ${String(executions)} updated`);
    expect(again).toContain("unchanged");
    expect(verdicts.map(({ result }) => result)).toEqual(Array.from({ length: executions }, () => "once"));
  } finally {
    await emulator.stop();
  }
});

describe("one that fails", () => {
  const fixture = useFixture();

  test("does not cut short the wait for another", async () => {
    const { emulator, stack } = fixture;
    await control(emulator, "PUT", "/workflows/longer", { nodes: [{ id: "work", durationMs: 6_000 }] });
    const result = await stack.up([
      { name: "fails", args: { workflowId: "demo-fails" } },
      { name: "longer", args: { workflowId: "longer" } },
    ]);
    expect(result.ok).toBe(false);
    expect(result.output).not.toContain("WFX-INTERRUPTED");
    expect((await stack.resource("longer")).outputs["status"]).toBe("succeeded");
    expect(await executionsOf(emulator)).toHaveLength(2);
  });
});
