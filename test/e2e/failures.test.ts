/**
 * The messages that the user sees when a runbook fails, an argument is wrong, or the service can't be used: real
 * engine, and a state that can still be loaded.
 */
import { control, executionsOf, requestsOf } from "../support/emulators";
import { errorOf } from "../support/console";
import { useFixture } from "../support/fixture";
import type { ProgramResource } from "../support/stack";

const fixture = useFixture();

const program: ProgramResource[] = [
  { name: "patch", args: { workflowId: "fails-once" } },
  { name: "rollout", kind: "marker", args: { version: "${patch.executionId}" } },
];

test("a failing workflow: the error names step, target, exit code, log and where to look, and the next up runs it again", async () => {
  const { emulator, stack } = fixture;
  await control(emulator, "PUT", "/workflows/fails-once", {
    nodes: [
      { id: "prepare", name: "Prepare", durationMs: 100 },
      {
        id: "run-script",
        name: "Run script",
        durationMs: 200,
        targets: {
          success: 47,
          fail: [
            {
              name: "ecs-prod-17",
              ip: "10.0.3.17",
              exit_code: "126",
              log: "one\ntwo\nthree\nbash: ./patch.sh: Permission denied\n",
            },
            "ecs-prod-18",
            "ecs-prod-19",
          ],
        },
        log: "a\nb\nc\nd\ne\nlast words",
      },
      { id: "verify", durationMs: 100 },
    ],
    runs: [
      { change: { "run-script": { status: "fail" } } },
      { change: { "run-script": { targets: { success: 50, fail: [] } } } },
    ],
  });

  const failed = await stack.up(program);
  expect(failed.ok).toBe(false);
  const error = errorOf(failed.output, "patch");
  const [execution] = await executionsOf(emulator);
  expect(error.length).toBeLessThanOrEqual(15);
  const text = error.join("\n");
  expect(text).toContain(`execution ${execution!.executionId} failed after`);
  expect(text).toContain('step 2 of 3 "Run script": 3 of 50 targets failed');
  expect(text).toContain("ecs-prod-17 (10.0.3.17), exit code 126");
  expect(text).toContain("| bash: ./patch.sh: Permission denied");
  expect(text).toContain("and 1 more");
  expect(text).toContain("The next `pulumi up` runs the workflow again");
  expect(text).toContain("WFX-EXECUTION-FAILED");

  const patch = await stack.resource("patch");
  expect(patch.id).toBe(execution!.executionId);
  expect(patch.initErrors).toHaveLength(1);
  expect(patch.outputs).toMatchObject({
    status: "failed",
    failure: { stepId: "run-script", stepName: "Run script" },
    __provider: expect.stringContaining("require"),
  });
  expect((await stack.state()).map(({ urn }) => urn.split("::").at(-1))).toEqual(["patch"]);

  const refreshed = await stack.refresh();
  expect(refreshed.ok).toBe(true);
  expect(refreshed.output).toContain("runs again in the next `pulumi up`: last execution failed");
  const preview = await stack.preview();
  expect(preview.output).toContain('runs again: last execution failed (rerunOn includes "failed")');
  expect(await executionsOf(emulator)).toHaveLength(1);

  const again = await stack.up();
  expect(again.ok).toBe(true);
  expect(await executionsOf(emulator)).toHaveLength(2);
  expect((await stack.resource("patch")).outputs["status"]).toBe("succeeded");
  expect(await stack.state()).toHaveLength(2);
});

test("bad arguments: each error names its argument, and no request is sent", async () => {
  const { emulator, stack } = fixture;
  const groups = [
    { projectId: "0".repeat(31), workflowId: "", timeoutSeconds: 0, onFailure: "explode", triggers: "v1" },
    { workflowId: "w".repeat(65), timeoutSeconds: -5, triggers: ["v1"] },
    { workflowId: "demo-succeeds", timeoutSeconds: "NaN" },
  ];
  for (const [index, args] of groups.entries()) {
    const program = [{ name: "patch", args }];
    // The deployment checks again: an up without a preview refuses the arguments that a preview refuses.
    const result = index === 0 ? await stack.up(program) : await stack.preview(program);
    expect(result.ok).toBe(false);
    const error = errorOf(result.output, "patch").join("\n");
    const wrong = Object.keys(args).filter((argument) => !(argument === "workflowId" && index === 2));
    for (const argument of wrong) expect(error).toMatch(new RegExp(`"${argument}" must `));
  }
  // No list says which regions there are, but it becomes a part of the host's name.
  await stack.config("huaweicloud:endpoints", "{}");
  const region = await stack.preview([
    { name: "far", args: { workflowId: "demo-succeeds", region: "mars.example/" } },
  ]);
  expect(region.ok).toBe(false);
  expect(errorOf(region.output, "far").join("\n")).toMatch(
    /"region" \(from argument "region"\) must be a region like cn-north-4/,
  );
  expect(await requestsOf(emulator)).toEqual([]);
  expect(await stack.state()).toEqual([]);
});

test("credentials, workflow, network and web pages: each error says what to do, and the state still loads", async () => {
  const { emulator, stack } = fixture;
  const resources = [{ name: "patch", args: { workflowId: "demo-succeeds" } }];
  const endpoints = JSON.stringify({ aom: emulator.url, iam: emulator.url });

  async function fails(expected: RegExp, program: ProgramResource[] = resources): Promise<void> {
    const result = await stack.up(program);
    expect(result.ok).toBe(false);
    const error = errorOf(result.output, "patch").join("\n");
    expect(error).toMatch(expected);
    // Problems of settings alone are reported before anything is tried.
    expect(error).toMatch(/Nothing was started\.|resource 'patch' has a problem/);
    expect(result.output).not.toContain("emulator-secret-key");
    expect(result.output).not.toMatch(/\n\s+at /);
    expect(await stack.state()).toEqual([]);
  }

  await stack.config("huaweicloud:secretKey", "wrong", true);
  await fails(/HTTP 401, APIGW.0301: .* Check the credentials/);
  await stack.config("huaweicloud:secretKey", "", true);
  await fails(
    /incomplete: configuration huaweicloud:accessKey is set, configuration huaweicloud:secretKey is not/,
  );
  await stack.config("huaweicloud:accessKey", "");
  await fails(/no credentials for Huawei Cloud are set. Set one of: .*HUAWEICLOUD_SDK_AK/);

  await stack.config("huaweicloud:accessKey", "EMULATORACCESSKEY0001");
  await stack.config("huaweicloud:secretKey", "emulator-secret-key-0001", true);
  await fails(
    /workflow nowhere of project .* was not started, .*the list of the project's workflows does not contain the workflow.* Check workflowId/,
    [{ name: "patch", args: { workflowId: "nowhere" } }],
  );

  await stack.config("huaweicloud:endpoints", JSON.stringify({ aom: "http://127.0.0.1:1" }));
  await fails(/no answer from http:\/\/127.0.0.1:1\/.*ECONNREFUSED.*Check the network/);
  await stack.config("huaweicloud:endpoints", endpoints);
  await control(emulator, "POST", "/faults", { operation: "ExecuteWorkflow", action: "html", status: 403 });
  await fails(/The answer is a web page, not JSON: check the endpoint/);

  // Handled, and the answer lost: it is found, and nothing is sent twice.
  await control(emulator, "POST", "/faults", { operation: "ExecuteWorkflow", action: "dropAfter" });
  expect((await stack.up()).ok).toBe(true);
  const [execution, ...others] = await executionsOf(emulator);
  expect(others).toEqual([]);
  expect((await stack.resource("patch")).id).toBe(execution!.executionId);

  // One execution is running, and nobody here knows its owner: nothing is started, and the error's way out works.
  const theirs = (await control(emulator, "POST", "/executions", { workflowId: "demo-slow" })) as {
    executionId: string;
  };
  const patch = { name: "patch", args: { workflowId: "demo-succeeds" } };
  const undecided = await stack.up([patch, { name: "slow", args: { workflowId: "demo-slow" } }]);
  expect(errorOf(undecided.output, "slow").join("\n")).toMatch(
    new RegExp(
      `it is not known whether this run was started already[\\s\\S]*${theirs.executionId} \\(running` +
        `[\\s\\S]*set adoptExecutionId to its id[\\s\\S]*WFX-START-UNCERTAIN`,
    ),
  );
  expect(await executionsOf(emulator)).toHaveLength(2);
  const adopt = { workflowId: "demo-slow", adoptExecutionId: theirs.executionId };
  await control(emulator, "POST", "/clock", { advanceMs: 60_000 });
  expect((await stack.up([patch, { name: "slow", args: adopt }])).ok).toBe(true);
  expect((await stack.resource("slow")).id).toBe(theirs.executionId);
  expect(await executionsOf(emulator)).toHaveLength(2);

  // With a state that has something to lose: refresh fails without losing it.
  await stack.config("huaweicloud:endpoints", JSON.stringify({ aom: "http://127.0.0.1:1" }));
  await stack.up();
  const blind = await stack.refresh();
  expect(blind.ok).toBe(false);
  expect(blind.output).toContain("Error WFX-NO-ANSWER");
  expect((await stack.resource("patch")).id).toBe(execution!.executionId);
});
