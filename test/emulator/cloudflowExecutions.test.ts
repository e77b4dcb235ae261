/**
 * Executions of CloudFlow over HTTP: start, wait, list, stop, history, synchronous ones.
 */
import { CloudFlowClient, stateMachine } from "./cloudflowClient";
import type { Json } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(CloudFlowClient);

const run = { FlowName: "demo-succeeds", ExecutionName: "run-1" };
const slow = { FlowName: "demo-slow", ExecutionName: "run-1" };
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

async function timed<T>(work: Promise<T>): Promise<{ ms: number; made: T }> {
  const began = performance.now();
  const made = await work;
  return { ms: performance.now() - began, made };
}

describe("StartExecution", () => {
  test("answers the execution, which then runs to its end", async () => {
    await client.freeze();
    const started = await client.ok("StartExecution", { ...run, Input: '{"a": 1}' });
    expect(started).toEqual({
      Name: "run-1",
      FlowName: "demo-succeeds",
      FlowDefinition: expect.stringContaining('Name: "demo-succeeds"'),
      Input: '{"a": 1}',
      Status: "Running",
      StartedTime: expect.stringMatching(rfc3339),
      RequestId: expect.any(String),
    });
    await client.advance(1999);
    expect((await client.ok("DescribeExecution", run)).Status).toBe("Running");
    await client.advance(1);
    const ended = await client.ok("DescribeExecution", run);
    expect(ended).toMatchObject({
      Status: "Succeeded",
      Output: '{"version":"1.4.2"}',
      Environment: { Variables: [] },
    });
    expect(Date.parse(ended.StoppedTime) - Date.parse(ended.StartedTime)).toBe(2000);
  });

  test("with the name of a running execution answers that one and starts nothing", async () => {
    const first = await client.ok("StartExecution", { ...slow, Input: '{"n":1}' });
    const again = await client.ok("StartExecution", { ...slow, Input: '{"n":2}' });
    expect([again.Input, again.StartedTime]).toEqual(['{"n":1}', first.StartedTime]);
    expect(await client.listAll("demo-slow")).toEqual(["run-1"]);
  });

  test.each(["demo-succeeds", "demo-fails"])(
    "with the name of an ended one of %s is refused",
    async (flow) => {
      const start = { FlowName: flow, ExecutionName: "run-1" };
      await client.ok("StartExecution", start);
      await client.advance(60_000);
      const answer = await client.call("StartExecution", start);
      expect([answer.status, answer.json.Code]).toEqual([400, "ExecutionAlreadyExists"]);
      expect(answer.json.Message).toBe(`Execution run-1 for flow ${flow} already exists.`);
    },
  );

  test("without a name makes one, every time another", async () => {
    const names = [
      (await client.ok("StartExecution", { FlowName: "demo-slow" })).Name,
      (await client.ok("StartExecution", { FlowName: "demo-slow" })).Name,
    ];
    expect(new Set(names).size).toBe(2);
    expect((await client.listAll("demo-slow")).sort()).toEqual(names.sort());
  });

  test.each<[string, Record<string, string>, [number, string]]>([
    ["an unknown flow", { FlowName: "none" }, [404, "FlowNotExists"]],
    ["no flow", {}, [400, "MissingRequiredParams"]],
    ["a name with a dot", { ...run, ExecutionName: "a.b" }, [400, "InvalidArgument"]],
    ["a name that begins with a digit", { ...run, ExecutionName: "1a" }, [400, "InvalidArgument"]],
    ["a name of 129 characters", { ...run, ExecutionName: "a".repeat(129) }, [400, "InvalidArgument"]],
    ["an input that is no JSON", { ...run, Input: "{" }, [400, "InvalidArgument"]],
    ["an input that is no object", { ...run, Input: "[1]" }, [400, "InvalidArgument"]],
    [
      "an input above 64 KiB",
      { ...run, Input: JSON.stringify({ a: "x".repeat(65_536) }) },
      [400, "EntityTooLarge"],
    ],
    ["a request above 1 MiB", { ...run, Input: "x".repeat(1_048_576) }, [400, "EntityTooLarge"]],
    ["an unknown version", { ...run, Qualifier: "7" }, [404, "FlowVersionNotExists"]],
    ["an Express flow", { FlowName: "demo-express" }, [400, "ActionNotSupported"]],
  ])("refuses %s", async (_what, values, expected) => {
    expect(await client.error("StartExecution", values)).toEqual(expected);
  });

  test("takes a name of 128 characters", async () => {
    const name = `_${"a".repeat(127)}`;
    expect((await client.ok("StartExecution", { FlowName: "demo-slow", ExecutionName: name })).Name).toBe(
      name,
    );
    expect(
      await client.ok("DescribeExecution", { FlowName: "demo-slow", ExecutionName: name }),
    ).toBeDefined();
  });
});

describe("DescribeExecution with WaitTimeSeconds", () => {
  // Longer than a test may take: an answer shows that the wait was ended.
  const wait = { ...slow, WaitTimeSeconds: 60 };

  test("answers at the end, not before", async () => {
    await client.freeze();
    await client.ok("StartExecution", run);
    let isAnswered = false;
    const waiting = client.ok("DescribeExecution", { ...run, WaitTimeSeconds: 60 }).finally(() => {
      isAnswered = true;
    });
    await client.handling("DescribeExecution");
    await client.advance(1999);
    expect((await client.ok("DescribeExecution", run)).Status).toBe("Running");
    expect(isAnswered).toBe(false);
    await client.advance(1);
    expect((await waiting).Status).toBe("Succeeded");
  });

  test("answers when the end has come by itself", async () => {
    await client.ok("StartExecution", run);
    expect((await client.ok("DescribeExecution", { ...run, WaitTimeSeconds: 60 })).Status).toBe("Succeeded");
  });

  test("answers at once when it has ended already, and without the parameter", async () => {
    await client.freeze();
    await client.ok("StartExecution", slow);
    expect((await client.ok("DescribeExecution", slow)).Status).toBe("Running");
    await client.advance(60_000);
    expect((await client.ok("DescribeExecution", wait)).Status).toBe("Succeeded");
  });

  test("answers the current state when the time is over", async () => {
    await client.freeze();
    await client.ok("StartExecution", slow);
    const { ms, made } = await timed(client.ok("DescribeExecution", { ...slow, WaitTimeSeconds: 1 }));
    expect(made.Status).toBe("Running");
    expect(ms).toBeGreaterThan(950);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ["the clock is moved", () => client.advance(60_000), "Succeeded"],
    ["the clock is set", () => client.control("POST", "/clock", { now: Date.now() + 60_000 }), "Succeeded"],
    ["its speed is changed", () => client.control("POST", "/clock", { rate: 1000 }), "Succeeded"],
    ["somebody stops it", () => client.ok("StopExecution", slow), "Stopped"],
  ])("wakes when %s", async (_what, act, status) => {
    await client.ok("StartExecution", slow);
    const waiting = client.ok("DescribeExecution", wait);
    await client.handling("DescribeExecution");
    await act();
    expect((await waiting).Status).toBe(status);
  });

  test("waits on a stopped clock, and wakes when it goes on", async () => {
    await client.freeze();
    await client.ok("StartExecution", run);
    const { ms, made } = await timed(client.ok("DescribeExecution", { ...run, WaitTimeSeconds: 1 }));
    expect([made.Status, ms > 950]).toEqual(["Running", true]);
    const waiting = client.ok("DescribeExecution", { ...run, WaitTimeSeconds: 60 });
    await client.handling("DescribeExecution");
    await client.control("POST", "/clock", { rate: 100 });
    expect((await waiting).Status).toBe("Succeeded");
  });

  test("of one that is purged meanwhile answers 404", async () => {
    await client.ok("StartExecution", slow);
    const waiting = client.error("DescribeExecution", wait);
    await client.handling("DescribeExecution");
    await client.control("DELETE", "/executions/demo-slow%3Arun-1");
    expect(await waiting).toEqual([404, "ExecutionNotExists"]);
  });

  test("many wait at once", async () => {
    const names = Array.from({ length: 50 }, (_, index) => `run-${String(index)}`);
    await Promise.all(names.map((ExecutionName) => client.ok("StartExecution", { ...slow, ExecutionName })));
    const waiting = Promise.all(
      names.map((ExecutionName) => client.ok("DescribeExecution", { ...wait, ExecutionName })),
    );
    await client.handling("DescribeExecution", names.length);
    await client.advance(60_000);
    expect(new Set((await waiting).map(({ Status }) => Status))).toEqual(new Set(["Succeeded"]));
  });

  test.each([-1, 61, "1.5", "soon"])("refuses %p seconds", async (WaitTimeSeconds) => {
    expect(await client.error("DescribeExecution", { ...slow, WaitTimeSeconds })).toEqual([
      400,
      "InvalidArgument",
    ]);
  });

  test("of an unknown execution or flow is 404", async () => {
    const answer = await client.call("DescribeExecution", slow);
    expect([answer.status, answer.json.Message]).toEqual([
      404,
      "Execution run-1 for flow demo-slow does not exist.",
    ]);
    expect(await client.error("DescribeExecution", { ...slow, FlowName: "none" })).toEqual([
      404,
      "FlowNotExists",
    ]);
    expect(await client.error("DescribeExecution", { FlowName: "demo-slow" })).toEqual([
      400,
      "MissingRequiredParams",
    ]);
  });
});

describe("StopExecution", () => {
  test("ends a running execution; the answer still says Running", async () => {
    await client.freeze();
    await client.ok("StartExecution", slow);
    await client.advance(5000);
    const stopped = await client.ok("StopExecution", { ...slow, Error: "Cancelled", Cause: "by hand" });
    expect(stopped.Status).toBe("Running");
    const ended = await client.ok("DescribeExecution", slow);
    expect([ended.Status, Date.parse(ended.StoppedTime) - Date.parse(ended.StartedTime)]).toEqual([
      "Stopped",
      5000,
    ]);
    const { Events } = await client.ok("GetExecutionHistory", slow);
    expect(Events.at(-1)).toMatchObject({
      Type: "ExecutionStopped",
      EventDetail: '{"error":"Cancelled","cause":"by hand"}',
    });
  });

  test("takes its time when a quirk or the script says so", async () => {
    await client.freeze();
    await client.control("PUT", "/quirks", { stopDelayMs: 3000 });
    await client.ok("StartExecution", slow);
    await client.ok("StopExecution", slow);
    await client.advance(2999);
    expect((await client.ok("DescribeExecution", slow)).Status).toBe("Running");
    expect((await client.ok("StopExecution", slow)).Status).toBe("Running");
    await client.advance(1);
    expect((await client.ok("DescribeExecution", slow)).Status).toBe("Stopped");
  });

  test("of an ended execution is refused, of an unknown one not found", async () => {
    await client.ok("StartExecution", slow);
    await client.ok("StopExecution", slow);
    const answer = await client.call("StopExecution", slow);
    expect([answer.status, answer.json.Code, answer.json.Message]).toEqual([
      400,
      "ExecutionAlreadyCompleted",
      "Execution 'run-1' for flow 'demo-slow' has already completed.",
    ]);
    expect(await client.error("StopExecution", { ...slow, ExecutionName: "x" })).toEqual([
      404,
      "ExecutionNotExists",
    ]);
  });

  test.each([
    ["Error", 128],
    ["Cause", 4096],
  ])("takes an %s of up to %i characters", async (name, longest) => {
    await client.ok("StartExecution", slow);
    expect(await client.error("StopExecution", { ...slow, [name]: "x".repeat(longest + 1) })).toEqual([
      400,
      "InvalidArgument",
    ]);
    expect((await client.call("StopExecution", { ...slow, [name]: "x".repeat(longest) })).status).toBe(200);
  });
});

describe("ListExecutions", () => {
  const startMany = async (names: readonly string[], flow = "demo-slow"): Promise<void> => {
    for (const ExecutionName of names) await client.ok("StartExecution", { FlowName: flow, ExecutionName });
  };

  test("is newest first, sixty at a time", async () => {
    const names = Array.from({ length: 61 }, (_, index) => `run-${String(index)}`);
    await startMany(names);
    const first = await client.ok("ListExecutions", { FlowName: "demo-slow" });
    expect(first.Executions.map(({ Name }: Json) => Name)).toEqual(names.toReversed().slice(0, 60));
    const second = await client.ok("ListExecutions", { FlowName: "demo-slow", NextToken: first.NextToken });
    expect(second.Executions.map(({ Name }: Json) => Name)).toEqual(["run-0"]);
    expect(second).not.toHaveProperty("NextToken");
  });

  test("has every execution once while new ones are being started", async () => {
    const old = Array.from({ length: 1000 }, (_, index) => `old-${String(index)}`);
    for (let from = 0; from < old.length; from += 100) {
      await Promise.all(
        old.slice(from, from + 100).map((executionId) =>
          client.control("POST", "/executions", {
            service: "cloudflow",
            workflowId: "demo-slow",
            executionId,
          }),
        ),
      );
    }
    let done = false;
    const isDone = (): boolean => done;
    let started = 0;
    const starting = (async () => {
      while (!isDone()) {
        await client.ok("StartExecution", {
          FlowName: "demo-slow",
          ExecutionName: `new-${String(started++)}`,
        });
      }
    })();
    const listed = await client.listAll("demo-slow", { Limit: 37 });
    done = true;
    await starting;
    expect(started).toBeGreaterThan(5);
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed.filter((name) => name.startsWith("old-")).sort()).toEqual(old.sort());
  });

  test("filters by status, name, time of the start and qualifier", async () => {
    await client.control("POST", "/clock", { now: "2030-01-01T00:00:00Z" });
    await client.control("POST", "/clock", { rate: 0 });
    const flow = { FlowName: "demo-slow" };
    await startMany(["a-1", "b-1"]);
    await client.advance(60_000);
    await startMany(["a-2", "b-2"]);
    await client.ok("StopExecution", { ...flow, ExecutionName: "b-2" });
    await client.ok("PublishFlowVersion", flow);
    await client.ok("StartExecution", { ...flow, ExecutionName: "q", Qualifier: "1" });
    const list = (values: Record<string, string>): Promise<string[]> => client.listAll("demo-slow", values);
    expect(await list({ Status: "Succeeded" })).toEqual(["b-1", "a-1"]);
    expect(await list({ Status: "Running" })).toEqual(["q", "a-2"]);
    expect(await list({ Status: "Stopped" })).toEqual(["b-2"]);
    expect(await list({ Status: "Failed" })).toEqual([]);
    expect(await list({ ExecutionNamePrefix: "a-" })).toEqual(["a-2", "a-1"]);
    expect(await list({ StartedTimeBegin: "2030-01-01T00:00:30.000Z" })).toEqual(["q", "b-2", "a-2"]);
    expect(await list({ StartedTimeEnd: "2030-01-01T00:00:30.000Z" })).toEqual(["b-1", "a-1"]);
    expect(
      await list({ StartedTimeBegin: "2030-01-01T00:01:00Z", StartedTimeEnd: "2030-01-01T00:01:00Z" }),
    ).toEqual(["q", "b-2", "a-2"]);
    expect(
      await list({ StartedTimeBegin: "2030-01-02T00:00:00Z", StartedTimeEnd: "2030-01-01T00:00:00Z" }),
    ).toEqual([]);
    expect(await list({ Qualifier: "1" })).toEqual(["q"]);
    expect(await list({ ExecutionNamePrefix: "b", Status: "Succeeded" })).toEqual(["b-1"]);
  });

  test("with MetadataOnly leaves the data out, however the flag is written", async () => {
    await startMany(["run-1"]);
    for (const MetadataOnly of ["true", "True", true]) {
      const { Executions } = await client.ok("ListExecutions", { FlowName: "demo-slow", MetadataOnly });
      expect(Executions).toEqual([
        { Name: "run-1", FlowName: "demo-slow", Status: "Running", StartedTime: expect.any(String) },
      ]);
    }
    const full = await client.ok("ListExecutions", { FlowName: "demo-slow", MetadataOnly: "False" });
    expect(full.Executions[0]).toMatchObject({ Input: "{}", Environment: { Variables: [] } });
  });

  test.each<[string, Record<string, string | number>, [number, string]]>([
    ["no flow", { FlowName: "" }, [400, "MissingRequiredParams"]],
    ["an unknown flow", { FlowName: "none" }, [404, "FlowNotExists"]],
    ["a Limit of 0", { Limit: 0 }, [400, "InvalidArgument"]],
    ["a Limit of 101", { Limit: 101 }, [400, "InvalidArgument"]],
    ["an unknown Status", { Status: "succeeded" }, [400, "InvalidArgument"]],
    ["a time that is none", { StartedTimeBegin: "yesterday" }, [400, "InvalidArgument"]],
    ["a token of somebody else", { NextToken: "flow_xxx" }, [400, "InvalidArgument"]],
    ["a flag that is none", { MetadataOnly: "perhaps" }, [400, "InvalidArgument"]],
  ])("refuses %s", async (_what, values, expected) => {
    expect(await client.error("ListExecutions", { FlowName: "demo-slow", ...values })).toEqual(expected);
  });
});

describe("GetExecutionHistory", () => {
  const typesOf = (events: Json): string[] =>
    events.map(({ Type, StepName }: Json) =>
      StepName === "" ? Type : `${StepName as string}:${Type as string}`,
    );

  test("has every event of a failed execution, numbered, with error and cause", async () => {
    await client.freeze();
    const failing = { FlowName: "demo-fails", ExecutionName: "f" };
    await client.ok("StartExecution", failing);
    await client.advance(5000);
    const { Events, ...rest } = await client.ok("GetExecutionHistory", failing);
    expect(rest).toEqual({ RequestId: expect.any(String) });
    expect(typesOf(Events)).toEqual([
      "ExecutionStarted",
      ...["Entered", "Started"].map((type) => `prepare:Step${type}`),
      ...["Scheduled", "Started", "Succeeded"].map((type) => `prepare:Task${type}`),
      ...["Succeeded", "Exited"].map((type) => `prepare:Step${type}`),
      ...["Entered", "Started"].map((type) => `run-script:Step${type}`),
      ...["Scheduled", "Started", "Failed"].map((type) => `run-script:Task${type}`),
      "run-script:StepFailed",
      "ExecutionFailed",
    ]);
    expect(Events.map(({ EventId }: Json) => EventId)).toEqual(
      Events.map((_: Json, index: number) => index + 1),
    );
    // One branch: each event comes after the one before.
    expect(Events.map(({ ScheduleEventId }: Json) => ScheduleEventId)).toEqual(
      Events.map((_: Json, index: number) => index),
    );
    const detail = JSON.parse(Events.at(-1).EventDetail);
    expect(detail).toMatchObject({
      error: "PermissionDenied",
      cause: expect.stringContaining("Permission denied"),
    });
    expect(Events.every(({ Time }: Json) => rfc3339.test(Time))).toBe(true);
    expect((await client.ok("DescribeExecution", failing)).Status).toBe("Failed");
  });

  test("comes in pages", async () => {
    await client.ok("StartExecution", run);
    await client.advance(5000);
    const whole = (await client.ok("GetExecutionHistory", run)).Events;
    const pages: Json[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.ok("GetExecutionHistory", { ...run, Limit: 5, NextToken });
      pages.push(...page.Events);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(pages).toEqual(whole);
    expect(await client.error("GetExecutionHistory", { ...run, Limit: 1001 })).toEqual([
      400,
      "InvalidArgument",
    ]);
    expect(await client.error("GetExecutionHistory", { ...run, NextToken: "x" })).toEqual([
      400,
      "InvalidArgument",
    ]);
    expect(await client.error("GetExecutionHistory", { ...run, ExecutionName: "x" })).toEqual([
      404,
      "ExecutionNotExists",
    ]);
  });
});

describe("StartSyncExecution", () => {
  const express = { FlowName: "demo-express", ExecutionName: "sync" };

  test("answers when the execution has ended", async () => {
    const { ms, made } = await timed(client.ok("StartSyncExecution", { ...express, Input: "{}" }));
    expect(made).toEqual({
      Name: expect.stringMatching(/^sync:[0-9a-f-]{36}$/),
      FlowName: "demo-express",
      Status: "Succeeded",
      Output: '{"version":"1.4.2"}',
      StartedTime: expect.stringMatching(rfc3339),
      StoppedTime: expect.stringMatching(rfc3339),
      Environment: { Variables: [] },
      RequestId: expect.any(String),
    });
    expect(ms).toBeGreaterThan(450);
  });

  test("may have the same name again; both can be queried, unless a quirk forgets them", async () => {
    await client.control("POST", "/clock", { rate: 1000 });
    const one = await client.ok("StartSyncExecution", express);
    const other = await client.ok("StartSyncExecution", express);
    expect(one.Name).not.toBe(other.Name);
    const asked = { FlowName: "demo-express", ExecutionName: one.Name };
    const { Executions } = await client.ok("ListExecutions", {
      FlowName: "demo-express",
      ExecutionNamePrefix: "sync",
    });
    expect(Executions.map(({ Name }: Json) => Name)).toEqual([other.Name, one.Name]);
    expect(await client.ok("DescribeExecution", asked)).toMatchObject({
      Name: one.Name,
      Status: "Succeeded",
    });
    for (const expressForgotten of ["always", "whenEnded"]) {
      await client.control("PUT", "/quirks", { expressForgotten });
      expect(await client.listAll("demo-express")).toEqual([]);
      expect(await client.error("DescribeExecution", asked)).toEqual([404, "ExecutionNotExists"]);
    }
    expect((await client.control("GET", "/executions?service=cloudflow")).json.executions).toHaveLength(2);
  });

  test("of a run that fails, or takes more than five minutes, answers 200", async () => {
    await client.control("POST", "/clock", { rate: 100_000 });
    const create = (Name: string, state: Record<string, unknown>): Promise<Json> =>
      client.ok("CreateFlow", {
        Name,
        Description: "d",
        Type: "FDL",
        ExecutionMode: "Express",
        Definition: stateMachine(Name, [state]),
      });
    await create("fails", { Type: "Fail", Name: "f", Code: "Broken", Detail: "by design" });
    expect(await client.ok("StartSyncExecution", { FlowName: "fails" })).toMatchObject({
      Status: "Failed",
      ErrorCode: "Broken",
      ErrorMessage: "by design",
    });
    await create("endless", { Type: "Wait", Name: "w", Seconds: 301, End: true });
    expect(await client.ok("StartSyncExecution", { FlowName: "endless" })).toMatchObject({
      Status: "TimedOut",
      ErrorMessage: "execution timed out",
    });
  });

  test("of a Standard flow is refused, by a quirk in the answer", async () => {
    const answer = await client.call("StartSyncExecution", run);
    expect([answer.status, answer.json.Code, answer.json.Message]).toEqual([
      400,
      "ActionNotSupported",
      "Standard execution is not supported",
    ]);
    await client.control("PUT", "/quirks", { syncOnStandardIs200: true });
    expect(await client.ok("StartSyncExecution", run)).toMatchObject({
      Status: "Failed",
      ErrorCode: "ActionNotSupported",
      ErrorMessage: "Standard execution is not supported",
    });
  });
});

test("every status that a script can end with", async () => {
  await client.freeze();
  for (const [status, expected] of [
    ["success", "Succeeded"],
    ["fail", "Failed"],
    ["timeout", "TimedOut"],
    ["cancel", "Stopped"],
    ["Paused", "Paused"],
  ] as const) {
    await client.control("PUT", "/workflows/scripted", {
      service: "cloudflow",
      nodes: [{ id: "a", durationMs: 100, status }],
      queuedMs: 50,
    });
    const execution = { FlowName: "scripted", ExecutionName: status };
    expect((await client.ok("StartExecution", execution)).Status).toBe("Starting");
    await client.advance(50);
    expect((await client.ok("DescribeExecution", execution)).Status).toBe("Running");
    await client.advance(100);
    expect((await client.ok("DescribeExecution", execution)).Status).toBe(expected);
  }
});
