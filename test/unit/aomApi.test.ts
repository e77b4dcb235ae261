/**
 * AOM's answers as they really are: every oddity of its reference is read, and what can't be read is an error that says
 * so.
 */
import { stackSettingWords } from "../../provider/src/fronts/shared/settingWords";
import { NotFoundError, ResponseFormatError, ThrottledError } from "../../provider/src/ground/errors";
import { parseHuaweiError, toHuaweiError } from "../../provider/src/services/huawei/serviceErrors";
import { parseTime } from "../../provider/src/services/huawei/values";
import {
  buildExecuteWorkflow,
  buildListWorkflowExecutions,
  buildSearchWorkflowExecutionDetail,
  buildStopExecution,
} from "../../provider/src/services/huawei/aom/api";
import {
  parseExecuteWorkflow,
  parseListWorkflowExecutions,
  parseSearchWorkflowExecutionDetail,
} from "../../provider/src/services/huawei/aom/answers";
import { toExecutionStatus } from "../../provider/src/services/huawei/aom/statuses";
import type { ExecutionSnapshot, ExecutionSummary } from "../../provider/src/execution/snapshot";
import { firstFailedStep } from "../../provider/src/execution/snapshot";
import type { HttpAnswer, HttpRequest } from "../../provider/src/http/request";
import { requestUrl } from "../../provider/src/http/request";
import { fakeClock } from "../support/fakeClock";

const request = { operation: "Look", method: "GET", url: "https://aom.example/v1/p" };

const answerOf = (body: unknown, status = 200, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  header: (name) => headers[name],
  text: typeof body === "string" ? body : JSON.stringify(body),
});
const detail = (body: unknown): ExecutionSnapshot =>
  parseSearchWorkflowExecutionDetail(answerOf(body), request, "ex-1");
const list = (body: unknown): ExecutionSummary[] =>
  parseListWorkflowExecutions(answerOf(body), request).executions;

const startMs = Date.parse("2026-11-21T06:00:00Z");
const started = "2026-11-21T06:00:00.000Z";
const ended = "2026-11-21T06:00:02.000Z";

describe("requests", () => {
  const workflow = { endpoint: "https://aom.example", projectId: "p", workflowId: "a/b c" };
  test.each<[string, HttpRequest, string, boolean]>([
    ["start", buildExecuteWorkflow(workflow), "POST /v1/p/cms/workflow/a%2Fb%20c/executions", false],
    [
      "look",
      buildSearchWorkflowExecutionDetail(workflow, "ex?1"),
      "GET /v1/p/cms/workflow/a%2Fb%20c/executions/ex%3F1/status",
      true,
    ],
    ["list", buildListWorkflowExecutions(workflow), "GET /v1/p/cms/workflow/a%2Fb%20c/executions", true],
    [
      "list of an enterprise project",
      buildListWorkflowExecutions(workflow, "ep 7"),
      "GET /v1/p/cms/workflow/a%2Fb%20c/executions?x_enterprise_project_id=ep%207",
      true,
    ],
    [
      "stop",
      buildStopExecution(workflow, "ex-1"),
      "POST /v1/p/cms/workflow/a%2Fb%20c/executions/ex-1/terminate",
      true,
    ],
  ])(
    "%s: path, content type, no body, and whether it may be repeated",
    (_what, built, expected, repeatable) => {
      expect(`${built.method} ${requestUrl(built).replace("https://aom.example", "")}`).toBe(expected);
      expect(built).toMatchObject({ headers: { "content-type": "application/json" }, repeatable });
      expect(built.body).toBeUndefined();
    },
  );
});

describe("status words", () => {
  test.each([
    ["success", "succeeded"],
    ["fail", "failed"],
    ["approvalFailed", "failed"],
    ["timeout", "timedOut"],
    ["cancel", "stopped"],
    ["running", "running"],
    ["executing", "running"],
    ["canceling", "running"],
    ["waitExecute", "waiting"],
    ["not_started", "waiting"],
    ["waitApproval", "waiting"],
    ["pausing", "waiting"],
    ["pondering", "unknown"],
    ["succes", "unknown"],
    ["", "unknown"],
  ])("%j means %s, in any case", (word, status) => {
    for (const spelling of [word, word.toUpperCase(), word.toLowerCase()]) {
      expect(toExecutionStatus(spelling)).toBe(status);
    }
  });

  test.each(["constructor", "__proto__", "toString"])("%s is a word like any other unknown one", (word) => {
    expect(toExecutionStatus(word)).toBe("unknown");
  });
});

describe("times", () => {
  test.each<[string, unknown, string | undefined]>([
    ["milliseconds", startMs, started],
    ["seconds", startMs / 1000, started],
    ["milliseconds as text", String(startMs), started],
    ["seconds as text", String(startMs / 1000), started],
    ["the described date", "2026-11-21T06:00:00Z", started],
    ["a date with an offset", "2026-11-21T14:00:00+08:00", started],
    ["nine digits", 160_000_000, "1975-01-26T20:26:40.000Z"],
    ["the largest documented number", 9_999_999_999_999, "2286-11-20T17:46:39.999Z"],
    ["0 for not yet", 0, undefined],
    ["0 as text", "0", undefined],
    ["nothing", undefined, undefined],
    ["null", null, undefined],
    ["empty text", "", undefined],
    ["other text", "soon", undefined],
    ["microseconds", startMs * 1000, started],
    ["nanoseconds, which nobody documents", startMs * 1e6, undefined],
    ["a negative number", -1, undefined],
    ["a number beyond all dates", 1e20, undefined],
    ["a list", [startMs], undefined],
    ["true", true, undefined],
  ])("%s", (_what, value, expected) => {
    expect(parseTime(value)).toBe(expected);
  });
});

describe("the detail of an execution", () => {
  test("only the status is needed", () => {
    expect(detail({ status: "running" })).toEqual({
      executionId: "ex-1",
      status: "running",
      rawStatus: "running",
      steps: [],
    });
  });

  test("an end is believed only of what has ended: 0 and stale ones are seen before", () => {
    expect(detail({ status: "running", begin_time: startMs, end_time: 0 })).not.toHaveProperty("settledAt");
    expect(detail({ status: "running", begin_time: startMs, end_time: 5 })).not.toHaveProperty("settledAt");
    expect(detail({ status: "success", begin_time: startMs, end_time: startMs + 2_000 })).toMatchObject({
      startedAt: started,
      settledAt: ended,
    });
  });

  test.each([
    [{ end_time: 0, last_update_time: startMs + 2_000 }],
    [{ last_update_time: "2026-11-21T06:00:02Z" }],
    [{ end_time: null, last_update_time: String(startMs / 1000 + 2) }],
  ])("without an end the last update is the end: %j", (times) => {
    expect(detail({ status: "fail", begin_time: startMs / 1000, ...times })).toMatchObject({
      startedAt: started,
      settledAt: ended,
    });
  });

  test("steps have the names of the snapshot's nodes where there is one, and ids where there is none", () => {
    const results = [
      { node_id: "n1", status: "success", begin_time: startMs, end_time: startMs + 2_000 },
      { node_id: "n2", status: "RUNNING", begin_time: startMs + 2_000, end_time: 0 },
    ];
    const nodes = [
      { id: "n1", name: "Prepare" },
      { id: "n2", name: "" },
      { id: "n3", name: "Verify" },
    ];
    expect(
      detail({ status: "running", execution_result_list: results, workflow_snapshot: { nodes } }),
    ).toMatchObject({
      stepsTotal: 3,
      steps: [
        { id: "n1", name: "Prepare", status: "succeeded", durationMs: 2_000 },
        { id: "n2", status: "running" },
      ],
    });
    const without = detail({ status: "running", execution_result_list: results });
    expect(without).not.toHaveProperty("stepsTotal");
    expect(without.steps.map(({ id, name }) => [id, name])).toEqual([
      ["n1", undefined],
      ["n2", undefined],
    ]);
    expect(without.steps[1]).not.toHaveProperty("durationMs");
  });

  test("a successful node of a failed execution: the execution's word counts, and its failed target is found", () => {
    const snapshot = detail({
      status: "fail",
      execution_result_list: [
        { node_id: "n1", status: "success", output: { success: [{ name: "a" }], fail: [] } },
        {
          node_id: "n2",
          status: "success",
          output: {
            success: [],
            fail: [{ id: "i-1", name: "ecs", ip: "10.0.0.1", exit_code: "126", error_msg: "no", log: "l" }],
            in_execution: [{}],
            not_performed: [{}, {}],
          },
        },
      ],
    });
    expect(snapshot.status).toBe("failed");
    expect(firstFailedStep(snapshot)).toMatchObject({
      id: "n2",
      status: "succeeded",
      targets: { succeeded: 0, failed: 1, running: 1, notPerformed: 2 },
      failedTargets: [
        { id: "i-1", name: "ecs", address: "10.0.0.1", exitCode: "126", message: "no", log: "l" },
      ],
    });
  });

  test("a workload has a namespace in place of an address, and numbers may be numbers", () => {
    const fail = [{ name: "web", namespace: "prod", exit_code: 1, id: "", log: null }];
    expect(
      detail({ status: "fail", execution_result_list: [{ node_id: "n", status: "fail", output: { fail } }] })
        .steps[0]!.failedTargets,
    ).toEqual([{ name: "web", address: "prod", exitCode: "1" }]);
  });

  test.each(["error_msg", "error_message", "error", "message"])(
    "what a step says in %s is its error",
    (key) => {
      const result = (status: string): unknown => ({
        node_id: "n",
        status,
        output: { [key]: "quota exceeded" },
      });
      const step = (status: string): object =>
        detail({ status: "fail", execution_result_list: [result(status)] }).steps[0]!;
      expect(step("fail")).toHaveProperty("error", "quota exceeded");
      expect(step("success")).not.toHaveProperty("error");
    },
  );

  test("the output is the last one that a node has", () => {
    const results = [{ output: { version: "1" } }, { output: { version: "2" } }, { output: null }, {}];
    expect(detail({ status: "success", execution_result_list: results }).output).toEqual({ version: "2" });
    expect(detail({ status: "success", execution_result_list: [{ output: null }] })).not.toHaveProperty(
      "output",
    );
    expect(detail({ status: "success", execution_result_list: [{ output: 0 }] }).output).toBe(0);
  });

  test.each([
    ["execution_result_list", null],
    ["execution_result_list", {}],
    ["execution_result_list", "text"],
    ["execution_result_list", [null, 7, "x", []]],
    ["workflow_snapshot", []],
    ["workflow_snapshot", { nodes: {} }],
    ["workflow_snapshot", { nodes: [null, { id: 7 }] }],
    ["begin_time", {}],
  ])("%s of another kind is as good as none: %j", (key, value) => {
    expect(detail({ status: "running", [key]: value })).toEqual({
      executionId: "ex-1",
      status: "running",
      rawStatus: "running",
      steps: [],
    });
  });

  test.each([{}, { status: "" }, { status: 7 }, { status: null }])(
    "without a status it is none: %j",
    (body) => {
      expect(() => detail(body)).toThrow(ResponseFormatError);
      expect(() => detail(body)).toThrow(
        /^Look: https:\/\/aom\.example\/v1\/p answered HTTP 200 without "status"\.$/,
      );
    },
  );
});

describe("the list of executions", () => {
  const item = (id: string, more: object = {}): object => ({ execution_id: id, status: "success", ...more });

  test("created_by and create_by are the same", () => {
    const creators = list([
      item("a", { created_by: "ann" }),
      item("b", { create_by: "bob" }),
      item("c", { created_by: "" }),
      item("d"),
    ]).map(({ createdBy }) => createdBy);
    expect(creators).toEqual(["ann", "bob", undefined, undefined]);
  });

  test("is newest first, in seconds or milliseconds", () => {
    const items = [
      item("old", { begin_time: 1_600_000_000 }),
      item("new", { begin_time: startMs }),
      item("middle", { begin_time: 1_700_000_000_000 }),
    ];
    expect(list(items).map(({ executionId }) => executionId)).toEqual(["new", "middle", "old"]);
  });

  test("has times, duration and status of each", () => {
    const [summary] = list([
      item("a", { begin_time: startMs, end_time: startMs + 2_000, status: "FAIL", create_by: "ann" }),
    ]);
    expect(summary).toEqual({
      executionId: "a",
      status: "failed",
      rawStatus: "FAIL",
      startedAt: started,
      settledAt: ended,
      durationMs: 2_000,
      createdBy: "ann",
    });
  });

  test("passes over what has no id and keeps what has no status", () => {
    expect(list([null, {}, { execution_id: "" }, { execution_id: 7 }, { execution_id: "a" }])).toEqual([
      { executionId: "a", status: "unknown", rawStatus: "" },
    ]);
    expect(list([])).toEqual([]);
  });

  test.each(["{}", "", '"text"', "null", "7"])("%j is no list", (body) => {
    expect(() => list(body)).toThrow(ResponseFormatError);
    expect(() => list(body)).toThrow(/answered HTTP 200 with something that is not a list/);
  });

  test("is newest first also where one has no time, as while it waits for its turn", () => {
    const order = (status: string): string[] =>
      list([
        item("old", { begin_time: startMs }),
        item("none", { status }),
        item("new", { begin_time: startMs + 1 }),
      ]).map(({ executionId }) => executionId);
    expect(order("waitExecute")).toEqual(["none", "new", "old"]);
    expect(order("success")).toEqual(["new", "old", "none"]);
  });
});

describe("the answer of a start", () => {
  test("has the id", () => {
    expect(parseExecuteWorkflow(answerOf({ execution_id: "ex-1", more: 1 }), request)).toBe("ex-1");
  });

  test.each([{}, { execution_id: "" }, { execution_id: 7 }, [], '"ex-1"', "", "<html>"])(
    "without one it can't be read: %j",
    (body) => {
      expect(() => parseExecuteWorkflow(answerOf(body), request)).toThrow(ResponseFormatError);
    },
  );
});

describe("error answers, whatever their spelling", () => {
  test.each<[string, unknown, object]>([
    [
      "the schema's",
      { error_code: "AOM.31001306", error_msg: "workflow not exist.", http_code: 404 },
      { code: "AOM.31001306", message: "workflow not exist." },
    ],
    [
      "the examples'",
      { error_code: "AOM.31001405", error_message: "internal server error.", http_code: "500" },
      { code: "AOM.31001405", message: "internal server error." },
    ],
    [
      "with the mistyped htp_code",
      { error_code: "AOM.31001403", error_message: "param error.", htp_code: "400" },
      { code: "AOM.31001403", message: "param error." },
    ],
    [
      "the gateway's",
      { error_msg: "no backend", error_code: "APIG.0201", request_id: "r-1" },
      { code: "APIG.0201", message: "no backend", requestId: "r-1" },
    ],
    [
      "IAM's",
      { error: { code: 401, message: "The username or password is wrong.", title: "Unauthorized" } },
      { code: "401", message: "The username or password is wrong." },
    ],
    ["in camel case", { errorCode: "X.1", errorMsg: "no" }, { code: "X.1", message: "no" }],
    ["bare", { code: "X.1", message: "no" }, { code: "X.1", message: "no" }],
    ["code alone", { error_code: "X.1" }, { code: "X.1", message: undefined }],
    ["text alone", { message: "no" }, { code: undefined, message: "no" }],
    ["empty", "", { code: undefined, message: undefined }],
    ["no JSON", "oops", { code: undefined, message: undefined }],
    ["a list", [{ error_code: "X" }], { code: undefined, message: undefined }],
    ["of other types", { error_code: {}, error_msg: [] }, { code: undefined, message: undefined }],
  ])("%s", (_what, body, expected) => {
    expect(parseHuaweiError(answerOf(body, 400))).toMatchObject(expected);
  });

  test("the request id is in the body or in one of two headers", () => {
    const idOf = (body: unknown, headers: Record<string, string>): string | undefined =>
      parseHuaweiError(answerOf(body, 400, headers)).requestId;
    const headers = { "x-request-id": "h", "x-iam-trace-id": "t" };
    expect(idOf({ request_id: "b" }, headers)).toBe("b");
    expect(idOf({}, headers)).toBe("h");
    expect(idOf({}, { "x-iam-trace-id": "t" })).toBe("t");
    expect(idOf({}, {})).toBeUndefined();
  });

  const classify = toHuaweiError(fakeClock(), stackSettingWords, { notFound: "Check the id." });

  test("the service's code for not there counts with any status; the remedy is in the message", () => {
    const error = classify(answerOf({ error_code: "AOM.31001306", error_msg: "no" }, 400), request);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error.message).toBe("Look was refused: HTTP 400, AOM.31001306: no. Check the id.");
  });

  test.each(["APIGW.0308", "APIG.0308"])("%s is throttling with any status", (code) => {
    expect(classify(answerOf({ error_code: code }, 403), request)).toBeInstanceOf(ThrottledError);
  });

  test.each([
    [404, { error_code: "APIGW.0101" }, "The endpoint does not serve this API"],
    [401, { error_code: "APIGW.0303" }, "clock is off by more than 15 minutes"],
    [401, { error_msg: "The token must be updated" }, "The token is no longer valid"],
    [403, {}, "Check the credentials"],
    [302, {}, "check the endpoint"],
    [500, "<html>", "The answer is a web page"],
  ])("after %i %j the remedy is: %s", (status, body, remedy) => {
    expect(classify(answerOf(body, status), request).message).toContain(remedy);
  });

  test.each(["no.", "no", "no...", "没有。"])("a text that ends in %j ends in one full stop", (text) => {
    const { message } = classify(answerOf({ error_msg: text, request_id: "r" }, 404), request);
    expect(message).toMatch(/HTTP 404, (no|没有) \(request id r\)\. Check the id\.$/);
  });

  test("the service's own full stop is not doubled", () => {
    const error = classify(answerOf({ error_code: "X.1", error_msg: "workflow not exist." }, 404), request);
    expect(error.message).not.toContain("..");
  });
});
