/**
 * FunctionGraph operations on executions over real HTTP: start, poll, stop, retry, call back.
 */
import {
  flowExecutions,
  flowsPath,
  flowUrn,
  nodes,
  useEmulatedFlows,
  invalid,
  noExecution,
  noFlow,
} from "./functiongraphFlows";

const emulated = useEmulatedFlows();
const dayMs = 24 * 3_600_000;

describe("StartWorkflowExecution", () => {
  const start = (body: unknown, headers: Record<string, string> = {}) =>
    emulated.client.signed("POST", flowExecutions("demo-succeeds"), { body, headers });

  test("answers the id of a new execution every time", async () => {
    const first = await start({ input: {} });
    expect([first.status, Object.keys(first.json)]).toEqual([200, ["execution_id"]]);
    expect(await emulated.flows.start("demo-succeeds")).not.toBe(first.json.execution_id);
  });

  test("answers 404 without a request id for an unknown flow", async () => {
    const answer = await emulated.client.signed("POST", flowExecutions("none"), { body: { input: {} } });
    expect([answer.status, answer.json]).toEqual([404, noFlow]);
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each([
    ["", "body: must be JSON"],
    [{}, "input: is required"],
    [{ input: "x" }, "input: must be an object"],
    [{ input: {}, headers: [] }, "headers: must be an object"],
  ])("answers 400 for the body %j", async (body, detail) => {
    const answer = await start(body);
    expect([answer.status, answer.json]).toEqual([400, invalid(detail)]);
  });

  test.each([
    ["X-Create-Time", "yesterday", "must be a date"],
    ["X-WorkflowRun-ID", "too-short", "32 letters or digits"],
    ["X-WorkflowRun-MergeFnParameters", "yes", "must be one of true, false"],
  ])("checks the header %s: %s", async (name, value, detail) => {
    const answer = await start({ input: {} }, { [name.toLowerCase()]: value });
    expect([answer.status, answer.json]).toEqual([400, invalid(detail)]);
    expect(answer.json.error_msg).toContain(name);
  });

  test("refuses a time of creation after the later one of both clocks", async () => {
    const ahead = Date.now() + 1000 * dayMs;
    await emulated.client.control("POST", "/clock", { now: ahead });
    const created = (time: number): Record<string, string> => ({
      "x-create-time": new Date(time).toISOString().slice(0, 10),
    });
    const answer = await start({ input: {} }, created(ahead + dayMs));
    expect([answer.status, answer.json]).toEqual([400, invalid("X-Create-Time: must not be in the future")]);
    expect((await start({ input: {} }, created(ahead))).status).toBe(200);

    await emulated.client.control("POST", "/clock", { now: ahead - 2000 * dayMs });
    const behind = await start({ input: {} }, created(Date.now() + 2 * dayMs));
    expect(behind.status).toBe(400);
    expect((await start({ input: {} }, created(Date.now() - dayMs))).status).toBe(200);
  });

  test("takes headers that are right", async () => {
    const headers = {
      "x-create-time": "2026-11-21",
      "x-workflowrun-id": "a".repeat(32),
      "x-workflowrun-mergefnparameters": "",
    };
    expect((await start({ input: {} }, headers)).status).toBe(200);
  });

  test("refuses more than 256 KB, and ids that are too long", async () => {
    const large = await start({ input: { text: "x".repeat(256 * 1024) } });
    expect([large.status, large.json.error_code]).toEqual([413, "FSS.0413"]);
    const answer = await emulated.client.signed("POST", flowExecutions("w".repeat(513)), {
      body: { input: {} },
    });
    expect([answer.status, answer.json]).toEqual([
      400,
      invalid("workflow_id: must have 1 to 512 characters"),
    ]);
  });
});

describe("ShowWorkflowExecution", () => {
  test("follows a run from its first node to its output", async () => {
    const id = await emulated.flows.start("demo-succeeds", {
      input: { release: "1.4" },
      headers: { "run-key": "k-1", nested: { a: [1] } },
    });
    const first = (await emulated.flows.show("demo-succeeds", id)).json;
    const node = {
      node_id: "prepare",
      node_name: "Prepare",
      execution_id: expect.any(String),
      executions: [
        {
          status: "running",
          input: { release: "1.4" },
          output: {},
          begin_time: Date.UTC(2026, 10, 21, 8),
          end_time: 0,
          request_id: expect.any(String),
        },
      ],
    };
    expect(first).toEqual({
      workflow_id: "demo-succeeds",
      workflow_urn: flowUrn("demo-succeeds"),
      execution_id: id,
      status: "running",
      headers: { "run-key": "k-1", nested: { a: [1] } },
      input: { release: "1.4" },
      output: {},
      begin_time: "2026-11-21T08:00:00Z",
      end_time: "",
      last_update_time: "2026-11-21T08:00:00Z",
      created_by: "demo",
      node_execution_details: [node],
    });

    await emulated.client.advance(2000);
    const last = (await emulated.flows.show("demo-succeeds", id)).json;
    expect(last).toMatchObject({
      status: "success",
      output: { version: "1.4.2" },
      end_time: "2026-11-21T08:00:02Z",
      last_update_time: "2026-11-21T08:00:02Z",
    });
    expect(nodes(last)).toEqual([
      ["prepare", "success"],
      ["deploy", "success"],
      ["verify", "success"],
    ]);
    expect(last.node_execution_details[1].executions[0].end_time).toBe(Date.UTC(2026, 10, 21, 8, 0, 1, 500));
    expect(last.node_execution_details[0].execution_id).toBe(first.node_execution_details[0].execution_id);
  });

  test("shows a failed node with its error as an object, and no node after it", async () => {
    const id = await emulated.flows.start("demo-fails");
    await emulated.client.advance(10_000);
    const { json } = await emulated.flows.show("demo-fails", id);
    expect([json.status, json.output]).toEqual(["fail", {}]);
    expect(nodes(json)).toEqual([
      ["prepare", "success"],
      ["run-script", "fail"],
    ]);
    const [execution] = json.node_execution_details[1].executions;
    expect(execution.error_message).toEqual({ detail: expect.stringContaining("Permission denied") });
    expect(json.node_execution_details[0].executions[0]).not.toHaveProperty("error_message");
  });

  test("cuts long texts in outputs, but not when the full history is asked for", async () => {
    const text = "x".repeat(3000);
    await emulated.flows.put("long", { nodes: [{ id: "a", durationMs: 0, output: { text, list: [text] } }] });
    const id = await emulated.flows.start("long", { input: { text } });
    const cut = (await emulated.flows.show("long", id)).json;
    expect(cut.output).toEqual({ text: `${"x".repeat(1024)}...`, list: [`${"x".repeat(1024)}...`] });
    expect(cut.input).toEqual({ text });
    expect(cut.node_execution_details[0].executions[0].output.text).toHaveLength(1027);
    for (const value of ["true", "True"]) {
      const full = await emulated.flows.show("long", id, { "x-get-workflow-full-history-data": value });
      expect(full.json.output).toEqual({ text, list: [text] });
    }
  });

  test("answers 404 for an execution of another flow and for none", async () => {
    const id = await emulated.flows.start("demo-succeeds");
    for (const answer of [
      await emulated.flows.show("demo-fails", id),
      await emulated.flows.show("demo-succeeds", "none"),
    ]) {
      expect([answer.status, answer.json]).toEqual([404, noExecution]);
    }
    expect((await emulated.flows.show("demo-succeeds", "e".repeat(65))).json).toEqual(
      invalid("execution_id"),
    );
  });

  test("finds executions that are older than the lists go back", async () => {
    const id = await emulated.flows.start("demo-succeeds");
    await emulated.client.advance(30 * 24 * 3600 * 1000);
    expect((await emulated.flows.list("demo-succeeds")).json.executions).toEqual([]);
    expect((await emulated.flows.show("demo-succeeds", id)).json.status).toBe("success");
  });
});

describe("StopWorkFlow", () => {
  test("cancels an execution once, with an empty answer", async () => {
    const id = await emulated.flows.start("demo-slow");
    await emulated.client.advance(5000);
    const answer = await emulated.flows.stop("demo-slow", id);
    expect([answer.status, answer.text]).toEqual([200, ""]);
    const { json } = await emulated.flows.show("demo-slow", id);
    expect([json.status, json.end_time]).toEqual(["cancel", "2026-11-21T08:00:05Z"]);
    expect(nodes(json)).toEqual([
      ["prepare", "success"],
      ["run-script", "cancel"],
    ]);
    const again = await emulated.flows.stop("demo-slow", id);
    expect([again.status, again.json]).toEqual([400, invalid("the execution is not running")]);
    expect((await emulated.flows.stop("demo-slow", "none")).json).toEqual(noExecution);
  });

  test("shows stopping in the paged list alone for as long as the stop takes", async () => {
    await emulated.flows.put("slow-stop", { nodes: [{ id: "a", durationMs: 60_000 }], stopTakesMs: 5000 });
    const id = await emulated.flows.start("slow-stop");
    await emulated.flows.stop("slow-stop", id);
    expect((await emulated.flows.show("slow-stop", id)).json.status).toBe("running");
    const page = await emulated.flows.page("slow-stop", "?limit=1&offset=0");
    expect(page.json.executions[0].status).toBe("stopping");
    await emulated.client.advance(5000);
    expect((await emulated.flows.show("slow-stop", id)).json.status).toBe("cancel");
  });
});

describe("RetryWorkFlow", () => {
  test("goes on at the failed node, under the same id", async () => {
    await emulated.flows.put("flaky", {
      nodes: [
        { id: "a", durationMs: 100 },
        { id: "b", durationMs: 100, status: "fail", onRestart: { status: "success", output: { ok: true } } },
      ],
    });
    const id = await emulated.flows.start("flaky");
    await emulated.client.advance(1000);
    const answer = await emulated.flows.retry("flaky", id);
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect((await emulated.flows.page("flaky", "?limit=1&offset=0")).json.executions[0].status).toBe(
      "retrying",
    );
    expect(nodes((await emulated.flows.show("flaky", id)).json)).toEqual([
      ["a", "success"],
      ["b", "fail", "running"],
    ]);
    await emulated.client.advance(100);
    const { json } = await emulated.flows.show("flaky", id);
    expect([json.execution_id, json.status, json.output]).toEqual([id, "success", { ok: true }]);
    expect(nodes(json)[1]).toEqual(["b", "fail", "success"]);
    expect((await emulated.flows.retry("flaky", id)).json).toEqual(invalid("only a failed execution"));
  });

  test("wants an execution that has failed", async () => {
    const id = await emulated.flows.start("demo-slow");
    expect((await emulated.flows.retry("demo-slow", id)).json).toEqual(invalid("only a failed execution"));
    await emulated.flows.stop("demo-slow", id);
    expect((await emulated.flows.retry("demo-slow", id)).status).toBe(400);
    expect((await emulated.flows.retry("demo-slow", "none")).json).toEqual(noExecution);
  });
});

describe("CreateCallbackWorkflow", () => {
  const callBack = (headers: Record<string, string>, body: unknown) =>
    emulated.client.signed("POST", `${flowsPath}/waits/callback`, { headers, body });
  const to = (run: string, state = "ask") => ({ "x-workflow-run-id": run, "x-workflow-state-id": state });

  beforeEach(() =>
    emulated.flows.put("waits", {
      nodes: [
        { id: "ask", durationMs: 100, pause: true },
        { id: "go", durationMs: 100 },
      ],
    }),
  );

  test("lets a node that waits end with success", async () => {
    const id = await emulated.flows.start("waits");
    await emulated.client.advance(3_600_000);
    expect((await emulated.flows.show("waits", id)).json.status).toBe("running");
    const answer = await callBack(to(id), { result: "success", output: { by: "ann" } });
    expect([answer.status, answer.json]).toEqual([200, { execution_id: id }]);
    await emulated.client.advance(100);
    expect((await emulated.flows.show("waits", id)).json).toMatchObject({
      status: "success",
      output: { by: "ann" },
    });
  });

  test("or with a failure, by the id that the start brought along", async () => {
    const run = "b".repeat(32);
    const id = await emulated.flows.start("waits", { input: {} }, { headers: { "x-workflowrun-id": run } });
    await emulated.client.advance(100);
    const answer = await callBack(to(run), { result: "fail", output: {}, error: "refused by ann" });
    expect(answer.json).toEqual({ execution_id: id });
    const { json } = await emulated.flows.show("waits", id);
    expect([json.status, json.node_execution_details[0].executions[0].error_message]).toEqual([
      "fail",
      { detail: "refused by ann", error: "refused by ann" },
    ]);
  });

  test.each([
    [{}, { result: "success", output: {} }, "X-Workflow-Run-Id: is required"],
    [to("r"), { output: {} }, "result: is required"],
    [to("r"), { result: "done", output: {} }, "result: must be one of success, fail"],
    [to("r"), { result: "success" }, "output: is required"],
    [to("r"), { result: "fail", output: {}, error: "e".repeat(65) }, "error: must have 1 to 64 characters"],
  ])("checks headers and body: %j %j", async (headers, body, detail) => {
    const answer = await callBack(headers, body);
    expect([answer.status, answer.json]).toEqual([400, invalid(detail)]);
  });

  test("answers 404 for an unknown run and 400 for a node that does not wait", async () => {
    const body = { result: "success", output: {} };
    expect((await callBack(to("none"), body)).json).toEqual(noExecution);
    const id = await emulated.flows.start("waits");
    expect((await callBack(to(id), body)).json).toEqual(invalid("is not waiting for a callback"));
    expect((await callBack(to(id, "go"), body)).status).toBe(400);
  });
});
