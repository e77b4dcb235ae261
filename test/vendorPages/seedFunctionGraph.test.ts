/**
 * The vendor's page on FunctionGraph executions as test data: the documented request is what we send, each documented
 * answer is understood.
 */
import seed from "../seeds/showWorkflowExecution.json";
import { NotFoundError, ServiceError } from "../../provider/src/ground/errors";
import { services } from "../../provider/src/services/registry";
import type { ScriptedServer } from "../support/scriptedServer";
import { startScriptedServer } from "../support/scriptedServer";
import { demoProjectId, never, testSession } from "../support/sessions";

const executionId = "48aff955-ea10-4ffd-b426-190bc192dc14";

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
});

async function describeWith(status: number, more: Record<string, unknown> = {}): Promise<unknown> {
  const { body } = seed.answers.find((answer) => answer.status === status)!;
  server = await startScriptedServer([{ status, body }]);
  const where = { endpoint: server.url, region: "cn-north-4", projectId: demoProjectId, workflowId: "wf-1" };
  const backend = await testSession().connect(services.functiongraph, { ...where, ...more }, never);
  return backend.describe(executionId, { signal: never, attempts: 1 });
}

test("the request is the documented one; the optional header is sent on request only", async () => {
  await describeWith(200);
  const [request] = server!.requests;
  expect(request!.method).toBe(seed.request.method);
  expect(request!.url).toBe(
    seed.request.url
      .replace("{project_id}", demoProjectId)
      .replace("{workflow_id}", "wf-1")
      .replace("{execution_id}", executionId),
  );
  expect(request!.headers["x-auth-token"]).toBe("token-of-a-test");
  expect(request!.headers["x-get-workflow-full-history-data"]).toBeUndefined();
  await server!.close();
  await describeWith(200, { fullHistory: true });
  expect(server!.requests[0]!.headers["x-get-workflow-full-history-data"]).toBe("true");
});

test("the documented 200: times as text outside and as milliseconds inside, an error in a broken key", async () => {
  expect(await describeWith(200)).toEqual({
    executionId,
    status: "running",
    rawStatus: "running",
    startedAt: "2021-01-01T00:00:00.000Z",
    output: { arg1: "argument_1", arg2: "argument_2" },
    steps: [
      {
        id: executionId,
        name: "string",
        status: "running",
        rawStatus: "running",
        startedAt: "2020-11-11T18:38:12.050Z",
        error: 'detail:"Execution failed"',
      },
    ],
  });
});

test.each(seed.answers.filter(({ status }) => status !== 200))(
  "the documented answer $status: code, message, request id and class",
  async ({ status, body }) => {
    const documented = JSON.parse(body) as Record<string, string>;
    const error = (await describeWith(status).catch((thrown: unknown) => thrown)) as ServiceError;
    expect(error).toBeInstanceOf(ServiceError);
    expect(error.serviceCode).toBe(documented["error_code"]);
    expect(error.serviceMessage).toBe(documented["error_msg"]);
    expect(error.requestId).toBe(documented["request_id"]);
    expect(error instanceof NotFoundError).toBe(status === 404);
    expect(error.retryable).toBe(status === 500);
  },
);
