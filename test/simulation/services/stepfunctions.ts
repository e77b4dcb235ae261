/**
 * AWS Step Functions, simulated: a name that runs is answered with that execution if the input is the same, and refused
 * otherwise, for good once it has ended; lists page by token and tell no outcome; EXPRESS ones answer when they have ended, and
 * are shown nowhere.
 */
import type { RequestKind } from "../script";
import type { ServiceContext, SimulatedService, WireAnswer, WireRequest } from "./gateway";
import { errorOf, isSkewed, json, outputOf, repeatedToken } from "./gateway";
import type { Execution, TrueStatus } from "./truth";

const words: Readonly<Record<TrueStatus, string>> = {
  running: "RUNNING",
  succeeded: "SUCCEEDED",
  failed: "FAILED",
  stopped: "ABORTED",
};

const kinds: Readonly<Record<string, RequestKind>> = {
  StartExecution: "start",
  StartSyncExecution: "start",
  DescribeExecution: "detail",
  ListExecutions: "list",
  StopExecution: "stop",
  GetExecutionHistory: "history",
};

const account = "arn:aws:states:us-east-1:123456789012";

type Bag = Readonly<Record<string, unknown>>;

/** Makes the service. */
export function simulatedStepFunctions(context: ServiceContext): SimulatedService {
  const { truth, world, draw, clockOf, timeline } = context;

  const endOf = (execution: Execution): number => truth.dateOf(execution, truth.endOf(execution)) / 1000;
  const rowOf = (execution: Execution, status: TrueStatus): Bag => ({
    executionArn: arnOf(execution),
    stateMachineArn: `${account}:stateMachine:${execution.workflow}`,
    name: execution.id,
    status: words[status],
    startDate: execution.startedAtMs / 1000,
    ...(status === "running" ? {} : { stopDate: endOf(execution) }),
  });
  const bodyOf = (execution: Execution, status: TrueStatus): Bag => ({
    ...rowOf(execution, status),
    input: execution.input,
    ...(status === "succeeded" ? { output: JSON.stringify(outputOf(world, execution)) } : {}),
    ...(status === "failed" ? { error: "ScriptFailed", cause: errorOf(world) } : {}),
    redriveCount: 0,
  });

  const begin = (request: WireRequest, body: Bag, id: string): Execution =>
    truth.start({
      workflow: nameOf(body["stateMachineArn"]),
      id,
      origin: request.origin,
      node: request.node,
      input: textOf(body["input"]),
      tag: tagOf(textOf(body["input"])),
      handledAfterMs: request.handledAfterMs,
    });

  const startNamed = (request: WireRequest, body: Bag): WireAnswer => {
    const name = textOf(body["name"]) ?? draw.uuid();
    if (!/^[\w.+=@!'()-]{1,80}$/.test(name)) return refusal(400, "InvalidName", `Invalid Name: '${name}'`);
    const known = truth.find(nameOf(body["stateMachineArn"]), name);
    if (known && !(truth.isRunning(known) && known.input === textOf(body["input"]))) {
      return refusal(400, "ExecutionAlreadyExists", `Execution Already Exists: '${arnOf(known)}'`);
    }
    const execution = known ?? begin(request, body, name);
    return answerOf({ executionArn: arnOf(execution), startDate: execution.startedAtMs / 1000 });
  };

  const runExpress = (request: WireRequest, body: Bag, answer: (answer: WireAnswer) => void): void => {
    const execution = begin(request, body, `${textOf(body["name"]) ?? draw.uuid()}:${draw.uuid()}`);
    timeline.after(truth.endOf(execution) - truth.nowMs, () => {
      execution.isForgotten = true;
      answer(answerOf({ ...bodyOf(execution, truth.statusOf(execution)), billingDetails: {} }));
    });
  };

  const shownOf = (body: Bag): ReturnType<typeof truth.shown> => {
    const [machine = "", name = ""] = executionOf(body["executionArn"]);
    return truth.shown(machine, name);
  };

  const list = (body: Bag): WireAnswer => {
    const limit = Number(body["maxResults"] ?? 0) || 100;
    if (!(limit >= 1 && limit <= 1000)) return refusal(400, "ValidationException", "maxResults is invalid.");
    const { statusFilter, nextToken } = body;
    const rows = truth
      .listed(nameOf(body["stateMachineArn"]))
      .filter((row) => statusFilter === undefined || words[row.status] === statusFilter);
    const first =
      nextToken === undefined || nextToken === repeatedToken
        ? 0
        : rows.findIndex(({ execution }) => `at-${String(execution.serial)}` === nextToken);
    if (first === -1) return refusal(400, "InvalidToken", "Invalid Token");
    const next = rows[first + limit];
    return answerOf({
      executions: rows.slice(first, first + limit).map((row) => rowOf(row.execution, row.status)),
      ...(next ? { nextToken: `at-${String(next.execution.serial)}` } : {}),
    });
  };

  const history = (body: Bag): WireAnswer => {
    const shown = shownOf(body);
    if (!shown) return missing(body);
    const { execution, status } = shown;
    const began = execution.startedAtMs / 1000;
    const end = endOf(execution);
    const why = { error: "ScriptFailed", cause: errorOf(world) };
    // As the vendor numbers them: the first state has no event before it.
    const event = (id: number, type: string, timestamp: number, details: Bag = {}): Bag => ({
      id,
      previousEventId: id <= 2 ? 0 : id - 1,
      type,
      timestamp,
      ...details,
    });
    const begun = [
      event(1, "ExecutionStarted", began, { executionStartedEventDetails: {} }),
      event(2, "TaskStateEntered", began, { stateEnteredEventDetails: { name: "Work" } }),
      event(3, "TaskScheduled", began, { taskScheduledEventDetails: {} }),
    ];
    const ends: Readonly<Record<TrueStatus, readonly Bag[]>> = {
      running: [],
      succeeded: [
        event(4, "TaskSucceeded", end, { taskSucceededEventDetails: {} }),
        event(5, "TaskStateExited", end, { stateExitedEventDetails: { name: "Work" } }),
        event(6, "ExecutionSucceeded", end, { executionSucceededEventDetails: {} }),
      ],
      failed: [
        event(4, "TaskFailed", end, { taskFailedEventDetails: why }),
        event(5, "ExecutionFailed", end, { executionFailedEventDetails: why }),
      ],
      stopped: [event(4, "ExecutionAborted", end, { executionAbortedEventDetails: {} })],
    };
    return answerOf({ events: [...begun, ...ends[status]] });
  };

  const stop = (request: WireRequest, body: Bag): WireAnswer => {
    const [machine = "", name = ""] = executionOf(body["executionArn"]);
    const found = truth.find(machine, name);
    if (!found) return missing(body);
    // One that has ended is answered like one that is stopped now.
    truth.stop(found, request.origin);
    return answerOf({ stopDate: clockOf(request.node) / 1000 });
  };

  const handle = (request: WireRequest, answer: (answer: WireAnswer) => void): void => {
    const { headers, node } = request;
    const body = JSON.parse(request.body) as Bag;
    if (isSkewed(headers["x-amz-date"], clockOf(node))) {
      answer(refusal(400, "InvalidSignatureException", "Signature expired: the request is too old"));
      return;
    }
    const shown = (): WireAnswer => {
      const found = shownOf(body);
      return found ? answerOf(bodyOf(found.execution, found.status)) : missing(body);
    };
    switch (operationOf(headers)) {
      case "StartExecution":
        answer(startNamed(request, body));
        return;
      case "StartSyncExecution":
        runExpress(request, body, answer);
        return;
      case "DescribeExecution":
        answer(shown());
        return;
      case "ListExecutions":
        answer(list(body));
        return;
      case "GetExecutionHistory":
        answer(history(body));
        return;
      case "StopExecution":
        answer(stop(request, body));
        return;
      default:
        answer(refusal(400, "UnknownOperationException", "Unknown operation"));
    }
  };

  return {
    handle,
    kindOf: (_method, _url, headers) => kinds[operationOf(headers)],
    workflowOf: ({ body }) => {
      const parameters = JSON.parse(body) as Bag;
      return parameters["stateMachineArn"] === undefined
        ? (executionOf(parameters["executionArn"])[0] ?? "")
        : nameOf(parameters["stateMachineArn"]);
    },
    renameStarted: (answer, id) => {
      const body = JSON.parse(answer.body) as Bag;
      return json(200, {
        ...body,
        executionArn: String(body["executionArn"]).replace(/(?<=:(execution|express):[^:]+:)[^]+$/, () => id),
      });
    },
    failure: (status, retryAfterSeconds) => {
      const headers: Record<string, string> =
        retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
      if (status === 429) return { ...refusal(400, "ThrottlingException", "Rate exceeded"), headers };
      const code = status === 503 ? "ServiceUnavailable" : "InternalFailure";
      return { ...refusal(status, code, "An internal error has occurred."), headers };
    },
    cutList: (answer, drop) => {
      const body = JSON.parse(answer.body) as { executions: unknown[] };
      return json(200, { ...body, executions: body.executions.filter((_row, index) => !drop(index)) });
    },
    repeatToken: (answer) => json(200, { ...(JSON.parse(answer.body) as Bag), nextToken: repeatedToken }),
  };
}

function operationOf(headers: Readonly<Record<string, string>>): string {
  return headers["x-amz-target"]?.split(".").at(-1) ?? "";
}

// An EXPRESS execution's id has its UUID after a colon.
function arnOf({ workflow, id }: Execution): string {
  return `${account}:${id.includes(":") ? "express" : "execution"}:${workflow}:${id}`;
}

function nameOf(stateMachineArn: unknown): string {
  return String(stateMachineArn).split(":")[6] ?? "";
}

function executionOf(executionArn: unknown): string[] {
  return String(executionArn).split(":").slice(6);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function tagOf(input: string | undefined): string | undefined {
  try {
    const { sim } = JSON.parse(input ?? "{}") as { sim?: unknown };
    return typeof sim === "string" ? sim : undefined;
  } catch {
    return undefined;
  }
}

function answerOf(body: Bag): WireAnswer {
  return json(200, body, { "x-amzn-requestid": "r" });
}

function missing(body: Bag): WireAnswer {
  return refusal(400, "ExecutionDoesNotExist", `Execution Does Not Exist: '${String(body["executionArn"])}'`);
}

function refusal(status: number, code: string, message: string): WireAnswer {
  return json(status, { __type: code, message }, { "x-amzn-requestid": "r" });
}
