/**
 * The typed client of the control API: each method against a real emulator, and what it says when something is wrong.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { ControlClient, ControlError, startEmulator } from "runbook-emulator";
import type { Emulator } from "runbook-emulator";
import { EmulatorClient, executions, testProject } from "./emulatorClient";

let emulator: Emulator;
let control: ControlClient;
let cloud: EmulatorClient;

beforeAll(async () => {
  emulator = await startEmulator();
  control = new ControlClient(emulator);
  cloud = new EmulatorClient(emulator.url);
});
afterAll(() => emulator.close());
beforeEach(() => control.reset());

/** The error that a rejected promise was rejected with. */
const refusalOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test("scripts a workflow, moves the clock, and lists the execution with its nodes", async () => {
  const { now } = await control.setClock({ rate: 0 });
  const place = await control.workflow("patch/fleet", {
    nodes: [
      { id: "prepare", durationMs: 1_000 },
      { id: "run", durationMs: 60_000, status: "fail" },
    ],
  });
  expect(place).toEqual({ service: "aom", projectId: testProject, workflowId: "patch/fleet" });
  const id = await cloud.execute("patch/fleet");
  expect(await control.executions()).toMatchObject([
    { executionId: id, status: "running", startedAt: now, endedAt: null, startedBy: "demo", runNumber: 0 },
  ]);
  expect(await control.advance(61_000)).toMatchObject({ now: now + 61_000, rate: 0 });
  const [execution] = await control.executions({ workflowId: "patch/fleet", service: "aom" });
  expect(execution).toMatchObject({ status: "fail", endedAt: now + 61_000, interventions: [] });
  expect(execution!.caller?.actor).toMatchObject({ account: "demo", name: "demo" });
  expect(execution!.nodes.map(({ id: node, status }) => [node, status])).toEqual([
    ["prepare", "success"],
    ["run", "fail"],
  ]);
  expect(await control.executions({ service: "cloudflow" })).toEqual([]);
});

test("removes a workflow of a given service, and only that one", async () => {
  await control.removeWorkflow("demo-fails", { service: "functiongraph" });
  expect(await refusalOf(control.removeWorkflow("demo-fails", { service: "functiongraph" }))).toMatchObject({
    status: 404,
  });
  await control.removeWorkflow("demo-fails");
});

test("plans faults: the next request is hit, and a removed fault hits none", async () => {
  await control.fail({ action: "status", status: 503, operation: "aom:ExecuteWorkflow" });
  expect((await cloud.signed("POST", executions("demo-slow"))).status).toBe(503);
  expect((await cloud.signed("POST", executions("demo-slow"))).status).toBe(200);
  const id = await control.fail({ action: "dropBefore", count: null });
  // A fault that has hit all its requests stays in the list.
  expect([
    await control.removeFaults(id),
    await control.removeFaults(),
    await control.removeFaults(),
  ]).toEqual([1, 1, 0]);
  expect((await cloud.signed("POST", executions("demo-slow"))).status).toBe(200);
  const [hit, ...rest] = await control.requests({ operation: "ExecuteWorkflow" });
  expect(hit).toMatchObject({ status: 503, fault: "status", service: "aom" });
  expect(rest.map(({ fault }) => fault)).toEqual([undefined, undefined]);
  expect(await control.requestCounts()).toEqual({
    "aom:ExecuteWorkflow:503": 1,
    "aom:ExecuteWorkflow:200": 2,
  });
  await control.clearRequests();
  expect([await control.requests(), await control.requestCounts()]).toEqual([[], {}]);
});

test("starts executions for others, answers approvals, and purges", async () => {
  const startedAt = Date.UTC(2020, 0, 1);
  const old = await control.start("demo-succeeds", { startedAt: "2020-01-01T00:00:00Z", startedBy: "ann" });
  expect(old).toMatchObject({ startedAt, endedAt: startedAt + 2_000, startedBy: "ann", status: "success" });
  expect(old).not.toHaveProperty("caller");
  await control.workflow("careful", { nodes: [{ id: "a", durationMs: 10 }], requiresApproval: true });
  const [first, second] = [await control.start("careful"), await control.start("careful")];
  const approved = await control.approve(first.executionId);
  expect(approved.interventions).toMatchObject([{ kind: "approve" }]);
  const rejected = await control.reject(second.executionId);
  expect(rejected.interventions).toMatchObject([{ kind: "reject" }]);
  expect(await refusalOf(control.approve(second.executionId))).toMatchObject({ status: 409 });
  await control.purge(old.executionId);
  expect((await control.executions()).map(({ executionId }) => executionId)).not.toContain(old.executionId);
});

test("sets quirks, accounts and machines", async () => {
  await control.quirks({ upperCaseStatus: true }, "demo-slow");
  const [slow, quick] = [await cloud.execute("demo-slow"), await cloud.execute("demo-fails")];
  expect((await cloud.detail("demo-slow", slow)).json.status).toBe("RUNNING");
  expect((await cloud.detail("demo-fails", quick)).json.status).toBe("running");
  await control.account("acme", { agencies: [{ name: "machine" }] });
  await control.machine("huaweiEcs", { domain: "acme", agency: "machine" });
  expect((await cloud.plain("GET", "/openstack/latest/securitykey")).status).toBe(200);
});

test("shows health and the clock", async () => {
  await control.setClock({ now: "2030-01-01T00:00:00Z" });
  expect(await control.clock()).toEqual({
    now: Date.UTC(2030, 0, 1),
    time: "2030-01-01T00:00:00.000Z",
    rate: 0,
  });
  expect(await control.health()).toMatchObject({ status: "ok", time: "2030-01-01T00:00:00.000Z" });
});

describe("what is wrong", () => {
  test("names the request, the field and the status", async () => {
    const error = await refusalOf(control.workflow("w", { nodes: [] }));
    expect(error).toBeInstanceOf(ControlError);
    expect(error).toMatchObject({
      status: 400,
      message: `PUT ${emulator.url}/_emulator/workflows/w: nodes: must have 1 to 200 nodes, has 0`,
    });
  });

  test("says that no emulator answers", async () => {
    const closed = await startEmulator();
    await closed.close();
    const error = await refusalOf(new ControlClient(closed).clock());
    expect(error).toBeInstanceOf(ControlError);
    expect(error).toMatchObject({
      status: undefined,
      message: expect.stringContaining(`${closed.url}/_emulator/clock: no emulator answers. Start one with`),
    });
  });

  test.each([
    [404, "no such page"],
    [200, "<html>a page</html>"],
  ])("shows the beginning of what answers in an emulator's place, with %i", async (status, text) => {
    const server = createServer((_request, response) => {
      response.writeHead(status).end(text.padEnd(5_000, "."));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      const error = await refusalOf(new ControlClient(`http://127.0.0.1:${String(port)}/`).clock());
      expect(error).toBeInstanceOf(ControlError);
      expect(error).toMatchObject({ status, message: expect.stringContaining(text) });
      expect((error as Error).message.length).toBeLessThan(400);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

describe("the configuration of a stack", () => {
  const url = "http://127.0.0.1:8787";

  test("names every service's address, and marks the secret key", () => {
    expect(new ControlClient(`${url}/`).pulumiConfig()).toEqual({
      "huaweicloud:region": { value: "cn-north-4" },
      "huaweicloud:projectId": { value: testProject },
      "huaweicloud:accessKey": { value: "EMULATORACCESSKEY0001" },
      "huaweicloud:secretKey": { value: "emulator-secret-key-0001", secret: true },
      "huaweicloud:endpoints.aom": { value: url },
      "huaweicloud:endpoints.functiongraph": { value: url },
      "huaweicloud:endpoints.coc": { value: url },
      "huaweicloud:endpoints.iam": { value: url },
      "huaweicloud:endpoints.sts": { value: url },
      "alicloud:region": { value: "cn-hangzhou" },
      "alicloud:accessKey": { value: "EMULATORACCESSKEY0001" },
      "alicloud:secretKey": { value: "emulator-secret-key-0001", secret: true },
      "alicloud:endpoints.fnf": { value: url },
      "alicloud:endpoints.sts": { value: url },
    });
  });

  test("has the plugin's keys under runbook:, and the account of a seed", () => {
    const account = { accessKey: "AK", secretKey: "SK", projectId: "p".repeat(32) };
    const config = new ControlClient(url).pulumiConfig({ for: "plugin", account });
    expect(Object.keys(config).every((key) => /^runbook:(huaweicloud|alicloud)\./.test(key))).toBe(true);
    expect(config).toMatchObject({
      "runbook:huaweicloud.projectId": { value: account.projectId },
      "runbook:huaweicloud.secretKey": { value: "SK", secret: true },
      "runbook:alicloud.accessKey": { value: "AK" },
      "runbook:alicloud.endpoints.fnf": { value: url },
    });
  });

  test.each([
    ["http://localhost:1", false],
    ["http://[::1]:1", false],
    ["https://emulator.test", false],
    ["http://emulator:8787", true],
    ["http://localhost.example.com:1", true],
  ])("of %s allows plain http: %s", (address, allows) => {
    const config = new ControlClient(address).pulumiConfig();
    expect("huaweicloud:allowInsecureHttp" in config).toBe(allows);
    expect("alicloud:protocol" in config).toBe(allows);
  });
});
