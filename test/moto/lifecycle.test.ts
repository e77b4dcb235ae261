/**
 * The whole lifecycle on moto, which runs the state machines for real; what happened there is told by boto3. It needs a Python with
 * the packages of requirements.txt, which `npm test` prepares and names in MOTO_PYTHON; without it the tests are skipped by name.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Arguments, LifecycleHost } from "../../provider/src/lifecycle";
import {
  RunRegister,
  create,
  deleteExecution,
  getExecution,
  iterateExecutions,
  listExecutions,
  openExecution,
  openSession,
  read,
  update,
} from "../../provider/src/lifecycle";
import { NotFoundError } from "../../provider/src/ground/errors";
import { services } from "../../provider/src/services/registry";
import { recordingReporter } from "../support/lifecycleHosts";
import type { RecordingReporter } from "../support/lifecycleHosts";
import { never } from "../support/sessions";
import type { Door, Moto } from "./moto";
import { definitions, motoPython, motoSettings, openDoor, startMoto } from "./moto";

const name = "stepfunctions on moto (skipped: MOTO_PYTHON names no Python with the packages)";
const onMoto = motoPython === undefined || motoPython === "" ? describe.skip : describe;

onMoto(motoPython === undefined ? name : "stepfunctions on moto", () => {
  let moto: Moto;
  let door: Door;
  let folder: string;
  const arns: Record<string, string> = {};

  beforeAll(async () => {
    moto = await startMoto();
    door = await openDoor(moto.url);
    arns["waits"] = await moto.create("waits", definitions.waits(2));
    arns["long"] = await moto.create("long", definitions.waits(600));
    arns["fails"] = await moto.create("fails", definitions.fails);
    arns["branches"] = await moto.create("branches", definitions.branches);
    arns["timesOut"] = await moto.create("timesOut", definitions.timesOut);
  });
  afterAll(async () => {
    await door.close();
    await moto.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "moto-"));
    door.onRequest = () => "pass";
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const processOf = (
    more: Partial<LifecycleHost> = {},
    config: Record<string, string> = {},
  ): LifecycleHost & { readonly reporter: RecordingReporter } => ({
    definition: services.stepfunctions,
    session: openSession({ settings: motoSettings(door.url, config) }),
    signal: never,
    urn: `urn:pulumi:t::t::pulumi-nodejs:stepfunctions:WorkflowExecution::${expect.getState().currentTestName!.slice(-40)}`,
    register: new RunRegister({ journalFolder: folder }),
    secretArguments: [],
    ...more,
    reporter: recordingReporter(),
  });
  const argsOf = (machine: string, more: Arguments = {}): Arguments => ({
    stateMachineArn: arns[machine]!,
    ...more,
  });
  const started = async (machine: string, id: string): Promise<number> =>
    (await moto.executions(arns[machine]!)).filter((row) => row.name === id).length;

  test("up: started once, awaited to its end, with output and steps; boto3 sees the same", async () => {
    const host = processOf();
    const { kind, id, state } = await create(argsOf("waits", { input: { a: 1 } }), host);
    expect(kind).toBe("ready");
    expect(state).toMatchObject({
      status: "succeeded",
      rawStatus: "SUCCEEDED",
      output: { version: "1.4.2" },
      region: "us-east-1",
      accountId: "123456789012",
      steps: [
        { name: "Prepare", status: "succeeded" },
        { name: "Work", status: "succeeded" },
        { name: "Report", status: "succeeded" },
      ],
    });
    expect(state["durationMs"]).toBeGreaterThanOrEqual(2_000);
    expect((state["steps"] as { durationMs: number }[])[1]!.durationMs).toBeGreaterThanOrEqual(2_000);
    const arn = `arn:aws:states:us-east-1:123456789012:execution:waits:${id}`;
    expect(await moto.ask("describe", { arn })).toMatchObject({
      status: "SUCCEEDED",
      input: '{"a":1}',
      output: expect.stringMatching(/^{"version": ?"1.4.2"}$/),
    });
    expect(state["consoleUrl"]).toContain(arn);
    expect(await started("waits", id)).toBe(1);
    expect(await read(id, state, processOf())).toMatchObject({ status: "succeeded" });
  });

  test("a failure keeps the resource, with the step, the error and the cause", async () => {
    const { kind, state } = await create(argsOf("fails", { input: { ok: false } }), processOf());
    expect(kind).toBe("unready");
    expect(state).toMatchObject({
      status: "failed",
      failure: { stepName: "Refuse", message: "MigrationRefused: the schema is older than the data" },
      steps: [
        { name: "Decide", status: "succeeded" },
        { name: "Refuse", status: "failed" },
      ],
    });
    expect(await create(argsOf("fails", { input: { ok: true } }), processOf())).toMatchObject({
      kind: "ready",
      state: { steps: [{ name: "Decide" }, { name: "Fine", status: "succeeded" }] },
    });
  });

  test("what the service times out", async () => {
    const { kind, state } = await create(argsOf("timesOut"), processOf());
    expect(kind).toBe("unready");
    expect(state).toMatchObject({ status: "timedOut", steps: [{ name: "Work", status: "timedOut" }] });
  });

  test("steps of Parallel and Map that run side by side", async () => {
    const { kind, state } = await create(argsOf("branches", { input: {} }), processOf());
    expect(kind).toBe("ready");
    const steps = state["steps"] as { name: string; status: string; durationMs: number }[];
    const seconds = steps.map((step) => [step.name, step.status, Math.floor(step.durationMs / 1_000)]);
    expect(seconds.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))).toEqual([
      ["Both", "succeeded", 2],
      ["Copy", "succeeded", 1],
      ["Copy", "succeeded", 1],
      ["Done", "succeeded", 0],
      ["Each", "succeeded", 1],
      ["Quick", "succeeded", 0],
      ["Slow", "succeeded", 2],
      ["Wait", "succeeded", 1],
    ]);
  });

  test("deleting stops what runs; deleting what is gone is no error", async () => {
    const { id, state } = await create(argsOf("long", { waitFor: "started" }), processOf());
    expect(state).toMatchObject({ status: "running" });
    await deleteExecution(id, state, processOf());
    expect((await moto.executions(arns["long"]!)).find((row) => row.name === id)).toMatchObject({
      status: "ABORTED",
    });
    await deleteExecution(id, state, processOf());
  });

  test("a deadline leaves it running; the next deployment resumes waiting for the same one", async () => {
    const args = argsOf("waits", { timeoutSeconds: 1, triggers: { test: "deadline" } });
    const first = await create(args, processOf());
    expect(first).toMatchObject({ kind: "unready", state: { status: "running" } });
    const second = await update(first.id, first.state, { ...args, timeoutSeconds: 60 }, processOf());
    expect(second).toMatchObject({ kind: "ready", state: { status: "succeeded", executionId: first.id } });
    expect(await started("waits", first.id)).toBe(1);
  });

  test("a replacement runs anew under a name of its own; A, B, A are three executions", async () => {
    const before = (await moto.executions(arns["waits"]!)).length;
    let supersedes: { id: string } | undefined;
    for (const version of ["A", "B", "A"]) {
      const args = argsOf("waits", { triggers: { version }, executionKey: "abc" });
      const { id } = await create(args, processOf({ supersedes }));
      supersedes = { id };
    }
    expect(await moto.executions(arns["waits"]!)).toHaveLength(before + 3);
  });

  describe("the program's own name", () => {
    const named = (more: Arguments = {}): Arguments =>
      argsOf("waits", { executionName: "nightly-2026-11-21", input: { run: 1 }, ...more });

    test("one that runs with the same input is joined, one with another input refused, one that ended too", async () => {
      await moto.ask("start", { arn: arns["waits"], name: "nightly-2026-11-21", input: '{"run":1}' });
      await expect(create(named({ input: { run: 2 } }), processOf())).rejects.toThrow(
        /ExecutionAlreadyExists.*A name can be used only once/s,
      );
      expect(await create(named(), processOf())).toMatchObject({ kind: "ready", id: "nightly-2026-11-21" });
      // A machine that has not started it.
      const elsewhere = processOf({ register: new RunRegister() });
      await expect(create(named(), elsewhere)).rejects.toThrow(/A name can be used only once/);
      expect(await started("waits", "nightly-2026-11-21")).toBe(1);
    });

    test("a re-run is numbered", async () => {
      const supersedes = { id: "nightly-2026-11-21" };
      expect(await create(named(), processOf({ supersedes }))).toMatchObject({ id: "nightly-2026-11-21-2" });
    });
  });

  describe("an answer to a start that is lost", () => {
    test.each(["dropBefore", "dropAfter"] as const)("%s: exactly one execution", async (passage) => {
      let isFirst = true;
      door.onRequest = (operation) => {
        if (operation !== "StartExecution" || !isFirst) return "pass";
        isFirst = false;
        return passage;
      };
      const { kind, id } = await create(argsOf("waits", { triggers: { passage } }), processOf());
      expect(kind).toBe("ready");
      expect(await started("waits", id)).toBe(1);
      expect(isFirst).toBe(false);
    });
  });

  test("concurrency: rejected or queued behind what runs", async () => {
    const arn = await moto.create("queued", definitions.waits(2));
    arns["queued"] = arn;
    await moto.ask("start", { arn, name: "somebody-elses", input: "{}" });
    await expect(create(argsOf("queued", { concurrency: "reject" }), processOf())).rejects.toThrow(
      /somebody-elses/,
    );
    const { kind, id } = await create(argsOf("queued", { concurrency: "queue" }), processOf());
    expect(kind).toBe("ready");
    expect((await moto.executions(arn)).map((row) => row.name).sort()).toEqual([id, "somebody-elses"].sort());
  });

  test("adopting one that somebody else has started", async () => {
    await moto.ask("start", { arn: arns["waits"], name: "by-hand", input: "{}" });
    const adopted = await create(argsOf("waits", { adoptExecutionId: "by-hand" }), processOf());
    expect(adopted).toMatchObject({ kind: "ready", id: "by-hand", state: { status: "succeeded" } });
  });

  test("functions: one, a page, all of them, by status and prefix, and the events", async () => {
    const { session } = processOf();
    const arn = await moto.create("listed", { StartAt: "P", States: { P: { Type: "Pass", End: true } } });
    for (let index = 0; index < 7; index += 1) {
      await moto.ask("start", { arn, name: `run-${String(index)}`, input: "{}" });
    }
    const where = { stateMachineArn: arn };
    const whole = await listExecutions(
      services.stepfunctions,
      where,
      { status: "succeeded", limit: 3 },
      session,
    );
    expect(whole.executions).toHaveLength(3);
    const rest = await listExecutions(
      services.stepfunctions,
      where,
      { status: "succeeded", limit: 100, nextToken: whole.nextToken },
      session,
    );
    expect([...whole.executions, ...rest.executions].map(({ executionId }) => executionId).sort()).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((index) => `run-${String(index)}`),
    );
    const all: string[] = [];
    const prefix = { executionNamePrefix: "run-5" };
    for await (const { executionId } of iterateExecutions(services.stepfunctions, where, prefix, session)) {
      all.push(executionId);
    }
    expect(all).toEqual(["run-5"]);
    expect(await getExecution(services.stepfunctions, where, "run-5", session)).toMatchObject({
      status: "succeeded",
      steps: [{ name: "P" }],
    });
    await expect(getExecution(services.stepfunctions, where, "run-9", session)).rejects.toThrow(
      NotFoundError,
    );
    const open = await openExecution(services.stepfunctions, "getExecutionHistory", where, "run-5", session);
    const { events, isWhole } = await open.ask((signal) => open.backend.history("run-5", signal));
    expect(isWhole).toBe(true);
    const executionArn = `arn:aws:states:us-east-1:123456789012:execution:listed:run-5`;
    expect(events.map(({ type }) => type)).toEqual(await moto.ask("history", { arn: executionArn }));
    expect(events[1]).toMatchObject({ details: { name: "P", input: "{}" } });
  });

  test("a role of the settings is assumed by the STS, one after the other; its keys sign what follows", async () => {
    const [first, second] = await Promise.all(
      ["one", "two"].map((role) => moto.ask("role", { name: role }) as Promise<string>),
    );
    const roles = JSON.stringify([{ roleArn: first }, { roleArn: second, duration: "15m", externalId: "x" }]);
    const host = processOf({}, { "aws:assumeRoles": roles });
    expect(await create(argsOf("waits", { triggers: { test: "role" } }), host)).toMatchObject({
      kind: "ready",
    });
    // Both roles, once each, for all requests of the deployment.
    expect(door.seen.filter((operation) => operation === "AssumeRole")).toHaveLength(2);
    // A temporary key and its token, of both roles.
    expect(host.session.credentials.texts.length).toBeGreaterThanOrEqual(5);
  });
});
