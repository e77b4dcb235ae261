/**
 * The control API: scripts, the request log, executions, the clock, reset, and who may use it.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { startEmulator } from "runbook-emulator";
import { EmulatorClient, executions, testProject } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(EmulatorClient);

describe("scripting a workflow", () => {
  const NODE = { id: "a", durationMs: 10 };

  test("answers where it is", async () => {
    const answer = await client.control("PUT", "/workflows/mine", { nodes: [NODE] });
    expect(answer.json).toEqual({ service: "aom", projectId: testProject, workflowId: "mine" });
    expect((await client.control("GET", "/workflows/mine")).json.script.name).toBe("mine");
  });

  test.each([
    [{}, "nodes: is required"],
    [{ nodes: [] }, "nodes: must have 1 to 200 nodes, has 0"],
    [{ nodes: [{ id: "a" }] }, "nodes[0].durationMs: is required"],
    [
      { nodes: [{ id: "a", durationMs: "10" }] },
      'nodes[0].durationMs: must be a number, not the string "10"',
    ],
    [{ nodes: [{ id: "a", durationMS: 10 }] }, "nodes[0].durationM"],
    [{ nodes: [NODE, NODE] }, 'nodes[1].id: repeats the id "a"'],
    [{ nodes: [{ ...NODE, targets: { fail: -1 } }] }, "nodes[0].targets.fail: must be at least 0"],
    [
      { nodes: [{ ...NODE, targets: { fail: [5] } }] },
      "nodes[0].targets.fail[0]: must be a name or an object",
    ],
    [{ nodes: [NODE], runs: [{ change: { b: {} } }] }, "runs[0].change.b: is not the id of a node"],
    [{ nodes: [NODE], runs: [{ durationsMs: [1, 2] }] }, "runs[0].durationsMs: has 2 entries for 1 nodes"],
    [{ nodes: [NODE], service: "ecs" }, "service: must be one of aom"],
    [[], "body: must be a JSON object, not a list"],
    ["{", "body: must be JSON"],
  ])("names the field that is wrong: %j", async (script, message) => {
    const answer = await client.control("PUT", "/workflows/mine", script);
    expect(answer.status).toBe(400);
    expect(answer.json.error).toContain(message);
  });

  test("replaces the script and counts its runs from the start; executions stay as they were", async () => {
    await client.freeze();
    await client.control("PUT", "/workflows/mine", { nodes: [NODE], runs: [{ status: "fail" }, {}] });
    const first = await client.execute("mine");
    await client.advance(10);
    await client.control("PUT", "/workflows/mine", {
      nodes: [{ id: "b", durationMs: 5 }],
      runs: [{ status: "timeout" }, {}],
    });
    const second = await client.execute("mine");
    await client.advance(10);
    expect((await client.detail("mine", first)).json.status).toBe("fail");
    expect((await client.detail("mine", second)).json.status).toBe("timeout");
  });

  test("can be taken back", async () => {
    await client.control("DELETE", "/workflows/demo-slow");
    expect((await client.signed("POST", executions("demo-slow"))).status).toBe(404);
    expect((await client.control("DELETE", "/workflows/demo-slow")).status).toBe(404);
    await client.control("POST", "/reset");
    expect((await client.signed("POST", executions("demo-slow"))).status).toBe(200);
  });
});

describe("executions", () => {
  test("are listed with their state", async () => {
    await client.freeze();
    const id = await client.execute("demo-fails");
    await client.execute("demo-slow");
    await client.advance(2000);
    const { json } = await client.control("GET", "/executions?workflowId=demo-fails");
    expect(json.executions).toMatchObject([
      {
        service: "aom",
        workflowId: "demo-fails",
        executionId: id,
        status: "fail",
        startedBy: "demo",
        runNumber: 0,
      },
    ]);
    expect(json.executions[0].endedAt - json.executions[0].startedAt).toBe(1500);
    expect((await client.control("GET", "/executions?service=functiongraph")).json.executions).toEqual([]);
  });

  test.each(["functiongraph", "cloudflow"])(
    "of %s wait for no approval, also when scripted to",
    async (service) => {
      const nodes = [{ id: "a", durationMs: 10 }];
      await client.control("PUT", "/workflows/careful", { service, nodes, requiresApproval: true });
      const { json } = await client.control("POST", "/executions", { service, workflowId: "careful" });
      const answer = await client.control("POST", `/executions/${String(json.executionId)}/approve`);
      expect([answer.status, answer.json.error]).toEqual([409, expect.stringContaining("approval")]);
      await client.advance(10);
      const { executions: listed } = (await client.control("GET", "/executions?workflowId=careful")).json;
      expect(listed).toMatchObject([{ status: expect.stringMatching(/^succe/i), interventions: [] }]);
    },
  );

  test("can be purged, as a service does with old records", async () => {
    const id = await client.execute("demo-succeeds");
    expect((await client.control("DELETE", `/executions/${id}`)).status).toBe(200);
    expect((await client.detail("demo-succeeds", id)).status).toBe(404);
    expect((await client.signed("GET", executions("demo-succeeds"))).json).toEqual([]);
    expect((await client.control("DELETE", `/executions/${id}`)).status).toBe(404);
  });

  test("can be started by someone else, in the past", async () => {
    const now = await client.freeze();
    const startedAt = now - 3_600_000;
    const { json } = await client.control("POST", "/executions", {
      workflowId: "demo-succeeds",
      executionId: "old-1",
      startedAt,
    });
    expect(json).toMatchObject({
      executionId: "old-1",
      status: "success",
      startedAt,
      endedAt: startedAt + 2000,
    });
    expect((await client.detail("demo-succeeds", "old-1")).json.status).toBe("success");
    const again = await client.control("POST", "/executions", {
      workflowId: "demo-succeeds",
      executionId: "old-1",
    });
    expect(again.json.error).toContain("exists already");
    expect((await client.control("POST", "/executions", { workflowId: "none" })).status).toBe(404);
  });
});

describe("the request log", () => {
  test("shows what was asked, without secrets", async () => {
    await client.signed("GET", `${executions("demo-slow")}?x_enterprise_project_id=0`);
    const token = (await client.login()).headers.get("x-subject-token")!;
    await client.plain("GET", executions("demo-slow"), {
      headers: { "x-auth-token": token, "content-type": "application/json", "x-security-token": "hush" },
    });
    await client.plain("GET", "/v1/nothing/here", { headers: { authorization: "Bearer hush" } });
    const { count, requests } = (await client.control("GET", "/requests")).json;
    expect(count).toBe(4);
    expect(requests[0]).toMatchObject({
      method: "GET",
      path: `${executions("demo-slow")}?x_enterprise_project_id=0`,
      service: "aom",
      operation: "ListWorkflowExecutions",
      status: 200,
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(requests[0].headers.authorization).toMatch(
      /Access=EMULATORACCESSKEY0001.*Signature=\[redacted\]$/,
    );
    expect(requests[3]).toMatchObject({ status: 404 });
    const text = JSON.stringify(requests);
    for (const secret of [token, "hush", "demo-password-1", "emulator-secret"])
      expect(text).not.toContain(secret);
  });

  test("can be filtered and emptied, and has no control requests", async () => {
    await client.login();
    await client.signed("GET", executions("demo-slow"));
    expect((await client.control("GET", "/requests?operation=ListWorkflowExecutions")).json.count).toBe(1);
    expect((await client.control("GET", "/requests?service=iam")).json.count).toBe(1);
    await client.control("DELETE", "/requests");
    expect((await client.control("GET", "/requests")).json).toEqual({ count: 0, requests: [] });
  });
});

describe("the clock", () => {
  test("advances, stops, follows and runs fast", async () => {
    const set = await client.control("POST", "/clock", { now: "2030-01-01T00:00:00Z" });
    expect(set.json).toEqual({ now: Date.UTC(2030, 0, 1), time: "2030-01-01T00:00:00.000Z", rate: 0 });
    expect((await client.control("POST", "/clock", { advanceMs: 1500 })).json.now).toBe(
      Date.UTC(2030, 0, 1) + 1500,
    );
    const fast = await client.control("POST", "/clock", { now: 1_000_000, rate: 10_000 });
    expect(fast.json.rate).toBe(10_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await client.control("GET", "/clock")).json.now).toBeGreaterThan(1_100_000);
    for (const [body, offsetMs] of [
      [{ offsetMs: 3_600_000 }, 3_600_000],
      [{ realtime: true }, 0],
    ] as const) {
      const before = Date.now();
      const { now } = (await client.control("POST", "/clock", body)).json;
      expect(now - offsetMs).toBeGreaterThanOrEqual(before);
      expect(now - offsetMs).toBeLessThanOrEqual(Date.now());
    }
  });

  test("lets hours pass in milliseconds", async () => {
    await client.control("PUT", "/workflows/long", { nodes: [{ id: "a", durationMs: 5 * 3_600_000 }] });
    const id = await client.execute("long");
    await client.advance(5 * 3_600_000 - 60_000);
    expect((await client.detail("long", id)).json.status).toBe("running");
    await client.advance(60_000);
    expect((await client.detail("long", id)).json.status).toBe("success");
  });

  test.each([{}, { advanceMs: 1, now: 2 }, { now: "yesterday" }, { advanceMs: "1" }, { speed: 2 }])(
    "refuses %j",
    async (body) => {
      expect((await client.control("POST", "/clock", body)).status).toBe(400);
    },
  );
});

describe("who may use it", () => {
  test("web pages may not", async () => {
    const answer = await client.plain("POST", "/_emulator/reset", {
      headers: { origin: "http://evil.example" },
    });
    expect([answer.status, answer.json.error]).toEqual([403, "the control API does not answer web pages"]);
  });

  // A machine without a network has no other address to come from.
  const outerAddress = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
  const testWithNetwork = outerAddress === undefined ? test.skip : test;

  testWithNetwork("other machines may not, but may ask whether the emulator is up", async () => {
    const open = await startEmulator({ host: "0.0.0.0" });
    try {
      const local = new EmulatorClient(open.url);
      expect((await local.control("GET", "/clock")).status).toBe(200);
      const outside = new EmulatorClient(open.url.replace("127.0.0.1", outerAddress!));
      const clock = await outside.control("GET", "/clock");
      expect([clock.status, clock.json.error]).toEqual([403, expect.stringContaining("--open-control")]);
      expect((await outside.control("GET", "/health")).status).toBe(200);
      expect((await outside.control("GET", "/health/")).status).toBe(403);
      expect((await outside.login()).status).toBe(201);
    } finally {
      await open.close();
    }
  });

  testWithNetwork("openControl lets other machines use it, but still no web pages", async () => {
    const open = await startEmulator({ host: "0.0.0.0", openControl: true });
    try {
      const outside = new EmulatorClient(open.url.replace("127.0.0.1", outerAddress!));
      expect((await outside.control("GET", "/clock")).status).toBe(200);
      const page = await outside.plain("POST", "/_emulator/reset", {
        headers: { origin: "http://evil.example" },
      });
      expect(page.status).toBe(403);
    } finally {
      await open.close();
    }
  });

  test("its health names the version, the emulated time and the services", async () => {
    await client.control("POST", "/clock", { now: "2030-01-01T00:00:00Z" });
    const answer = await client.control("GET", "/health");
    expect(answer.json).toMatchObject({
      status: "ok",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      time: "2030-01-01T00:00:00.000Z",
    });
    const named = (answer.json.services as { name: string; title: string }[]).map(({ name }) => name);
    expect(named).toEqual(Object.keys((await client.control("GET", "/")).json.services));
    expect(answer.json.services).toContainEqual({ name: "aom", title: "Huawei Cloud AOM workflows" });
  });

  test("its routes are listed, and a missing one is named", async () => {
    const index = (await client.control("GET", "/")).json;
    expect(index.control).toContain("PUT /_emulator/workflows/{id}");
    expect(index.services.aom).toHaveLength(14);
    const missing = await client.control("GET", "/nothing");
    expect([missing.status, missing.json.error]).toEqual([
      404,
      expect.stringContaining("GET /_emulator/nothing"),
    ]);
  });
});

describe("requests that fit nothing", () => {
  test.each([
    ["GET", "/"],
    ["GET", "/v1/x/cms/workflow"],
    ["PATCH", "/v3/projects"],
    ["GET", "/v1/%E0%A4%A/cms/workflow/a/executions"],
    ["GET", "//"],
  ])("%s %s is answered with 404 and the missing route", async (method, path) => {
    const answer = await client.plain(method, path);
    expect([answer.status, answer.json.error_code]).toEqual([404, "APIGW.0101"]);
    expect(answer.json.error_msg).toContain(`no route for ${method} ${path}`);
    expect(answer.headers.get("x-request-id")).toBe(answer.json.request_id);
  });

  test("bytes that are no HTTP are answered with 400 and leave the emulator alive", async () => {
    const { hostname, port } = new URL(client.url);
    for (const bytes of [
      "\0\x01garbage\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    ]) {
      const socket = connect(Number(port), hostname);
      let answer = "";
      socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
      socket.end(bytes);
      await once(socket, "close");
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toMatch(/X-Request-Id: [0-9a-f]{32}/);
    }
    expect((await client.signed("GET", executions("demo-slow"))).status).toBe(200);
  });

  test("a body of more than 12 MB is answered with 413", async () => {
    const answer = await client.plain("POST", executions("demo-slow"), {
      body: "x".repeat(12 * 1024 * 1024 + 1),
    });
    expect([answer.status, answer.json.error_code]).toEqual([413, "APIGW.0201"]);
    expect((await client.signed("GET", executions("demo-slow"))).status).toBe(200);
  });
});
