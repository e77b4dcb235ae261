/**
 * The timeline of a real stack: `--stack` runs the Pulumi CLI of the PATH; secrets of the program are not on the page.
 */
import { execFile } from "node:child_process";
import { delimiter, resolve } from "node:path";
import { useFixture } from "../support/fixture";
import type { PluginStack } from "../support/pluginStack";
import { hasYaml, openPluginStack } from "../support/pluginStack";

const fixture = useFixture();
const command = resolve(__dirname, "../../provider/bin/pulumi-runbook.js");

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function timeline(...args: readonly string[]): Promise<Ended> {
  return timelineOf(fixture.stack, ...args);
}

function timelineOf(
  { folder, env }: Pick<PluginStack, "folder" | "env">,
  ...args: readonly string[]
): Promise<Ended> {
  const path = [process.env["PULUMI_TEST_BIN"], process.env["PATH"]].join(delimiter);
  return new Promise((done) => {
    const all = [command, "timeline", ...args];
    execFile(process.execPath, all, { cwd: folder, env: { ...env, PATH: path } }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

test("--stack draws the stack as Pulumi exports it, without its secrets", async () => {
  const { stack } = fixture;
  await stack.up([
    { name: "patch", args: { workflowId: "demo-succeeds" } },
    { name: "broken", args: { workflowId: "demo-fails", onFailure: "continue" } },
    { name: "rotate", kind: "functiongraph", args: { workflowId: "demo-succeeds", input: { day: 1 } } },
    { name: "migrate", kind: "cloudflow", args: { flowName: "demo-succeeds" } },
    {
      name: "hidden",
      args: { workflowId: "demo-fails", onFailure: "continue" },
      opts: { additionalSecretOutputs: ["steps", "failure", "executionId"] },
    },
    { name: "drain", args: { workflowId: "demo-succeeds", runOn: "destroy" } },
  ]);
  const page = await timeline("--stack", stack.name);
  expect([page.code, page.stderr]).toEqual([0, ""]);
  const ended = page.stdout.replaceAll(/<[^>]*>/g, "");
  expect(ended).toContain("Executions of test/test");
  for (const counted of ["✓ 3 succeeded", "✗ 2 failed", "○ 1 runs on destroy"])
    expect(ended).toContain(counted);
  const { outputs } = await stack.resource("broken");
  expect(page.stdout).toContain(`<bdi>${String(outputs["executionId"])}</bdi>`);
  expect(page.stdout.match(/\.\/patch\.sh: Permission denied/g)).toHaveLength(1);
  expect(ended).toContain("The steps are secret: [secret].");
  expect(page.stdout).not.toMatch(
    /v1:|ciphertext|4dabf18193072939515e22adb298388d|emulator-secret-key|EMULATORSECRET/i,
  );

  const charts = await timeline("--stack", stack.name, "--format", "mermaid");
  expect(charts.stdout.match(/section .*/g)?.sort()).toEqual([
    ...["section broken", "section hidden", "section migrate", "section patch", "section rotate"],
  ]);
});

test("a stack that does not exist is refused in the words of Pulumi, also if its name is like an option", async () => {
  for (const name of ["nowhere", "--show-secrets"]) {
    const { code, stdout, stderr } = await timeline(`--stack=${name}`, "--output", "none.html");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^pulumi-runbook: pulumi stack export failed \(exit code \d+\)\.\n.*error: /s);
    expect(stderr).toContain(name);
  }
});

(hasYaml ? test : test.skip)("executions of the plugin are drawn too", async () => {
  const stack = await openPluginStack(fixture.emulator.url);
  try {
    stack.program({
      resources: {
        patch: { type: "runbook:aom:WorkflowExecution", properties: { workflowId: "demo-succeeds" } },
        broken: {
          type: "runbook:functiongraph:WorkflowExecution",
          properties: { workflowId: "demo-fails", onFailure: "continue" },
        },
        migrate: { type: "runbook:cloudflow:WorkflowExecution", properties: { flowName: "demo-succeeds" } },
        drain: {
          type: "runbook:aom:WorkflowExecution",
          properties: { workflowId: "demo-succeeds", runOn: "destroy" },
        },
      },
    });
    expect((await stack.pulumi("up")).code).toBe(0);
    const { code, stdout } = await timelineOf(stack, "--stack", "test");
    expect(code).toBe(0);
    const text = stdout.replaceAll(/<[^>]*>/g, "");
    for (const shown of [
      ...["✓ 2 succeeded", "✗ 1 failed", "○ 1 runs on destroy", "patch✓ succeeded 2s, Huawei Cloud AOM"],
      ...["broken failed in step", "Huawei Cloud FunctionGraph", "Alibaba Cloud CloudFlow", "Verify"],
    ])
      expect(text.replaceAll(/\s+/g, " ")).toContain(shown);
    expect(stdout).not.toMatch(/v1:|ciphertext|emulator-secret-key/);
  } finally {
    stack.close();
  }
});
