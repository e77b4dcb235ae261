/**
 * COC on the wire: what is asked, what its answers mean, and the mark by which an execution is known again.
 */
import { ResponseFormatError } from "../../provider/src/ground/errors";
import type { HttpAnswer, HttpRequest } from "../../provider/src/http/request";
import { requestUrl } from "../../provider/src/http/request";
import {
  parseExecuteDocument,
  parseListExecutions,
  parseListExecutionSteps,
  parseShowDocument,
  parseShowExecution,
} from "../../provider/src/services/huawei/coc/answers";
import {
  buildExecuteDocument,
  buildListExecutions,
  buildListExecutionSteps,
  buildShowDocument,
  buildShowExecution,
  buildUpdateExecution,
} from "../../provider/src/services/huawei/coc/api";
import {
  checkTargets,
  parametersRule,
  targetsRule,
  toKeyValues,
  toTargets,
} from "../../provider/src/services/huawei/coc/parameters";
import { longestRunName, markedDescription, runNameIn } from "../../provider/src/services/huawei/coc/runMark";
import { toExecutionStatus } from "../../provider/src/services/huawei/coc/statuses";

const job = { endpoint: "https://coc.example", documentId: "DM 1" };
const request = { operation: "Look", method: "GET", url: "https://coc.example/v1" };
const answerOf = (body: unknown): HttpAnswer => ({
  status: 200,
  header: () => undefined,
  text: typeof body === "string" ? body : JSON.stringify(body),
});

const startMs = Date.parse("2026-11-21T06:00:00Z");
const data = {
  id: "7",
  execution_id: "EX1",
  document_id: "DM1",
  status: "Running",
  start_time: startMs,
  end_time: null,
  update_time: startMs + 500,
  creator: "ann",
  description: "[pulumi-runbook run-1] patch",
};

test.each<[string, HttpRequest, string, string | undefined, boolean]>([
  [
    "start",
    buildExecuteDocument(job, { description: "d" }),
    "POST /v1/documents/DM%201",
    '{"description":"d"}',
    false,
  ],
  ["look", buildShowExecution(job, "EX?1"), "GET /v1/executions/EX%3F1", undefined, true],
  [
    "list",
    buildListExecutions(job, { limit: 100, offset: 200 }),
    "GET /v1/executions?limit=100&offset=200&document_id=DM%201&exclude_child_executions=true",
    undefined,
    true,
  ],
  [
    "list since a time",
    buildListExecutions(job, { limit: 5, offset: 0, startedAfterMs: startMs }),
    `GET /v1/executions?limit=5&offset=0&document_id=DM%201&exclude_child_executions=true&start_time=${String(startMs)}`,
    undefined,
    true,
  ],
  [
    "steps",
    buildListExecutionSteps(job, "EX1", { limit: 100, offset: 0 }),
    "GET /v1/executions/EX1/steps?limit=100&offset=0",
    undefined,
    true,
  ],
  [
    "stop",
    buildUpdateExecution(job, "EX1", "TERMINATE"),
    "POST /v1/executions",
    '{"execution_id":"EX1","operate_type":"TERMINATE"}',
    true,
  ],
  [
    "retry",
    buildUpdateExecution(job, "EX1", "RETRY"),
    "POST /v1/executions",
    '{"execution_id":"EX1","operate_type":"RETRY"}',
    false,
  ],
  ["job", buildShowDocument(job, {}), "GET /v1/documents/DM%201", undefined, true],
  [
    "a version of one of the vendor's jobs",
    buildShowDocument(job, { version: "v2", documentType: "PUBLIC" }),
    "GET /v1/documents/DM%201?version=v2&document_type=PUBLIC",
    undefined,
    true,
  ],
])("%s: path, body, and whether it may be repeated", (_what, built, expected, body, repeatable) => {
  expect(`${built.method} ${requestUrl(built).replace("https://coc.example", "")}`).toBe(expected);
  expect(built).toMatchObject({ headers: { "content-type": "application/json" }, repeatable });
  expect(built.body).toBe(body);
});

test("a start has everything that it is given, in the service's words", () => {
  const { body } = buildExecuteDocument(job, {
    version: "v2",
    documentType: "PUBLIC",
    parameters: toKeyValues({ release: "2026.11", hosts: ["a", "b"], force: true, count: 3, none: null }),
    targetParameterName: "instance_list",
    targets: toTargets({ InstanceValues: ["i-1"], BatchValues: ["b-1", "b-2"] }),
    description: "patch",
  });
  expect(JSON.parse(body!)).toEqual({
    version: "v2",
    document_type: "PUBLIC",
    parameters: [
      { key: "release", value: "2026.11" },
      { key: "hosts", value: '["a","b"]' },
      { key: "force", value: "true" },
      { key: "count", value: "3" },
      { key: "none", value: "null" },
    ],
    target_parameter_name: "instance_list",
    targets: [
      { key: "InstanceValues", values: ["i-1"] },
      { key: "BatchValues", values: ["b-1", "b-2"] },
    ],
    description: "patch",
  });
});

test.each([
  ["Succeed", "succeeded"],
  ["Failed", "failed"],
  ["Timeout", "timedOut"],
  ["Canceled", "stopped"],
  ["Running", "running"],
  ["Canceling", "running"],
  ["Pending", "waiting"],
  ["Succeeded", "unknown"],
  ["Cancelled", "unknown"],
  ["", "unknown"],
])("%j means %s, in any case", (word, status) => {
  for (const spelling of [word, word.toUpperCase(), word.toLowerCase()]) {
    expect(toExecutionStatus(spelling)).toBe(status);
  }
});

describe("a start's answer", () => {
  test("is the id itself, whatever code is beside it", () => {
    expect(parseExecuteDocument(answerOf({ data: "EX1" }), request)).toBe("EX1");
    const withCode = { error_code: "COC.00000000", error_msg: "success", data: "EX1" };
    expect(parseExecuteDocument(answerOf(withCode), request)).toBe("EX1");
  });

  test("without data is no id; what the service says instead is told", () => {
    const parse = (): string =>
      parseExecuteDocument(answerOf({ error_code: "COC.0001", error_msg: "busy" }), request);
    expect(parse).toThrow(ResponseFormatError);
    expect(parse).toThrow('without "data" (COC.0001: busy)');
    expect(() => parseExecuteDocument(answerOf({}), request)).toThrow('without "data".');
  });

  test.each([{ execution_id: "EX1" }, 7, "a/b", ["EX1"]])("with data %j is no id", (wrong) => {
    expect(() => parseExecuteDocument(answerOf({ data: wrong }), request)).toThrow(ResponseFormatError);
  });
});

describe("an execution's answer", () => {
  test("a running one has no end, whatever the answer says", () => {
    const shown = parseShowExecution(answerOf({ data: { ...data, end_time: startMs } }), request, "EX1");
    expect(shown).toEqual({
      snapshot: {
        executionId: "EX1",
        status: "running",
        rawStatus: "Running",
        startedAt: "2026-11-21T06:00:00.000Z",
        steps: [],
      },
      documentId: data.document_id,
      description: data.description,
    });
  });

  test("one that ended has its end, or else its last change", () => {
    const ended = { ...data, status: "Succeed" };
    const at = (more: object): string | undefined =>
      parseShowExecution(answerOf({ data: { ...ended, ...more } }), request, "EX1")!.snapshot.settledAt;
    expect(at({ end_time: startMs + 2_000 })).toBe("2026-11-21T06:00:02.000Z");
    expect(at({ end_time: null })).toBe("2026-11-21T06:00:00.500Z");
  });

  test.each([{}, { data: null }, { data: "" }, { error_code: "COC.00000000", data: null }])(
    "%j is an execution that the service does not know",
    (body) => {
      expect(parseShowExecution(answerOf(body), request, "EX1")).toBeUndefined();
    },
  );

  test("another execution's, one without a status, and data that is no object are errors", () => {
    const parse = (body: unknown) => (): unknown => parseShowExecution(answerOf(body), request, "EX2");
    expect(parse({ data })).toThrow(/the request was for "EX2"/);
    expect(parse({ data: { execution_id: "EX2" } })).toThrow('without "status"');
    expect(parse({ data: [data] })).toThrow('without "data"');
  });
});

test("a job is there where it has data", () => {
  expect(parseShowDocument(answerOf({ data: { document_id: "DM1" } }), request)).toBe(true);
  expect(parseShowDocument(answerOf({}), request)).toBe(false);
});

describe("a list", () => {
  test("has rows with their authors, and what has ended as its detail would be", () => {
    const ended = {
      ...data,
      execution_id: "EX2",
      status: "Failed",
      end_time: startMs + 2_000,
      sys_tags: [],
    };
    const page = parseListExecutions(answerOf({ data: [data, ended], total: 7 }), request);
    expect(page).toMatchObject({ rows: 2, total: 7, unreadable: 0 });
    expect(page.executions).toEqual([
      {
        executionId: "EX1",
        status: "running",
        rawStatus: "Running",
        startedAt: "2026-11-21T06:00:00.000Z",
        createdBy: "ann",
      },
      {
        executionId: "EX2",
        status: "failed",
        rawStatus: "Failed",
        startedAt: "2026-11-21T06:00:00.000Z",
        settledAt: "2026-11-21T06:00:02.000Z",
        durationMs: 2_000,
        createdBy: "ann",
      },
    ]);
    // One that runs is looked at alone, for its steps.
    expect(page.snapshotOf("EX1")).toBeUndefined();
    expect(page.snapshotOf("EX2")).toMatchObject({ status: "failed", steps: [] });
  });

  test("counts rows of unreadable ids that may still run", () => {
    const rows = [{ ...data, execution_id: "a b" }, { ...data, execution_id: 7, status: "Succeed" }, "odd"];
    expect(parseListExecutions(answerOf({ data: rows }), request)).toMatchObject({
      executions: [],
      rows: 3,
      total: undefined,
      unreadable: 1,
    });
  });

  test("is empty as a list, as null, or left out where the total says so", () => {
    for (const body of [{ data: [], total: 0 }, { data: null, total: 0 }, { total: 0 }]) {
      expect(parseListExecutions(answerOf(body), request).executions).toEqual([]);
    }
    for (const body of [{}, { data: null }, { data: null, total: 3 }, { data: {} }]) {
      expect(() => parseListExecutions(answerOf(body), request)).toThrow('without "data"');
    }
  });
});

describe("steps", () => {
  const step = {
    execution_step_id: "S1",
    action: "hwc:runbook:scripts@1.0.0",
    name: "Work",
    status: "Failed",
    start_time: startMs,
    end_time: startMs + 1_000,
    message: "no space left",
    inputs: [],
    outputs: [],
  };
  const read = (row: object): unknown =>
    parseListExecutionSteps(answerOf({ data: [row], total: 1 }), request).steps[0];

  test("a failed one has its message", () => {
    expect(read(step)).toEqual({
      step: {
        id: "S1",
        name: "Work",
        status: "failed",
        rawStatus: "Failed",
        startedAt: "2026-11-21T06:00:00.000Z",
        durationMs: 1_000,
        error: "no space left",
      },
      hasBegun: true,
      outputs: undefined,
    });
  });

  test("the message of one that succeeded or runs is no error", () => {
    for (const status of ["Succeed", "Running"]) {
      expect(read({ ...step, status })).not.toMatchObject({ step: { error: expect.anything() } });
    }
  });

  test("one that waits for its turn has not begun; one that is suspended has", () => {
    expect(read({ ...step, status: "Pending", start_time: null })).toMatchObject({ hasBegun: false });
    expect(read({ ...step, status: "Pending" })).toMatchObject({ hasBegun: true });
  });

  test("outputs are texts by their names, whatever the service makes of them", () => {
    const outputs = [
      { key: "version", value: "1.4.2" },
      { key: "hosts", value: ["a"] },
      { key: "count", value: 7 },
      { key: "empty", value: "" },
      { key: "none", value: null },
      { value: "without a name" },
      "odd",
    ];
    // A number that JavaScript's can't hold.
    const text = JSON.stringify({ data: [{ ...step, outputs }], total: 1 }).replace(
      '"value":7',
      '"value":9007199254740993',
    );
    expect(parseListExecutionSteps(answerOf(text), request).steps[0]).toMatchObject({
      outputs: { version: "1.4.2", hosts: '["a"]', count: "9007199254740993", empty: "", none: "" },
    });
  });
});

describe("the mark", () => {
  const name = "n".repeat(longestRunName);

  test("stands before the program's own text, and is read again", () => {
    expect(markedDescription("run-1", undefined)).toBe("[pulumi-runbook run-1]");
    expect(markedDescription("run-1", "")).toBe("[pulumi-runbook run-1]");
    const own = "[pulumi-runbook other] of mine";
    expect(markedDescription("run-1", own)).toBe(`[pulumi-runbook run-1] ${own}`);
    for (const text of [undefined, "patch", own]) {
      expect(runNameIn(markedDescription(name, text))).toBe(name);
    }
  });

  test("is not there in another's description", () => {
    for (const text of [
      "",
      "patch",
      "see [pulumi-runbook run-1]",
      "pulumi-runbook run-1",
      "[pulumi-runbooks",
    ]) {
      expect(runNameIn(text)).toBeNull();
    }
  });

  test("is not there where there is no description, and can't be told where it was cut", () => {
    expect(runNameIn(undefined)).toBeNull();
    expect(runNameIn(null)).toBeNull();
    const whole = markedDescription(name, "patch");
    for (let length = 1; length < whole.indexOf("]") + 1; length += 1) {
      expect(runNameIn(whole.slice(0, length))).toBeUndefined();
    }
    expect(runNameIn(whole.slice(0, whole.indexOf("]") + 1))).toBe(name);
  });
});

describe("arguments", () => {
  test.each<[unknown, RegExp | undefined]>([
    [{ a: 1 }, undefined],
    [{}, undefined],
    ["a=1", /^must be a map/],
    [[], /^must be a map .*, not a list$/],
    [{ "": 1 }, /empty name/],
  ])("parameters %j", (value, problem) => {
    expect(parametersRule(value)).toEqual(problem === undefined ? undefined : expect.stringMatching(problem));
  });

  test.each<[unknown, RegExp | undefined]>([
    [{ InstanceValues: ["a"] }, undefined],
    [{ InstanceValues: ["a"], BatchValues: ["b", "c"] }, undefined],
    [["a"], /^must be a map/],
    [{}, /"InstanceValues" and "BatchValues".* empty$/],
    [{ Values: ["a"] }, /^has "Values": its keys can only be "InstanceValues" and "BatchValues"$/],
    [{ InstanceValues: "a" }, /^has "InstanceValues", which must be a list of texts, not a string$/],
    [{ InstanceValues: [] }, /list of texts: it is empty$/],
    [{ InstanceValues: ["a", 1] }, /has a number$/],
    [{ InstanceValues: [""] }, /has an empty one$/],
  ])("targets %j", (value, problem) => {
    expect(targetsRule(value)).toEqual(problem === undefined ? undefined : expect.stringMatching(problem));
  });

  test("targets and the parameter that they are for need each other", () => {
    const targets = { InstanceValues: ["a"] };
    const none = new Set<string>();
    expect(checkTargets({}, none)).toEqual([]);
    expect(checkTargets({ targets, targetParameterName: "hosts" }, none)).toEqual([]);
    expect(checkTargets({ targets }, new Set(["targetParameterName"]))).toEqual([]);
    expect(checkTargets({ targets }, none)).toMatchObject([{ argument: "targets" }]);
    expect(checkTargets({ targetParameterName: "hosts" }, none)).toMatchObject([
      { argument: "targetParameterName" },
    ]);
  });
});
