/**
 * Messages to the user: the event, the executions that are still running, the effect of the next command, and the place
 * to look; in 15 lines at the most, whatever came from the service.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as fc from "fast-check";
import type { ExecutionSnapshot, ExecutionStep, FailedTarget } from "../../provider/src/execution/snapshot";
import { formatDuration } from "../../provider/src/execution/progress";
import { RunArguments } from "../../provider/src/execution/runArguments";
import { services } from "../../provider/src/services/registry";
import type { MessageContext } from "../../provider/src/execution/words";
import {
  describeBusy,
  describeNameInDoubt,
  describeNamedStartUncertain,
  describeQueued,
  describeStartUncertain,
  describeStartUndecided,
} from "../../provider/src/starting/messages";
import {
  describeError,
  describeFailed,
  describeForgotten,
  describeInterrupted,
  describeLostSight,
  describeNotStarted,
  describeNotStopped,
  describeStopCutShort,
  describeTimedOut,
  describeTolerated,
  describeUnsettled,
} from "../../provider/src/lifecycle/messages";

const { version: packageVersion } = JSON.parse(
  readFileSync(resolve(__dirname, "../../provider/package.json"), "utf8"),
) as { version: string };

const context = (args: object = {}): MessageContext => ({
  subject: "workflow wf-1 of project p (cn-north-4)",
  consoleUrl: "https://console.example/",
  common: RunArguments.read(services.aom, { ...args }).common,
});

const target = (more: FailedTarget = {}): FailedTarget => ({
  id: "i-17",
  name: "ecs-prod-17",
  address: "10.0.3.17",
  exitCode: "126",
  log: "one\r\n\r\ntwo\r\nthree\r\nbash: ./patch.sh: Permission denied\r\n",
  ...more,
});
const step = (more: Partial<ExecutionStep> = {}): ExecutionStep => ({
  id: "run-script",
  name: "Run script",
  status: "failed",
  rawStatus: "fail",
  ...more,
});
const failed = (more: Partial<ExecutionSnapshot> = {}): ExecutionSnapshot => ({
  executionId: "8f1c02aa",
  status: "failed",
  rawStatus: "fail",
  startedAt: "2026-11-21T06:00:00.000Z",
  settledAt: "2026-11-21T06:02:04.000Z",
  steps: [step()],
  stepsTotal: 3,
  ...more,
});

/** A copy without some fields, as where the service did not send them. */
function without<T extends object, K extends keyof T>(whole: T, ...fields: K[]): Omit<T, K> {
  const copy = { ...whole };
  for (const field of fields) Reflect.deleteProperty(copy, field);
  return copy;
}

const by = `(pulumi-runbook ${packageVersion})`;
const page = (code: string): string =>
  `  https://github.com/pulumi-runbook/pulumi-runbook/blob/main/docs/reference/errors.md#${code.toLowerCase()}`;
/** The last lines: the workflow, the console, the code, and the code's documentation. */
const where = (code: string): string[] => [
  `  workflow wf-1 of project p (cn-north-4), https://console.example/, error ${code} ${by}`,
  page(code),
];

describe("an execution that failed", () => {
  test("step, targets, their logs, and what the next deployment does", () => {
    const prepare = step({ id: "prepare", name: "Prepare", status: "succeeded" });
    const run = step({
      targets: { succeeded: 47, failed: 3, running: 0, notPerformed: 0 },
      failedTargets: [target(), target({ name: "ecs-prod-18" }), target({ name: "ecs-prod-19" })],
    });
    expect(describeFailed(failed({ steps: [prepare, run] }), context()).split("\n")).toEqual([
      "execution 8f1c02aa failed after 2m04s",
      '  step 2 of 3 "Run script": 3 of 50 targets failed',
      "    ecs-prod-17 (10.0.3.17), exit code 126",
      "      | two",
      "      | three",
      "      | bash: ./patch.sh: Permission denied",
      "    ecs-prod-18 (10.0.3.17), exit code 126",
      "      | two",
      "      | three",
      "      | bash: ./patch.sh: Permission denied",
      '    and 1 more; all of them are in the output "steps"',
      '  The execution is no longer running. The next `pulumi up` runs the workflow again (rerunOn includes "failed").',
      ...where("WFX-EXECUTION-FAILED"),
    ]);
  });

  test("one that is not run again says what would", () => {
    const message = describeFailed(failed(), context({ rerunOn: ["stopped"] }));
    expect(message).toContain(
      'The next `pulumi up` does not run the workflow again (rerunOn). To run it, change "triggers".',
    );
    expect(describeFailed(failed(), context({ rerunOn: "always" }))).toContain('(rerunOn includes "always")');
  });

  test.each([
    ["timedOut", "timed out at the service"],
    ["stopped", "was stopped"],
  ] as const)("%s is said as such", (status, words) => {
    expect(describeFailed(failed({ status }), context())).toMatch(
      `execution 8f1c02aa ${words} after 2m04s\n`,
    );
  });

  test("a step that calls itself successful is named when its targets failed", () => {
    const run = step({
      status: "succeeded",
      targets: { succeeded: 0, failed: 1, running: 0, notPerformed: 0 },
    });
    expect(describeFailed(failed({ steps: [run] }), context())).toContain(
      'step 1 of 3 "Run script": 1 of 1 target failed',
    );
  });

  test("little is known: no times, no steps, no name, no console", () => {
    const timeless = without(failed({ steps: [] }), "startedAt", "settledAt");
    expect(describeFailed(timeless, { ...context(), consoleUrl: undefined }).split("\n")).toEqual([
      "execution 8f1c02aa failed",
      '  The execution is no longer running. The next `pulumi up` runs the workflow again (rerunOn includes "failed").',
      `  workflow wf-1 of project p (cn-north-4), error WFX-EXECUTION-FAILED ${by}`,
      page("WFX-EXECUTION-FAILED"),
    ]);
    const nameless = without(step({ error: "quota\n exceeded", failedTargets: [{}] }), "name");
    const countless = without(failed({ steps: [nameless] }), "stepsTotal");
    expect(describeFailed(countless, context())).toContain(
      '  step 1 "run-script": failed: quota exceeded\n    a target without a name\n',
    );
  });

  test("long lines are cut", () => {
    const long = "x".repeat(10_000);
    const run = step({ error: long, failedTargets: [target({ message: long, log: long })] });
    const message = describeFailed(failed({ steps: [run] }), context());
    expect(message.length).toBeLessThan(1_000);
  });
});

describe("an execution for which the deployment has waited too long", () => {
  const timedOut = {
    ...context(),
    executionId: "8f1c02aa",
    timeoutSeconds: 1_800,
    timeoutSetting: "timeoutSeconds",
    end: "left" as const,
  };
  const running = failed({ status: "running", steps: [step({ status: "running" })] });

  test("that is left running: nothing is started twice, and how to stop it", () => {
    expect(describeTimedOut(running, timedOut).split("\n")).toEqual([
      "execution 8f1c02aa is still running after this deployment waited 30m (timeoutSeconds)",
      '  last seen in step 1 of 3 "Run script"',
      "  The next `pulumi up` resumes waiting for this execution. Nothing is started twice.",
      "  To stop the execution instead, run `pulumi destroy --target <URN>`.",
      ...where("WFX-EXECUTION-TIMEOUT"),
    ]);
  });

  test("how to stop it is not said where a deletion would leave it running", () => {
    const left = { ...timedOut, ...context({ onDelete: "leave" }) };
    for (const message of [
      describeTimedOut(running, left),
      describeInterrupted("8f1c02aa", true, left),
      describeUnsettled("8f1c02aa", left),
    ]) {
      expect(message).toContain("resumes waiting for this execution");
      expect(message).not.toContain("destroy");
    }
  });

  test("that nobody has seen: the last error is told", () => {
    const unseen = { ...timedOut, end: "unseen" as const, lastError: new Error("no answer from http://x") };
    const message = describeTimedOut(undefined, unseen);
    expect(message).toMatch(
      /^execution 8f1c02aa was not seen to finish within 30m \(timeoutSeconds\); it may still be running\n/,
    );
    expect(message).toContain("  the last status request failed: no answer from http://x\n");
    expect(message).not.toContain("last seen");
  });

  test.each(["stopUnseen", "stopFailed"] as const)("%s: it is not said to run", (end) => {
    const message = describeTimedOut(running, { ...timedOut, end, lastError: new Error("HTTP 503") });
    expect(message).toMatch(/^execution 8f1c02aa was not seen to finish within 30m /);
    expect(message).not.toContain("is still running");
  });

  test("that was stopped: whether the next deployment runs it again", () => {
    const stopped = { ...timedOut, end: "stopped" as const };
    expect(describeTimedOut(failed({ status: "stopped" }), stopped)).toMatch(
      /^execution 8f1c02aa did not finish within 30m .* and was stopped \(onTimeout is "stop"\)\n[^]*The next `pulumi up` runs the workflow again \(rerunOn includes "stopped"\)/,
    );
    expect(describeTimedOut(undefined, { ...stopped, ...context({ rerunOn: ["failed"] }) })).toContain(
      'The next `pulumi up` does not run the workflow again (rerunOn). To run it, change "triggers".',
    );
  });
});

test("what this deployment has not seen is not said to run", () => {
  expect(describeInterrupted("8f1c02aa", false, context())).toMatch(
    /^interrupted while waiting for execution 8f1c02aa, which may still be running\n/,
  );
});

test("a failure that the program tolerates: the deployment continues, or the resource goes", () => {
  const tolerated = describeTolerated(failed(), context({ onFailure: "continue" })).split("\n");
  expect(tolerated[0]).toBe("execution 8f1c02aa failed after 2m04s");
  expect(tolerated.slice(-3)).toEqual([
    '  The deployment continues (onFailure is "continue"). The next `pulumi up` runs the workflow again (rerunOn includes "failed").',
    ...where("WFX-EXECUTION-FAILED"),
  ]);
  const teardown = context({ onFailure: "continue", runOn: "destroy" });
  expect(describeTolerated(failed(), teardown).split("\n").at(-3)).toBe(
    '  The resource is removed (onFailure is "continue").',
  );
});

test("advice that needs the resource's URN has it, as a shell takes it", () => {
  const urn = "urn:pulumi:dev::shop::my:Group$pulumi-nodejs:aom:WorkflowExecution::it's";
  const argument = "'urn:pulumi:dev::shop::my:Group$pulumi-nodejs:aom:WorkflowExecution::it'\\''s'";
  const teardown = { ...context({ runOn: "destroy" }), urn };
  const late = { executionId: "8f1c02aa", timeoutSeconds: 60, timeoutSetting: "timeoutSeconds" };
  expect(describeTimedOut(undefined, { ...context(), urn, ...late, end: "left" })).toContain(
    `run \`pulumi destroy --target ${argument}\`.`,
  );
  expect(describeNameInDoubt("release-1", teardown)).toContain(`run \`pulumi state delete ${argument}\`.`);
  expect(describeStartUndecided([], teardown)).toContain(`run \`pulumi state delete ${argument}\``);
});

test("an interruption: it is still running and is waited for again, and how to stop it", () => {
  expect(describeInterrupted("8f1c02aa", true, context()).split("\n")).toEqual([
    "interrupted while waiting for execution 8f1c02aa, which is still running",
    "  The next `pulumi up` resumes waiting for this execution. Nothing is started twice.",
    "  To stop the execution instead, run `pulumi destroy --target <URN>`.",
    ...where("WFX-INTERRUPTED"),
  ]);
});

test("a status that can't be read: it may still run, and is waited for again once the cause is corrected", () => {
  const message = describeLostSight(
    "8f1c02aa",
    { message: "HTTP 401", code: "WFX-AUTHENTICATION" },
    context(),
  );
  expect(message).toMatch(/^execution 8f1c02aa has started, but its status can't be read: HTTP 401\n/);
  expect(message.split("\n").slice(1, 4)).toEqual([
    "  The execution may still be running.",
    "  The next `pulumi up` resumes waiting for this execution. Nothing is started twice.",
    "  Correct the cause first.",
  ]);
  expect(message).toContain("error WFX-AUTHENTICATION");
});

test("a forgotten execution: what is known, and both ways on", () => {
  const message = describeForgotten("8f1c02aa", context());
  expect(message).toContain("no longer knows execution 8f1c02aa, and its outcome was not seen");
  expect(message).toContain('change "triggers"');
  expect(message).toContain('set waitFor to "started"');
  const teardown = describeForgotten("8f1c02aa", context({ runOn: "destroy" }));
  expect(teardown).toContain("If the execution did its work, run `pulumi state delete <URN>`");
  expect(teardown).toContain("destroy again");
  expect(teardown).not.toContain("waitFor");
});

test("a start whose outcome is unknown: nothing was sent twice, and what the next deployment does about it", () => {
  const message = describeStartUncertain("no answer", context());
  expect(message).toContain(
    "not known whether an execution of workflow wf-1 of project p (cn-north-4) was started",
  );
  expect(message).toContain("nothing was sent a second time");
  expect(message).toContain("The next `pulumi up` searches again");
  expect(message).toContain("error WFX-START-UNCERTAIN");
});

test("what goes wrong in a call that starts nothing has its code, once", () => {
  const withCode = `no credentials\n  Error WFX-CONFIGURATION ${by}\n${page("WFX-CONFIGURATION")}`;
  expect(describeError({ message: "no credentials", code: "WFX-CONFIGURATION" })).toBe(withCode);
  expect(describeError({ message: withCode, code: "WFX-CONFIGURATION" })).toBe(withCode);
  expect(describeError({ message: "a bug" })).toBe("a bug");
});

test("what went wrong before a start: nothing was started", () => {
  expect(describeNotStarted({ message: "no credentials", code: "WFX-CONFIGURATION" })).toBe(
    `no credentials\n  Nothing was started. Error WFX-CONFIGURATION ${by}\n${page("WFX-CONFIGURATION")}`,
  );
  expect(describeNotStarted({ message: "oops" })).toBe("oops\n  Nothing was started.");
  // The places where credentials can be set make a long list, all of which is needed.
  const places = "HW_ACCESS_KEY; ".repeat(125).trim();
  expect(describeNotStarted({ message: places, code: "WFX-CONFIGURATION" })).toContain(`${places}\n`);
  expect(describeNotStarted({ message: places, code: "WFX-SERVICE" }).length).toBeLessThan(1_200);
});

test("an execution that will not stop: it stays in the state, and how to leave it running", () => {
  const message = describeNotStopped("8f1c02aa", 300, true, context());
  expect(message).toContain("was asked to stop but is still running after 5m");
  expect(message).toContain("The resource stays in the state.");
  expect(message).toContain('set onDelete to "leave"');
  expect(describeNotStopped("8f1c02aa", 300, false, context())).toMatch(
    /^execution 8f1c02aa was asked to stop but may still be running after 5m\n/,
  );
});

test.each([
  [0, "less than 1s"],
  [0.4, "less than 1s"],
  [850, "850ms"],
  [1_000, "1s"],
  [59_400, "59s"],
  [59_600, "1m"],
  [124_000, "2m04s"],
  [3_600_000, "1h"],
  [3_900_000, "1h05m"],
  [3_605_000, "1h"],
  [90_000_000, "25h"],
])("%i ms are %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

describe("no message has more than 15 lines", () => {
  const lines = fc.string({ unit: fc.constantFrom("a", " ", "\n", "\r\n", "\t", '"', "é") });
  const line = fc.string({ unit: fc.constantFrom("a", " ", "\t", '"', "é", "`") });

  const countLines = (message: string): number => message.split("\n").length;

  /** Snapshots whose names are one line each, and whose logs and errors are anything. */
  const snapshots = (name: fc.Arbitrary<string>): fc.Arbitrary<ExecutionSnapshot> => {
    const status = fc.constantFrom("failed", "timedOut", "stopped", "running", "succeeded", "unknown");
    const count = fc.nat(100);
    const failedTarget = fc.record(
      { id: name, name, address: name, exitCode: name, message: lines, log: lines },
      { requiredKeys: [] },
    );
    const aStep = fc.record(
      {
        id: name,
        name,
        status,
        rawStatus: name,
        error: lines,
        targets: fc.record({ succeeded: count, failed: count, running: count, notPerformed: count }),
        failedTargets: fc.array(failedTarget, { maxLength: 5 }),
      },
      { requiredKeys: ["id", "status", "rawStatus"] },
    );
    return fc.record(
      {
        executionId: name,
        status,
        rawStatus: name,
        steps: fc.array(aStep, { maxLength: 4 }),
        stepsTotal: count,
      },
      { requiredKeys: ["executionId", "status", "rawStatus", "steps"] },
    );
  };

  const everyMessage = (snapshot: ExecutionSnapshot, cause: string): string[] => [
    describeFailed(snapshot, context()),
    describeFailed(snapshot, context({ runOn: "destroy" })),
    describeTimedOut(snapshot, {
      ...context(),
      executionId: snapshot.executionId,
      timeoutSeconds: 1,
      timeoutSetting: "customTimeouts",
      end: "left" as const,
      lastError: new Error(cause),
    }),
    describeLostSight(snapshot.executionId, { message: cause }, context()),
    describeStartUncertain(cause, context()),
    describeNamedStartUncertain(cause, snapshot.executionId, context(), false),
    describeNamedStartUncertain(cause, snapshot.executionId, context(), true),
    describeNameInDoubt(snapshot.executionId, context()),
    describeNotStarted({ message: cause, code: "WFX-SERVICE" }),
  ];

  test("with everything that a message can have", () => {
    const run = step({
      error: "step error",
      targets: { succeeded: 0, failed: 3, running: 0, notPerformed: 0 },
      failedTargets: [target(), target()],
    });
    const whole = failed({ steps: [run], error: "another error" });
    for (const runOn of ["create", "destroy"]) {
      expect(countLines(describeFailed(whole, context({ runOn })))).toBe(15);
    }
  });

  test("whatever logs, errors of steps and messages of targets hold", () => {
    fc.assert(
      fc.property(snapshots(line), line, (snapshot, cause) => {
        for (const message of everyMessage(snapshot, cause)) {
          expect(countLines(message)).toBeLessThanOrEqual(15);
        }
      }),
    );
  });

  test("whatever the service's error text holds", () => {
    const trace = `java.lang.NullPointerException\n${"\tat com.huawei.Aom.run(Aom.java:1)\n".repeat(40)}`;
    for (const message of everyMessage(failed(), trace)) expect(countLines(message)).toBeLessThanOrEqual(15);
  });

  test("whatever the names of steps and targets hold", () => {
    fc.assert(
      fc.property(snapshots(lines), line, (snapshot, cause) => {
        for (const message of everyMessage(snapshot, cause)) {
          expect(countLines(message)).toBeLessThanOrEqual(15);
        }
      }),
      { numRuns: 1_000, seed: 1 },
    );
  });
});

describe("a service's words pose as no message of somebody else, and do nothing to the terminal", () => {
  const word = "\u001b]8;;http://evil\u0007x\u001b[2J\r\nerror: forged\u202e\ud83d\u0000";
  const said = "x error: forged\ufffd";
  const step1 = step({
    id: word,
    name: word,
    rawStatus: word,
    error: word,
    failedTargets: [target({ name: word, log: word })],
  });
  const snapshot = failed({ executionId: word, rawStatus: word, error: word, steps: [step1] });
  const summary = { executionId: word, status: "running", rawStatus: word, createdBy: word } as const;
  const at = context();

  test.each<[string, string]>([
    ["failed", describeFailed(snapshot, at)],
    ["interrupted", describeInterrupted(word, false, at)],
    ["stop cut short", describeStopCutShort(word, at)],
    ["lost sight", describeLostSight(word, { message: word }, at)],
    ["forgotten", describeForgotten(word, at)],
    ["undecided", describeStartUndecided([summary, summary], at)],
    ["busy", describeBusy([summary], at)],
    ["queued", describeQueued([summary])],
    ["not stopped", describeNotStopped(word, 1, true, at)],
    [
      "start uncertain",
      describeNamedStartUncertain(word, word, { ...at, subject: word, consoleUrl: word }, false),
    ],
  ])("%s", (_what, message) => {
    expect(message).toContain(said);
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(message).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(message.isWellFormed()).toBe(true);
    for (const line of message.split("\n").slice(1)) expect(line).toMatch(/^ {2}/);
  });
});
