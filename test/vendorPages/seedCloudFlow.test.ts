/**
 * The vendor's page on CloudFlow's ListExecutions as test data: every parameter with its limits is sent, every field
 * of the answer is read, every error code has its class and its answer to "may it be tried again?".
 */
import seed from "../seeds/listExecutions.json";
import type { ExecutionFilter } from "../../provider/src/execution/service";
import { buildListExecutions } from "../../provider/src/services/alibaba/cloudflow/api";
import { toExecutionStatus } from "../../provider/src/services/alibaba/cloudflow/statuses";
import {
  AuthenticationError,
  NotFoundError,
  ServiceError,
  ThrottledError,
} from "../../provider/src/ground/errors";
import { check, listExecutions } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { ScriptedServer } from "../support/scriptedServer";
import { startScriptedServer } from "../support/scriptedServer";
import { never, settingsOf, testSession } from "../support/sessions";

const settings = settingsOf({
  config: { "alicloud:accessKey": "AKEXAMPLE", "alicloud:secretKey": "example-secret" },
});

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
});

async function listPage(
  answer: { status: number; body: string },
  filter: ExecutionFilter = {},
  token?: string,
): ReturnType<Awaited<ReturnType<ReturnType<typeof testSession>["connect"]>>["listPage"]> {
  server = await startScriptedServer([answer]);
  const where = { endpoint: server.url, region: "cn-hangzhou", flowName: "my_flow_name" };
  const backend = await testSession(settings).connect(services.cloudflow, where, never);
  return backend.listPage(filter, { limit: 1, token }, never);
}

const example = Object.fromEntries(seed.parameters.map(({ name, example: value }) => [name, value]));

test("every documented parameter is sent with its documented example", async () => {
  const filter: ExecutionFilter = {
    status: "succeeded",
    startedAfterMs: Date.parse(example["StartedTimeBegin"]!),
    startedBeforeMs: Date.parse(example["StartedTimeEnd"]!),
    namePrefix: example["ExecutionNamePrefix"]!,
  };
  await listPage(seed.answer, filter, example["NextToken"]);
  const [request] = server!.requests;
  expect(request!.method).toBe("GET");
  expect(Object.fromEntries(new URL(request!.url, "http://host").searchParams)).toEqual(example);
  expect(request!.headers["x-acs-action"]).toBe(seed.operation);
  expect(request!.headers["x-acs-version"]).toBe(seed.version);
  expect(request!.headers.authorization).toMatch(/^ACS3-HMAC-SHA256 Credential=AKEXAMPLE,SignedHeaders=/);
});

test("what is optional is left out", () => {
  const flow = { endpoint: "http://host", flowName: "f" };
  expect(buildListExecutions(flow, { limit: 7 }).query).toEqual([
    ["FlowName", "f"],
    ["Limit", "7"],
  ]);
});

test("the documented limits: names are checked, and no page is larger than allowed", () => {
  const name = seed.parameters.find((parameter) => parameter.name === "FlowName")!;
  const pattern = new RegExp(name.limits!);
  for (const flowName of ["a", "_x-1", "a".repeat(128), "", "1a", "a b", "a".repeat(129), "ä"]) {
    const problems = check(services.cloudflow, { flowName, region: "cn-hangzhou" }, settings);
    expect(problems.map(({ argument }) => argument)).toEqual(pattern.test(flowName) ? [] : ["flowName"]);
  }
  const limit = seed.parameters.find((parameter) => parameter.name === "Limit")!;
  expect(services.cloudflow.capabilities.pageSize).toBeLessThanOrEqual(limit.maximum!);
});

test("every documented status is known", () => {
  const statuses = seed.parameters.find((parameter) => parameter.name === "Status")!.enum!;
  expect(statuses.map(toExecutionStatus)).toEqual([
    "running",
    "running",
    "stopped",
    "succeeded",
    "failed",
    "timedOut",
  ]);
});

test("every field of the documented answer is read", async () => {
  expect(await listPage(seed.answer)).toMatchObject({
    nextToken: "397aba96-4d85-11ef-9c97-************",
    executions: [
      {
        executionId: "my_exec_name",
        status: "succeeded",
        rawStatus: "Succeeded",
        startedAt: "2019-01-01T01:01:01.001Z",
        settledAt: "2019-01-01T01:01:01.001Z",
        durationMs: 0,
      },
    ],
  });
});

test("an answer without a next token is the last page", async () => {
  const { NextToken: _, ...last } = JSON.parse(seed.answer.body) as Record<string, unknown>;
  const page = await listPage({ status: 200, body: JSON.stringify(last) });
  expect(page.nextToken).toBeUndefined();
});

const classes: Record<string, [typeof ServiceError, boolean]> = {
  AccessDenied: [AuthenticationError, false],
  InvalidAccessKeyID: [AuthenticationError, false],
  RequestTimeTooSkewed: [AuthenticationError, false],
  SignatureNotMatch: [AuthenticationError, false],
  FlowNotExists: [NotFoundError, false],
  // Reading again is what the vendor asks for here.
  PreconditionFailed: [ServiceError, true],
  ResourceThrottled: [ThrottledError, true],
  InternalServerError: [ServiceError, true],
};

test.each(seed.errors)("$status $code has its class and may be tried again or not", async (documented) => {
  const body = JSON.stringify({
    RequestId: "69AD2AA7-DB47-449B-941B-B14409DF0000",
    HostId: "cn-hangzhou.fnf.aliyuncs.com",
    Code: documented.code,
    Message: documented.message,
  });
  const error = (await listPage({ status: documented.status, body }).catch(
    (thrown: unknown) => thrown,
  )) as ServiceError;
  const [expectedClass, retryable] = classes[documented.code] ?? [ServiceError, false];
  expect(error.constructor).toBe(expectedClass);
  expect(error.retryable).toBe(retryable);
  expect(error.serviceCode).toBe(documented.code);
  expect(error.serviceMessage).toBe(documented.message);
  expect(error.requestId).toBe("69AD2AA7-DB47-449B-941B-B14409DF0000");
  // Tried again as often as it may be, each time with a nonce of its own.
  const nonces = server!.requests.map(({ headers }) => headers["x-acs-signature-nonce"]);
  expect(nonces).toHaveLength(retryable ? 4 : 1);
  expect(new Set(nonces).size).toBe(nonces.length);
});

test("bad filters are refused by name", async () => {
  const where = { region: "cn-hangzhou", flowName: "f" };
  for (const [name, value] of Object.entries({
    status: "Succeeded",
    startedAfter: "yesterday",
    startedBefore: "2026-13-01T00:00:00Z",
    limit: 0,
    nextToken: "",
    executionNamePrefix: 7,
  })) {
    const listing = listExecutions(services.cloudflow, where, { [name]: value }, testSession(settings));
    await expect(listing).rejects.toThrow(`cloudflow.getWorkflowExecutions: "${name}" must`);
  }
});
