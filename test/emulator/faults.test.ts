/**
 * Planned faults: what a client sees of each, and whether the operation took effect.
 */
import { startEmulator } from "runbook-emulator";
import { EmulatorClient, executions } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(EmulatorClient);

const startMs = executions("demo-succeeds");

async function plan(fault: Record<string, unknown>): Promise<void> {
  const answer = await client.control("POST", "/faults", fault);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
}

async function started(): Promise<number> {
  return (await client.control("GET", "/executions")).json.executions.length as number;
}

async function statuses(count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let request = 0; request < count; request++) seen.push((await client.signed("GET", startMs)).status);
  return seen;
}

describe("a broken connection", () => {
  test("before handling leaves nothing behind", async () => {
    await plan({ operation: "ExecuteWorkflow", action: "dropBefore" });
    await expect(client.signed("POST", startMs)).rejects.toThrow();
    expect(await started()).toBe(0);
    expect((await client.signed("POST", startMs)).status).toBe(200);
  });

  test("after handling leaves an execution that nobody was told of", async () => {
    await plan({ operation: "ExecuteWorkflow", action: "dropAfter" });
    await expect(client.signed("POST", startMs)).rejects.toThrow();
    expect(await started()).toBe(1);
  });

  test("in the middle of the answer", async () => {
    await plan({ operation: "ExecuteWorkflow", action: "truncate" });
    await expect(client.signed("POST", startMs)).rejects.toThrow();
    expect(await started()).toBe(1);
  });

  test("is logged without a status", async () => {
    await plan({ operation: "ExecuteWorkflow", action: "dropBefore" });
    await expect(client.signed("POST", startMs)).rejects.toThrow();
    const { requests } = (await client.control("GET", "/requests?operation=ExecuteWorkflow")).json;
    expect(requests).toMatchObject([{ fault: "dropBefore", operation: "ExecuteWorkflow" }]);
    expect(requests[0]).not.toHaveProperty("status");
  });
});

describe("an error status", () => {
  test("429 has the gateway's body and a Retry-After", async () => {
    await plan({ operation: "ListWorkflowExecutions", action: "status", status: 429, retryAfter: 3 });
    const answer = await client.signed("GET", startMs);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "3"]);
    expect(answer.json).toMatchObject({
      error_code: "APIGW.0308",
      request_id: answer.headers.get("x-request-id"),
    });
  });

  test.each([
    ["ExecuteWorkflow", 500, "AOM.31001405"],
    ["ExecuteWorkflow", 504, "APIGW.0201"],
    ["ExecuteWorkflow", 401, "APIGW.0301"],
  ])("%s %d has the documented code", async (operation, status, code) => {
    await plan({ operation, action: "status", status });
    const answer = await client.signed("POST", startMs);
    expect([answer.status, answer.json.error_code]).toEqual([status, code]);
    expect(await started()).toBe(0);
  });

  test("may come after the operation took effect", async () => {
    await plan({ operation: "ExecuteWorkflow", action: "status", status: 503, afterHandling: true });
    expect((await client.signed("POST", startMs)).status).toBe(503);
    expect(await started()).toBe(1);
  });

  test("may have any body and any headers", async () => {
    await plan({ action: "status", status: 418, body: { short: "stout" }, headers: { "X-Pot": "tea" } });
    const answer = await client.signed("GET", startMs);
    expect([answer.status, answer.json, answer.headers.get("x-pot")]).toEqual([
      418,
      { short: "stout" },
      "tea",
    ]);
  });

  test("of IAM has IAM's form", async () => {
    await plan({ operation: "KeystoneCreateUserTokenByPassword", action: "status", status: 503 });
    const answer = await client.login();
    expect([answer.status, answer.json.error.title]).toEqual([503, "Service Unavailable"]);
  });
});

test("broken JSON has status 200", async () => {
  await plan({ operation: "ExecuteWorkflow", action: "invalidJson" });
  const answer = await client.signed("POST", startMs);
  expect([answer.status, answer.json, answer.text]).toEqual([
    200,
    undefined,
    expect.stringMatching(/^\{"exec/),
  ]);
});

test("an HTML page comes from a proxy in between", async () => {
  await plan({ operation: "ExecuteWorkflow", action: "html" });
  const answer = await client.signed("POST", startMs);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([502, "text/html"]);
  expect(answer.text).toContain("<html>");
  expect(await started()).toBe(0);
});

test("a delay holds the answer back", async () => {
  await plan({ operation: "ExecuteWorkflow", action: "delay", delayMs: 120 });
  const began = performance.now();
  expect((await client.signed("POST", startMs)).status).toBe(200);
  expect(performance.now() - began).toBeGreaterThanOrEqual(115);
});

test("an expired token stays expired until the next login", async () => {
  const token = (await client.login()).headers.get("x-subject-token")!;
  const list = (value: string) =>
    client.plain("GET", startMs, { headers: { "x-auth-token": value, "content-type": "application/json" } });
  await plan({ action: "expireToken" });
  for (let request = 0; request < 2; request++) {
    const answer = await list(token);
    expect([answer.status, answer.json.error_msg]).toEqual([
      401,
      expect.stringContaining("token expires, expires_at"),
    ]);
  }
  const fresh = (await client.login()).headers.get("x-subject-token")!;
  expect((await list(fresh)).status).toBe(200);
});

test("a hanging request ends when the client gives up, or when the emulator closes", async () => {
  const own = await startEmulator();
  const ownClient = new EmulatorClient(own.url);
  await ownClient.control("POST", "/faults", { action: "hang", count: 2 });
  const patience = new AbortController();
  const givenUp = expect(
    fetch(own.url + startMs, { method: "POST", signal: patience.signal }),
  ).rejects.toThrow();
  await ownClient.handling("ExecuteWorkflow");
  patience.abort();
  await givenUp;
  const hanging = expect(ownClient.signed("POST", startMs)).rejects.toThrow();
  await ownClient.handling("ExecuteWorkflow", 2);
  await own.close();
  await hanging;
});

describe("choosing requests", () => {
  test("by number, and by how many pass first", async () => {
    await plan({ operation: "ListWorkflowExecutions", action: "status", status: 500, count: 2, skip: 1 });
    expect(await statuses(5)).toEqual([200, 500, 500, 200, 200]);
  });

  test("all of them with count null, until the fault is removed", async () => {
    await plan({ operation: "aom:ListWorkflowExecutions", action: "status", status: 500, count: null });
    expect(await statuses(3)).toEqual([500, 500, 500]);
    const [{ id, hits }] = (await client.control("GET", "/faults")).json.faults;
    expect(hits).toBe(3);
    expect((await client.control("DELETE", `/faults/${id as string}`)).json).toEqual({ removed: 1 });
    expect(await statuses(1)).toEqual([200]);
  });

  test("by chance, the same for the same seed", async () => {
    const fault = {
      operation: "ListWorkflowExecutions",
      action: "status",
      status: 500,
      probability: 0.5,
      seed: 7,
    };
    await plan(fault);
    const first = await statuses(20);
    await client.control("DELETE", "/faults");
    await plan(fault);
    expect(await statuses(20)).toEqual(first);
    expect(new Set(first)).toEqual(new Set([200, 500]));
  });

  test("by a part of the path, and by service", async () => {
    await plan({ operation: "*", pathIncludes: "demo-slow", action: "status", status: 500 });
    await plan({ operation: "iam:ListWorkflowExecutions", action: "status", status: 500 });
    expect(await statuses(1)).toEqual([200]);
    expect((await client.signed("GET", executions("demo-slow"))).status).toBe(500);
  });
});

test.each([
  [{ action: "explode" }, "action: must be one of"],
  [{ action: "status" }, "status: is required"],
  [{ action: "delay" }, "delayMs: is required"],
  [{ action: "hang", cuont: 1 }, "cuont: is not a known field"],
  [{ action: "hang", probability: 2 }, "probability: must be at most 1"],
  [{ action: "hang", count: 0 }, "count: must be at least 1"],
])("a wrong fault is refused: %j", async (fault, message) => {
  const answer = await client.control("POST", "/faults", fault);
  expect(answer.status).toBe(400);
  expect(answer.json.error).toContain(message);
});
