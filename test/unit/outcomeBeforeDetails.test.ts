/**
 * An outcome that was seen counts, whatever becomes of what is read besides: CloudFlow's steps, which are in a history of
 * their own, and FunctionGraph's whole values.
 */
import { create, deleteExecution, read } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { CloudFlowBackend } from "../../provider/src/services/alibaba/cloudflow/backend";
import type { Outcome } from "../../provider/src/lifecycle";
import type { Answers, Hostile, HostileAnswer } from "../support/hostileService";
import type { HostileRequest } from "../support/hostileWires";
import { comeBackTomorrow, hostile, hostileId, json } from "../support/hostileService";
import { wires } from "../support/hostileWires";
import { never } from "../support/sessions";

let open: Hostile;

const event = (eventId: number, type: string, stepName: string, detail = "{}"): object => ({
  EventId: eventId,
  ScheduleEventId: 0,
  Type: type,
  StepName: stepName,
  Time: "2026-11-21T06:00:01.000Z",
  EventDetail: detail,
});
const entered = [
  event(1, "StepEntered", "Prepare"),
  event(2, "StepExited", "Prepare"),
  event(3, "StepEntered", "Work"),
];
const history = (events: readonly object[], NextToken?: string): HostileAnswer =>
  json({ Events: events, NextToken });
const tokenOf = ({ url }: HostileRequest): string | null => url.searchParams.get("NextToken");
const limitOf = ({ url }: HostileRequest): number => Number(url.searchParams.get("Limit"));
const tooLarge: HostileAnswer = { body: `"${"x".repeat(16 * 1024 * 1024)}"` };

describe("CloudFlow", () => {
  const wire = wires.cloudflow;
  const succeeds: Answers = {
    look: ({ url }) => {
      const name = url.searchParams.get("ExecutionName");
      return json(wire.looked(name, "succeeded"));
    },
  };
  const serve = (answers: Answers, signal = never): Hostile =>
    (open = hostile("cloudflow", { ...succeeds, ...answers }, { signal }));
  const deploy = (): Promise<Outcome> => open.run(create(wire.args, open.host));

  test.each<[string, NonNullable<Answers["history"]>]>([
    ["repeats its token", () => history(entered, "t")],
    ["has new tokens for the same events", (_request, count) => history(entered, `t${String(count)}`)],
  ])(
    "a history that %s: succeeded, with the steps that were seen, which are marked",
    async (_what, answer) => {
      serve({ history: answer });
      const outcome = await deploy();
      expect(outcome).toMatchObject({
        kind: "ready",
        state: { status: "succeeded", output: { version: "1.4.2" }, truncated: ["steps"] },
      });
      // Nothing runs any more, but how this one ended was not read.
      expect(outcome.state["steps"]).toMatchObject([
        { name: "Prepare", status: "succeeded" },
        { name: "Work", status: "unknown" },
      ]);
      expect(open.count("history")).toBeLessThan(10);
    },
  );

  test("a history of new events for ever is left after twenty times what the service documents", async () => {
    let eventId = 0;
    serve({
      history: (_request, count) =>
        history(
          Array.from({ length: 999 }, () => event((eventId += 1), "StepEntered", "Work")),
          `t${String(count)}`,
        ),
    });
    expect(await deploy()).toMatchObject({ kind: "ready", state: { truncated: ["steps"] } });
    // 101 pages of 999, read twice: on the way and at the end.
    expect(open.count("history")).toBeLessThanOrEqual(205);
  });

  test.each<[string, HostileAnswer]>([
    ["refused", { status: 403, body: '{"Code":"AccessDenied"}' }],
    ["broken", { status: 500 }],
    ["not JSON", { body: '{"Events":[' }],
    ["too large, however few events are asked for", tooLarge],
    ["to be asked for tomorrow", comeBackTomorrow],
  ])("a history that is %s: succeeded, without steps, and in time", async (_what, answer) => {
    serve({ history: () => answer });
    expect(await deploy()).toMatchObject({
      kind: "ready",
      state: { status: "succeeded", steps: [], truncated: ["steps"] },
    });
    expect(open.seconds()).toBeLessThanOrEqual(70);
  });

  test("a history that breaks on its way: the steps until then", async () => {
    serve({ history: (request) => (tokenOf(request) === null ? history(entered, "t") : { status: 403 }) });
    expect(await deploy()).toMatchObject({
      kind: "ready",
      state: { steps: [{ name: "Prepare" }, { name: "Work" }], truncated: ["steps"] },
    });
  });

  test("a page with too large events is asked for again with fewer, from the same place", async () => {
    const asked: [number, string | null][] = [];
    const rest = [event(4, "StepExited", "Work")];
    serve({
      history: (request) => {
        asked.push([limitOf(request), tokenOf(request)]);
        if (limitOf(request) > 200) return tooLarge;
        return tokenOf(request) === null ? history(entered, "t") : history(rest);
      },
    });
    const outcome = await deploy();
    expect(outcome.state["truncated"]).toEqual([]);
    expect(outcome.state["steps"]).toMatchObject([{ status: "succeeded" }, { status: "succeeded" }]);
    expect(asked).toEqual([
      [999, null],
      [125, null],
      [125, "t"],
    ]);
  });

  test("Ctrl-C while the steps are read: the success is kept", async () => {
    const controller = new AbortController();
    serve(
      {
        history: () => {
          controller.abort();
          return { hang: true };
        },
      },
      controller.signal,
    );
    expect(await deploy()).toMatchObject({
      kind: "ready",
      state: { status: "succeeded", output: { version: "1.4.2" }, truncated: ["steps"] },
    });
  });

  test("a destroy does not wait for steps", async () => {
    serve({ history: () => comeBackTomorrow });
    const state = {
      ...wire.args,
      executionId: hostileId,
      status: "running",
      rawStatus: "Running",
      steps: [],
    };
    await open.run(deleteExecution(hostileId, state, open.host));
    expect(open.seconds()).toBeLessThanOrEqual(70);
  });

  describe("a refresh whose history can't be read", () => {
    const stored = {
      ...wire.args,
      executionId: hostileId,
      status: "succeeded",
      rawStatus: "Succeeded",
      steps: [{ id: "Prepare", name: "Prepare", status: "succeeded", rawStatus: "StepExited" }],
    };

    test("keeps the steps of the same outcome", async () => {
      serve({ history: () => ({ status: 403 }) });
      const state = await open.run(read(hostileId, stored, open.host));
      expect(state).toMatchObject({ status: "succeeded", steps: [{ id: "Prepare" }] });
      expect(state?.["truncated"]).toEqual([]);
    });

    test("marks them where they were not whole", async () => {
      serve({ history: () => ({ status: 403 }) });
      const state = await open.run(read(hostileId, { ...stored, truncated: ["steps"] }, open.host));
      expect(state).toMatchObject({ steps: [{ id: "Prepare" }], truncated: ["steps"] });
    });

    test("has none for another outcome", async () => {
      serve({ history: () => ({ status: 403 }) });
      const state = await open.run(read(hostileId, { ...stored, status: "running" }, open.host));
      expect(state).toMatchObject({ status: "succeeded", steps: [], truncated: ["steps"] });
    });

    test("keeps what was said of a failure", async () => {
      const failed = { Name: hostileId, FlowName: "wf", Status: "Failed" };
      serve({ history: () => ({ status: 403 }), look: () => json(failed) });
      const failure = { message: "States.Timeout: too slow" };
      const state = await open.run(
        read(hostileId, { ...stored, status: "failed", steps: [], failure }, open.host),
      );
      expect(state).toMatchObject({ status: "failed", failure });
    });
  });

  test("the history as a function gives what was read, and says so", async () => {
    serve({ history: () => history(entered, "t") });
    const { session } = open.host;
    const backend: CloudFlowBackend = await session.connect(services.cloudflow, wire.args, never);
    const { events, isWhole } = await open.run(backend.history(hostileId, never));
    expect(events.map(({ eventId }) => eventId)).toEqual([1, 2, 3]);
    expect(isWhole).toBe(false);
  });
});

describe("FunctionGraph", () => {
  const wire = wires.functiongraph;
  const ended = { id: hostileId, status: "succeeded" as const };
  const wantsAll = ({ headers }: HostileRequest): boolean =>
    headers["x-get-workflow-full-history-data"] === "true";
  const withList = (look: NonNullable<Answers["look"]>): Answers => ({
    look,
    // Before the start there is nothing: it is looked for twice.
    list: (_request, count) => (count > 2 ? json(wire.listed([ended])) : undefined),
  });

  test("whole values that are too large: those that the service cuts", async () => {
    open = hostile("functiongraph", {
      look: (request) => (wantsAll(request) ? tooLarge : json(wire.looked(hostileId, "succeeded"))),
    });
    expect(await open.run(create({ ...wire.args, fullHistory: true }, open.host))).toMatchObject({
      kind: "ready",
      state: { status: "succeeded", output: { version: "1.4.2" } },
    });
  });

  test("an execution that is too large altogether: its outcome, and what is missing is named", async () => {
    open = hostile(
      "functiongraph",
      withList(() => tooLarge),
    );
    expect(await open.run(create({ ...wire.args, fullHistory: true }, open.host))).toMatchObject({
      kind: "ready",
      id: hostileId,
      state: {
        status: "succeeded",
        durationMs: 2_000,
        output: { truncated: expect.stringContaining("too large to read") },
        steps: [],
        truncated: ["steps", "output"],
      },
    });
  });

  test("that no list shows either: the id is kept", async () => {
    open = hostile("functiongraph", { look: () => tooLarge });
    const outcome = await open.run(create({ ...wire.args, timeoutSeconds: 20 }, open.host));
    expect(outcome).toMatchObject({ kind: "unready", id: hostileId, state: { executionId: hostileId } });
  });
});

test("AOM: an end that a list tells counts, also where the names of its steps can't be had any more", async () => {
  const wire = wires.aom;
  const ended = ["ex-1", "ex-2"].map((id) => wire.looked(id, "succeeded"));
  open = hostile("aom", {
    start: (_request, count) => json(wire.started(`ex-${String(count)}`)),
    list: (_request, count) => json(count > 2 ? ended : []),
    look: () => ({ hang: true }),
  });
  // Two that wait together are looked at by a list.
  const deploy = (name: string): Promise<Outcome> =>
    create(
      { ...wire.args, concurrency: "allow", timeoutSeconds: 20, triggers: { name } },
      { ...open.host, urn: `urn:pulumi:test::test::type::${name}` },
    );
  const outcomes = await open.run(Promise.all([deploy("a"), deploy("b")]));
  for (const { kind, state } of outcomes) {
    expect([kind, state["status"], state["output"]]).toEqual(["ready", "succeeded", { version: "1.4.2" }]);
    expect(state["truncated"]).toEqual(["steps"]);
  }
});
