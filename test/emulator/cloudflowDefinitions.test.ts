/**
 * Definitions in both dialects, run through CloudFlow's own API: what they do, callbacks, map runs, and what is refused.
 */
import { CloudFlowClient, stateMachine } from "./cloudflowClient";
import type { Json } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(CloudFlowClient);

beforeEach(() => client.freeze());

const e = { FlowName: "mine", ExecutionName: "e" };

async function start(definition: string, input: unknown = {}): Promise<void> {
  await client.ok("CreateFlow", { Name: "mine", Description: "d", Type: "FDL", Definition: definition });
  await client.ok("StartExecution", { ...e, Input: JSON.stringify(input) });
}

/** Runs to the end and says how it ended. */
async function run(definition: string, input: unknown = {}): Promise<Json> {
  await start(definition, input);
  await client.advance(3_600_000);
  const { Status, Output } = await client.ok("DescribeExecution", e);
  return Output === undefined ? Status : JSON.parse(Output);
}

const events = async (): Promise<Json> =>
  (await client.ok("GetExecutionHistory", { ...e, Limit: 1000 })).Events;
const lastError = async (): Promise<Json> => JSON.parse((await events()).at(-1).EventDetail);

describe("the newer dialect", () => {
  const header = "Type: StateMachine\nSpecVersion: v1\nName: mine\n";

  test("the vendor's smallest example", async () => {
    const definition = `${header}StartAt: my_state\nStates:\n  - Type: Pass\n    Name: my_state\n    End: true`;
    expect(await run(definition, { key: "value" })).toEqual({ key: "value" });
  });

  test("a state is given the output of the one before, shaped by constructors", async () => {
    const definition = `${header}
Description: shapes data
StartAt: First
States:
  - Type: Pass
    Name: First
    InputConstructor:
      name.$: $Input.user.name        # of the execution's input
      constant: [1, two, {three: 3}]
    OutputConstructor:
      greeting.$: $Input.name
      list.$: $Output.constant
      execution.$: $Context.Execution.Name
      given.$: $Context.Execution.Input.user
      state.$: $Context.Current.Name
      nothing.$: $Input.absent
    Next: Second
  - Type: Pass
    Name: Second
    End: true
`;
    expect(await run(definition, { user: { name: "Ann" } })).toEqual({
      greeting: "Ann",
      list: [1, "two", { three: 3 }],
      execution: "e",
      given: { name: "Ann" },
      state: "First",
    });
  });

  test.each([
    [{ status: "ready", n: 1 }, "ready"],
    [{ status: "other", n: 7 }, "many"],
    [{ status: "other", n: 3, flag: true }, "flagged"],
    [{ status: "other", n: 3 }, "none"],
  ])("a choice with %j goes to %s", async (input, chosen) => {
    const pass = (name: string): Json => ({
      Type: "Pass",
      Name: name,
      OutputConstructor: { chosen: name },
      End: true,
    });
    const choice = {
      Type: "Choice",
      Name: "Choose",
      Branches: [
        { Condition: '$Input.status=="ready"', Next: "ready" },
        { Condition: "$Input.n >= 5 && !($Input.status == 'ready')", Next: "many" },
        { Condition: "$Input.flag || $Input.n < 0", Next: "flagged" },
      ],
      Default: "none",
    };
    const states = [choice, ...["ready", "many", "flagged", "none"].map(pass)];
    expect(await run(stateMachine("mine", states), input)).toEqual({ chosen });
  });

  test("waits for seconds, constant or from the input, or until a time", async () => {
    const now = (await client.control("GET", "/clock")).json.now as number;
    await start(
      stateMachine("mine", [
        { Type: "Wait", Name: "a", Seconds: 12, Next: "b" },
        { Type: "Wait", Name: "b", "Seconds.$": "$Input.pause", Next: "c" },
        { Type: "Wait", Name: "c", "UntilDateTime.$": "$Input.until", End: true },
      ]),
      { pause: 3, until: new Date(now + 20_000).toISOString() },
    );
    await client.advance(19_999);
    expect((await client.ok("DescribeExecution", e)).Status).toBe("Running");
    await client.advance(1);
    expect((await client.ok("DescribeExecution", e)).Status).toBe("Succeeded");
    const entered = (await events()).filter(({ Type }: Json) => Type === "StepEntered");
    expect(entered.map(({ Time }: Json) => Date.parse(Time) - now)).toEqual([0, 12_000, 15_000]);
  });

  test("runs branches at once and items of a list, a few at a time", async () => {
    const pass = (Name: string): Json => ({ Type: "Pass", Name, OutputConstructor: { Name }, End: true });
    const definition = stateMachine("mine", [
      {
        Type: "Parallel",
        Name: "Both",
        Branches: [
          { StartAt: "x", States: [pass("x")] },
          { StartAt: "y", States: [pass("y")] },
        ],
        OutputConstructor: { "names.$": "$Output.Branches[*].Name", "last.$": "$Output.Branches[-1].Name" },
        Next: "Each",
      },
      {
        Type: "Map",
        Name: "Each",
        ItemsPath: "$Input.names",
        MaxConcuccency: 1,
        ItemConstructor: { "value.$": "$Item", fixed: true },
        Processor: { StartAt: "w", States: [{ Type: "Wait", Name: "w", Seconds: 5, End: true }] },
        OutputConstructor: { "values.$": "$Output.Items[*].value" },
        End: true,
      },
    ]);
    await start(definition);
    await client.advance(9999);
    expect((await client.ok("DescribeExecution", e)).Status).toBe("Running");
    await client.advance(1);
    expect(JSON.parse((await client.ok("DescribeExecution", e)).Output)).toEqual({ values: ["x", "y"] });
    const types = (await events()).map(({ Type }: Json) => Type);
    expect(types.filter((type: string) => type === "BranchEntered" || type === "BranchExited")).toHaveLength(
      4,
    );
    expect(types.filter((type: string) => type.startsWith("Iteration"))).toHaveLength(4);
  });

  test("fails with code and detail", async () => {
    expect(
      await run(
        stateMachine("mine", [{ Type: "Fail", Name: "f", Code: "Broken", "Detail.$": "$Input.why" }]),
        {
          why: "because",
        },
      ),
    ).toBe("Failed");
    expect(await lastError()).toMatchObject({ error: "Broken", cause: "because" });
  });

  test("retries with growing intervals, then catches", async () => {
    const definition = stateMachine("mine", [
      {
        Type: "Task",
        Name: "Flaky",
        Action: "FC:InvokeFunction",
        Retry: [
          { Errors: ["Other"], Description: "r", MaxAttempts: 9, IntervalSeconds: 1 },
          { Errors: ["Busy"], MaxAttempts: 3, IntervalSeconds: 1, BackoffRate: 3, MaxBackoffSeconds: 5 },
        ],
        Catch: [
          {
            Errors: ["FnF.ALL"],
            Next: "Caught",
            OutputConstructor: {
              "code.$": "$Context.Current.Error.Code",
              "why.$": "$Context.Current.Error.Detail",
            },
          },
        ],
        Next: "Never",
      },
      { Type: "Pass", Name: "Never", End: true },
      { Type: "Pass", Name: "Caught", End: true },
    ]);
    const node = { id: "Flaky", durationMs: 1000, status: "fail", error: "Busy", cause: "later" };
    await client.ok("CreateFlow", { Name: "mine", Description: "d", Type: "FDL", Definition: definition });
    await client.control("PUT", "/workflows/mine", { service: "cloudflow", nodes: [node] });
    const began = (await client.control("GET", "/clock")).json.now as number;
    await client.ok("StartExecution", e);
    await client.advance(60_000);
    expect(JSON.parse((await client.ok("DescribeExecution", e)).Output)).toEqual({
      code: "Busy",
      why: "later",
    });
    const tries = (await events()).filter(({ Type }: Json) => Type === "TaskScheduled");
    // One second of work each, then 1, 3 and (not 9 but) 5 seconds of pause.
    expect(tries.map(({ Time }: Json) => Date.parse(Time) - began)).toEqual([0, 2000, 6000, 12_000]);
  });

  test("what a task does is scripted by its name; unscripted it takes 100 ms", async () => {
    const definition = stateMachine("mine", [
      { Type: "Task", Name: "A", Action: "FC:InvokeFunction", Parameters: { "x.$": "$Input.x" }, Next: "B" },
      { Type: "Task", Name: "B", Action: "HTTP:Request", TimeoutSeconds: 5, End: true },
    ]);
    await client.ok("CreateFlow", { Name: "mine", Description: "d", Type: "FDL", Definition: definition });
    await client.control("PUT", "/workflows/mine", {
      service: "cloudflow",
      nodes: [{ id: "B", durationMs: 300, output: { done: true } }],
      runs: [{}, { change: { B: { durationMs: 6000 } } }],
    });
    expect((await client.ok("DescribeFlow", { Name: "mine" })).Definition).toBe(definition);
    await client.ok("StartExecution", { ...e, Input: '{"x":5}' });
    await client.advance(399);
    expect((await client.ok("DescribeExecution", e)).Status).toBe("Running");
    await client.advance(1);
    expect((await client.ok("DescribeExecution", e)).Output).toBe('{"done":true}');
    const scheduled = (await events()).find(({ Type }: Json) => Type === "TaskScheduled");
    expect(JSON.parse(scheduled.EventDetail)).toEqual({ action: "FC:InvokeFunction", input: { x: 5 } });
    await client.ok("StartExecution", { ...e, ExecutionName: "late" });
    await client.advance(60_000);
    expect((await client.ok("DescribeExecution", { ...e, ExecutionName: "late" })).Status).toBe("Failed");
    const late = (await client.ok("GetExecutionHistory", { ...e, ExecutionName: "late" })).Events;
    expect(late.map(({ Type }: Json) => Type)).toContain("TaskTimedOut");
    expect(JSON.parse(late.at(-1).EventDetail).error).toBe("FnF.TaskTimeout");
  });

  test("a flow that runs in circles ends", async () => {
    const states = [
      { Type: "Pass", Name: "a", Next: "b" },
      { Type: "Pass", Name: "b", Next: "a" },
    ];
    expect(await run(stateMachine("mine", states))).toBe("Failed");
    const { Events } = await client.ok("GetExecutionHistory", { ...e, Limit: 1000, NextToken: 4900 });
    expect(JSON.parse(Events.at(-1).EventDetail)).toMatchObject({ error: "FnF.EventLimitExceeded" });
    expect(Events.at(-1).EventId).toBeLessThan(5100);
  });

  test("a flow that retries without a pause and without an end ends", async () => {
    const forEver = { Errors: ["FnF.ALL"], MaxAttempts: 1_000_000_000, IntervalSeconds: 0 };
    const caught = { Errors: ["FnF.ALL"], Next: "after" };
    const definition = stateMachine("mine", [
      { Type: "Task", Name: "s", Action: "a:b", Retry: [forEver], Catch: [caught], Next: "after" },
      { Type: "Succeed", Name: "after" },
    ]);
    await client.ok("CreateFlow", { Name: "mine", Description: "d", Type: "FDL", Definition: definition });
    const nodes = [{ id: "s", durationMs: 0, status: "fail" }];
    await client.control("PUT", "/workflows/mine", { service: "cloudflow", nodes });
    await client.ok("StartExecution", e);
    expect((await client.ok("DescribeExecution", e)).Status).toBe("Failed");
    const { Events } = await client.ok("GetExecutionHistory", { ...e, Limit: 1000, NextToken: 4900 });
    expect(JSON.parse(Events.at(-1).EventDetail)).toMatchObject({ error: "FnF.EventLimitExceeded" });
    expect(Events.at(-1).EventId).toBeLessThan(5100);
  });

  test.each([
    ["(", ")"],
    ["!", ""],
  ])("a condition with up to 100 levels of %s is read, a deeper one is refused", async (before, end) => {
    const choice = (levels: number): string => {
      const Condition = `${before.repeat(levels)}$Input.a == 1${end.repeat(levels)}`;
      return stateMachine("mine", [
        { Type: "Choice", Name: "s", Branches: [{ Condition, Next: "end" }], Default: "end" },
        { Type: "Succeed", Name: "end" },
      ]);
    };
    expect(await run(choice(100), { a: 1 })).toEqual({ a: 1 });
    for (const levels of [101, 20_000]) {
      const flow = { Name: "deep", Description: "d", Type: "FDL", Definition: choice(levels) };
      const { status, json } = await client.call("CreateFlow", flow);
      expect([status, json.Message]).toEqual([
        400,
        expect.stringContaining("an expression has more than 100 levels"),
      ]);
    }
  });

  test.each<[string, Json, string]>([
    ["an unknown type", { Type: "Loop", Name: "s", End: true }, "state s.Type: Loop is not supported"],
    ["an unknown field", { Type: "Pass", Name: "s", End: true, OnErrors: [] }, "state s.OnErrors"],
    ["an item reader", { Type: "Map", Name: "s", ItemReader: {} }, "state s."],
    ["no end", { Type: "Pass", Name: "s" }, "state s.Next"],
    ["both ends", { Type: "Pass", Name: "s", End: true, Next: "s" }, "state s.Next"],
    ["a next that is not there", { Type: "Pass", Name: "s", Next: "t" }, "there is no t"],
    ["no action", { Type: "Task", Name: "s", End: true }, "state s.Action"],
    [
      "a mode that is none",
      { Type: "Task", Name: "s", Action: "a:b", TaskMode: "Later", End: true },
      "state s.TaskMode",
    ],
    [
      "an expression of another kind",
      { Type: "Pass", Name: "s", OutputConstructor: { "x.$": "$Sum($Input.a)" }, End: true },
      "$Sum($Input.a)",
    ],
    [
      "a function in a condition",
      { Type: "Choice", Name: "s", Default: "s", Branches: [{ Condition: "Exists($Input.a)", Next: "s" }] },
      "Exists($Input.a)",
    ],
    ["a wait without time", { Type: "Wait", Name: "s", End: true }, "state s.Seconds"],
  ])("refuses %s by name", async (_what, state, part) => {
    const { status, json } = await client.call("CreateFlow", {
      Name: "mine",
      Description: "d",
      Type: "FDL",
      Definition: stateMachine("mine", [state]),
    });
    expect([status, json.Code]).toEqual([400, "InvalidArgument"]);
    expect(json.Message).toContain(part);
  });
});

describe("the older dialect", () => {
  test("the vendor's smallest example", async () => {
    const definition = "type: flow\nversion: v1\nname: mine\nsteps:\n  - type: pass\n    name: mypass";
    expect(await run(definition)).toEqual({});
  });

  test("collects outputs in $local and maps them in and out", async () => {
    const definition = `
version: v1beta1
type: flow
name: mine
inputMappings:
  - target: who
    source: $input.user.name
steps:
  - type: pass
    name: first
    outputMappings:
      - {target: a, source: $input.who}
      - {target: b, source: 2}
  - type: pass
    name: second
    inputMappings:
      - target: fromFirst
        source: $local.a
    outputMappings:
      - target: c
        source: $input.fromFirst
outputMappings:
  - target: all
    source: $local
  - target: execution
    source: $context.execution.name
`;
    expect(await run(definition, { user: { name: "Ann" } })).toEqual({
      all: { a: "Ann", b: 2, c: "Ann" },
      execution: "e",
    });
  });

  test.each([
    [{ status: "ready" }, { went: "inside", after: true }],
    [{ status: "jump" }, { after: true }],
    [{ status: "done" }, { early: true }],
    [{ status: "?" }, { fallback: true, skipped: "no", after: true }],
  ])("a choice with %j", async (input, expected) => {
    const set = (name: string, target: string, source: unknown): Json => ({
      type: "pass",
      name,
      outputMappings: [{ target, source }],
    });
    const definition = JSON.stringify({
      type: "flow",
      version: "v1",
      name: "mine",
      steps: [
        {
          type: "choice",
          name: "choose",
          choices: [
            { condition: '$.status == "ready"', steps: [set("inside", "went", "inside")], goto: "after" },
            { condition: '$.status == "jump"', goto: "after" },
            { condition: '$.status == "done"', steps: [{ ...set("early", "early", true), end: true }] },
          ],
          default: { steps: [set("fallback", "fallback", true)] },
        },
        set("skip", "skipped", "no"),
        set("after", "after", true),
      ],
    });
    expect(await run(definition, input)).toEqual(expected);
  });

  test("succeed inside a choice ends the flow", async () => {
    const definition = JSON.stringify({
      type: "flow",
      version: "v1",
      steps: [
        {
          type: "choice",
          name: "c",
          choices: [{ condition: "$.go == true", steps: [{ type: "succeed", name: "s" }] }],
        },
        { type: "fail", name: "f", error: "E", cause: "C" },
      ],
    });
    expect(await run(definition, { go: true })).toEqual({});
    await client.ok("StartExecution", { ...e, ExecutionName: "other" });
    expect((await client.ok("DescribeExecution", { ...e, ExecutionName: "other" })).Status).toBe("Failed");
  });

  test("parallel and foreach give lists to $local", async () => {
    const definition = `
type: flow
version: v1
steps:
- type: parallel
  name: both
  branches:
  - steps:
    - type: pass
      name: one
      outputMappings: [{target: n, source: 1}]
  - steps:
    - type: wait
      name: pause
      duration: $.seconds
    - type: pass
      name: two
      outputMappings: [{target: n, source: 2}]
  outputMappings:
  - {target: second, source: '$local[1].n'}
- type: foreach
  name: each
  iterationMapping: {collection: $.names, item: name, index: i}
  steps:
  - type: task
    name: hello
    resourceArn: acs:fc:::services/s/functions/f
    outputMappings: [{target: out, source: $input.name}, {target: at, source: $input.i}]
  outputMappings:
  - target: outs
    source: $local[*].out
  - target: ats
    source: $local[*].at
`;
    expect(await run(definition, { names: ["a", "b"], seconds: 3 })).toEqual({
      second: 2,
      outs: ["a", "b"],
      ats: [0, 1],
    });
  });

  test("retry, then catch with Error and Cause", async () => {
    const definition = `
type: flow
version: v1
steps:
  - type: task
    name: flaky
    resourceArn: acs:fc:::x
    retry:
      - errors: [FC.Unknown]
        intervalSeconds: 2
        maxAttempts: 2
        multiplier: 2
    catch:
      - errors:
        - FnF.ALL
        goto: repair
  - type: fail
    name: never
    error: E
  - type: pass
    name: repair
    outputMappings:
      - {target: code, source: $input.Error}
`;
    await client.ok("CreateFlow", { Name: "mine", Description: "d", Type: "FDL", Definition: definition });
    await client.control("PUT", "/workflows/mine", {
      service: "cloudflow",
      nodes: [{ id: "flaky", durationMs: 0, status: "fail", error: "FC.Unknown", cause: "c" }],
    });
    await client.ok("StartExecution", e);
    await client.advance(5999);
    expect((await client.ok("DescribeExecution", e)).Status).toBe("Running");
    await client.advance(1);
    expect(JSON.parse((await client.ok("DescribeExecution", e)).Output)).toEqual({
      Error: "FC.Unknown",
      Cause: "c",
      code: "FC.Unknown",
    });
  });

  test.each([
    ["steps:\n - {type: loop, name: s}", "step s.type: loop is not supported"],
    ["steps:\n - {type: pass, name: s, errorMappings: []}", "step s.errorMappings"],
    ["steps:\n - {type: pass, name: s, inputMappings: [{target: a, source: $foo.x}]}", "$foo.x"],
    ["steps:\n - {type: task, name: s}", "step s.resourceArn"],
    ["steps: []", "must not be empty"],
    ["steps:\n - &a {type: pass, name: s}", "anchors are not supported"],
  ])("refuses %j by name", async (steps, part) => {
    const { status, json } = await client.call("CreateFlow", {
      Name: "mine",
      Description: "d",
      Type: "FDL",
      Definition: `type: flow\nversion: v1\n${steps}`,
    });
    expect([status, json.Code]).toEqual([400, "InvalidArgument"]);
    expect(json.Message).toContain(part);
  });
});

describe("callback tasks", () => {
  const newer = stateMachine("mine", [
    {
      Type: "Task",
      Name: "Approve",
      Action: "MNS:SendMessage",
      TaskMode: "WaitForCustomCallback",
      Parameters: { "token.$": "$Context.Current.TaskToken" },
      End: true,
    },
  ]);
  const older = JSON.stringify({
    type: "flow",
    version: "v1",
    steps: [
      {
        type: "task",
        name: "Approve",
        resourceArn: "acs:mns:::/topics/t/messages",
        pattern: "waitForCallback",
        inputMappings: [{ target: "token", source: "$context.task.token" }],
      },
    ],
  });

  const token = async (): Promise<string> => {
    const { executions } = (await client.control("GET", "/executions?service=cloudflow")).json;
    return executions[0].nodes[0].taskToken as string;
  };

  test.each([
    ["newer", newer],
    ["older", older],
  ])("hand out a token and end with a report (%s dialect)", async (_dialect, definition) => {
    await start(definition);
    await client.advance(50);
    const scheduled = (await events()).find(({ Type }: Json) => Type === "TaskScheduled");
    const TaskToken = JSON.parse(scheduled.EventDetail).input.token;
    expect(await client.error("ReportTaskSucceeded", { TaskToken, Output: "{}" })).toEqual([
      409,
      "TaskInvalidState",
    ]);
    await client.advance(3_600_000);
    expect(await token()).toBe(TaskToken);
    expect((await client.ok("DescribeExecution", e)).Status).toBe("Running");
    const waiting = client.ok("DescribeExecution", { ...e, WaitTimeSeconds: 30 });
    const reported = await client.ok("ReportTaskSucceeded", { TaskToken, Output: '{"approved":true}' });
    expect(await waiting).toMatchObject({ Status: "Succeeded", Output: '{"approved":true}' });
    const event = (await events()).find(({ EventId }: Json) => EventId === reported.EventId);
    expect(event).toMatchObject({
      Type: "TaskSucceeded",
      StepName: "Approve",
      // TaskScheduled, TaskStarted and TaskSubmitted come before it.
      ScheduleEventId: Number(scheduled.EventId) + 2,
    });
    expect(await client.error("ReportTaskSucceeded", { TaskToken, Output: "{}" })).toEqual([
      400,
      "TaskAlreadyCompleted",
    ]);
  });

  test("end with a failure", async () => {
    await start(newer);
    await client.advance(1000);
    const TaskToken = await token();
    await client.ok("ReportTaskFailed", { TaskToken, Error: "Denied", Cause: "no" });
    expect((await client.ok("DescribeExecution", e)).Status).toBe("Failed");
    expect(await lastError()).toMatchObject({ error: "Denied", cause: "no" });
  });

  test("run out of time", async () => {
    await start(newer.replace('"End":true', '"TimeoutSeconds":60,"End":true'));
    const waiting = client.ok("DescribeExecution", { ...e, WaitTimeSeconds: 30 });
    await client.advance(60_000);
    expect((await waiting).Status).toBe("Failed");
    expect(await lastError()).toMatchObject({ error: "FnF.TaskTimeout" });
  });

  test("cannot be reported with another token, after a stop, or without what is required", async () => {
    await start(newer);
    await client.advance(1000);
    const TaskToken = await token();
    expect(await client.error("ReportTaskSucceeded", { TaskToken: "x", Output: "{}" })).toEqual([
      400,
      "InvalidArgument",
    ]);
    expect(await client.error("ReportTaskSucceeded", { TaskToken: `${TaskToken}0`, Output: "{}" })).toEqual([
      409,
      "TaskInvalidState",
    ]);
    expect(await client.error("ReportTaskSucceeded", { TaskToken })).toEqual([400, "MissingRequiredParams"]);
    expect(await client.error("ReportTaskFailed", { TaskToken })).toEqual([400, "MissingRequiredParams"]);
    expect(await client.error("ReportTaskSucceeded", { TaskToken, Output: "1" })).toEqual([
      400,
      "InvalidArgument",
    ]);
    expect(await client.error("ReportTaskFailed", { TaskToken, Error: "x".repeat(129) })).toEqual([
      400,
      "InvalidArgument",
    ]);
    await client.ok("StopExecution", e);
    expect(await client.error("ReportTaskSucceeded", { TaskToken, Output: "{}" })).toEqual([
      409,
      "TaskInvalidState",
    ]);
  });

  test("a scripted node with a pause is one", async () => {
    await client.control("PUT", "/workflows/mine", {
      service: "cloudflow",
      nodes: [{ id: "hold", durationMs: 10, pause: true }],
    });
    await client.ok("StartExecution", e);
    await client.advance(10);
    await client.ok("ReportTaskSucceeded", { TaskToken: await token(), Output: '{"ok":1}' });
    expect((await client.ok("DescribeExecution", e)).Output).toBe('{"ok":1}');
  });
});

describe("map runs", () => {
  const mapRun = { ...e, MapRunName: "Each" };
  const definition = stateMachine("mine", [
    {
      Type: "Map",
      Name: "Each",
      ItemsPath: "$Input.items",
      MaxConcurrency: 2,
      ToleratedFailedCount: 1,
      ProcessorConfig: { ExecutionMode: "Standard" },
      Processor: {
        StartAt: "Pick",
        States: [
          {
            Type: "Choice",
            Name: "Pick",
            Branches: [{ Condition: "$Input.bad", Next: "Bad" }],
            Default: "Good",
          },
          { Type: "Fail", Name: "Bad", Code: "Bad" },
          { Type: "Wait", Name: "Good", Seconds: 10, End: true },
        ],
      },
      End: true,
    },
  ]);
  const items = (count: number, bad: number): Json => ({
    items: Array.from({ length: count }, (_, index) => ({ bad: index < bad })),
  });

  test("are described while they run, and can be changed", async () => {
    await start(definition, items(7, 1));
    const described = await client.ok("DescribeMapRun", mapRun);
    expect(described).toMatchObject({
      MapRunName: "Each",
      ExecutionName: "e",
      Status: "Running",
      Concurrency: 2,
      ToleratedFailedCount: 1,
      ToleratedFailedPercentage: 0,
      ItemCounts: { Total: 7, Pending: 4, Running: 2, Succeed: 0, Failed: 1, Aborted: 0 },
    });
    await client.advance(5000);
    expect(await client.ok("UpdateMapRun", { ...mapRun, Concurrency: 4 })).toEqual({
      RequestId: expect.any(String),
    });
    expect((await client.ok("DescribeMapRun", mapRun)).ItemCounts).toMatchObject({ Pending: 2, Running: 4 });
    await client.advance(15_000);
    const ended = await client.ok("DescribeMapRun", mapRun);
    expect(ended).toMatchObject({
      Status: "Succeeded",
      Concurrency: 4,
      ItemCounts: { Succeed: 6, Failed: 1 },
    });
    expect(await client.error("UpdateMapRun", { ...mapRun, Concurrency: 1 })).toEqual([
      412,
      "PreconditionFailed",
    ]);
  });

  test("fail with one failure too many", async () => {
    await start(definition, items(5, 2));
    expect(await client.ok("DescribeMapRun", mapRun)).toMatchObject({
      Status: "Failed",
      ItemCounts: { Failed: 2, Aborted: 3, Pending: 0 },
    });
    expect((await client.ok("DescribeExecution", e)).Status).toBe("Failed");
  });

  test("of another name are not there", async () => {
    await start(definition, items(1, 0));
    expect(await client.error("DescribeMapRun", { ...mapRun, MapRunName: "x" })).toEqual([
      404,
      "MapRunNotExists",
    ]);
    expect(await client.error("UpdateMapRun", { ...mapRun, Concurrency: -1 })).toEqual([
      400,
      "InvalidArgument",
    ]);
  });
});
