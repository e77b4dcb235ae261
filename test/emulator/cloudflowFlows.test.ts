/**
 * Flows of CloudFlow with their versions, aliases and schedules, and the list of regions.
 */
import { CloudFlowClient, stateMachine } from "./cloudflowClient";
import type { Json } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(CloudFlowClient);

const pass = (name: string, state = "p"): string =>
  stateMachine(name, [{ Type: "Pass", Name: state, OutputConstructor: { by: state }, End: true }]);
const mine = { Name: "mine", Description: "of mine", Type: "FDL", Definition: pass("mine") };
const flow = { FlowName: "mine" };

const output = async (values: Record<string, string>): Promise<Json> => {
  await client.ok("StartExecution", values);
  return JSON.parse((await client.ok("DescribeExecution", values)).Output);
};

describe("a flow", () => {
  test("is created, described, changed and listed", async () => {
    const created = await client.ok("CreateFlow", {
      ...mine,
      RoleArn: "acs:ram::1:role/r",
      ExternalStorageLocation: "/oss/b/p",
      ResourceGroupId: "rg-1",
      Environment: '{"Variables":[{"Name":"A","Value":"1","Description":"first"}]}',
    });
    expect(created).toEqual({
      Id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      Name: "mine",
      Description: "of mine",
      Definition: mine.Definition,
      Type: "FDL",
      RoleArn: "acs:ram::1:role/r",
      CreatedTime: expect.stringMatching(/\.\d{3}Z$/),
      LastModifiedTime: created.CreatedTime,
      ExecutionMode: "Standard",
      Environment: { Variables: [{ Name: "A", Value: "1", Description: "first" }] },
      ResourceGroupId: "rg-1",
      RequestId: expect.any(String),
    });
    expect({ ...(await client.ok("DescribeFlow", { Name: "mine" })), RequestId: created.RequestId }).toEqual(
      created,
    );

    await client.advance(1000);
    const updated = await client.ok("UpdateFlow", { Name: "mine", Description: "changed" });
    expect(updated).toMatchObject({
      Description: "changed",
      ExternalStorageLocation: "/oss/b/p",
      Id: created.Id,
    });
    expect(updated).not.toHaveProperty("ExecutionMode");
    expect(Date.parse(updated.LastModifiedTime)).toBeGreaterThan(Date.parse(created.LastModifiedTime));

    const list = await client.ok("ListFlows", { Limit: 2 });
    expect(list.Flows.map(({ Name }: Json) => Name)).toEqual(["demo-express", "demo-fails"]);
    const rest = await client.ok("ListFlows", { NextToken: list.NextToken });
    expect(rest.Flows.map(({ Name }: Json) => Name)).toEqual(["demo-slow", "demo-succeeds", "mine"]);
    expect((await client.ok("ListFlows", { ResourceGroupId: "rg-1" })).Flows).toHaveLength(1);
  });

  test("has what its executions need: input, environment, role", async () => {
    await client.ok("CreateFlow", {
      ...mine,
      RoleArn: "acs:ram::1:role/r",
      Environment: '{"Variables":[{"Name":"A","Value":"1","Description":"d"}]}',
    });
    const started = await client.ok("StartExecution", { ...flow, ExecutionName: "e" });
    expect(started.FlowDefinition).toBe(mine.Definition);
    const described = await client.ok("DescribeExecution", { ...flow, ExecutionName: "e" });
    expect(described.Environment).toEqual({ Variables: [{ Name: "A", Value: "1" }] });
    expect(described).not.toHaveProperty("RoleArn");
  });

  test("keeps the definition of executions that have begun", async () => {
    const wait = stateMachine("mine", [{ Type: "Wait", Name: "w", Seconds: 10, End: true }]);
    await client.ok("CreateFlow", { ...mine, Definition: wait });
    await client.ok("StartExecution", { ...flow, ExecutionName: "old" });
    await client.ok("UpdateFlow", { Name: "mine", Definition: pass("mine") });
    const old = await client.ok("DescribeExecution", { ...flow, ExecutionName: "old" });
    expect([old.Status, old.FlowDefinition]).toEqual(["Running", wait]);
    expect(await output({ ...flow, ExecutionName: "new" })).toEqual({ by: "p" });
  });

  test("takes its history along when it is deleted", async () => {
    await client.ok("CreateFlow", mine);
    await client.ok("StartExecution", { ...flow, ExecutionName: "e" });
    expect(await client.ok("DeleteFlow", { Name: "mine" })).toEqual({ RequestId: expect.any(String) });
    expect(await client.error("ListExecutions", flow)).toEqual([404, "FlowNotExists"]);
    expect(await client.error("DescribeFlow", { Name: "mine" })).toEqual([404, "FlowNotExists"]);
    await client.ok("CreateFlow", mine);
    expect(await client.listAll("mine")).toEqual([]);
    expect((await client.call("StartExecution", { ...flow, ExecutionName: "e" })).status).toBe(200);
  });

  test.each<[string, Record<string, string | undefined>, [number, string], string]>([
    ["no name", { Name: undefined }, [400, "MissingRequiredParams"], "'Name'"],
    ["no definition", { Definition: undefined }, [400, "MissingRequiredParams"], "'Definition'"],
    ["no description", { Description: undefined }, [400, "MissingRequiredParams"], "'Description'"],
    ["another type", { Type: "ASL" }, [400, "InvalidArgument"], "Type"],
    ["a mode that is none", { ExecutionMode: "Fast" }, [400, "InvalidArgument"], "ExecutionMode"],
    ["a name with a space", { Name: "a b" }, [400, "InvalidArgument"], "Name"],
    ["another name in the definition", { Name: "other" }, [400, "InvalidArgument"], 'has the name "mine"'],
    ["an environment that is none", { Environment: "[]" }, [400, "InvalidArgument"], "Environment"],
    ["a definition that is none", { Definition: "hello" }, [400, "InvalidArgument"], "Definition: "],
  ])("is refused with %s", async (_what, changes, expected, part) => {
    const { status, json } = await client.call("CreateFlow", { ...mine, ...changes });
    expect([status, json.Code]).toEqual(expected);
    expect(json.Message).toContain(part);
  });

  test("is there once, and has to be there to be changed", async () => {
    await client.ok("CreateFlow", mine);
    expect(await client.error("CreateFlow", mine)).toEqual([409, "FlowAlreadyExists"]);
    for (const action of ["UpdateFlow", "DescribeFlow", "DeleteFlow"]) {
      expect(await client.error(action, { Name: "none" })).toEqual([404, "FlowNotExists"]);
    }
    expect(await client.error("UpdateFlow", { Name: "mine", Definition: "x: [" })).toEqual([
      400,
      "InvalidArgument",
    ]);
  });
});

describe("versions", () => {
  beforeEach(() => client.ok("CreateFlow", mine));

  test("are published, listed, described, run and deleted", async () => {
    expect(await client.ok("PublishFlowVersion", { ...flow, Description: "first" })).toEqual({
      FlowName: "mine",
      Version: "1",
      Description: "first",
      CreatedTime: expect.any(String),
      RequestId: expect.any(String),
    });
    await client.ok("UpdateFlow", { Name: "mine", Definition: pass("mine", "q") });
    await client.ok("PublishFlowVersion", flow);
    const first = await client.ok("ListFlowVersions", { ...flow, Limit: "1" });
    expect(first.FlowVersions).toMatchObject([{ Version: "1", Description: "first" }]);
    const second = await client.ok("ListFlowVersions", { ...flow, NextToken: first.NextToken });
    expect(second.FlowVersions.map(({ Version }: Json) => Version)).toEqual(["2"]);
    expect((await client.ok("DescribeFlow", { Name: "mine", FlowVersion: "1" })).Definition).toBe(
      mine.Definition,
    );
    expect(await output({ ...flow, ExecutionName: "v1", Qualifier: "1" })).toEqual({ by: "p" });
    expect(await output({ ...flow, ExecutionName: "v2", Qualifier: "2" })).toEqual({ by: "q" });
    expect(await output({ ...flow, ExecutionName: "latest", Qualifier: "LATEST" })).toEqual({ by: "q" });
    await client.ok("DeleteFlowVersion", { ...flow, FlowVersion: "1" });
    expect(await client.error("DeleteFlowVersion", { ...flow, FlowVersion: "1" })).toEqual([
      404,
      "FlowVersionNotExists",
    ]);
    expect((await client.ok("PublishFlowVersion", flow)).Version).toBe("3");
  });
});

describe("aliases", () => {
  const alias = { ...flow, Name: "live", RoutingConfigurations: '[{"Version":"1","Weight":100}]' };

  beforeEach(async () => {
    await client.ok("CreateFlow", mine);
    await client.ok("PublishFlowVersion", flow);
    await client.ok("UpdateFlow", { Name: "mine", Definition: pass("mine", "q") });
    await client.ok("PublishFlowVersion", flow);
  });

  test("are created, described, changed, listed with weights as text, and deleted", async () => {
    expect(await client.ok("CreateFlowAlias", { ...alias, Description: "d" })).toEqual({
      Name: "live",
      FlowName: "mine",
      Description: "d",
      CreatedTime: expect.any(String),
      RoutingConfigurations: [{ Version: "1", Weight: 100 }],
      RequestId: expect.any(String),
    });
    expect(await client.error("CreateFlowAlias", alias)).toEqual([409, "FlowAliasAlreadyExists"]);
    await client.ok("UpdateFlowAlias", { ...alias, RoutingConfigurations: '[{"Version":"2","Weight":100}]' });
    const described = await client.ok("DescribeFlowAlias", { ...flow, Name: "live" });
    expect(described).toMatchObject({
      Description: "d",
      RoutingConfigurations: [{ Version: "2", Weight: 100 }],
    });
    const { FlowAliases } = await client.ok("ListFlowAliases", flow);
    expect(FlowAliases).toMatchObject([{ RoutingConfigurations: [{ Version: "2", Weight: "100" }] }]);
    expect(await client.error("DeleteFlowVersion", { ...flow, FlowVersion: "2" })).toEqual([
      412,
      "PreconditionFailed",
    ]);
    await client.ok("DeleteFlowAlias", { ...flow, Name: "live" });
    expect(await client.error("DescribeFlowAlias", { ...flow, Name: "live" })).toEqual([
      404,
      "FlowAliasNotExists",
    ]);
  });

  test("send executions to their versions by weight", async () => {
    const RoutingConfigurations = '[{"Version":"1","Weight":70},{"Version":"2","Weight":30}]';
    await client.ok("CreateFlowAlias", { ...alias, RoutingConfigurations });
    const made: string[] = [];
    for (let index = 0; index < 40; index++) {
      made.push((await output({ ...flow, ExecutionName: `e${String(index)}`, Qualifier: "live" })).by);
    }
    const first = made.filter((by) => by === "p").length;
    expect(first).toBeGreaterThan(18);
    expect(first).toBeLessThan(38);
    expect(await client.listAll("mine", { Qualifier: "live" })).toHaveLength(40);
  });

  test.each([
    ["no routing", undefined, "MissingRequiredParams"],
    ["a version that is not there", '[{"Version":"9","Weight":1}]', "InvalidArgument"],
    ["no list", "{}", "InvalidArgument"],
    ["a weight above 100", '[{"Version":"1","Weight":101}]', "InvalidArgument"],
  ])("are refused with %s", async (_what, RoutingConfigurations, code) => {
    expect(await client.error("CreateFlowAlias", { ...alias, RoutingConfigurations })).toEqual([400, code]);
  });

  test("that are not there cannot be run", async () => {
    expect(await client.error("StartExecution", { ...flow, Qualifier: "none" })).toEqual([
      404,
      "FlowAliasNotExists",
    ]);
  });
});

describe("schedules", () => {
  const schedule = { FlowName: "demo-slow", ScheduleName: "nightly" };

  test("are created, changed, described, listed and deleted", async () => {
    const created = await client.ok("CreateSchedule", {
      ...schedule,
      CronExpression: "0 0 4 * * *",
      Payload: '{"a":1}',
      Enable: "True",
      Description: "d",
    });
    expect(created).toEqual({
      ScheduleId: expect.any(String),
      ScheduleName: "nightly",
      CronExpression: "0 0 4 * * *",
      Payload: '{"a":1}',
      Enable: true,
      Description: "d",
      CreatedTime: expect.any(String),
      LastModifiedTime: expect.any(String),
      RequestId: expect.any(String),
    });
    expect(await client.error("CreateSchedule", { ...schedule, CronExpression: "x" })).toEqual([
      409,
      "ScheduleAlreadyExists",
    ]);
    await client.ok("UpdateSchedule", { ...schedule, Enable: false });
    expect(await client.ok("DescribeSchedule", schedule)).toMatchObject({
      Enable: false,
      Payload: '{"a":1}',
    });
    expect((await client.ok("ListSchedules", { FlowName: "demo-slow" })).Schedules).toHaveLength(1);
    await client.ok("DeleteSchedule", schedule);
    expect(await client.error("DescribeSchedule", schedule)).toEqual([404, "ScheduleNotExists"]);
    expect(await client.error("CreateSchedule", schedule)).toEqual([400, "MissingRequiredParams"]);
    expect(await client.error("ListSchedules", { FlowName: "none" })).toEqual([404, "FlowNotExists"]);
  });
});

test("the regions are those of the service", async () => {
  const { Regions } = await client.ok("DescribeRegions", { AcceptLanguage: "en-US" });
  expect(Regions.Region).toHaveLength(7);
  expect(Regions.Region[0]).toEqual({
    RegionId: "cn-hangzhou",
    LocalName: "cn-hangzhou",
    RegionEndpoint: "cn-hangzhou.fnf.aliyuncs.com",
  });
});

test("other operations, versions and bodies are refused", async () => {
  const action = await client.call("GetExecutionHisotry");
  expect([action.status, action.json.Code, action.json.Message]).toEqual([
    400,
    "ActionNotSupported",
    "The requested API operation 'GetExecutionHisotry' is incorrect. Please check.",
  ]);
  expect(await client.error("ListFlows", {}, { common: { Version: "2014-08-28" } })).toEqual([
    400,
    "APIVersionNotSupported",
  ]);
  expect(await client.error("ListFlows", {}, { common: { Version: undefined } })).toEqual([
    400,
    "MissingRequiredParams",
  ]);
  const xml = await client.plain("POST", "/?Action=ListFlows&Version=2019-03-15&Format=json", {
    body: "<a/>",
    headers: { "content-type": "application/xml" },
  });
  expect([xml.status, xml.json.Code]).toEqual([415, "UnsupportedMediaType"]);
});

test("the caller's own request id goes back", async () => {
  expect((await client.ok("DescribeFlow", { Name: "demo-slow", RequestId: "mine-1" })).RequestId).toBe(
    "mine-1",
  );
});
