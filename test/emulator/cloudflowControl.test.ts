/**
 * CloudFlow under the control API: limits, quirks, faults, scripts, other accounts, a data folder.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EmulatorOptions } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { CloudFlowClient, stateMachine } from "./cloudflowClient";
import type { Json } from "./emulatorClient";

async function withEmulator<T>(
  options: EmulatorOptions,
  use: (client: CloudFlowClient) => Promise<T>,
): Promise<T> {
  const emulator = await startEmulator(options);
  try {
    return await use(new CloudFlowClient(emulator.url));
  } finally {
    await emulator.close();
  }
}

const slow = { FlowName: "demo-slow", ExecutionName: "run-1" };

describe("enforced limits are the published ones", () => {
  test.each<[string, Record<string, string>, number, number]>([
    ["StartExecution", slow, 100, 10],
    ["DescribeExecution", slow, 50, 200],
    ["GetExecutionHistory", slow, 50, 200],
    ["ListExecutions", { FlowName: "demo-slow" }, 10, 500],
    ["ListFlows", {}, 10, 500],
    ["StopExecution", { ...slow, ExecutionName: "none" }, 10, 500],
  ])("%s", async (action, values, tokens, msPerToken) => {
    await withEmulator({ enforceLimits: true }, async (client) => {
      await client.freeze();
      await client.control("POST", "/executions", {
        service: "cloudflow",
        workflowId: "demo-slow",
        executionId: "run-1",
      });
      const passes = async (): Promise<boolean> => (await client.call(action, values)).status !== 429;
      const first = await Promise.all(Array.from({ length: tokens }, passes));
      expect(first.every(Boolean)).toBe(true);
      const throttled = await client.call(action, values);
      expect([throttled.status, throttled.json.Code]).toEqual([429, "ResourceThrottled"]);
      await client.advance(msPerToken - 1);
      expect(await passes()).toBe(false);
      await client.advance(1);
      expect([await passes(), await passes()]).toEqual([true, false]);
    });
  });

  test("the gateway has other words for it, and says how long to wait", async () => {
    await withEmulator({ enforceLimits: true, seed: { quirks: { gatewayErrors: true } } }, async (client) => {
      await client.freeze();
      for (let index = 0; index < 10; index++) await client.ok("ListFlows");
      const throttled = await client.call("ListFlows");
      expect([throttled.status, throttled.json.Code]).toEqual([400, "Throttling.User"]);
      expect(throttled.headers.get("x-acs-retry-after")).toBe("1");
    });
  });
});

describe("quirks", () => {
  const withQuirks = (
    quirks: Record<string, boolean | string | number>,
    use: (client: CloudFlowClient) => Promise<void>,
  ): Promise<void> => withEmulator({ seed: { quirks } }, use);

  test("emptyWhileRunning, executionModeEmpty, noEnvironment", async () => {
    const quirks = { emptyWhileRunning: true, executionModeEmpty: true, noEnvironment: true };
    await withQuirks(quirks, async (client) => {
      expect(await client.ok("StartExecution", slow)).toMatchObject({ Output: "", StoppedTime: "" });
      expect(await client.ok("DescribeExecution", slow)).not.toHaveProperty("Environment");
      expect((await client.ok("DescribeFlow", { Name: "demo-slow" })).ExecutionMode).toBe("");
      expect((await client.ok("DescribeFlow", { Name: "demo-express" })).ExecutionMode).toBe("Express");
    });
  });

  test("englishLimits, descriptionOptional, doubleSpaceInMessages", async () => {
    const quirks = { englishLimits: true, descriptionOptional: true, doubleSpaceInMessages: true };
    await withQuirks(quirks, async (client) => {
      const list = { FlowName: "demo-slow" };
      expect((await client.call("ListExecutions", { ...list, Limit: 99 })).status).toBe(200);
      expect(await client.error("ListExecutions", { ...list, Limit: 100 })).toEqual([400, "InvalidArgument"]);
      expect(await client.error("ListFlows", { Limit: 1000 })).toEqual([400, "InvalidArgument"]);
      const Definition = stateMachine("mine", [{ Type: "Succeed", Name: "s" }]);
      await client.ok("CreateFlow", { Name: "mine", Type: "FDL", Definition });
      const { json } = await client.call("DescribeFlow", { Name: "none" });
      expect(json.Message).toBe("Flow  none does not exist.");
    });
  });

  test("oldestFirst, largestPage, statusFilterIgnored, timeWindowIgnored", async () => {
    const quirks = { oldestFirst: true, largestPage: 2, statusFilterIgnored: true, timeWindowIgnored: true };
    await withQuirks(quirks, async (client) => {
      await client.freeze();
      const names = ["a", "b", "c"];
      for (const ExecutionName of names) {
        await client.ok("StartExecution", { FlowName: "demo-slow", ExecutionName });
        await client.advance(1000);
      }
      const list = {
        FlowName: "demo-slow",
        Limit: 50,
        Status: "Failed",
        StartedTimeBegin: "2099-01-01T00:00:00Z",
      };
      const first = await client.ok("ListExecutions", list);
      const second = await client.ok("ListExecutions", { ...list, NextToken: first.NextToken });
      expect(first.Executions).toHaveLength(2);
      expect(second.NextToken).toBeUndefined();
      expect([...first.Executions, ...second.Executions].map(({ Name }: { Name: string }) => Name)).toEqual(
        names,
      );
    });
  });

  test("noLongPoll, oldDataLimit", async () => {
    await withQuirks({ noLongPoll: true, oldDataLimit: true }, async (client) => {
      const input = (bytes: number): object => ({ Input: `{"t":"${"x".repeat(bytes - 8)}"}` });
      expect(await client.error("StartExecution", { ...slow, ...input(32_769) })).toEqual([
        400,
        "EntityTooLarge",
      ]);
      await client.ok("StartExecution", { ...slow, ...input(32_768) });
      const begun = Date.now();
      expect((await client.ok("DescribeExecution", { ...slow, WaitTimeSeconds: 15 })).Status).toBe("Running");
      expect(Date.now() - begun).toBeLessThan(5_000);
    });
  });

  test("formIs415", async () => {
    await withQuirks({ formIs415: true }, async (client) => {
      expect(await client.error("StartExecution", slow)).toEqual([415, "UnsupportedMediaType"]);
      expect((await client.call("StartExecution", slow, { place: "query" })).status).toBe(200);
    });
  });

  test("unknownStatus, listDelayMs, detailDelayMs, syncErrorMessage; for one flow alone", async () => {
    await withEmulator({}, async (client) => {
      await client.freeze();
      const quirks = { unknownStatus: "Warming", listDelayMs: 1000, detailDelayMs: 500 };
      await client.control("PUT", "/quirks", { workflowId: "demo-slow", ...quirks });
      expect((await client.ok("StartExecution", slow)).Status).toBe("Warming");
      expect(await client.error("DescribeExecution", slow)).toEqual([404, "ExecutionNotExists"]);
      await client.advance(500);
      expect((await client.ok("DescribeExecution", slow)).Status).toBe("Warming");
      expect(await client.listAll("demo-slow")).toEqual([]);
      await client.advance(500);
      expect(await client.listAll("demo-slow")).toEqual(["run-1"]);
      expect((await client.ok("StartExecution", { ...slow, FlowName: "demo-fails" })).Status).toBe("Running");
      await client.control("PUT", "/quirks", { syncErrorMessage: "execution timed out" });
      await client.control("PUT", "/workflows/broken", {
        service: "cloudflow",
        attributes: { ExecutionMode: "Express" },
        nodes: [{ id: "a", durationMs: 0, status: "fail" }],
      });
      expect((await client.ok("StartSyncExecution", { FlowName: "broken" })).ErrorMessage).toBe(
        "execution timed out",
      );
    });
  });
});

describe("faults", () => {
  test("produce every documented code by its status, for one flow if wanted", async () => {
    await withEmulator({}, async (client) => {
      for (const [action, status, code] of [
        ["DescribeExecution", 403, "AccessDenied"],
        ["DescribeExecution", 404, "FlowNotExists"],
        ["UpdateFlow", 409, "ConcurrentUpdateError"],
        ["CreateFlow", 409, "FlowAlreadyExists"],
        ["ReportTaskFailed", 409, "TaskInvalidState"],
        ["ListExecutions", 412, "PreconditionFailed"],
        ["StartExecution", 415, "UnsupportedMediaType"],
        ["StartExecution", 429, "ResourceThrottled"],
        ["StopExecution", 500, "InternalServerError"],
        ["StopExecution", 503, "ServiceUnavailable"],
        ["StartExecution", 400, "InvalidArgument"],
      ] as const) {
        await client.control("POST", "/faults", {
          action: "status",
          status,
          operation: `cloudflow:${action}`,
        });
        expect([action, ...(await client.error(action, slow))]).toEqual([action, status, code]);
      }
      await client.control("POST", "/faults", {
        action: "status",
        status: 500,
        pathIncludes: "/demo-slow/run-2",
      });
      expect((await client.call("StartExecution", slow)).status).toBe(200);
      expect((await client.call("StartExecution", { ...slow, ExecutionName: "run-2" })).status).toBe(500);
    });
  });

  test("that drop the answer leave the execution started", async () => {
    await withEmulator({}, async (client) => {
      await client.control("POST", "/faults", { action: "dropAfter", operation: "StartExecution" });
      await expect(client.call("StartExecution", slow)).rejects.toThrow();
      const again = await client.ok("StartExecution", slow);
      expect(again.Status).toBe("Running");
      expect(await client.listAll("demo-slow")).toEqual(["run-1"]);
      const { requests } = (await client.control("GET", "/requests?operation=StartExecution")).json;
      expect(requests.map(({ subject, fault }: Json) => [subject, fault])).toEqual([
        ["/demo-slow/run-1", "dropAfter"],
        ["/demo-slow/run-1", undefined],
      ]);
    });
  });
});

test("an emulator that is closed lets go of those who wait", async () => {
  const emulator = await startEmulator();
  const client = new CloudFlowClient(emulator.url);
  await client.ok("StartExecution", slow);
  const waiting = client.call("DescribeExecution", { ...slow, WaitTimeSeconds: 60 });
  waiting.catch(() => undefined);
  await client.handling("DescribeExecution");
  await emulator.close();
  await expect(waiting).rejects.toThrow();
});

describe("scripts and executions of the control API", () => {
  test("a flow that is only scripted has a definition of its nodes", async () => {
    await withEmulator({}, async (client) => {
      await client.freeze();
      await client.control("PUT", "/workflows/nightly", {
        service: "cloudflow",
        description: "scripted",
        nodes: [
          { id: "one", durationMs: 100, status: "fail", ignoreError: true },
          { id: "two words: odd", name: "Two", durationMs: 100, output: { n: 2 } },
        ],
        runs: [{}, { nodes: [{ id: "other", durationMs: 5, output: { n: 3 } }] }],
      });
      const flow = await client.ok("DescribeFlow", { Name: "nightly" });
      expect([flow.Description, flow.Definition]).toEqual([
        "scripted",
        expect.stringContaining("two words: odd"),
      ]);
      const nightly = { FlowName: "nightly" };
      await client.ok("StartExecution", { ...nightly, ExecutionName: "e1" });
      await client.ok("StartExecution", { ...nightly, ExecutionName: "e2" });
      await client.advance(200);
      expect((await client.ok("DescribeExecution", { ...nightly, ExecutionName: "e1" })).Output).toBe(
        '{"n":2}',
      );
      const second = await client.ok("DescribeExecution", { ...nightly, ExecutionName: "e2" });
      expect([second.Output, second.FlowDefinition]).toEqual(['{"n":3}', expect.stringContaining("other")]);
    });
  });

  test("executions of others are started, listed, shown and purged", async () => {
    await withEmulator({}, async (client) => {
      const startedAt = new Date(Date.now() - 24 * 3_600_000).toISOString();
      const made = await client.control("POST", "/executions", {
        service: "cloudflow",
        workflowId: "demo-slow",
        executionId: "theirs",
        startedAt,
        input: { a: 1 },
      });
      expect(made.json).toMatchObject({
        executionId: "demo-slow:theirs",
        service: "cloudflow",
        status: "Succeeded",
      });
      expect(await client.ok("DescribeExecution", { ...slow, ExecutionName: "theirs" })).toMatchObject({
        StartedTime: startedAt,
        Input: '{"a":1}',
      });
      const again = { service: "cloudflow", workflowId: "demo-slow", executionId: "theirs" };
      expect((await client.control("POST", "/executions", again)).status).toBe(400);
      await client.control("DELETE", "/executions/demo-slow%3Atheirs");
      expect(await client.listAll("demo-slow")).toEqual([]);
    });
  });
});

test("accounts do not see each other's flows", async () => {
  const seed = {
    accounts: [
      {
        domain: "acme",
        users: [{ name: "ann", password: "p" }],
        accessKeys: [{ accessKey: "ACMEKEY", secretKey: "acme-secret" }],
      },
    ],
  };
  const keys = { accessKey: "ACMEKEY", secretKey: "acme-secret" };
  await withEmulator({ seed }, async (client) => {
    expect((await client.ok("ListFlows", {}, { keys })).Flows).toEqual([]);
    expect(await client.error("StartExecution", slow, { keys })).toEqual([404, "FlowNotExists"]);
    const Definition = stateMachine("demo-slow", [{ Type: "Succeed", Name: "s" }]);
    await client.ok("CreateFlow", { Name: "demo-slow", Description: "d", Type: "FDL", Definition }, { keys });
    expect((await client.ok("StartExecution", slow, { keys })).Status).toBe("Succeeded");
    expect((await client.ok("StartExecution", slow)).Status).toBe("Running");
  });
});

test("a data folder keeps flows, their versions, executions and tokens", async () => {
  const data = mkdtempSync(join(tmpdir(), "emulator-"));
  const mine = { FlowName: "mine", ExecutionName: "e" };
  try {
    const TaskToken = await withEmulator({ data }, async (client) => {
      const Definition = stateMachine("mine", [
        { Type: "Task", Name: "t", Action: "a:b", TaskMode: "WaitForCustomCallback", End: true },
      ]);
      await client.ok("CreateFlow", { Name: "mine", Description: "d", Type: "FDL", Definition });
      await client.ok("PublishFlowVersion", { FlowName: "mine" });
      await client.ok("StartExecution", { ...mine, Input: '{"a":1}' });
      await client.ok("StartExecution", slow);
      await client.ok("StopExecution", { ...slow, Error: "E", Cause: "C" });
      await client.advance(60_000);
      const { executions } = (await client.control("GET", "/executions?workflowId=mine")).json;
      return executions[0].nodes[0].taskToken as string;
    });
    await withEmulator({ data }, async (client) => {
      expect(await client.ok("DescribeExecution", mine)).toMatchObject({
        Status: "Running",
        Input: '{"a":1}',
      });
      expect((await client.ok("DescribeExecution", slow)).Status).toBe("Stopped");
      expect((await client.ok("ListFlowVersions", { FlowName: "mine" })).FlowVersions).toHaveLength(1);
      expect(await client.error("StartExecution", slow)).toEqual([400, "ExecutionAlreadyExists"]);
      await client.ok("ReportTaskSucceeded", { TaskToken, Output: "{}" });
      expect((await client.ok("DescribeExecution", mine)).Status).toBe("Succeeded");
      await client.ok("DeleteFlow", { Name: "mine" });
    });
    await withEmulator({ data }, async (client) => {
      expect(await client.error("DescribeFlow", { Name: "mine" })).toEqual([404, "FlowNotExists"]);
    });
  } finally {
    rmSync(data, { recursive: true });
  }
});
