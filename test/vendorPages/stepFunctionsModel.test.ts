/**
 * AWS's own service model of Step Functions as test data: every operation, parameter, limit, error, status and event that the
 * client uses, one by one. test/seeds/stepFunctionsModel.json says where the model is from.
 */
import seed from "../seeds/stepFunctionsModel.json";
import {
  AuthenticationError,
  NotFoundError,
  RunNameTakenError,
  ServiceError,
} from "../../provider/src/ground/errors";
import { check } from "../../provider/src/lifecycle";
import type { HttpRequest } from "../../provider/src/http/request";
import { isSettled } from "../../provider/src/execution/snapshot";
import * as api from "../../provider/src/services/aws/stepfunctions/api";
import type { StepFunctionsBackend } from "../../provider/src/services/aws/stepfunctions/backend";
import { executionArn, parseStateMachineArn } from "../../provider/src/services/aws/stepfunctions/arns";
import { stepsOf } from "../../provider/src/services/aws/stepfunctions/history";
import { toExecutionStatus, toRawStatus } from "../../provider/src/services/aws/stepfunctions/statuses";
import { services } from "../../provider/src/services/registry";
import type { ScriptedAnswer, ScriptedServer } from "../support/scriptedServer";
import { startScriptedServer } from "../support/scriptedServer";
import { never, settingsOf, testSession } from "../support/sessions";

interface Limits {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}
interface Operation {
  readonly hostPrefix: string;
  readonly parameters: Readonly<Record<string, Limits>>;
  readonly required: readonly string[];
  readonly alwaysInAnswer: readonly string[];
  readonly errors: readonly string[];
}
const model = seed.operations as Readonly<Record<string, Operation>>;

const stateMachineArn = "arn:aws:states:eu-west-1:123456789012:stateMachine:deploy";
const runArn = "arn:aws:states:eu-west-1:123456789012:execution:deploy:run-1";
const machine = parseStateMachineArn(stateMachineArn)!;
const place = { machine, endpoint: "https://states", syncEndpoint: "https://sync-states" };
const config = { "aws:accessKey": "AKIATEST", "aws:secretKey": "secret" };
const token = "00000000-0000-4000-8000-000000000000";

/** Every request, with as much in it as the client ever sends. */
const fullest: readonly HttpRequest[] = [
  api.buildStartExecution(place, { name: "run-1", input: "{}" }),
  api.buildStartSyncExecution(place, { name: "run-1", input: "{}" }),
  api.buildDescribeExecution(place, "run-1"),
  api.buildListExecutions(place, { limit: api.maxListPage, status: "FAILED", nextToken: "t" }),
  api.buildStopExecution(place, "run-1", { error: "e".repeat(300), cause: "c".repeat(40_000) }),
  api.buildGetExecutionHistory(place, "run-1", { limit: 1_000, nextToken: "t", withData: true }),
  api.buildRedriveExecution(place, "run-1", token),
];

describe("requests", () => {
  test("the model has every operation that the client sends, and the client sends every one of it", () => {
    expect(fullest.map(({ operation }) => operation).sort()).toEqual(Object.keys(model).sort());
  });

  test.each(fullest.map((request) => [request.operation, request] as const))(
    "%s: its parameters are the model's, within its limits",
    (operation, { body, endpoint }) => {
      const { parameters, required, hostPrefix } = model[operation]!;
      const sent = JSON.parse(body!) as Record<string, unknown>;
      expect(Object.keys(parameters)).toEqual(expect.arrayContaining(Object.keys(sent)));
      expect(Object.keys(sent)).toEqual(expect.arrayContaining([...required]));
      expect(endpoint).toBe(`https://${hostPrefix}states`);
      for (const [name, value] of Object.entries(sent)) {
        const { min = 0, max = Infinity, pattern, enum: words } = parameters[name]!;
        const size = typeof value === "string" ? value.length : Number(value);
        expect([name, size >= min && size <= max]).toEqual([name, true]);
        if (pattern !== undefined) expect(value).toMatch(new RegExp(`^${pattern}$`));
        if (words) expect(words).toContain(value);
      }
    },
  );

  test("error and cause of a stop are cut at the model's limits, not before", () => {
    const stop = fullest.find(({ operation }) => operation === "StopExecution")!;
    const { error, cause } = JSON.parse(stop.body!) as { error: string; cause: string };
    const { parameters } = model["StopExecution"]!;
    expect([error.length, cause.length]).toEqual([parameters["error"]!.max, parameters["cause"]!.max]);
  });

  test("the longest names make no ARN that is too long", () => {
    const longest = {
      ...machine,
      partition: "aws-us-gov",
      region: "ap-southeast-99",
      name: "n".repeat(80),
    };
    const { max } = model["DescribeExecution"]!.parameters["executionArn"]!;
    expect(executionArn(longest, "e".repeat(80)).length).toBeLessThanOrEqual(max!);
  });

  const problems = (args: Record<string, unknown>): string =>
    check(services.stepfunctions, { stateMachineArn, ...args }, settingsOf({ config }))
      .map(({ reason }) => reason)
      .join("\n");

  test("names, ARNs and inputs are taken up to the model's limits, and refused one above", () => {
    const { name, input, stateMachineArn: arn } = model["StartExecution"]!.parameters;
    const inputOf = (bytes: number): string => JSON.stringify({ a: "x".repeat(bytes - '{"a":""}'.length) });
    const arnOf = (length: number): string =>
      `${stateMachineArn}:${"v".repeat(length - stateMachineArn.length - 1)}`;
    expect(problems({ executionName: "n".repeat(name!.max!) })).toBe("");
    expect(problems({ executionName: "n".repeat(name!.max! + 1) })).toMatch(/80/);
    expect(problems({ input: inputOf(input!.max!) })).toBe("");
    expect(problems({ input: inputOf(input!.max! + 1) })).toMatch(/256 KiB|262,?144/);
    expect(problems({ stateMachineArn: arnOf(arn!.max! + 1) })).toMatch(/at most 256 characters/);
  });
});

describe("errors", () => {
  let server: ScriptedServer | undefined;
  afterEach(() => server?.close());

  const open = async (
    answers: readonly ScriptedAnswer[],
    type: "STANDARD" | "EXPRESS",
  ): Promise<StepFunctionsBackend> => {
    server = await startScriptedServer(answers);
    const args = { stateMachineArn, stateMachineType: type, endpoint: server.url };
    const backend = await testSession(settingsOf({ config })).connect(services.stepfunctions, args, never);
    return backend;
  };

  /** A call of each operation, and a good answer to it. */
  const calls: Readonly<
    Record<
      string,
      { readonly call: (backend: StepFunctionsBackend) => Promise<unknown>; readonly good: object }
    >
  > = {
    StartExecution: {
      call: (backend) => backend.start({ runName: "run-1", signal: never }),
      good: { executionArn: runArn, startDate: 1.764000000974e9 },
    },
    StartSyncExecution: {
      call: (backend) => backend.start({ runName: "run-1", signal: never }),
      good: {
        executionArn: `${runArn.replace(":execution:", ":express:")}:${token}`,
        startDate: 1,
        stopDate: 2,
        status: "SUCCEEDED",
      },
    },
    DescribeExecution: {
      call: (backend) => backend.describe("run-1", { signal: never, sparing: true }),
      good: { executionArn: runArn, stateMachineArn, status: "RUNNING", startDate: 1 },
    },
    ListExecutions: {
      call: (backend) => backend.listPage({}, { limit: 10, token: undefined }, never),
      good: { executions: [] },
    },
    StopExecution: { call: (backend) => backend.stop("run-1", never), good: { stopDate: 1 } },
    GetExecutionHistory: { call: (backend) => backend.history("run-1", never), good: { events: [] } },
    RedriveExecution: { call: (backend) => backend.retry("run-1", never), good: { redriveDate: 1 } },
  };

  /** Refusals that may pass: the request is sent again. */
  const passing = new Set(["ExecutionLimitExceeded", "KmsThrottlingException", "ThrottlingException"]);
  const missing = new Set(["ExecutionDoesNotExist", "StateMachineDoesNotExist", "ResourceNotFound"]);
  const unauthentic = new Set([
    "KmsAccessDeniedException",
    "AccessDeniedException",
    "UnrecognizedClientException",
  ]);
  const common = ["ThrottlingException", "AccessDeniedException", "UnrecognizedClientException"];

  const classOf = (operation: string, code: string): unknown => {
    if (missing.has(code)) return NotFoundError;
    if (unauthentic.has(code)) return AuthenticationError;
    return operation === "StartExecution" && code === "ExecutionAlreadyExists"
      ? RunNameTakenError
      : ServiceError;
  };

  test("every operation is called here, and its good answer has what the model promises", () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(model).sort());
    for (const [operation, { good }] of Object.entries(calls)) {
      expect(Object.keys(good)).toEqual(expect.arrayContaining([...model[operation]!.alwaysInAnswer]));
    }
  });

  test.each(
    Object.entries(model).flatMap(([operation, { errors }]) =>
      [...errors, ...common].map((code) => [operation, code] as const),
    ),
  )("%s: %s", async (operation, code) => {
    const { call, good } = calls[operation]!;
    const refusal = {
      status: 400,
      body: JSON.stringify({ __type: `com.amazonaws.swf.service.v2.model#${code}`, message: "said" }),
    };
    const answers = passing.has(code) ? [refusal, { body: JSON.stringify(good) }] : [refusal];
    const backend = await open(answers, operation === "StartSyncExecution" ? "EXPRESS" : "STANDARD");
    const result = call(backend);
    if (passing.has(code) || (operation === "StopExecution" && missing.has(code))) {
      // An execution that is gone needs no stop.
      await result;
    } else {
      const error: unknown = await result.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect((error as object).constructor).toBe(classOf(operation, code));
      expect(String(error)).toContain(code);
    }
    const targets = server!.requests.map(({ headers }) => headers["x-amz-target"]);
    // A successful DescribeExecution is followed by a request for the steps.
    const own = targets.filter((target) => target !== "AWSStepFunctions.GetExecutionHistory");
    expect(operation === "DescribeExecution" ? own : targets).toEqual(
      answers.map(() => `AWSStepFunctions.${operation}`),
    );
  });
});

describe("statuses", () => {
  test.each(seed.statuses)("%s is known, and has a word of its own", (word) => {
    const status = toExecutionStatus(word);
    expect(status).not.toBe("unknown");
    expect(toRawStatus(status)).toBe(word);
  });

  test("what a synchronous run answers has settled", () => {
    expect(seed.syncStatuses.filter((word) => !isSettled(toExecutionStatus(word)))).toEqual([]);
    const open = seed.statuses.filter((word) => !isSettled(toExecutionStatus(word)));
    expect(open).toEqual(["RUNNING", "PENDING_REDRIVE"]);
  });
});

describe("events", () => {
  /** Event types by their effect on a step that is entered before the event, and left after the event. */
  const meanings: Readonly<Record<string, readonly string[]>> = {
    begins: seed.eventTypes.filter((type) => type.endsWith("StateEntered")),
    ends: seed.eventTypes.filter((type) => type.endsWith("StateExited")),
    failed: [
      "ActivityFailed",
      "ActivityScheduleFailed",
      "EvaluationFailed",
      "ExecutionFailed",
      "LambdaFunctionFailed",
      "LambdaFunctionScheduleFailed",
      "LambdaFunctionStartFailed",
      "MapIterationFailed",
      "MapRunFailed",
      "MapStateFailed",
      "ParallelStateFailed",
      "TaskFailed",
      "TaskStartFailed",
      "TaskSubmitFailed",
    ],
    timedOut: ["ActivityTimedOut", "ExecutionTimedOut", "LambdaFunctionTimedOut", "TaskTimedOut"],
    stopped: [
      "ExecutionAborted",
      "MapStateAborted",
      "ParallelStateAborted",
      "TaskStateAborted",
      "WaitStateAborted",
    ],
    nothing: [
      "ActivityScheduled",
      "ActivityStarted",
      "ActivitySucceeded",
      "ExecutionRedriven",
      "ExecutionStarted",
      "ExecutionSucceeded",
      "LambdaFunctionScheduled",
      "LambdaFunctionStarted",
      "LambdaFunctionSucceeded",
      "MapIterationAborted",
      "MapIterationStarted",
      "MapIterationSucceeded",
      "MapRunAborted",
      "MapRunRedriven",
      "MapRunStarted",
      "MapRunSucceeded",
      "MapStateStarted",
      "MapStateSucceeded",
      "ParallelStateStarted",
      "ParallelStateSucceeded",
      "TaskScheduled",
      "TaskStarted",
      "TaskSubmitted",
      "TaskSucceeded",
    ],
  };

  /** The state type that an event speaks of. */
  const kindOf = (type: string): string =>
    /^(Choice|Fail|Map|Parallel|Pass|Succeed|Task|Wait)State/.exec(type)?.[1] ??
    (type.startsWith("Map") ? "Map" : "Task");

  /** The steps after a step has been entered, the event has happened, and the step has been left. */
  const after = (type: string): unknown[] => {
    const event = (
      id: number,
      name: string,
      details: Record<string, unknown> = {},
    ): Parameters<typeof stepsOf>[0][0] => ({
      id,
      previousEventId: id - 1,
      type: name,
      time: new Date(Date.UTC(2026, 10, 21, 6, 0, id)).toISOString(),
      details,
    });
    const kind = kindOf(type);
    return stepsOf([
      event(1, "ExecutionStarted"),
      event(2, `${kind}StateEntered`, { name: "Step" }),
      event(
        3,
        type,
        /State(Entered|Exited)$/.test(type) ? { name: type.endsWith("Entered") ? "Next" : "Step" } : {},
      ),
      event(4, `${kind}StateExited`, { name: "Step" }),
    ]).map(({ name = "", status }) => `${name}: ${status}`);
  };

  test("every type of the model has a meaning here", () => {
    expect(Object.values(meanings).flat().sort()).toEqual([...seed.eventTypes].sort());
  });

  test.each(
    Object.entries(meanings).flatMap(([meaning, types]) => types.map((type) => [type, meaning] as const)),
  )("%s: %s", (type, meaning) => {
    const expected: Readonly<Record<string, readonly string[]>> = {
      begins: ["Step: succeeded", "Next: running"],
      ends: ["Step: succeeded"],
      nothing: ["Step: succeeded"],
    };
    expect(after(type)).toEqual(expected[meaning] ?? [`Step: ${meaning}`]);
  });
});
