/**
 * FunctionGraph's documented oddities, each switched on by itself; and what it shares with the other services:
 * authentication, limits, faults, the control API, the data folder.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "runbook-emulator";
import type { Json } from "./emulatorClient";
import { EmulatorClient, temporaryKeys } from "./emulatorClient";
import {
  definition,
  FlowClient,
  flowExecutions,
  flowsPath,
  flowUrn,
  nodes,
  useEmulatedFlows,
} from "./functiongraphFlows";

const emulated = useEmulatedFlows();

const flowInput = { body: { input: {} } };

describe("quirks", () => {
  const quirks = async (wanted: Json): Promise<void> => {
    const answer = await emulated.client.control("PUT", "/quirks", wanted);
    if (answer.status !== 200) throw new Error(answer.text);
  };
  const failed = async (): Promise<Json> => {
    const id = await emulated.flows.start("demo-fails");
    await emulated.client.advance(10_000);
    return (await emulated.flows.show("demo-fails", id)).json.node_execution_details[1].executions[0]
      .error_message;
  };

  test("fssCodes", async () => {
    await quirks({ fssCodes: true });
    const missing = await emulated.client.signed("POST", flowExecutions("none"), flowInput);
    expect(missing.json).toEqual({ error_code: "FSS.0404", error_msg: "The resource is not found." });
    const invalid = await emulated.client.signed("POST", flowExecutions("demo-slow"), { body: {} });
    expect([invalid.status, invalid.json.error_code]).toEqual([400, "FSS.0400"]);
    const query = await emulated.flows.list("demo-slow", "?limit=501");
    expect([query.status, query.json.error_code]).toEqual([400, "FSS.1001"]);
    for (const status of [401, 408, 429, 500, 503, 504]) {
      await emulated.client.control("POST", "/faults", { action: "status", status });
      const answer = await emulated.client.signed("GET", flowsPath);
      expect([answer.status, answer.json.error_code]).toEqual([status, `FSS.0${String(status)}`]);
    }
  });

  test("notFoundRequestId and noRequestId", async () => {
    const start = (id: string, body: Json) => emulated.client.signed("POST", flowExecutions(id), { body });
    await quirks({ notFoundRequestId: true, noRequestId: true });
    expect((await start("none", { input: {} })).json).toHaveProperty("request_id");
    expect((await start("demo-slow", {})).json).not.toHaveProperty("request_id");
    expect((await emulated.flows.list("demo-slow", "?limit=501")).json).toHaveProperty("request_id");
  });

  test("errorMessageText and errorMessageBrokenKey", async () => {
    await quirks({ errorMessageText: true });
    expect(await failed()).toContain("Permission denied");
    await quirks({ errorMessageBrokenKey: true });
    const [[key, value]] = Object.entries(await failed()) as [[string, unknown]];
    expect([key, value]).toEqual([expect.stringMatching(/^detail:"/), null]);
  });

  test("nineStatuses, unknownStatus, upperCaseStatus", async () => {
    await emulated.flows.put("queued", { nodes: [{ id: "a", durationMs: 1000 }], queuedMs: 5000 });
    const queued = await emulated.flows.start("queued");
    const slow = await emulated.flows.start("demo-slow");
    await quirks({ nineStatuses: true });
    expect((await emulated.flows.show("queued", queued)).json.status).toBe("scheduled");
    await quirks({ unknownStatus: "warming", upperCaseStatus: true });
    expect((await emulated.flows.show("demo-slow", slow)).json.status).toBe("WARMING");
    expect((await emulated.flows.list("demo-slow", "?status=running")).json.executions[0].status).toBe(
      "WARMING",
    );
    expect((await emulated.flows.page("demo-slow", "?limit=1&offset=0")).json.executions[0].status).toBe(
      "WARMING",
    );
  });

  test("endTimeAbsent and endTimeNull", async () => {
    const id = await emulated.flows.start("demo-slow");
    await quirks({ endTimeAbsent: true });
    const absent = (await emulated.flows.show("demo-slow", id)).json;
    expect(absent).not.toHaveProperty("end_time");
    expect(absent.node_execution_details[0].executions[0]).not.toHaveProperty("end_time");
    await quirks({ endTimeNull: true });
    expect((await emulated.flows.show("demo-slow", id)).json.end_time).toBeNull();
  });

  test("noStartHeaders", async () => {
    const id = await emulated.flows.start("demo-slow", { input: {}, headers: { key: "k" } });
    await quirks({ noStartHeaders: true });
    expect((await emulated.flows.show("demo-slow", id)).json).not.toHaveProperty("headers");
  });

  test("noEnableStreamResponse and shortUrns", async () => {
    await quirks({ noEnableStreamResponse: true, shortUrns: true });
    expect((await emulated.flows.create(definition("short", ["a"]))).json).not.toHaveProperty(
      "enable_stream_response",
    );
    const deleted = await emulated.client.signed("DELETE", flowsPath, {
      body: { workflow_urns: [flowUrn("short")] },
    });
    expect(deleted.json.success).toEqual([flowUrn("short").replace("workflow:", "")]);
  });

  test("oldestFirst, largestPage, statusFilterIgnored, timeWindowIgnored", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      ids.push(await emulated.flows.start("demo-slow"));
      await emulated.client.advance(1000);
    }
    await quirks({ oldestFirst: true, largestPage: 2, statusFilterIgnored: true, timeWindowIgnored: true });
    const idsOf = ({ json }: { json: { executions: { execution_id: string }[] } }): string[] =>
      json.executions.map(({ execution_id: id }) => id);
    const wrong = "&start_time=2099-01-01%2000:00:00";
    expect(idsOf(await emulated.flows.list("demo-slow", `?limit=50&status=fail${wrong}`))).toEqual(
      ids.slice(0, 2),
    );
    const page = await emulated.flows.page("demo-slow", `?limit=50&offset=1${wrong}`);
    expect(idsOf(page)).toEqual(ids.slice(1));
    expect(page.json).toMatchObject({ total: 3, size: 2 });
  });

  test("startHeadersCapitalised", async () => {
    await quirks({ startHeadersCapitalised: true });
    const id = await emulated.flows.start("demo-slow", { input: {}, headers: { "x-run": "17", y: 1 } });
    expect((await emulated.flows.show("demo-slow", id)).json.headers).toEqual({ "X-Run": "17", Y: 1 });
  });

  test("expressHistory", async () => {
    await quirks({ expressHistory: true });
    const id = await emulated.flows.start("demo-express");
    expect((await emulated.flows.show("demo-express", id)).json.status).toBe("running");
    expect((await emulated.flows.list("demo-express")).json.executions).toHaveLength(1);
    expect((await emulated.flows.stop("demo-express", id)).status).toBe(200);
  });

  test("unknownWorkflowIs400, unknownExecutionIs400, unknownWorkflowListIs404", async () => {
    await quirks({ unknownWorkflowIs400: true, unknownExecutionIs400: true, unknownWorkflowListIs404: true });
    expect((await emulated.client.signed("GET", `${flowsPath}/none`)).status).toBe(400);
    expect((await emulated.flows.show("demo-slow", "none")).status).toBe(400);
    expect((await emulated.flows.list("none")).status).toBe(404);
    expect((await emulated.flows.page("none", "?limit=1&offset=0")).status).toBe(404);
  });

  test("listDelayMs and detailDelayMs hide a new execution for a while", async () => {
    await quirks({ listDelayMs: 3000, detailDelayMs: 1000 });
    const id = await emulated.flows.start("demo-slow");
    expect((await emulated.flows.show("demo-slow", id)).status).toBe(404);
    await emulated.client.advance(1000);
    expect((await emulated.flows.show("demo-slow", id)).status).toBe(200);
    expect((await emulated.flows.list("demo-slow")).json.executions).toEqual([]);
    await emulated.client.advance(2000);
    expect((await emulated.flows.list("demo-slow")).json.executions).toHaveLength(1);
  });
});

describe("the gateway in front of it", () => {
  test("takes tokens and keys, and refuses as for the other services", async () => {
    const token = (await emulated.client.login()).headers.get("x-subject-token")!;
    const plain = (headers: Record<string, string>) => emulated.client.plain("GET", flowsPath, { headers });
    expect((await plain({ "x-auth-token": token })).status).toBe(200);
    expect((await emulated.client.signed("GET", flowsPath, { keys: temporaryKeys })).status).toBe(200);
    const none = await plain({});
    expect([none.status, none.json.error_code]).toEqual([401, "APIGW.0301"]);
    const skewed = await emulated.client.signed("GET", flowsPath, { date: new Date(Date.now() - 3_600_000) });
    expect([skewed.status, skewed.json.error_code]).toEqual([401, "APIGW.0303"]);
    await emulated.client.control("POST", "/faults", {
      action: "expireToken",
      operation: "functiongraph:ListWorkflow",
    });
    expect((await plain({ "x-auth-token": token })).json.error_msg).toContain("token expires");
    expect((await plain({ "x-auth-token": token })).status).toBe(401);
  });

  test("keeps projects apart", async () => {
    const other = await emulated.client.signed("GET", `/v2/${"f".repeat(32)}/fgs/workflows`);
    expect([other.status, other.json.error_code]).toEqual([403, "FSS.0403"]);
    const long = await emulated.client.signed("GET", `/v2/${"f".repeat(65)}/fgs/workflows`);
    expect([long.status, long.json.error_msg]).toEqual([400, expect.stringContaining("project_id")]);
  });

  test("a body has to be JSON", async () => {
    const headers = { "content-type": "text/plain" };
    const answer = await emulated.client.signed("POST", flowExecutions("demo-slow"), {
      ...flowInput,
      headers,
    });
    expect([answer.status, answer.json.error_msg]).toEqual([400, expect.stringContaining("Content-Type")]);
  });

  test("limits requests where limits are enforced", async () => {
    const limited = await startEmulator({
      enforceLimits: true,
      seed: { limits: { "functiongraph:StartWorkflowExecution": { tokens: 2, perSecond: 0.5 } } },
    });
    try {
      const own = new EmulatorClient(limited.url);
      await own.freeze();
      const start = () => own.signed("POST", flowExecutions("demo-slow"), flowInput);
      expect([(await start()).status, (await start()).status]).toEqual([200, 200]);
      const refused = await start();
      expect([refused.status, refused.json.error_code]).toEqual([429, "APIGW.0308"]);
      expect(refused.headers.get("retry-after")).toBe("2");
      await own.control("PUT", "/quirks", { fssCodes: true });
      const other = await start();
      expect([other.json.error_code, other.headers.get("retry-after")]).toEqual(["FSS.0429", "2"]);
    } finally {
      await limited.close();
    }
  });
});

describe("faults", () => {
  const fault = (description: Json) => emulated.client.control("POST", "/faults", description);

  test("hit operations by the vendor's names", async () => {
    const id = await emulated.flows.start("demo-slow");
    const tries: [string, () => Promise<{ status: number }>][] = [
      [
        "StartWorkflowExecution",
        () => emulated.client.signed("POST", flowExecutions("demo-slow"), flowInput),
      ],
      ["ShowWorkflowExecution", () => emulated.flows.show("demo-slow", id)],
      ["ListWorkflowExecutions", () => emulated.flows.list("demo-slow")],
      ["ShowWorkflowExecutionForPage", () => emulated.flows.page("demo-slow", "?limit=1&offset=0")],
      ["ShowWorkFlow", () => emulated.client.signed("GET", `${flowsPath}/demo-slow`)],
      ["StopWorkFlow", () => emulated.flows.stop("demo-slow", id)],
      ["RetryWorkFlow", () => emulated.flows.retry("demo-slow", id)],
    ];
    for (const [operation, send] of tries) {
      await fault({ operation, action: "status", status: 500 });
      expect([operation, (await send()).status]).toEqual([operation, 500]);
    }
    expect((await emulated.client.control("GET", "/requests?service=functiongraph")).json.count).toBe(8);
  });

  test("a start whose answer is lost has started", async () => {
    await fault({ operation: "StartWorkflowExecution", action: "dropAfter" });
    const body = { input: {}, headers: { "run-key": "k-9" } };
    await expect(emulated.client.signed("POST", flowExecutions("demo-slow"), { body })).rejects.toThrow();
    const [found] = (await emulated.flows.list("demo-slow")).json.executions;
    expect((await emulated.flows.show("demo-slow", found.execution_id)).json.headers).toEqual({
      "run-key": "k-9",
    });
  });

  test("answer 500 and 404 in the documented form", async () => {
    await fault({ action: "status", status: 500 });
    expect((await emulated.client.signed("GET", flowsPath)).json).toEqual({
      error_code: "FGS.3002",
      error_msg: "Internal Error.",
      request_id: expect.any(String),
    });
    await fault({ action: "status", status: 404 });
    expect((await emulated.client.signed("GET", flowsPath)).json).toEqual({
      error_code: "FGS.5002",
      error_msg: "Function flow not found.",
    });
  });
});

describe("the control API", () => {
  test("starts, lists and purges executions", async () => {
    const started = await emulated.client.control("POST", "/executions", {
      service: "functiongraph",
      workflowId: "demo-fails",
      executionId: "theirs",
      startedBy: "ann",
      startedAt: "2026-11-21T07:00:00Z",
      input: { n: 1 },
      headers: { "run-key": "k" },
    });
    expect(started.json).toMatchObject({ service: "functiongraph", status: "fail", runNumber: 0 });
    const { json } = await emulated.flows.show("demo-fails", "theirs");
    expect(json).toMatchObject({
      created_by: "ann",
      input: { n: 1 },
      headers: { "run-key": "k" },
      status: "fail",
    });
    const listed = await emulated.client.control("GET", "/executions?service=functiongraph");
    expect(listed.json.executions).toMatchObject([
      {
        executionId: "theirs",
        nodes: [
          { id: "prepare", status: "success", attempt: 1 },
          { id: "run-script", status: "fail", attempt: 1 },
        ],
      },
    ]);
    await emulated.client.control("DELETE", "/executions/theirs");
    expect((await emulated.flows.show("demo-fails", "theirs")).status).toBe(404);
  });

  test("scripts runs one by one, and leaves the workflows of other services alone", async () => {
    await emulated.flows.put("demo-slow", {
      nodes: [{ id: "a", durationMs: 10 }],
      runs: [{ status: "timeout" }, {}],
    });
    const first = await emulated.flows.start("demo-slow");
    const second = await emulated.flows.start("demo-slow");
    await emulated.client.advance(10);
    expect((await emulated.flows.show("demo-slow", first)).json.status).toBe("timeout");
    expect((await emulated.flows.show("demo-slow", second)).json.status).toBe("success");
    const aom = await emulated.client.control("GET", "/workflows/demo-slow?service=aom");
    expect(aom.json.script.base.nodes).toHaveLength(3);
  });
});

test("a seed names a flow by service and id", async () => {
  const quick = { nodes: [{ id: "a", durationMs: 0 }] };
  const seed = { workflows: { "functiongraph:nightly": quick, nightly: { ...quick, name: "of-aom" } } };
  const seeded = await startEmulator({ seed });
  try {
    const own = new EmulatorClient(seeded.url);
    expect(await new FlowClient(own).start("nightly")).toEqual(expect.any(String));
    expect((await own.control("GET", "/workflows/nightly")).json.script.name).toBe("of-aom");
  } finally {
    await seeded.close();
  }
});

test("flows, executions and what was done to them outlive the process with a data folder", async () => {
  const data = mkdtempSync(join(tmpdir(), "emulator-"));
  try {
    const first = await startEmulator({ data });
    const before = new EmulatorClient(first.url);
    await before.freeze();
    const { id } = (await new FlowClient(before).create(definition("kept", ["a", "b"]))).json;
    await new FlowClient(before).put(id, {
      nodes: [{ id: "b", durationMs: 100, status: "fail", onRestart: { status: "success" } }],
    });
    const execution = await new FlowClient(before).start(id, { input: { n: 1 }, headers: { key: "k" } });
    await before.advance(1000);
    await new FlowClient(before).retry(id, execution);
    await before.advance(1000);
    await first.close();

    const second = await startEmulator({ data });
    try {
      const after = new FlowClient(new EmulatorClient(second.url));
      const { json } = await after.show(id, execution);
      expect([json.status, json.headers, nodes(json)]).toEqual([
        "success",
        { key: "k" },
        [
          ["a", "success"],
          ["b", "fail", "success"],
        ],
      ]);
    } finally {
      await second.close();
    }
  } finally {
    rmSync(data, { recursive: true });
  }
});
