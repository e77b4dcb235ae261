// Drives the emulator's CloudFlow through the vendor's Node clients and prints one line of JSON with what they saw:
// the product's own (legacy signature, all in the body) and the generic core (both signatures).
// Usage: alibabaCloudFlow.cjs URL FOLDER   (the folder in which the packages are installed)
// Nothing is judged here: alibabaScenario.ts has what every client must have seen.
"use strict";
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { performance } = require("node:perf_hooks");

const [, , URL_OF_EMULATOR, FOLDER] = process.argv;
const load = createRequire(join(FOLDER, "package.json"));
const Product = load("@alicloud/fnf-2019-03-15");
const { default: Core, $OpenApiUtil } = load("@alicloud/openapi-core");
const { RuntimeOptions } = load("@darabonba/typescript");

const KEYS = { accessKeyId: "EMULATORACCESSKEY0001", accessKeySecret: "emulator-secret-key-0001" };
const TEMPORARY = {
  accessKeyId: "EMULATORTEMPORARY0001",
  accessKeySecret: "emulator-temporary-secret-0001",
  securityToken: "emulator-security-token-0001",
};
const LONG = 70_000;

const definitionOf = (name) => `Type: StateMachine
SpecVersion: v1
Name: ${name}
StartAt: Approve
States:
  - Type: Task
    Name: Approve
    Action: MNS:SendMessage
    TaskMode: WaitForCustomCallback
    End: true
`;

async function control(method, path, body) {
  const options = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const answer = await fetch(`${URL_OF_EMULATOR}/_emulator${path}`, options);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

const isRead = (action) => /^(Describe|List|Get)/.test(action);

/** Calls an operation with the product's own client. */
function product(keys = KEYS) {
  const client = new Product({ ...keys, endpoint: URL_OF_EMULATOR, opts: { timeout: LONG } });
  return (action, parameters) => {
    const own = client[action[0].toLowerCase() + action.slice(1)];
    const options = { timeout: LONG, method: isRead(action) ? "GET" : "POST" };
    return own ? own.call(client, parameters, options) : client.request(action, parameters, options);
  };
}

/** Calls an operation with the generic core. */
const core =
  (algorithm) =>
  (keys = KEYS) => {
    const endpoint = URL_OF_EMULATOR.replace("http://", "");
    const client = new Core(new $OpenApiUtil.Config({ ...keys, protocol: "http", endpoint }));
    client._signatureAlgorithm = algorithm;
    const runtime = new RuntimeOptions({ readTimeout: LONG, connectTimeout: LONG });
    return async (action, parameters) => {
      const texts = Object.fromEntries(
        Object.entries(parameters).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)]],
        ),
      );
      const params = new $OpenApiUtil.Params({
        action,
        version: "2019-03-15",
        protocol: "HTTP",
        pathname: "/",
        method: isRead(action) ? "GET" : "POST",
        authType: "AK",
        style: "RPC",
        reqBodyType: "formData",
        bodyType: "json",
      });
      const request = new $OpenApiUtil.OpenApiRequest(isRead(action) ? { query: texts } : { body: texts });
      return (await client.callApi(params, request, runtime)).body;
    };
  };

async function error(call) {
  try {
    await call();
    return "no error";
  } catch (problem) {
    const data = problem.data ?? problem;
    const status = problem.statusCode ?? problem.entry?.response?.statusCode;
    return [status, problem.code ?? data.Code, data.RequestId !== undefined || data.requestId !== undefined];
  }
}

async function see(id, connect) {
  const call = connect();
  const seen = {};
  const start = (FlowName, ExecutionName, Input = "{}") =>
    call("StartExecution", { FlowName, ExecutionName, Input });
  const describe = (FlowName, ExecutionName, WaitTimeSeconds) =>
    call("DescribeExecution", { FlowName, ExecutionName, ...(WaitTimeSeconds ? { WaitTimeSeconds } : {}) });
  const stop = (FlowName, ExecutionName) =>
    call("StopExecution", { FlowName, ExecutionName, Error: "E", Cause: "C" });

  const name = `run-${id}`;
  const started = await start("demo-succeeds", name, '{"k":"v ä~*+/&= %"}');
  seen.started = [started.Name, started.FlowName, started.Status, started.Input];
  const began = performance.now();
  const ended = await describe("demo-succeeds", name, 20);
  const waited = performance.now() - began;
  seen.long_poll = [ended.Status, ended.Output, waited > 1500 && waited < 3000];
  seen.repeated = await error(() => start("demo-succeeds", name));

  await start("demo-fails", name);
  await control("POST", "/clock", { advanceMs: 10_000 });
  seen.failed = (await describe("demo-fails", name)).Status;
  const history = await call("GetExecutionHistory", {
    FlowName: "demo-fails",
    ExecutionName: name,
    Limit: 999,
  });
  const last = history.Events.at(-1);
  seen.failure = [last.Type, JSON.parse(last.EventDetail).error];

  const flow = `paged-${id}`;
  await control("PUT", `/workflows/${flow}`, {
    service: "cloudflow",
    nodes: [{ id: "a", durationMs: 3_600_000 }],
  });
  for (let number = 0; number < 7; number++) await start(flow, `e${number}`);
  const names = [];
  let pages = 0;
  let token;
  do {
    const page = await call("ListExecutions", {
      FlowName: flow,
      Limit: 3,
      ...(token ? { NextToken: token } : {}),
    });
    names.push(...page.Executions.map(({ Name }) => Name));
    pages += 1;
    token = page.NextToken;
  } while (token);
  seen.paged = [names, pages];
  seen.stopped = [(await stop(flow, "e3")).Status, (await describe(flow, "e3")).Status];
  seen.stopped_twice = await error(() => stop(flow, "e3"));
  const listed = await call("ListExecutions", {
    FlowName: flow,
    Status: "Stopped",
    ExecutionNamePrefix: "e",
    MetadataOnly: true,
    Limit: 99,
  });
  seen.filtered = listed.Executions.map(({ Name, Status, Input }) => [Name, Status, Input ?? null]);

  const sync = await call("StartSyncExecution", {
    FlowName: "demo-express",
    ExecutionName: "sync",
    Input: "{}",
  });
  seen.sync = [sync.Name.split(":")[0], sync.Status, sync.Output];

  const own = `own-${id}`;
  const created = await call("CreateFlow", {
    Name: own,
    Description: "made here",
    Type: "FDL",
    Definition: definitionOf(own),
  });
  seen.created = [created.Name, created.ExecutionMode, created.Id !== ""];
  await start(own, "e");
  await control("POST", "/clock", { advanceMs: 1000 });
  const { executions } = await control("GET", `/executions?workflowId=${own}`);
  const TaskToken = executions[0].nodes[0].taskToken;
  const reported = await call("ReportTaskSucceeded", { TaskToken, Output: '{"ok":true}' });
  seen.reported = [reported.EventId > 0, (await describe(own, "e")).Output];
  await call("PublishFlowVersion", { FlowName: own });
  const alias = await call("CreateFlowAlias", {
    FlowName: own,
    Name: "live",
    RoutingConfigurations: '[{"Version":"1","Weight":100}]',
  });
  seen.alias = [alias.Name, alias.RoutingConfigurations.map(({ Version, Weight }) => [Version, Weight])];
  await call("DeleteFlow", { Name: own });
  seen.deleted = await error(() => describe(own, "e"));

  seen.unknown_flow = await error(() => start("none", "e"));
  seen.unknown_execution = await error(() => describe("demo-slow", "none"));
  seen.unknown_key = await error(() => connect({ ...KEYS, accessKeyId: "NOBODY" })("ListFlows", {}));
  seen.wrong_secret = await error(() => connect({ ...KEYS, accessKeySecret: "wrong" })("ListFlows", {}));
  seen.temporary_key = (await connect(TEMPORARY)("ListFlows", { Limit: 1 })).Flows.length;
  for (const [what, status] of [
    ["throttled", 429],
    ["server_error", 500],
  ]) {
    await control("POST", "/faults", { operation: "cloudflow:ListFlows", action: "status", status });
    seen[what] = await error(() => call("ListFlows", {}));
  }
  return seen;
}

async function main() {
  const seen = {
    product: await see("product", product),
    rpc: await see("rpc", core("v2")),
    acs3: await see("acs3", core(undefined)),
  };
  console.log(JSON.stringify(seen));
}

main().catch((problem) => {
  console.error(problem);
  process.exitCode = 1;
});
