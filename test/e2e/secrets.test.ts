/**
 * A secret in an argument stays secret: in the stored state, in what the user sees of a good and of a failing run, in
 * previews and diffs, and in what dependents get. Searched for in plain text: 0 hits.
 */
import { mkdirSync, mkdtempSync } from "node:fs";
import { join, resolve } from "node:path";
import { control, executionsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";
import type { ProgramResource } from "../support/stack";
import { pulumiFolder } from "../support/engineEnvironment";
import { startWithStates } from "../support/stepFunctions/emulatedStates";
import { textOfFolder } from "../support/textOfFolder";

const secret = "hunter2-correct-horse";
const later = "battery-staple-4711";
// So long that every message cuts it.
const token = `eyJ${"hbGciOiJSUzI1NiIsImtpZCI6".repeat(32)}`;
const credentials = ["emulator-secret-key-0001"];

const fixture = useFixture();

const program = (value: string): ProgramResource[] => [
  {
    name: "rotate",
    kind: "functiongraph",
    args: {
      workflowId: "echo",
      input: { user: "admin", password: `secret:${value}` },
      headers: { authorization: `secret:${token}` },
    },
  },
  { name: "migrate", kind: "cloudflow", args: { flowName: "echo", input: { password: `secret:${value}` } } },
  {
    name: "json",
    kind: "cloudflow",
    args: { flowName: "echo", input: `secret:${JSON.stringify({ user: "admin", password: value })}` },
  },
  { name: "patch", kind: "aom", args: { workflowId: "demo-succeeds", triggers: { key: `secret:${value}` } } },
  {
    name: "keyed",
    kind: "cloudflow",
    args: { flowName: "keyed", executionKey: `secret:key-${value}`, input: { user: "admin" } },
  },
  // A value that comes from a secret stays a secret on its way to the next resource.
  {
    name: "after",
    kind: "functiongraph",
    args: { workflowId: "demo-succeeds", input: { from: "${rotate.output}" } },
  },
];

/** Scripts flows that give back their input, and repeat it in their errors when they fail. */
async function scriptEcho(status: "success" | "fail", value: string): Promise<void> {
  await control(fixture.emulator, "PUT", "/workflows/keyed", {
    service: "cloudflow",
    nodes: [{ id: "Work", durationMs: 100 }],
  });
  for (const service of ["functiongraph", "cloudflow"]) {
    const refused = `login of admin with ${value} was refused`;
    const text = service === "functiongraph" ? `${refused}: Authorization: Bearer ${token}` : refused;
    await control(fixture.emulator, "PUT", "/workflows/echo", {
      service,
      nodes: [
        {
          id: "Echo",
          durationMs: 100,
          status,
          output: { seen: value, error: text },
          log: text,
        },
      ],
    });
  }
}

test("a secret in the arguments is nowhere in plain text", async () => {
  const { stack } = fixture;
  await scriptEcho("success", secret);
  const seen: string[] = [];
  const keep = ({ output, ok }: { output: string; ok: boolean }): boolean => {
    seen.push(output);
    return ok;
  };
  expect(keep(await stack.preview(program(secret)))).toBe(true);
  const first = await stack.up();
  expect(first.output).not.toContain("error:");
  expect(keep(first)).toBe(true);
  const { outputs } = await stack.resource("rotate");
  expect(outputs["status"]).toBe("succeeded");
  expect(JSON.stringify(outputs["output"])).toContain("4dabf18193072939515e22adb298388d");
  expect((await stack.resource("migrate")).outputs["executionId"]).toMatch(/^migrate-/);
  expect((await stack.up()).changes).toEqual({ same: 7 });
  expect(keep(await stack.refresh())).toBe(true);

  // Another secret, and a run that fails and says it.
  await scriptEcho("fail", later);
  const changed = await stack.preview(program(later));
  expect(keep(changed)).toBe(true);
  expect(changed.output).toContain("runs again: input.password changed");
  expect(changed.output).toContain("runs again: triggers.key changed");
  expect(keep(await stack.up())).toBe(false);
  expect(seen.at(-1)).toContain("login of admin with [secret] was refused");
  expect(seen.at(-1)).toContain("Authorization: Bearer [secret]…");

  for (const value of [secret, later, token.slice(0, 7), ...credentials]) {
    for (const output of seen) expect(output).not.toContain(value);
    expect(stack.stored()).not.toContain(value);
    expect(journalOf(stack.folder)).not.toContain(value);
    // Names stand in the service's lists for everybody to read.
    expect(JSON.stringify(await executionsOf(fixture.emulator))).not.toContain(value);
  }
});

test("credentials from the environment are in no log, also with -v=9", async () => {
  const { InterruptedStack } = await import("../../tools/interruptions/interruptedStack.mjs");
  const { EmulatorControl } = await import("../../tools/interruptions/emulatorControl.mjs");
  const root = resolve(__dirname, "../../.state");
  mkdirSync(root, { recursive: true });
  process.env["PATH"] = `${pulumiFolder!}:${process.env["PATH"]!}`;
  const emulator = await startWithStates();
  const stack = new InterruptedStack({
    cli: pulumiFolder!,
    folder: mkdtempSync(join(root, "verbose-")),
    emulatorUrl: emulator.url,
  });
  try {
    await stack.init();
    await new EmulatorControl(emulator.url).script(100);
    for (const command of ["up", "refresh", "destroy"]) {
      const { code, output } = await stack.run(
        ...[command, "--yes", "--skip-preview", "--stack", "cell", "--logtostderr", "--logflow", "-v=9"],
      ).ended;
      expect([command, code]).toEqual([command, 0]);
      // It is the verbose log, and it is about our resources.
      expect(output).toContain("cloudflow-keyed");
      expect(output.length).toBeGreaterThan(50_000);
      for (const value of credentials) expect(output).not.toContain(value);
    }
    for (const value of credentials) expect(stack.stored()).not.toContain(value);
  } finally {
    await emulator.close();
    stack.remove();
  }
});

function journalOf(folder: string): string {
  const journal = join(folder, "state", "home", "runbook", "journal");
  const text = textOfFolder(journal);
  expect(text).not.toBe("");
  return text;
}
