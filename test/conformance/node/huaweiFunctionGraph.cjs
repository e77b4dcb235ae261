// Drives the emulator's FunctionGraph, and AOM by a generic call, through the vendor's Node SDK and prints one line of
// JSON with what it saw. Usage: huaweiFunctionGraph.cjs URL FOLDER   (the folder in which the packages are installed)
// Nothing is judged here: functiongraphScenario.ts has what every vendor's client must have seen.
"use strict";
const { createRequire } = require("node:module");
const { join } = require("node:path");

const [, , URL_OF_EMULATOR, FOLDER] = process.argv;
const load = createRequire(join(FOLDER, "package.json"));
const { BasicCredentials, Region } = load("@huaweicloud/huaweicloud-sdk-core");
const { ClientBuilder } = load("@huaweicloud/huaweicloud-sdk-core/ClientBuilder");
const sdk = load("@huaweicloud/huaweicloud-sdk-functiongraph");

const PROJECT = "0123456789abcdef0123456789abcdef";
const AK = "EMULATORACCESSKEY0001";
const SK = "emulator-secret-key-0001";

async function control(method, path, body) {
  const options = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const answer = await fetch(`${URL_OF_EMULATOR}/_emulator${path}`, options);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

const advance = (ms) => control("POST", "/clock", { advanceMs: ms });

/** With a project id, or without: the SDK then looks it up in IAM by the region's name. */
function client({ ak = AK, sk = SK, project = PROJECT, securityToken } = {}) {
  const credentials = new BasicCredentials().withAk(ak).withSk(sk).withIamEndpoint(URL_OF_EMULATOR);
  if (project) credentials.withProjectId(project);
  if (securityToken) credentials.withSecurityToken(securityToken);
  const builder = sdk.FunctionGraphClient.newBuilder().withCredential(credentials);
  const place = project
    ? builder.withEndpoint(URL_OF_EMULATOR)
    : builder.withRegion(new Region("cn-north-4", URL_OF_EMULATOR));
  return place.build();
}

async function start(graph, flow, { input = {}, headers, runId, createTime } = {}) {
  const body = new sdk.FlowExecuteBody(input);
  if (headers) body.withHeaders(headers);
  const request = new sdk.StartWorkflowExecutionRequest(flow).withBody(body);
  if (runId) request.withXWorkflowRunID(runId);
  if (createTime) request.withXCreateTime(createTime);
  return (await graph.startWorkflowExecution(request)).execution_id;
}

function show(graph, flow, execution, full) {
  const request = new sdk.ShowWorkflowExecutionRequest(flow, execution);
  if (full !== undefined) request.withXGetWorkflowFullHistoryData(full);
  return graph.showWorkflowExecution(request);
}

const nodes = (answer) =>
  answer.node_execution_details.map(({ node_id, executions }) => [
    node_id,
    ...executions.map(({ status }) => status),
  ]);

async function sync(graph, flow) {
  const request = new sdk.StartSyncWorkflowExecutionRequest(flow).withBody(new sdk.FlowExecuteBody({}));
  const { status, output, errors, execution_id } = await graph.startSyncWorkflowExecution(request);
  return {
    status,
    output,
    errors: errors.map(({ node_id, error_message }) => [node_id, error_message]),
    has_id: Boolean(execution_id),
  };
}

function definition(name) {
  const states = ["a", "b"].map((one) =>
    new sdk.OperationState()
      .withId(one)
      .withName(one)
      .withType("Operation")
      .withEnd(one === "b")
      .withTransition(one === "a" ? "b" : "")
      .withActionMode("sequential")
      .withActions([
        new sdk.Action().withFunctionRef(
          new sdk.FunctionRef().withRefName(one).withInvokeMode("synchronize").withArguments({}),
        ),
      ]),
  );
  const functions = ["a", "b"].map((one) => new sdk.Function(one, `urn:fss:function:${one}`));
  return new sdk.WorkflowCreateBody(name, "a", functions, states, {}, []).withMode("NORMAL");
}

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return [
      error.httpStatusCode ?? error.statusCode ?? error.status ?? null,
      error.errorCode ?? error.code ?? null,
    ];
  }
}

const sum = (points) => points.reduce((total, { value }) => total + value, 0);

async function main() {
  const seen = {};
  await control("POST", "/clock", { rate: 0 });
  const graph = client();

  const execution = await start(graph, "demo-fails", {
    input: { n: 1, text: "ä" },
    headers: { "run-key": "k-1" },
  });
  const running = await show(graph, "demo-fails", execution);
  seen.running = { status: running.status, nodes: nodes(running), end_time: running.end_time };
  seen.echoed = [running.input, running.headers, running.created_by];
  const page = new sdk.ShowWorkflowExecutionForPageRequest("demo-fails", 0, 10);
  const statuses = async () =>
    (await graph.showWorkflowExecutionForPage(page)).executions.map(({ status }) => status);
  seen.page_running = await statuses();
  await advance(60_000);
  const failed = await show(graph, "demo-fails", execution);
  const [node] = failed.node_execution_details[1].executions;
  seen.failed = { status: failed.status, nodes: nodes(failed), end_time: failed.end_time !== "" };
  seen.node_duration = node.end_time - node.begin_time;
  seen.error = node.error_message.detail.split("\n")[2];

  await graph.retryWorkFlow(new sdk.RetryWorkFlowRequest("demo-fails", execution));
  seen.page_retrying = await statuses();
  seen.retried = nodes(await show(graph, "demo-fails", execution));
  await graph.stopWorkFlow(new sdk.StopWorkFlowRequest("demo-fails", execution));
  seen.stopped = (await show(graph, "demo-fails", execution)).status;

  const listing = new sdk.ListWorkflowExecutionsRequest("demo-fails")
    .withLimit(10)
    .withOffset(0)
    .withStatus("cancel");
  seen.listed = (await graph.listWorkflowExecutions(listing)).executions.map((item) => [
    item.execution_id === execution,
    item.status,
    item.created_by,
  ]);
  const paged = await graph.showWorkflowExecutionForPage(page);
  seen.paged = [paged.total, paged.size, paged.executions[0].execution_id === execution];

  const text = "x".repeat(3000);
  await control("PUT", "/workflows/long", {
    service: "functiongraph",
    nodes: [{ id: "a", durationMs: 0, output: { text } }],
  });
  const long = await start(graph, "long");
  seen.long = [
    (await show(graph, "long", long)).output.text.length,
    (await show(graph, "long", long, true)).output.text.length,
  ];

  await control("POST", "/clock", { rate: 100 });
  seen.sync = await sync(graph, "demo-express");
  await control("PUT", "/workflows/express-fails", {
    service: "functiongraph",
    attributes: { mode: "EXPRESS" },
    nodes: [{ id: "a", durationMs: 0, status: "fail", log: "no memory" }],
  });
  seen.sync_failed = await sync(graph, "express-fails");
  await control("POST", "/clock", { rate: 0 });

  const made = await graph.createWorkflow(
    new sdk.CreateWorkflowRequest().withBody(definition("made-by-sdk")),
  );
  seen.created = [made.name, made.workflow_urn, made.enable_stream_response];
  const changed = await graph.updateWorkFlow(
    new sdk.UpdateWorkFlowRequest(made.id).withBody(definition("changed-by-sdk")),
  );
  seen.changed = changed.name;
  const { definition: shown } = await graph.showWorkFlow(new sdk.ShowWorkFlowRequest(made.id));
  seen.shown = [shown.name, shown.mode, shown.states.map(({ id }) => id)];
  const own = await start(graph, made.id, {
    input: { n: 1 },
    runId: "a".repeat(32),
    createTime: "2025-01-01",
  });
  await advance(1000);
  seen.own_run = nodes(await show(graph, made.id, own));
  const found = await graph.listWorkflow(
    new sdk.ListWorkflowRequest().withWorkflowName("by-sdk").withLimit(5).withOffset(0).withMode("NORMAL"),
  );
  seen.workflows = [found.total, found.workflows.map(({ name }) => name)];
  const deleted = await graph.batchDeleteWorkflows(
    new sdk.BatchDeleteWorkflowsRequest().withBody(
      new sdk.WorkflowDeleteBody([made.workflow_urn.replace("made", "changed"), "urn:none"]),
    ),
  );
  seen.deleted = [deleted.success, deleted.fail.map(({ workflow_urn }) => workflow_urn)];

  await control("PUT", "/workflows/waits", {
    service: "functiongraph",
    nodes: [{ id: "ask", durationMs: 0, pause: true }],
  });
  const asking = await start(graph, "waits");
  const answer = await graph.createCallbackWorkflow(
    new sdk.CreateCallbackWorkflowRequest("waits", asking, "ask").withBody(
      new sdk.CallbackWorkflowRequestBody("success", { by: "sdk" }),
    ),
  );
  seen.called_back = [answer.execution_id === asking, (await show(graph, "waits", asking)).output];

  // The points end with the present minute, which is not over yet.
  await advance(1000);
  const metric = await graph.showTenantMetric(
    new sdk.ShowTenantMetricRequest().withPeriod("60").withMetricType("totalCount"),
  );
  seen.metric = [sum(metric.count) > 0, metric.fail_count];
  const urn = `urn:fss:cn-north-4:${PROJECT}:workflow:default:waits:latest`;
  const one = await graph.showWorkFlowMetric(new sdk.ShowWorkFlowMetricRequest(urn).withPeriod("60"));
  seen.flow_metric = sum(one.count);

  const temporary = client({
    ak: "EMULATORTEMPORARY0001",
    sk: "emulator-temporary-secret-0001",
    securityToken: "emulator-security-token-0001",
  });
  seen.temporary_key = Boolean(await start(temporary, "demo-succeeds"));
  seen.project_looked_up = Boolean(await start(client({ project: undefined }), "demo-succeeds"));

  seen.odd_id = await refusal(() => start(graph, "wf 1~x"));
  seen.unknown_workflow = await refusal(() => start(graph, "no-such-flow"));
  seen.unknown_execution = await refusal(() => show(graph, "demo-fails", "none"));
  seen.retry_running = await refusal(() =>
    graph.retryWorkFlow(new sdk.RetryWorkFlowRequest("demo-fails", execution)),
  );
  seen.sync_normal = await refusal(() => sync(graph, "demo-fails"));
  seen.wrong_key = await refusal(() => start(client({ sk: "wrong" }), "demo-succeeds"));
  seen.other_project = await refusal(() => start(client({ project: "f".repeat(32) }), "demo-succeeds"));
  await control("POST", "/faults", { action: "status", status: 500, operation: "StartWorkflowExecution" });
  seen.server_error = await refusal(() => start(graph, "demo-succeeds"));

  seen.aom = await aom();
  process.stdout.write(`${JSON.stringify(seen)}\n`);
}

// There is no Node package for AOM: its calls are made by hand, signed by the vendor's core.
async function aom() {
  const credentials = new BasicCredentials().withAk(AK).withSk(SK).withProjectId(PROJECT);
  const generic = new ClientBuilder((one) => one)
    .withCredential(credentials)
    .withEndpoint(URL_OF_EMULATOR)
    .build();
  const send = (method, path, pathParams) =>
    generic.sendRequest({
      method,
      url: `/v1/{project_id}/cms/workflow/{workflow_id}/executions${path}`,
      contentType: "application/json",
      queryParams: {},
      pathParams: { workflow_id: "demo-fails", ...pathParams },
      headers: {},
    });
  const { execution_id } = await send("POST", "", {});
  await advance(60_000);
  return (await send("GET", "/{execution_id}/status", { execution_id })).status;
}

main().catch((error) => {
  process.stderr.write(`${error.stack ?? JSON.stringify(error)}\n`);
  process.exitCode = 1;
});
