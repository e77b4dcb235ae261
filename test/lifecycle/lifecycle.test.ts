/**
 * The lifecycle of executions against the emulator, hours in milliseconds: whatever happens on the way, nothing is
 * started twice, no id is lost, and what is said of it is true.
 */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { StartUncertainError } from "../../provider/src/ground/errors";
import type { Arguments, Outcome, StoredState } from "../../provider/src/lifecycle";
import {
  create,
  deleteExecution,
  diff,
  getExecution,
  listExecutions,
  read,
  update,
} from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { EmulatedExecution, LoggedRequest } from "../support/emulators";
import { control, executionsOf, requestsOf } from "../support/emulators";
import type { EmulatedHost } from "../support/lifecycleHosts";
import { emulatedHost, emulatorSettings } from "../support/lifecycleHosts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
/** The live line of an execution in its first step, whether the service tells the number of steps or not. */
const inFirstStep = /^1\/\d|\(step 1\)/;

let emulator: Emulator;
let host: EmulatedHost;
let abort: () => void;
let onStatus: (text: string) => void;

beforeEach(async () => {
  emulator = await startEmulator();
  const controller = new AbortController();
  abort = () => {
    controller.abort();
  };
  onStatus = () => undefined;
  host = await emulatedHost(emulator, emulatorSettings(emulator), {
    signal: controller.signal,
    onStatus: (text) => {
      onStatus(text);
    },
  });
});
afterEach(() => emulator.close());

const args: Arguments = { workflowId: "wf" };
const script = (workflow: object): Promise<unknown> => control(emulator, "PUT", "/workflows/wf", workflow);
const takes = (durationMs: number, more: object = {}): Promise<unknown> =>
  script({ nodes: [{ id: "work", name: "Work", durationMs }], ...more });
const fault = (description: object): Promise<unknown> => control(emulator, "POST", "/faults", description);
const quirks = (description: object): Promise<unknown> => control(emulator, "PUT", "/quirks", description);
const purge = (id: string): Promise<unknown> => control(emulator, "DELETE", `/executions/${id}`);
const executions = (): Promise<EmulatedExecution[]> => executionsOf(emulator);
const asked = async (operation: string): Promise<LoggedRequest[]> =>
  (await requestsOf(emulator)).filter((request) => request.operation === operation);

/** The execution is there, as it should be. */
function ready(outcome: Outcome): { readonly id: string; readonly state: StoredState } {
  expect(outcome).toMatchObject({ kind: "ready" });
  expect(outcome.state["executionId"]).toBe(outcome.id);
  return outcome;
}

/** The execution is there, but not as it should be: its id and state, and the one reason. */
function unready(outcome: Outcome): {
  readonly id: string;
  readonly state: StoredState;
  readonly reason: string;
} {
  if (outcome.kind !== "unready") throw new Error("the outcome is ready");
  expect(outcome.reasons).toHaveLength(1);
  expect(outcome.state["executionId"]).toBe(outcome.id);
  return { ...outcome, reason: outcome.reasons[0]! };
}

const planned = (state: StoredState, news: Arguments = args): ReturnType<typeof diff> =>
  diff(services.aom, String(state["executionId"]), state, news);

const otherStatus = { execution_id: "another-one", status: "success" };

describe("create", () => {
  test("starts one execution, waits for it, and keeps its outcome", async () => {
    const triggers = { image: "a" };
    const { id, state } = ready(await create({ workflowId: "demo-succeeds", triggers }, host));
    expect(await executions()).toMatchObject([{ executionId: id, status: "success" }]);
    expect(state).toMatchObject({
      workflowId: "demo-succeeds",
      triggers,
      region: "cn-north-4",
      projectId: "0123456789abcdef0123456789abcdef",
      status: "succeeded",
      rawStatus: "success",
      startedAt: "2026-11-21T06:00:00.000Z",
      settledAt: "2026-11-21T06:00:02.000Z",
      durationMs: 2_000,
      output: { version: "1.4.2", healthy: true, checks: 12 },
      steps: [{ name: "Prepare" }, { name: "Deploy", targets: { succeeded: 3 } }, { name: "Verify" }],
      stepsTotal: 3,
      stateVersion: 1,
    });
    expect(state).not.toHaveProperty("failure");
    expect(host.reporter.warnings).toEqual([]);
    expect(host.reporter.statuses[0]).toBe("starting");
    expect(planned(state, { workflowId: "demo-succeeds", triggers }).action).toBe("none");
  });

  test("one that fails is kept with its reasons, and runs again next time", async () => {
    const { id, state, reason } = unready(await create({ workflowId: "demo-fails" }, host));
    expect(reason).toContain(`execution ${id} failed after `);
    expect(reason).toContain('step 2 of 3 "Run script": 1 of 2 targets failed');
    expect(reason).toContain("ecs-prod-17 (10.0.3.17), exit code 126");
    expect(reason).toContain("| bash: ./patch.sh: Permission denied");
    expect(reason).toContain('runs the workflow again (rerunOn includes "failed")');
    expect(state).toMatchObject({
      status: "failed",
      failure: { stepId: "run-script", stepName: "Run script", log: expect.stringContaining("Permission") },
    });
    expect(planned(state, { workflowId: "demo-fails" })).toMatchObject({ action: "rerun" });
  });

  test("one that fails is ready where the program goes on with failures", async () => {
    const news = { workflowId: "demo-fails", onFailure: "continue", rerunOn: [] };
    const { state } = ready(await create(news, host));
    expect(state).toMatchObject({ status: "failed", failure: { stepId: "run-script" } });
    expect(planned(state, news).action).toBe("none");
  });

  test("one that takes too long is left running, and the next deployment goes on waiting for it", async () => {
    await takes(60 * minuteMs);
    const first = unready(await create({ ...args, timeoutSeconds: 600 }, host));
    expect(first.reason).toContain("is still running after this deployment waited 10m");
    expect(first.reason).toContain(
      "The next `pulumi up` resumes waiting for this execution. Nothing is started twice.",
    );
    expect(first.state).toMatchObject({ status: "running", steps: [{ name: "Work", status: "running" }] });
    expect(planned(first.state, { ...args, timeoutSeconds: 600 })).toMatchObject({ action: "update" });

    const news = { ...args, timeoutSeconds: 7_200 };
    const second = ready(await update(first.id, first.state, news, host));
    expect(second.id).toBe(first.id);
    expect(second.state).toMatchObject({
      status: "succeeded",
      timeoutSeconds: 7_200,
      durationMs: 60 * minuteMs,
    });
    expect(await executions()).toHaveLength(1);
    expect(await asked("StopExecution")).toEqual([]);
  });

  test("an hour of waiting takes few looks", async () => {
    await takes(59 * minuteMs);
    ready(await create(args, host));
    expect((await asked("SearchWorkflowExecutionDetail")).length).toBeLessThan(400);
    expect(host.reporter.statuses.length).toBeLessThan(6);
  });

  test("customTimeouts counts more than timeoutSeconds", async () => {
    await takes(60 * minuteMs);
    const { reason } = unready(await create(args, { ...host, operationTimeoutSeconds: 90 }));
    expect(reason).toContain("is still running after this deployment waited 1m30s");
    expect(host.clock.now() - Date.parse("2026-11-21T06:00:00Z")).toBe(90 * secondMs);
  });

  test("one that takes too long is stopped where the program says so, and is seen to have stopped", async () => {
    await takes(60 * minuteMs, { stopTakesMs: 20_000 });
    const news = { ...args, timeoutSeconds: 60, onTimeout: "stop" };
    const { id, state, reason } = unready(await create(news, host));
    expect(reason).toContain("did not finish within 1m (timeoutSeconds) and was stopped");
    expect(reason).toContain('The next `pulumi up` runs the workflow again (rerunOn includes "stopped").');
    expect(state).toMatchObject({ status: "stopped", rawStatus: "cancel" });
    expect(await executions()).toMatchObject([{ executionId: id, status: "cancel" }]);
    expect(planned(state, news)).toMatchObject({ action: "rerun" });
  });

  test("one that is being stopped is no news: what was told stays told, and it has not just started", async () => {
    await script({
      nodes: [
        { id: "prepare", name: "Prepare", durationMs: 10_000 },
        { id: "work", name: "Work", durationMs: 60 * minuteMs },
      ],
      stopTakesMs: 20_000,
    });
    unready(await create({ ...args, timeoutSeconds: 60, onTimeout: "stop" }, host));
    const { infos, statuses } = host.reporter;
    expect(infos.filter((text) => text.includes("Prepare"))).toHaveLength(1);
    const stopping = statuses.slice(statuses.findIndex((text) => text.includes("stopping (onTimeout)")) + 1);
    expect(stopping).toEqual([expect.stringMatching(/^stopped after \S+, 2\/2 Work$/)]);
  });

  test("one that is gone when it is to be stopped is not waited for", async () => {
    await takes(60 * minuteMs, { stopTakesMs: 10 * minuteMs });
    const startMs = host.clock.now();
    onStatus = (text) => {
      if (text.includes("stopping (onTimeout)"))
        void executions().then(([execution]) => purge(execution!.executionId));
    };
    const { state } = unready(await create({ ...args, timeoutSeconds: 60, onTimeout: "stop" }, host));
    expect(state).toMatchObject({ expired: true });
    expect(host.clock.now() - startMs).toBeLessThan(70 * secondMs);
  });

  test("one that does not stop in time is not said to have stopped", async () => {
    await takes(60 * minuteMs, { stopTakesMs: 10 * minuteMs });
    const { state, reason } = unready(await create({ ...args, timeoutSeconds: 60, onTimeout: "stop" }, host));
    expect(reason).toContain("is still running after this deployment waited 1m");
    expect(reason).toContain("The next `pulumi up` resumes waiting for this execution");
    expect(state).toMatchObject({ status: "running", rawStatus: "canceling" });
  });

  test("one that succeeds just as it is to be stopped is not said to have been stopped", async () => {
    await takes(70 * secondMs, { stopTakesMs: 60_000 });
    const outcome = await create({ ...args, timeoutSeconds: 60, onTimeout: "stop" }, host);
    expect(outcome.state).toMatchObject({ status: "succeeded" });
    expect(outcome.kind === "ready" ? "" : outcome.reasons.join("\n")).not.toMatch(
      /was stopped|runs the workflow again/,
    );
  });

  test("a stop that is refused is told as such", async () => {
    await takes(60 * minuteMs);
    await fault({ operation: "StopExecution", action: "status", status: 403, count: null });
    const { id, reason } = unready(await create({ ...args, timeoutSeconds: 60, onTimeout: "stop" }, host));
    expect(await executions()).toMatchObject([{ executionId: id, status: "running" }]);
    expect(reason).not.toContain("its status can't be read");
  });

  test("fire and forget: ready once it has started", async () => {
    await takes(60 * minuteMs);
    const news = { ...args, waitFor: "started" };
    const { id, state } = ready(await create(news, host));
    expect(state).toMatchObject({
      executionId: id,
      status: "running",
      startedAt: "2026-11-21T06:00:00.000Z",
    });
    expect(host.clock.sleeps).toEqual([]);
    expect(planned(state, news).action).toBe("none");
  });

  test("fire and forget: a status request that fails is a warning, and the id is kept", async () => {
    await takes(60 * minuteMs);
    await fault({ operation: "SearchWorkflowExecutionDetail", action: "status", status: 403, count: null });
    const { id, state } = ready(await create({ ...args, waitFor: "started" }, host));
    expect(state).toMatchObject({ executionId: id, status: "running" });
    expect(host.reporter.warnings).toEqual([
      expect.stringMatching(
        new RegExp(`^execution ${id} was started, but its status can't be read: .*HTTP 403`),
      ),
    ]);
  });

  test("an interruption keeps the id, and the next deployment goes on waiting", async () => {
    await takes(60 * minuteMs);
    onStatus = (text) => {
      if (inFirstStep.test(text)) abort();
    };
    const first = unready(await create(args, host));
    expect(first.reason).toMatch(/^interrupted while waiting for execution .*, which is still running\n/);
    expect(first.reason).toContain("Nothing is started twice.");
    expect(first.state).toMatchObject({ status: "running" });

    const next = await emulatedHost(emulator);
    ready(await update(first.id, first.state, args, next));
    expect(await executions()).toHaveLength(1);
  });

  test("an interruption while it is being stopped does not say that it is still running", async () => {
    await takes(60 * minuteMs, { stopTakesMs: 30_000 });
    onStatus = (text) => {
      if (text.includes("stopping (onTimeout)")) setImmediate(abort);
    };
    const { id, reason } = unready(await create({ ...args, timeoutSeconds: 60, onTimeout: "stop" }, host));
    expect(reason).toContain(`interrupted while execution ${id} was being stopped`);
    expect(reason).not.toContain("is still running");
  });

  test("a failed look that others have followed is no part of what a timeout says", async () => {
    await takes(60 * minuteMs);
    await fault({
      operation: "SearchWorkflowExecutionDetail",
      action: "status",
      status: 503,
      count: 1,
      skip: 2,
    });
    const { reason } = unready(await create({ ...args, timeoutSeconds: 300 }, host));
    expect(reason).toContain("is still running after this deployment waited 5m");
    expect(reason).not.toContain("the last status request failed");
  });

  describe("in an outage that has begun after a status request", () => {
    beforeEach(async () => {
      await takes(60 * minuteMs);
      await fault({
        operation: "SearchWorkflowExecutionDetail",
        action: "status",
        status: 503,
        skip: 2,
        count: 1_000,
      });
    });

    test("a timeout does not say that the execution still runs", async () => {
      const { reason } = unready(await create({ ...args, timeoutSeconds: 600 }, host));
      expect(reason).toMatch(
        /^execution \S+ was not seen to finish within 10m \(timeoutSeconds\); it may still be running\n[^]*the last status request failed: .*HTTP 503/,
      );
    });

    test("an interruption does not say that it goes on running", async () => {
      onStatus = (text) => {
        if (text.includes("can't be read")) setImmediate(abort);
      };
      host.reporter.warn = onStatus;
      const { reason } = unready(await create({ ...args, timeoutSeconds: 3_000 }, host));
      expect(reason).toMatch(/^interrupted while waiting for execution \S+, which may still be running\n/);
    });
  });

  test("an interruption during a request keeps the id too", async () => {
    await takes(60 * minuteMs);
    await fault({ operation: "SearchWorkflowExecutionDetail", action: "hang", skip: 1 });
    let looks = 0;
    onStatus = () => {
      looks += 1;
      if (looks === 2) setImmediate(abort);
    };
    const { id } = unready(await create(args, host));
    expect(await executions()).toMatchObject([{ executionId: id }]);
  });

  test("an unknown status word: one warning, and the wait goes on", async () => {
    await takes(5 * minuteMs, { runningStatus: "pondering" });
    const { state } = ready(await create(args, host));
    expect(state).toMatchObject({ status: "succeeded" });
    expect(host.reporter.warnings).toEqual([
      'the service reports the unknown status "pondering"; waiting continues',
    ]);
  });

  test("an unknown status word until the deadline is no failure of the execution", async () => {
    await takes(60 * minuteMs, { runningStatus: "pondering" });
    const { state, reason } = unready(await create({ ...args, timeoutSeconds: 60 }, host));
    expect(state).toMatchObject({ status: "unknown", rawStatus: "pondering" });
    expect(reason).toContain("is still running after this deployment waited 1m");
    expect(planned(state, { ...args, timeoutSeconds: 60 })).toMatchObject({ action: "update" });
  });

  test("an approval is waited for; a rejection is a failure", async () => {
    await takes(minuteMs, { requiresApproval: true });
    let id = "";
    onStatus = (text) => {
      if (!text.startsWith("waiting")) return;
      void executions().then(async ([execution]) => {
        id = execution!.executionId;
        await control(emulator, "POST", `/executions/${id}/reject`);
      });
    };
    const outcome = unready(await create(args, host));
    expect(outcome).toMatchObject({ id, state: { status: "failed", rawStatus: "approvalFailed" } });
  });

  test.each([
    ["503", { action: "status", status: 503, count: 4 }],
    ["500", { action: "status", status: 500, count: 4 }],
    ["429 with Retry-After", { action: "status", status: 429, retryAfter: 30, count: 3 }],
    ["a proxy's page with 502", { action: "html", count: 2 }],
    ["a dropped connection", { action: "dropBefore", count: 3 }],
    ["an answer cut short", { action: "truncate", count: 2 }],
    ["a login page with 200", { action: "html", status: 200, count: 5 }],
    ["a login page with 403", { action: "html", status: 403, count: 5 }],
    ["a proxy's page with 404", { action: "html", status: 404, count: 5 }],
    ["a redirect", { action: "status", status: 302, count: 5 }],
    ["half of the JSON", { action: "invalidJson", count: 5 }],
    ["JSON without a status", { action: "status", status: 200, body: {}, count: 5 }],
    ["another execution's status", { action: "status", status: 200, body: otherStatus, count: 5 }],
  ])("%s while waiting: the wait goes on", async (_what, description) => {
    await takes(5 * minuteMs);
    await fault({ operation: "SearchWorkflowExecutionDetail", skip: 2, ...description });
    ready(await create(args, host));
    expect(await executions()).toHaveLength(1);
  });

  test.each([
    ["401", { action: "status", status: 401 }, "WFX-AUTHENTICATION"],
    ["403", { action: "status", status: 403 }, "WFX-AUTHENTICATION"],
    ["400", { action: "status", status: 400, body: { error_code: "AOM.9" } }, "WFX-SERVICE"],
    ["a web page with 200, for ever", { action: "html", status: 200, count: null }, "WFX-RESPONSE-FORMAT"],
    ["half of the JSON, for ever", { action: "invalidJson", count: null }, "WFX-RESPONSE-FORMAT"],
  ])(
    "%s while waiting keeps the id; once it is mended the wait goes on",
    async (_what, description, code) => {
      await takes(30 * minuteMs);
      await fault({ operation: "SearchWorkflowExecutionDetail", skip: 2, ...description });
      const startMs = host.clock.now();
      const first = unready(await create(args, host));
      expect(host.clock.now() - startMs).toBeLessThan(6 * minuteMs);
      expect(first.reason).toMatch(/^execution .* has started, but its status can't be read: /);
      expect(first.reason).toContain("The execution may still be running.");
      expect(first.reason).toContain(`error ${code}`);
      // With what was seen until then.
      expect(first.state).toMatchObject({ status: "running", startedAt: expect.any(String), steps: [{}] });
      expect(planned(first.state)).toMatchObject({ action: "update" });

      await control(emulator, "DELETE", "/faults");
      ready(await update(first.id, first.state, args, host));
      expect(await executions()).toHaveLength(1);
    },
  );

  test("an execution that is invisible at first is waited for", async () => {
    await takes(minuteMs);
    await quirks({ detailDelayMs: 20_000 });
    const { state } = ready(await create(args, host));
    expect(state).toMatchObject({ status: "succeeded" });
  });

  test("a record that is purged while its end was not seen: kept, marked, and not said to have failed", async () => {
    await takes(60 * minuteMs);
    onStatus = (text) => {
      if (inFirstStep.test(text)) void executions().then(([execution]) => purge(execution!.executionId));
    };
    const { id, state, reason } = unready(await create(args, host));
    expect(reason).toContain(`no longer knows execution ${id}, and its outcome was not seen`);
    expect(state).toMatchObject({ status: "running", expired: true });
    expect(await asked("ExecuteWorkflow")).toHaveLength(1);
  });

  // The detail's page documents no 404.
  describe("where an unknown execution is answered with 400", () => {
    beforeEach(() => quirks({ unknownExecutionIs400: true }));

    test("one that is invisible at first is waited for", async () => {
      await takes(minuteMs);
      await quirks({ unknownExecutionIs400: true, detailDelayMs: 10_000 });
      ready(await create(args, host));
    });

    test("read keeps the last outcome of a purged record", async () => {
      const { id, state } = ready(await create({ workflowId: "demo-succeeds" }, host));
      await purge(id);
      expect(await read(id, state, host)).toEqual({ ...state, expired: true });
    });

    test("delete lets go of what the service does not know", async () => {
      await takes(60 * minuteMs);
      const { id, state } = ready(await create({ ...args, waitFor: "started" }, host));
      await purge(id);
      await deleteExecution(id, state, host);
    });
  });
});

describe("a start whose answer does not come, or can't be read", () => {
  test.each<[string, object, number]>([
    ["the connection drops after the request was handled", { action: "dropAfter" }, 1],
    ["the connection drops before it was handled", { action: "dropBefore" }, 0],
    ["503 although it was handled", { action: "status", status: 503, afterHandling: true }, 1],
    ["503 and it was not handled", { action: "status", status: 503 }, 0],
    ["a web page with 200 although it was handled", { action: "html", status: 200, afterHandling: true }, 1],
    ["a web page with 502 although it was handled", { action: "html", afterHandling: true }, 1],
    ["the answer is cut short", { action: "truncate" }, 1],
    ["half of the JSON", { action: "invalidJson" }, 1],
    ["an answer without an id", { action: "status", status: 200, body: {}, afterHandling: true }, 1],
  ])("%s: sent once, and what it started is found", async (_what, description, started) => {
    await takes(minuteMs);
    await fault({ operation: "ExecuteWorkflow", ...description });
    const outcome = await create(args, host).catch((thrown: unknown) => thrown);
    expect(await executions()).toHaveLength(started);
    expect(await asked("ExecuteWorkflow")).toHaveLength(1);
    if (started === 1) {
      const [execution] = await executions();
      expect(ready(outcome as Outcome)).toMatchObject({ id: execution?.executionId });
      return;
    }
    expect(outcome).toBeInstanceOf(StartUncertainError);
    const { message } = outcome as Error;
    expect(message).toMatch(
      /^it is not known whether an execution of workflow wf of project .* was started: /,
    );
    expect(message).toContain("The service shows none, and nothing was sent a second time.");
    expect(message).toContain("The next `pulumi up` searches again");
    expect(message).not.toContain("<html");
    ready(await create(args, host));
    expect(await executions()).toHaveLength(1);
  });

  test("429 before it is handled: sent again after the time asked for, one execution", async () => {
    await takes(minuteMs);
    await fault({ operation: "ExecuteWorkflow", action: "status", status: 429, retryAfter: 7, count: 2 });
    ready(await create(args, host));
    expect(await executions()).toHaveLength(1);
    expect(await asked("ExecuteWorkflow")).toHaveLength(3);
    expect(host.clock.sleeps.slice(0, 2)).toEqual([7_000, 7_000]);
  });

  test.each([
    [
      "a workflow that is not there",
      { workflowId: "nowhere" },
      {},
      /workflow nowhere of .* was not started.*the list of the project's workflows does not contain the workflow.*Check workflowId/,
    ],
    ["missing rights", args, { action: "status", status: 403 }, /Check the credentials/],
    ["a proxy that asks for a login", args, { action: "html", status: 403 }, /web page, not JSON/],
  ])("%s: an ordinary error, nothing exists", async (_what, news, description, expected) => {
    await takes(minuteMs);
    if ("action" in description) await fault({ operation: "ExecuteWorkflow", ...description });
    const error = await create(news as Arguments, host).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(StartUncertainError);
    expect((error as Error).message).toMatch(expected);
    expect(await executions()).toEqual([]);
  });

  test("an interruption before the start starts nothing", async () => {
    abort();
    await expect(create(args, host)).rejects.toThrow();
    expect(await executions()).toEqual([]);
  });
});

describe("taking over an execution by its id", () => {
  const begun = async (more: object = {}): Promise<string> => {
    await takes(10 * minuteMs);
    const execution = (await control(emulator, "POST", "/executions", { workflowId: "wf", ...more })) as {
      executionId: string;
    };
    return execution.executionId;
  };

  test("one that runs is waited for; none is started", async () => {
    const id = await begun();
    const outcome = ready(await create({ ...args, adoptExecutionId: id }, host));
    expect(outcome).toMatchObject({ id, state: { status: "succeeded" } });
    expect(await asked("ExecuteWorkflow")).toEqual([]);
    expect(planned(outcome.state, { ...args, adoptExecutionId: id }).action).toBe("none");
  });

  test("one that has ended is taken as it ended", async () => {
    const id = await begun({ startedAt: host.clock.now() - 60 * minuteMs });
    const outcome = ready(await create({ ...args, adoptExecutionId: id }, host));
    expect(outcome).toMatchObject({ id, state: { status: "succeeded", durationMs: 10 * minuteMs } });
    expect(host.clock.sleeps).toEqual([]);
  });

  test("one that does not exist is an error, and nothing is started in its place", async () => {
    await takes(minuteMs);
    await expect(create({ ...args, adoptExecutionId: "nowhere" }, host)).rejects.toThrow(
      /HTTP 404, AOM\.31001306/,
    );
    expect(await executions()).toEqual([]);
  });

  test("one that does not exist: the error names adoptExecutionId", async () => {
    await takes(minuteMs);
    await expect(create({ ...args, adoptExecutionId: "nowhere" }, host)).rejects.toThrow(/adoptExecutionId/);
  });

  test("one that failed is run again as the message promises", async () => {
    await script({ nodes: [{ id: "work", durationMs: 1_000 }], runs: [{ status: "fail" }, {}] });
    const failed = (await control(emulator, "POST", "/executions", {
      workflowId: "wf",
    })) as EmulatedExecution;
    const news = { ...args, adoptExecutionId: failed.executionId };
    const first = unready(await create(news, host));
    expect(first.reason).toContain("The next `pulumi up` runs the workflow again");
    expect(planned(first.state, news).action).toBe("rerun");
    const second = ready(await create(news, { ...host, supersedes: { id: first.id } }));
    expect(second.id).not.toBe(first.id);
    // The argument may stay: neither a preview nor the next run goes back to the old one.
    expect(planned(second.state, news).action).toBe("none");
    const supersedes = { id: second.id, adoptedId: first.id };
    const third = await create({ ...news, triggers: { again: 1 } }, { ...host, supersedes });
    expect([first.id, second.id]).not.toContain(third.id);
  });
});

describe("update", () => {
  test("of what has succeeded only stores the new settings and asks nobody", async () => {
    const { id, state } = ready(await create({ workflowId: "demo-succeeds" }, host));
    await control(emulator, "DELETE", "/requests");
    const news = { workflowId: "demo-succeeds", timeoutSeconds: 5, endpoint: emulator.url };
    const after = ready(await update(id, state, news, host));
    expect(after).toEqual({ kind: "ready", id, state: { ...state, ...news } });
    expect(await requestsOf(emulator)).toEqual([]);
  });

  test("that can't see the execution keeps the new settings, not those that are stored", async () => {
    const stored = { workflowId: "demo-slow", onDelete: "stop", timeoutSeconds: 60 };
    const first = unready(await create({ ...stored, timeoutSeconds: 1 }, host));
    await fault({ operation: "SearchWorkflowExecutionDetail", action: "status", status: 403, count: null });
    const news = { workflowId: "demo-slow", onDelete: "leave" };
    const after = unready(await update(first.id, { ...first.state, ...stored }, news, host));
    expect(after.state).toMatchObject({ ...news, status: first.state["status"], executionId: first.id });
    expect(after.state).not.toHaveProperty("timeoutSeconds");
  });

  test("of what failed and is not run again still fails, in the same words, without a request", async () => {
    const news = { workflowId: "demo-fails", rerunOn: [] };
    const { id, state, reason } = unready(await create(news, host));
    await control(emulator, "DELETE", "/requests");
    const after = unready(await update(id, state, news, host));
    expect(after.reason).toBe(reason);
    expect(after.reason).toContain("The next `pulumi up` does not run the workflow again (rerunOn).");
    expect(await requestsOf(emulator)).toEqual([]);
  });

  test("to failures that may be, of what failed, is ready", async () => {
    const { id, state } = unready(await create({ workflowId: "demo-fails" }, host));
    ready(await update(id, state, { workflowId: "demo-fails", rerunOn: [], onFailure: "continue" }, host));
  });

  test("finds the execution where it was started, although the configuration now points elsewhere", async () => {
    await takes(60 * minuteMs);
    const first = unready(await create({ ...args, timeoutSeconds: 60 }, host));
    const elsewhere = await emulatedHost(
      emulator,
      emulatorSettings(emulator, {
        "huaweicloud:region": "cn-east-3",
        "huaweicloud:projectId": "f".repeat(32),
      }),
    );
    const { state } = ready(await update(first.id, first.state, args, elsewhere));
    expect(state).toMatchObject({ region: "cn-north-4", projectId: "0123456789abcdef0123456789abcdef" });
  });

  test("of one that the service has forgotten meanwhile: marked, nothing started", async () => {
    await takes(60 * minuteMs);
    const first = unready(await create({ ...args, timeoutSeconds: 60 }, host));
    await purge(first.id);
    const { state, reason } = unready(await update(first.id, first.state, args, host));
    expect(reason).toContain("its outcome was not seen");
    expect(state).toMatchObject({ status: "running", expired: true });
    expect(await executions()).toEqual([]);
  });
});

describe("read", () => {
  test("says what the service says now, with the same arguments", async () => {
    await takes(10 * minuteMs);
    const news = { ...args, triggers: { a: 1 }, timeoutSeconds: 60 };
    const first = unready(await create(news, host));
    await host.clock.advance(10 * minuteMs);
    expect(await read(first.id, first.state, host)).toMatchObject({ ...news, status: "succeeded" });
    expect(await asked("ExecuteWorkflow")).toHaveLength(1);
  });

  test("a failed execution is data", async () => {
    const { id, state } = unready(await create({ workflowId: "demo-fails" }, host));
    expect(await read(id, state, host)).toEqual(state);
  });

  test("a purged record keeps its last outcome, is marked, and is no reason to run again", async () => {
    const { id, state } = ready(await create({ workflowId: "demo-succeeds" }, host));
    await purge(id);
    const expired = await read(id, state, host);
    expect(expired).toEqual({ ...state, expired: true });
    expect(planned(expired!, { workflowId: "demo-succeeds" }).action).toBe("none");
    expect(await read(id, expired!, host)).toEqual(expired);
  });

  test("a status request for something that never was ours: found or not there", async () => {
    const { id } = ready(await create({ workflowId: "demo-succeeds" }, host));
    expect(await read(id, { workflowId: "demo-succeeds" }, host)).toMatchObject({ status: "succeeded" });
    expect(await read("nowhere", { workflowId: "demo-succeeds" }, host)).toBeUndefined();
  });

  test("a purged record whose last status was an unknown word is kept", async () => {
    await takes(60 * minuteMs, { runningStatus: "pondering" });
    const { id, state } = unready(await create({ ...args, timeoutSeconds: 60 }, host));
    await purge(id);
    expect(await read(id, state, host)).toEqual({ ...state, expired: true });
  });

  test("an outage is an error, not an outcome", async () => {
    const { id, state } = ready(await create({ workflowId: "demo-succeeds" }, host));
    await fault({ operation: "SearchWorkflowExecutionDetail", action: "status", status: 503, count: null });
    await expect(read(id, state, host)).rejects.toThrow(/HTTP 503/);
  });
});

describe("delete", () => {
  const running = async (
    more: object = {},
    news: object = {},
  ): Promise<{ id: string; state: StoredState }> => {
    await takes(60 * minuteMs, more);
    const started = ready(await create({ ...args, waitFor: "started", ...news }, host));
    await control(emulator, "DELETE", "/requests");
    return started;
  };

  test("of a running execution stops it and sees it stopped", async () => {
    const { id, state } = await running({ stopTakesMs: 30_000 });
    await deleteExecution(id, state, host);
    expect(await executions()).toMatchObject([{ executionId: id, status: "cancel" }]);
    expect(await asked("StopExecution")).toHaveLength(1);
  });

  test("of one that is to be left asks nobody", async () => {
    const { id, state } = await running({}, { onDelete: "leave" });
    await deleteExecution(id, state, host);
    expect(await requestsOf(emulator)).toEqual([]);
    expect(await executions()).toMatchObject([{ status: "running" }]);
  });

  test.each(["demo-succeeds", "demo-fails"])(
    "of one that has settled (%s) asks nobody",
    async (workflowId) => {
      const { id, state } = await create({ workflowId }, host);
      await control(emulator, "DELETE", "/requests");
      await deleteExecution(id, state, host);
      expect(await requestsOf(emulator)).toEqual([]);
    },
  );

  test("of one that has ended meanwhile is done: the stop is refused, and that is fine", async () => {
    const { id, state } = await running();
    await host.clock.advance(61 * minuteMs);
    await deleteExecution(id, state, host);
    expect((await asked("StopExecution")).map(({ status }) => status)).toEqual([400]);
  });

  test("of one that is being stopped already waits for the end", async () => {
    const { id, state } = await running({ stopTakesMs: 30_000 });
    const backend = await host.session.connect(services.aom, state, host.signal);
    await backend.stop(id, host.signal);
    await deleteExecution(id, state, host);
    expect(await executions()).toMatchObject([{ status: "cancel" }]);
  });

  test("of one that the service does not know is done", async () => {
    const { id, state } = await running();
    await purge(id);
    await deleteExecution(id, state, host);
    expect(await executions()).toEqual([]);
  });

  test("of one that will not stop is an error after five minutes; it stays", async () => {
    const { id, state } = await running({ stopTakesMs: 30 * minuteMs });
    await expect(deleteExecution(id, state, host)).rejects.toMatchObject({
      code: "WFX-EXECUTION-NOT-STOPPED",
      message: expect.stringContaining("was asked to stop but is still running after 5m"),
    });
  });

  test("of one that nobody has seen since the stop does not say that it is still running", async () => {
    const { id, state } = await running({ stopTakesMs: 30 * minuteMs });
    const operation = "SearchWorkflowExecutionDetail";
    await fault({ operation, action: "status", status: 503, count: 1_000 });
    await expect(deleteExecution(id, state, { ...host, operationTimeoutSeconds: 60 })).rejects.toMatchObject({
      code: "WFX-EXECUTION-NOT-STOPPED",
      message: expect.stringContaining("was asked to stop but may still be running after 1m"),
    });
  });

  test("waits as long as customTimeouts says", async () => {
    const { id, state } = await running({ stopTakesMs: 30 * minuteMs });
    await deleteExecution(id, state, { ...host, operationTimeoutSeconds: 3_600 });
    expect(await executions()).toMatchObject([{ status: "cancel" }]);
  });

  test("a stop whose answer is lost is asked for again", async () => {
    const { id, state } = await running();
    await fault({ operation: "StopExecution", action: "dropAfter" });
    await deleteExecution(id, state, host);
    expect(await executions()).toMatchObject([{ executionId: id, status: "cancel" }]);
    expect(await asked("StopExecution")).toHaveLength(2);
  });

  test("a stop that is refused for want of rights is an error, and the execution runs on", async () => {
    const { id, state } = await running();
    await fault({ operation: "StopExecution", action: "status", status: 403 });
    await expect(deleteExecution(id, state, host)).rejects.toThrow(/StopExecution was refused: HTTP 403/);
    expect(await executions()).toMatchObject([{ status: "running" }]);
  });

  test("an interruption is told as such, not as five minutes of waiting", async () => {
    const { id, state } = await running({ stopTakesMs: 30 * minuteMs });
    onStatus = (text) => {
      if (inFirstStep.test(text)) abort();
    };
    const error = await deleteExecution(id, state, host).catch((thrown: unknown) => thrown);
    expect((error as Error).message).not.toContain("after 5m");
  });

  test("of one that was marked as expired while it was invisible stops it", async () => {
    await takes(60 * minuteMs);
    await quirks({ detailDelayMs: 5 * minuteMs });
    const { id, state } = unready(await create(args, host));
    expect(state).toMatchObject({ expired: true });
    await host.clock.advance(10 * minuteMs);
    await deleteExecution(id, state, host);
    expect(await executions()).toMatchObject([{ executionId: id, status: "cancel" }]);
  });
});

describe("the oddities of the service, all at once", () => {
  test("an execution goes its way from start to delete", async () => {
    await quirks({
      errorMessage: true,
      httpCodeText: true,
      htpCode: true,
      createBy: true,
      workflowEditTimeCamelCase: true,
      timesInSeconds: true,
      lastUpdateTimeText: true,
      endTimeAbsent: true,
      stopAnswerText: true,
      upperCaseStatus: true,
      noSnapshot: true,
      maskedProjectId: true,
      unknownWorkflowListIs404: true,
    });
    const { id, state } = ready(await create({ workflowId: "demo-succeeds" }, host));
    expect(state).toMatchObject({ status: "succeeded", rawStatus: "SUCCESS", durationMs: 2_000 });
    expect(state).toMatchObject({ steps: [{ id: "prepare" }, { id: "deploy" }, { id: "verify" }] });
    expect(await read(id, state, host)).toEqual(state);

    await takes(60 * minuteMs);
    const second = ready(await create({ ...args, waitFor: "started" }, host));
    await deleteExecution(second.id, second.state, host);
    expect((await executions()).map(({ status }) => status)).toEqual(["success", "cancel"]);
  });
});

describe("queries start nothing and change nothing", () => {
  test("executions of a workflow: newest first, by status, up to a limit", async () => {
    await script({ nodes: [{ id: "work", durationMs: 1_000 }], runs: [{ status: "fail" }, {}] });
    for (let hours = 5; hours > 0; hours -= 1) {
      await control(emulator, "POST", "/executions", {
        workflowId: "wf",
        executionId: `ex-${String(hours)}`,
        startedAt: host.clock.now() - hours * 60 * minuteMs,
      });
    }
    const idsOf = async (filter: object): Promise<string[]> =>
      (await listExecutions(services.aom, args, filter, host.session)).executions.map(
        ({ executionId }) => executionId,
      );
    expect(await idsOf({})).toEqual(["ex-1", "ex-2", "ex-3", "ex-4", "ex-5"]);
    expect(await idsOf({ limit: 2 })).toEqual(["ex-1", "ex-2"]);
    expect(await idsOf({ status: "failed" })).toEqual(["ex-5"]);
    expect(await idsOf({ status: "running" })).toEqual([]);
    expect(new Set((await requestsOf(emulator)).map(({ operation }) => operation))).toEqual(
      new Set(["ListWorkflowExecutions"]),
    );
  });

  test("one execution: the outputs of a resource", async () => {
    const { id, state } = ready(await create({ workflowId: "demo-succeeds" }, host));
    expect(await getExecution(services.aom, { workflowId: "demo-succeeds" }, id, host.session)).toEqual(
      state,
    );
  });

  test.each<[Arguments, object, RegExp]>([
    [args, { status: "broken" }, /^aom\.getWorkflowExecutions: "status" must be one of "running"/],
    [args, { limit: 0 }, /"limit" must be a whole number of at least 1, not 0/],
    [args, { limit: "7" }, /"limit" must be a whole number of at least 1, not a string/],
    [{}, {}, /"workflowId" is required/],
    [{ ...args, regoin: "x" }, {}, /"regoin" is not an argument/],
  ])("wrong arguments are named before anybody is asked: %j %j", async (news, filter, expected) => {
    await expect(listExecutions(services.aom, news, filter, host.session)).rejects.toThrow(expected);
    expect(await requestsOf(emulator)).toEqual([]);
  });
});
