/** The behaviour that lifecycle relies on in every service: the same suite for each of them, against the emulator. */
import type { Emulator } from "runbook-emulator";
import type { Backend } from "../../provider/src/execution/service";
import {
  NotFoundError,
  ServiceError,
  StartUncertainError,
  ThrottledError,
} from "../../provider/src/ground/errors";
import { durationBetweenMs, firstFailedStep, isSettled } from "../../provider/src/execution/snapshot";
import type { Arguments, BackendDefinition, Session } from "../../provider/src/lifecycle";
import { openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { EmulatedClock } from "../support/emulatedClock";
import { emulatedClock } from "../support/emulatedClock";
import { control, executionsOf, requestsOf } from "../support/emulators";
import { listAll, listed, never, startOn } from "../support/sessions";
import { startWithStates } from "../support/stepFunctions/emulatedStates";
import type { ContractWorkflow } from "./serviceRow";
import { serviceRows } from "./serviceRows";

test("every service of the registry is under contract", () => {
  expect(serviceRows.map(({ service }) => service).sort()).toEqual(Object.keys(services).sort());
});

describe.each(serviceRows)("$service", (row) => {
  const definition: BackendDefinition = services[row.service];
  let emulator: Emulator;
  let clock: EmulatedClock;
  let session: Session;

  beforeEach(async () => {
    emulator = await startWithStates();
    clock = await emulatedClock(emulator);
    session = openSession({ settings: row.settings(emulator), clock, random: () => 0.5 });
  });
  afterEach(() => emulator.close());

  const connect = (args: Arguments): Promise<Backend> => session.connect(definition, args, never);
  const open = async (workflow: ContractWorkflow): Promise<Backend> =>
    connect(await row.workflow(emulator, workflow));
  const fault = (operation: keyof typeof row.operations, description: object): Promise<unknown> =>
    control(emulator, "POST", "/faults", { operation: row.operations[operation], ...description });
  const countOf = async (operation: keyof typeof row.operations): Promise<number> =>
    (await requestsOf(emulator)).filter((request) => request.operation === row.operations[operation]).length;

  test("names itself as the registry does, and has a title for messages", () => {
    expect(definition.service).toBe(row.service);
    expect(definition.title).toMatch(/^((Huawei|Alibaba) Cloud|AWS) \w+/);
  });

  test("its own arguments have rules that refuse what is no text, and at least one names the workflow", () => {
    const specs = Object.entries(definition.arguments) as [
      string,
      { rule: (value: unknown) => unknown; required?: boolean; replaces?: boolean },
    ][];
    expect(specs.some(([, spec]) => spec.required && spec.replaces)).toBe(true);
    for (const [, spec] of specs) expect(spec.rule(Symbol("neither text, nor number, nor map"))).toMatch(/./);
  });

  test("connecting starts nothing and says where the workflow is", async () => {
    const backend = await open("succeeds");
    expect(backend.location).toEqual(row.location);
    for (const value of Object.values(row.location)) expect(backend.subject).toContain(value);
    expect(backend.consoleUrl("ex-1") ?? "https://").toMatch(/^https:\/\//);
    expect(await executionsOf(emulator)).toEqual([]);
    expect(await countOf("start")).toBe(0);
  });

  test("a start gives the id that look and list know", async () => {
    const backend = await open("runs");
    const id = await startOn(backend);
    expect(await executionsOf(emulator)).toMatchObject([{ executionId: id }]);
    expect(await backend.describe(id, { signal: never })).toMatchObject({
      executionId: id,
      status: "running",
    });
    expect(await listAll(backend)).toMatchObject([{ executionId: id, status: "running" }]);
  });

  test("two starts are two executions; the list has the newest first", async () => {
    const backend = await open("succeeds");
    const first = await startOn(backend);
    await clock.advance(5_000);
    const second = await startOn(backend);
    expect(second).not.toBe(first);
    const list = await listAll(backend);
    expect(list.map(({ executionId, status }) => [executionId, status])).toEqual([
      [second, "running"],
      [first, "succeeded"],
    ]);
    expect(list[1]).toMatchObject({
      rawStatus: row.words.succeeded,
      startedAt: "2026-11-21T06:00:00.000Z",
      settledAt: "2026-11-21T06:00:02.000Z",
      durationMs: 2_000,
    });
    expect(list[0]).not.toHaveProperty("settledAt");
    expect(list[0]).not.toHaveProperty("durationMs");
  });

  test("a list can be left before its end", async () => {
    const backend = await open("succeeds");
    for (let count = 0; count < 3; count += 1) {
      await startOn(backend);
      await clock.advance(1_000);
    }
    for await (const summary of listed(backend)) {
      expect(summary.startedAt).toBe("2026-11-21T06:00:02.000Z");
      break;
    }
  });

  test("the list of a workflow that never ran is empty", async () => {
    expect(await listAll(await open("succeeds"))).toEqual([]);
  });

  test("a running execution: its steps so far, and no end", async () => {
    const backend = await open("succeeds");
    const id = await startOn(backend);
    await clock.advance(1_500);
    const snapshot = await backend.describe(id, { signal: never });
    expect(snapshot).toMatchObject({
      executionId: id,
      status: "running",
      rawStatus: row.words.running,
      startedAt: "2026-11-21T06:00:00.000Z",
      steps: [
        { name: "Prepare", status: "succeeded", durationMs: 1_000 },
        { name: "Work", status: "running", startedAt: "2026-11-21T06:00:01.000Z" },
      ],
    });
    expect(isSettled(snapshot.status)).toBe(false);
    expect(snapshot).not.toHaveProperty("settledAt");
    expect(snapshot.steps[1]).not.toHaveProperty("durationMs");
    expect(snapshot.stepsTotal ?? 2).toBe(2);
  });

  test("one that succeeded: its end, its output, and no failure", async () => {
    const backend = await open("succeeds");
    const id = await startOn(backend);
    await clock.advance(60_000);
    const snapshot = await backend.describe(id, { signal: never });
    expect(snapshot).toMatchObject({
      status: "succeeded",
      rawStatus: row.words.succeeded,
      output: { version: "1.4.2" },
      steps: [{ name: "Prepare" }, { name: "Work" }],
    });
    expect(durationBetweenMs(snapshot.startedAt, snapshot.settledAt)).toBe(2_000);
    expect(firstFailedStep(snapshot)).toBeUndefined();
  });

  test("one that failed: the step that failed is found", async () => {
    const backend = await open("fails");
    const id = await startOn(backend);
    await clock.advance(60_000);
    const snapshot = await backend.describe(id, { signal: never });
    expect(snapshot).toMatchObject({ status: "failed", rawStatus: row.words.failed });
    expect(firstFailedStep(snapshot)).toMatchObject({ name: "Work", status: "failed" });
  });

  test("a stop ends a running execution", async () => {
    const backend = await open("runs");
    const id = await startOn(backend);
    await clock.advance(1_000);
    await backend.stop(id, never);
    await clock.advance(1);
    expect(await backend.describe(id, { signal: never })).toMatchObject({
      status: "stopped",
      rawStatus: row.words.stopped,
    });
  });

  test("stopping what has settled, was stopped already or is unknown is no error", async () => {
    const backend = await open("runs");
    const id = await startOn(backend);
    await clock.advance(1_000);
    await backend.stop(id, never);
    await backend.stop(id, never);
    await clock.advance(7_200_000);
    await backend.stop(id, never);
    await backend.stop("nowhere", never);
    expect(await countOf("stop")).toBe(4);
  });

  test("an unknown execution is not found, in one request", async () => {
    const backend = await open("runs");
    const error = await backend.describe("nowhere", { signal: never }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: "WFX-NOT-FOUND", retryable: false });
    expect(await countOf("describe")).toBe(1);
  });

  test("an execution whose id a person gave, and which is another workflow's, is not found", async () => {
    const id = await startOn(await open("runs"));
    const stranger = await connect(row.unknownWorkflow);
    const given = stranger.describe(id, { signal: never, isGiven: true });
    await expect(given).rejects.toBeInstanceOf(NotFoundError);
  });

  test("an unknown workflow is not found; the message names it and what to check; nothing is started", async () => {
    const backend = await connect(row.unknownWorkflow);
    const error = await startOn(backend).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotFoundError);
    expect((error as Error).message).toContain(
      String(Object.values(row.unknownWorkflow)[0]).split(":").at(-1),
    );
    expect((error as Error).message).toMatch(/check \w+/);
    expect(await countOf("start")).toBe(1);
    expect(await executionsOf(emulator)).toEqual([]);
  });

  describe("what the service can't answer for now", () => {
    test("a status request is tried four times by itself, and once where the poller asks", async () => {
      const backend = await open("runs");
      const id = await startOn(backend);
      await fault("describe", { action: "status", status: 503, count: 3 });
      expect(await backend.describe(id, { signal: never })).toMatchObject({ status: "running" });
      expect(await countOf("describe")).toBe(4);
      await fault("describe", { action: "status", status: 503 });
      await expect(backend.describe(id, { signal: never, attempts: 1 })).rejects.toMatchObject({
        retryable: true,
      });
      expect(await countOf("describe")).toBe(5);
    });

    test("a list is tried once where the planner asks", async () => {
      const backend = await open("runs");
      const before = await countOf("list");
      await fault("list", { action: "status", status: 503 });
      await expect(backend.listPage({}, { limit: 50, attempts: 1 }, never)).rejects.toMatchObject({
        retryable: true,
      });
      expect(await countOf("list")).toBe(before + 1);
    });

    test("a list and a stop are asked for again", async () => {
      const backend = await open("runs");
      const id = await startOn(backend);
      await fault("list", { action: "dropBefore" });
      expect(await listAll(backend)).toHaveLength(1);
      await clock.advance(1_000);
      await fault("stop", { action: "dropAfter" });
      await backend.stop(id, never);
      await clock.advance(1);
      expect(await backend.describe(id, { signal: never })).toMatchObject({ status: "stopped" });
    });

    test("throttling is honoured by every operation, with the time that the service asks for", async () => {
      const backend = await open("runs");
      const throttled = { action: "status", status: 429, retryAfter: 9 };
      await fault("start", throttled);
      const id = await startOn(backend);
      await fault("describe", throttled);
      await backend.describe(id, { signal: never });
      await fault("list", throttled);
      await listAll(backend);
      await fault("stop", throttled);
      await backend.stop(id, never);
      expect(clock.sleeps).toEqual([9_000, 9_000, 9_000, 9_000]);
      expect(await executionsOf(emulator)).toHaveLength(1);
    });

    test("throttling without end is an error of its own, and nothing was started", async () => {
      const backend = await open("runs");
      await fault("start", { action: "status", status: 429, count: null });
      await expect(startOn(backend)).rejects.toBeInstanceOf(ThrottledError);
      expect(await executionsOf(emulator)).toEqual([]);
    });
  });

  test.each<[string, object, number]>([
    ["dropped after it was handled", { action: "dropAfter" }, 1],
    ["dropped before", { action: "dropBefore" }, 0],
    ["answered with 500", { action: "status", status: 500 }, 0],
    ["answered with 503 although it was handled", { action: "status", status: 503, afterHandling: true }, 1],
    ["answered with a web page", { action: "html", status: 200, afterHandling: true }, 1],
    ["cut short", { action: "truncate" }, 1],
  ])(
    "a start that is %s is uncertain and not repeated, or repeated under its name",
    async (what, description, started) => {
      const backend = await open("runs");
      await fault("start", description);
      if (definition.capabilities.runMark === "name" && what !== "answered with a web page") {
        const id = await startOn(backend);
        expect(await countOf("start")).toBe(2);
        expect(await executionsOf(emulator)).toMatchObject([{ executionId: id }]);
        return;
      }
      await expect(startOn(backend)).rejects.toBeInstanceOf(StartUncertainError);
      expect(await countOf("start")).toBe(1);
      expect(await executionsOf(emulator)).toHaveLength(started);
    },
  );

  test.each(row.refusals)(
    "a start that is refused with %i is certain: nothing was started",
    async (status) => {
      const backend = await open("runs");
      await fault("start", { action: "status", status });
      const error = await startOn(backend).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ServiceError);
      expect(error).toMatchObject({ status, retryable: false });
      expect(await countOf("start")).toBe(1);
    },
  );

  test("an interruption ends a request that hangs", async () => {
    const backend = await open("runs");
    const id = await startOn(backend);
    await fault("describe", { action: "hang" });
    const controller = new AbortController();
    const look = backend.describe(id, { signal: controller.signal }).catch((thrown: unknown) => thrown);
    while ((await countOf("describe")) === 0);
    controller.abort();
    expect(await look).toBeInstanceOf(Error);
  });

  test("a hundred looks at once are answered", async () => {
    const backend = await open("runs");
    const id = await startOn(backend);
    const looks = await Promise.all(
      Array.from({ length: 100 }, () => backend.describe(id, { signal: never })),
    );
    expect(new Set(looks.map(({ status }) => status))).toEqual(new Set(["running"]));
  });
});
