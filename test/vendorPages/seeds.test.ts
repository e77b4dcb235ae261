/**
 * The vendor's own pages as test data: each documented request is what we send, each documented answer is understood,
 * odd spellings included.
 */
import executeWorkflow from "../seeds/executeWorkflow.json";
import listWorkflowExecutions from "../seeds/listWorkflowExecutions.json";
import searchWorkflowExecutionDetail from "../seeds/searchWorkflowExecutionDetail.json";
import type { Backend } from "../../provider/src/execution/service";
import {
  AuthenticationError,
  NotFoundError,
  ServiceError,
  StartUncertainError,
} from "../../provider/src/ground/errors";
import type { ScriptedServer } from "../support/scriptedServer";
import { startScriptedServer } from "../support/scriptedServer";
import { aomAt, demoProjectId, listAll, never, startOn } from "../support/sessions";

type Seed = typeof executeWorkflow;

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
});

// The id that the example of the detail has: what is asked about is what is answered.
const executionId = "xxxxx";

/** Opens a backend whose service gives one documented answer to everything. */
async function answering(seed: Seed, status: number): Promise<Backend> {
  const answer = seed.answers.find((candidate) => candidate.status === status)!;
  server = await startScriptedServer([{ status, body: answer.body }]);
  return aomAt(server.url);
}

function call(seed: Seed, backend: Backend): Promise<unknown> {
  switch (seed.operation) {
    case "ExecuteWorkflow":
      return startOn(backend);
    case "SearchWorkflowExecutionDetail":
      return backend.describe(executionId, { signal: never, attempts: 1 });
    default:
      return listAll(backend);
  }
}

/** The address of the page's example, filled in. */
function documentedPath(seed: Seed): string {
  return seed.request.url
    .replace(/^https:\/\/\{[Ee]ndpoint\}/, "")
    .replace("{project_id}", demoProjectId)
    .replace("{workflow_id}", "wf-1")
    .replace("{execution_id}", executionId);
}

describe.each([executeWorkflow, searchWorkflowExecutionDetail, listWorkflowExecutions] as Seed[])(
  "$operation, as documented",
  (seed) => {
    test("the request is the documented one", async () => {
      await call(seed, await answering(seed, 200));
      const [request, ...more] = server!.requests;
      expect(more).toEqual([]);
      expect(request!.method).toBe(seed.request.method);
      expect(request!.url).toBe(documentedPath(seed));
      expect(request!.headers["content-type"]).toBe(seed.request.headers["Content-Type"]);
      expect(request!.headers["x-auth-token"]).toBe("token-of-a-test");
      expect(request!.body).toBe("");
    });

    test.each(seed.answers.filter(({ status }) => status !== 200))(
      "the documented answer $status: code, message and class",
      async ({ status, body }) => {
        const documented = JSON.parse(body) as Record<string, string>;
        let error = await call(seed, await answering(seed, status)).catch((thrown: unknown) => thrown);
        // A start that is answered with 500 may have happened; the answer is the cause.
        if (seed.operation === "ExecuteWorkflow" && status === 500) {
          expect(error).toBeInstanceOf(StartUncertainError);
          error = (error as Error).cause;
        }
        expect(error).toBeInstanceOf(ServiceError);
        const refused = error as ServiceError;
        expect(refused.serviceCode).toBe(documented["error_code"]);
        expect(refused.serviceMessage).toBe(documented["error_msg"] ?? documented["error_message"]);
        expect(refused.serviceMessage).toMatch(/\w/);
        expect(refused.status).toBe(status);
        expect(refused.message).toContain(`HTTP ${String(status)}, ${documented["error_code"]!}: `);
        expect(refused instanceof AuthenticationError).toBe(status === 401);
        // The detail says "param error" of an execution it does not know.
        const isUnknown =
          status === 404 || (seed.operation === "SearchWorkflowExecutionDetail" && status === 400);
        expect(refused instanceof NotFoundError).toBe(isUnknown);
        expect(refused.retryable).toBe(status === 500);
      },
    );
  },
);

test("the documented id of a started execution is read", async () => {
  expect(await startOn(await answering(executeWorkflow, 200))).toBe("xxxxxxxx");
});

test("a start that is answered with 500 is not sent again", async () => {
  await expect(startOn(await answering(executeWorkflow, 500))).rejects.toBeInstanceOf(StartUncertainError);
  expect(server!.requests).toHaveLength(1);
});

test("the documented detail: milliseconds, a failed target in a step that calls itself successful", async () => {
  const snapshot = await (
    await answering(searchWorkflowExecutionDetail, 200)
  ).describe(executionId, { signal: never });
  expect(snapshot).toMatchObject({
    executionId,
    status: "failed",
    rawStatus: "fail",
    startedAt: "2022-12-06T07:19:08.207Z",
    settledAt: "2022-12-06T07:19:11.857Z",
    steps: [
      {
        id: "run-script",
        status: "succeeded",
        rawStatus: "success",
        startedAt: "2022-12-06T07:19:08.207Z",
        durationMs: 3650,
        targets: { succeeded: 0, failed: 1, running: 0, notPerformed: 0 },
        failedTargets: [{ id: "xxxxxxxx", name: "xxxx", address: "192.0.0.0", exitCode: "1" }],
      },
    ],
  });
  expect(snapshot.steps[0]!.failedTargets![0]!.log).toContain("cd: /xxx/xxx: Not a directory");
});

test("the documented list: a bare array, times in seconds, create_by for created_by", async () => {
  const list = await listAll(await answering(listWorkflowExecutions, 200));
  expect(list).toEqual([
    {
      executionId: "xxxx",
      status: "succeeded",
      rawStatus: "success",
      startedAt: "2020-09-13T12:26:40.000Z",
      settledAt: "2020-09-13T12:26:40.000Z",
      durationMs: 0,
      createdBy: "xxx",
    },
  ]);
});
