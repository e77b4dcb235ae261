/**
 * The bench of the plugin beside the dynamic provider: what it reads of processes, and what it decides of figures.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const benchModule = (name: string): string =>
  JSON.stringify(pathToFileURL(join(__dirname, "../../bench", name)).href);
const evaluate = (code: string): unknown =>
  JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8" }),
  ) as unknown;

const dynamic = { startMs: 1_000, peakMb: 100, stateBytes: 1_000, upCpuSeconds: 10, refreshCpuSeconds: 10 };
const atTheLimits = { startMs: 400, peakMb: 60, stateBytes: 800, upCpuSeconds: 11, refreshCpuSeconds: 8.5 };
const checksOf = (measured: object): { readonly holds: boolean; readonly text: string }[] =>
  evaluate(`
    import { checkFronts } from ${benchModule("frontFigures.mjs")};
    process.stdout.write(JSON.stringify(checkFronts(${JSON.stringify({ n: 1_000, ...measured })})));`) as never;

test("at its limits the plugin holds; a little above, each is missed", () => {
  expect(checksOf({ fronts: { dynamic, plugin: atTheLimits } }).map(({ holds }) => holds)).toEqual(
    Array.from({ length: 5 }, () => true),
  );
  const above = Object.fromEntries(Object.entries(atTheLimits).map(([name, value]) => [name, value * 1.01]));
  expect(checksOf({ fronts: { dynamic, plugin: above } }).map(({ holds }) => holds)).toEqual(
    Array.from({ length: 5 }, () => false),
  );
});

test("YAML is shown beside, and decides nothing", () => {
  const yaml = Object.fromEntries(Object.entries(dynamic).map(([name, value]) => [name, value * 9]));
  const checks = checksOf({ fronts: { dynamic, plugin: atTheLimits, yaml } });
  expect(checks.every(({ holds }) => holds)).toBe(true);
  expect(checks.at(-1)?.text).toBe(
    "fronts 1000: CPU of a no-change up: plugin 11.0 s, dynamic 10.0 s: 1.10, at most 1.1 (from YAML 90.0 s)",
  );
});

test("what was not measured does not hold", () => {
  expect(checksOf({ fronts: {}, missing: "there is no Go" })).toEqual([
    { holds: false, text: "fronts 1000: not measured: there is no Go" },
  ]);
});

// Linux alone has /proc.
(process.platform === "linux" ? test : test.skip)(
  "the use of a command has the processor time and the memory of a process below it",
  () => {
    // Works for half a second of processor time and holds 200 MB, beneath a shell.
    const work =
      "const held = Buffer.alloc(200 * 2 ** 20, 1); const used = () => { const { user, system } = process.cpuUsage(); return user + system; }; while (used() < 5e5); setTimeout(() => held, 300);";
    const use = evaluate(`
      import { spawn } from "node:child_process";
      import { watchUse } from ${benchModule("processUse.mjs")};
      const child = spawn("sh", ["-c", '"$NODE" -e "$WORK" working; true'], {
        env: { ...process.env, NODE: process.execPath, WORK: ${JSON.stringify(work)} },
      });
      const stop = watchUse(child.pid, (command) => command.includes("working"));
      child.on("close", () => process.stdout.write(JSON.stringify(stop())));`) as {
      cpuSeconds: number;
      providerPeakMb: number;
    };
    expect(use.cpuSeconds).toBeGreaterThanOrEqual(0.45);
    expect(use.cpuSeconds).toBeLessThan(3);
    expect(use.providerPeakMb).toBeGreaterThan(200);
    expect(use.providerPeakMb).toBeLessThan(400);
  },
);
