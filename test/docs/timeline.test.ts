/**
 * docs/how-to/timeline.md: the options are those of the command, and the figures those of the code.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { limits } from "../../provider/src/lifecycle/bounds";
import { splitIntoPeriods } from "../../provider/src/timeline/periods";
import { readExport } from "../../provider/src/timeline/stackExport";
import { exportOf, succeeded } from "../support/stackExports";

const root = resolve(__dirname, "../..");
const page = readFileSync(join(root, "docs/how-to/timeline.md"), "utf8");

test("the options are those of --help, in the same order", () => {
  const command = join(root, "provider/bin/pulumi-runbook.js");
  const help = execFileSync(process.execPath, [command, "--help"], { encoding: "utf8" });
  const documented = [...page.matchAll(/^\| `(--\w+ [A-Z]+)`/gm)].map(([, option]) => option);
  expect(documented).toEqual([...help.matchAll(/^ {2}(--\w+ [A-Z]+)/gm)].map(([, option]) => option));
  expect(documented).toHaveLength(3);
});

test("every command of the page is one that --help knows", () => {
  const known = /^--(stack|format|output)$/;
  const commands = page.match(/npx pulumi-runbook .*/g)!;
  expect(commands.length).toBeGreaterThan(2);
  for (const command of commands) {
    expect(command).toMatch(/^npx pulumi-runbook timeline/);
    for (const option of command.match(/--\w+/g) ?? []) expect(option).toMatch(known);
  }
});

test("the limits are those of the state", () => {
  expect(page).toContain(`at most ${String(limits.steps)} steps of an execution`);
  expect(page).toContain(`${String(limits.failedTargets)} failed machines of a step`);
  expect(page).toContain(`the last ${limits.log.toLocaleString("en")} characters of a log`);
});

test("a pause of more than ten minutes begins a new chart", () => {
  const periodsAfter = (pauseMs: number): number => {
    const outputs = [succeeded(0), succeeded(40_000 + pauseMs)];
    const stack = readExport(
      exportOf(outputs.map((each, index) => ({ name: String(index), outputs: each }))),
    );
    return splitIntoPeriods(stack.executions).length;
  };
  expect([periodsAfter(600_000), periodsAfter(600_001)]).toEqual([1, 2]);
  expect(page).toContain("A pause of more than ten minutes begins a new chart.");
});
