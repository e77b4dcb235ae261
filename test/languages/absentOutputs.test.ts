/**
 * Outputs that an execution does not have, in a program that uses the plugin's SDK for Node.js: the values are those of the
 * package `pulumi-runbook`, and exporting them warns of nothing.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import type { LanguageStack } from "../support/languageStack";
import { openLanguageStack, whyNot } from "../support/languageStack";

const program = `import { aom } from "@pulumi-runbook/runbook";
const patch = new aom.WorkflowExecution("patch", { workflowId: "demo-succeeds" });
const undo = new aom.WorkflowExecution("undo", { workflowId: "demo-succeeds", runOn: "destroy" });
export const { failure, consoleUrl, expired, truncated, altered } = patch;
export const { executionId, startedAt, output, stepsTotal } = undo;
export const seen = patch.failure.apply((value) => String(value));
`;

let emulator: Emulator;
let stack: LanguageStack | undefined;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(async () => {
  stack?.close();
  stack = undefined;
  await emulator.close();
});

const reason = whyNot("typescript");
const title = "exports of absent outputs are null and warn of nothing; three outputs always have a value";

if (reason === undefined) {
  test(title, async () => {
    const folder = mkdtempSync(join(tmpdir(), "absent-"));
    try {
      cpSync(resolve(__dirname, "../../examples/plugin/typescript"), folder, { recursive: true });
      writeFileSync(join(folder, "index.ts"), program);
      stack = await openLanguageStack("typescript", folder, emulator.url);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const { ok, output: printed } = await stack.up();
    expect(printed).not.toMatch(/undefined value/i);
    expect(ok).toBe(true);
    const values = Object.entries(await stack.outputs()).map(([name, { value }]) => [name, value]);
    expect(Object.fromEntries(values)).toEqual({
      failure: null,
      consoleUrl: null,
      expired: false,
      truncated: [],
      altered: [],
      executionId: null,
      startedAt: null,
      output: null,
      stepsTotal: null,
      seen: "null",
    });
  });
} else {
  test.skip(`${title} (skipped: ${reason})`, () => undefined);
}
