/** Requests and answers of Step Functions, by the vendor's service model (JSON 1.0, version 2016-11-23). */
import type { HttpAnswer } from "../../provider/src/http/request";
import { ResponseFormatError } from "../../provider/src/ground/errors";
import * as answers from "../../provider/src/services/aws/stepfunctions/answers";
import * as api from "../../provider/src/services/aws/stepfunctions/api";
import { parseStateMachineArn, stateMachineArn } from "../../provider/src/services/aws/stepfunctions/arns";
import { consoleUrlOf } from "../../provider/src/services/aws/stepfunctions/console";
import { checkPlace, placeOf } from "../../provider/src/services/aws/stepfunctions/place";
import { publishedRateLimits } from "../../provider/src/services/aws/stepfunctions/statesRequests";
import { toExecutionStatus, toRawStatus } from "../../provider/src/services/aws/stepfunctions/statuses";
import { settingsOf } from "../support/sessions";

const arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:deploy";
const execution = "arn:aws:states:eu-west-1:123456789012:execution:deploy:run-1";
const request = { operation: "Describe", method: "POST", url: "https://states" };

const place = {
  machine: parseStateMachineArn(arn)!,
  endpoint: "https://states",
  syncEndpoint: "https://sync",
};
const answer = (body: unknown): HttpAnswer => ({
  status: 200,
  header: () => undefined,
  text: JSON.stringify(body),
});

describe("requests", () => {
  const start = { name: "run-1", input: '{"a":1}' };
  test.each([
    [api.buildStartExecution(place, start), { stateMachineArn: arn, ...start }, true],
    [api.buildStartSyncExecution(place, start), { stateMachineArn: arn, ...start }, false],
    [api.buildDescribeExecution(place, "run-1"), { executionArn: execution }, true],
    [
      api.buildListExecutions(place, { limit: 1_000, status: "RUNNING", nextToken: "t" }),
      { stateMachineArn: arn, statusFilter: "RUNNING", maxResults: 1_000, nextToken: "t" },
      true,
    ],
    [
      api.buildGetExecutionHistory(place, "run-1", { limit: 1_000, withData: false }),
      { executionArn: execution, maxResults: 1_000, includeExecutionData: false },
      true,
    ],
    [
      api.buildStopExecution(place, "run-1", { error: "e".repeat(300), cause: "c".repeat(40_000) }),
      { executionArn: execution, error: "e".repeat(256), cause: "c".repeat(32_768) },
      true,
    ],
    [
      api.buildRedriveExecution(place, "run-1", "token"),
      { executionArn: execution, clientToken: "token" },
      true,
    ],
  ])("%#: target, media type and parameters", (built, parameters, repeatable) => {
    expect(built).toMatchObject({ method: "POST", path: [], repeatable });
    expect(built.headers).toMatchObject({
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `AWSStepFunctions.${built.operation}`,
    });
    expect(JSON.parse(built.body!)).toEqual(parameters);
  });

  test("an input that is left out is not sent; synchronous runs go to their own address, and take five minutes", () => {
    expect(api.buildStartExecution(place, { name: "n", input: undefined }).body).not.toContain("input");
    const sync = api.buildStartSyncExecution(place, start);
    expect(sync.endpoint).toBe("https://sync");
    expect(sync.timeoutMs).toBeGreaterThan(5 * 60_000);
  });
});

describe("answers", () => {
  const asked = { stateMachine: "deploy", executionName: "run-1" };
  const row = {
    executionArn: execution,
    status: "SUCCEEDED",
    startDate: 1764000000.1234,
    stopDate: 1764000002.5,
  };

  test("an execution: times are seconds with fractions, the output is JSON in a text", () => {
    expect(
      answers.parseDescribeExecution(answer({ ...row, output: '{"version":"1.4.2"}' }), request, asked),
    ).toEqual({
      executionId: "run-1",
      status: "succeeded",
      rawStatus: "SUCCEEDED",
      startedAt: "2025-11-24T16:00:00.123Z",
      settledAt: "2025-11-24T16:00:02.500Z",
      output: { version: "1.4.2" },
      steps: [],
    });
  });

  test("more digits than a number holds are a time all the same", () => {
    const text = JSON.stringify(row).replace("1764000000.1234", "1764000000.123456789012345678");
    const snapshot = answers.parseDescribeExecution({ ...answer({}), text }, request, asked);
    expect(snapshot.startedAt).toBe("2025-11-24T16:00:00.123Z");
  });

  test("a failure has error and cause; an end is only believed of what has settled", () => {
    const failed = { ...row, status: "FAILED", error: "States.TaskFailed", cause: "exit 1" };
    expect(answers.parseDescribeExecution(answer(failed), request, asked).error).toBe(
      "States.TaskFailed: exit 1",
    );
    const running = answers.parseDescribeExecution(answer({ ...row, status: "RUNNING" }), request, asked);
    expect(running).not.toHaveProperty("settledAt");
  });

  test.each([
    [
      { ...row, executionArn: execution.replace("run-1", "run-2") },
      '"run-2", but the request was for "run-1"',
    ],
    [{ ...row, executionArn: execution.replace(":deploy:", ":other:") }, "other"],
    [{ ...row, executionArn: undefined }, 'without "executionArn"'],
    [{ ...row, executionArn: "run-1" }, 'without "executionArn"'],
    [{ ...row, status: undefined }, 'without "status"'],
  ])("another execution, or none, is no answer: %#", (body, message) => {
    const parse = (): unknown => answers.parseDescribeExecution(answer(body), request, asked);
    expect(parse).toThrow(ResponseFormatError);
    expect(parse).toThrow(message);
  });

  test("a synchronous run is named by the start's name and a UUID", () => {
    const express = `${execution.replace(":execution:", ":express:")}:0b5e`;
    const body = { ...row, executionArn: express, name: "run-1", billingDetails: {} };
    expect(answers.parseStartSyncExecution(answer(body), request, asked).executionId).toBe("run-1:0b5e");
    expect(() =>
      answers.parseStartSyncExecution(answer(body), request, { ...asked, executionName: "run" }),
    ).toThrow(ResponseFormatError);
  });

  test("a list leaves out what can't be read, and says how many of it may still run", () => {
    const page = answers.parseListExecutions(
      answer({
        executions: [
          row,
          { ...row, executionArn: "arn:aws:states:eu-west-1:123456789012:execution:other:run-9" },
          { ...row, executionArn: 7, status: "RUNNING" },
          { ...row, executionArn: 7 },
        ],
        nextToken: "t",
      }),
      request,
      "deploy",
    );
    expect(page).toEqual({
      executions: [
        {
          executionId: "run-1",
          status: "succeeded",
          rawStatus: "SUCCEEDED",
          startedAt: "2025-11-24T16:00:00.123Z",
          settledAt: "2025-11-24T16:00:02.500Z",
          durationMs: 2_377,
        },
      ],
      unreadable: 1,
      nextToken: "t",
    });
  });

  test("events: numbers that are none are none, whatever they are", () => {
    const event = { type: "ExecutionStarted", timestamp: 1.764000000974e9 };
    const events = [
      { ...event, id: 1, previousEventId: 0 },
      { ...event, id: { toString: false }, previousEventId: null },
      { ...event, id: "3", executionStartedEventDetails: { input: "{}" } },
    ];
    const read = answers.parseGetExecutionHistory(answer({ events, nextToken: "t" }), request);
    const common = { type: "ExecutionStarted", time: "2025-11-24T16:00:00.974Z" };
    expect(read).toEqual({
      nextToken: "t",
      events: [
        { ...common, id: 1, previousEventId: 0, details: {} },
        { ...common, id: NaN, previousEventId: NaN, details: {} },
        { ...common, id: 3, previousEventId: NaN, details: { input: "{}" } },
      ],
    });
  });

  test("statuses: six words of the vendor, and any other is unknown", () => {
    const words = ["RUNNING", "PENDING_REDRIVE", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "NEW"];
    expect(words.map(toExecutionStatus)).toEqual([
      "running",
      "waiting",
      "succeeded",
      "failed",
      "timedOut",
      "stopped",
      "unknown",
    ]);
    expect(toRawStatus("stopped")).toBe("ABORTED");
    expect(toRawStatus("unknown")).toBeUndefined();
  });
});

describe("places", () => {
  const settings = (config: Record<string, string> = {}): ReturnType<typeof settingsOf> =>
    settingsOf({ config });

  test.each([
    [arn, "https://states.eu-west-1.amazonaws.com", "https://sync-states.eu-west-1.amazonaws.com"],
    [
      arn.replace("arn:aws:", "arn:aws-cn:").replace("eu-west-1", "cn-north-1"),
      "https://states.cn-north-1.amazonaws.com.cn",
      "https://sync-states.cn-north-1.amazonaws.com.cn",
    ],
    [
      arn.replace("arn:aws:", "arn:aws-us-gov:").replace("eu-west-1", "us-gov-west-1"),
      "https://states.us-gov-west-1.amazonaws.com",
      "https://sync-states.us-gov-west-1.amazonaws.com",
    ],
  ])("%s", (stateMachine, endpoint, syncEndpoint) => {
    expect(placeOf({ stateMachineArn: stateMachine }, settings())).toMatchObject({ endpoint, syncEndpoint });
  });

  test.each([
    [{ "aws:useFipsEndpoint": "true" }, "https://states-fips.eu-west-1.amazonaws.com"],
    [{ "aws:useDualstackEndpoint": "true" }, "https://states.eu-west-1.api.aws"],
    [{ "aws:endpoints": '[{"sfn":"http://127.0.0.1:5000"}]' }, "http://127.0.0.1:5000"],
    [{ "aws:endpoints": '[{"stepfunctions":"http://127.0.0.1:5000"}]' }, "http://127.0.0.1:5000"],
  ])("%j", (config, endpoint) => {
    expect(placeOf({ stateMachineArn: arn }, settings(config)).endpoint).toBe(endpoint);
  });

  test("an address of the program's own serves synchronous runs too", () => {
    const own = { stateMachineArn: arn, endpoint: "http://localhost:5000" };
    expect(placeOf(own, settings()).syncEndpoint).toBe("http://localhost:5000");
  });

  test("a version or an alias may follow; names are unique without it", () => {
    expect(parseStateMachineArn(`${arn}:prod`)).toMatchObject({ arn: `${arn}:prod`, unqualifiedArn: arn });
  });

  test.each([
    [7, "not a number"],
    ["deploy", "must be the ARN of a state machine"],
    [execution, "not that of an execution"],
    [`${arn}${"x".repeat(300)}`, "at most 256 characters"],
    [arn.replace("123456789012", "12"), "must be the ARN of a state machine"],
  ])("%s is refused by name", (value, message) => {
    expect(stateMachineArn(value)).toContain(message);
  });

  test("a region that is not the state machine's is refused by name", () => {
    expect(checkPlace({ stateMachineArn: arn, region: "us-east-1" }, settings(), new Set())).toEqual([
      {
        argument: "region",
        reason:
          'is "us-east-1", but stateMachineArn is in "eu-west-1": leave the region out, or correct one of them.',
      },
    ]);
  });

  test.each([
    [
      { "aws:allowedAccountIds": '["111111111111"]' },
      "which configuration aws:allowedAccountIds does not have",
    ],
    [
      { "aws:forbiddenAccountIds": '["123456789012"]' },
      "which configuration aws:forbiddenAccountIds forbids",
    ],
    [
      { "aws:allowedAccountIds": "[123456789012]", "aws:forbiddenAccountIds": '["111111111111"]' },
      "are both set",
    ],
    [{ "aws:allowedAccountIds": "prod" }, "is no list of account ids"],
  ])("guards: %j", (config, message) => {
    const [problem] = checkPlace({ stateMachineArn: arn }, settings(config), new Set());
    expect(problem?.reason).toContain(message);
  });

  test("an id that was set without quotes, zeros in front included, is the account's", () => {
    const config = { "aws:allowedAccountIds": "[012345678901, 123456789012]" };
    expect(checkPlace({ stateMachineArn: arn }, settings(config), new Set())).toEqual([]);
  });

  test("pages of the console, by partition", () => {
    const machine = parseStateMachineArn(arn)!;
    expect(consoleUrlOf(machine, execution)).toBe(
      `https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/${execution}`,
    );
    expect(consoleUrlOf(machine, undefined)).toContain(`#/statemachines/view/${arn}`);
    expect(consoleUrlOf({ ...machine, partition: "aws-iso" }, execution)).toBeUndefined();
  });
});

test("three regions have larger buckets", () => {
  const [busy, other] = [publishedRateLimits("us-east-1"), publishedRateLimits("eu-central-1")];
  const service = "stepfunctions";
  expect(busy(service, "DescribeExecution")).toEqual({ tokens: 300, perSecond: 15 });
  expect(other(service, "DescribeExecution")).toEqual({ tokens: 250, perSecond: 10 });
  expect(busy(service, "StartExecution")).toEqual({ tokens: 1_300, perSecond: 300 });
  expect(other(service, "StartExecution")).toEqual({ tokens: 800, perSecond: 150 });
  expect(other(service, "GetExecutionHistory")).toEqual({ tokens: 400, perSecond: 20 });
});
