/**
 * Alibaba Cloud CloudFlow, simulated: a name that runs is answered with that execution, a name that has run is refused;
 * long polls; lists page by token; Express flows answer when they have ended, and keep their executions or forget them.
 */
import type { RequestKind } from "../script";
import type { ServiceContext, SimulatedService, WireAnswer, WireRequest } from "./gateway";
import { errorOf, isSkewed, json, outputOf, repeatedToken } from "./gateway";
import type { Execution, TrueStatus } from "./truth";

const words: Readonly<Record<TrueStatus, string>> = {
  running: "Running",
  succeeded: "Succeeded",
  failed: "Failed",
  stopped: "Stopped",
};

const kinds: Readonly<Record<string, RequestKind>> = {
  StartExecution: "start",
  StartSyncExecution: "start",
  DescribeExecution: "detail",
  ListExecutions: "list",
  StopExecution: "stop",
  GetExecutionHistory: "history",
};

type Parameters = (name: string) => string | undefined;

/** Makes the service. */
export function simulatedCloudFlow(context: ServiceContext): SimulatedService {
  const { truth, world, draw, clockOf, timeline } = context;

  const bodyOf = (execution: Execution, status: TrueStatus): Record<string, unknown> => ({
    Name: execution.id,
    FlowName: execution.workflow,
    FlowDefinition: "type: flow",
    Input: execution.input,
    Status: words[status],
    StartedTime: new Date(execution.startedAtMs).toISOString(),
    ...(status === "running"
      ? {}
      : {
          StoppedTime: new Date(truth.dateOf(execution, truth.endOf(execution))).toISOString(),
          Output: status === "succeeded" ? JSON.stringify(outputOf(world, execution)) : "",
        }),
  });

  const begin = (request: WireRequest, get: Parameters, id: string): Execution =>
    truth.start({
      workflow: get("FlowName") ?? "",
      id,
      origin: request.origin,
      node: request.node,
      input: get("Input"),
      tag: tagOf(get("Input")),
      handledAfterMs: request.handledAfterMs,
    });

  const startNamed = (request: WireRequest, get: Parameters): WireAnswer => {
    const flow = get("FlowName") ?? "";
    const name = get("ExecutionName") ?? draw.uuid();
    if (!/^[A-Za-z_][A-Za-z0-9_-]{0,127}$/.test(name))
      return refusal(400, "InvalidArgument", "Execution name is invalid.");
    const known = truth.find(flow, name);
    if (!known) return answerOf(bodyOf(begin(request, get, name), "running"));
    if (truth.isRunning(known)) return answerOf(bodyOf(known, "running"));
    return refusal(400, "ExecutionAlreadyExists", `Execution ${name} for flow ${flow} already exists.`);
  };

  const runExpress = (request: WireRequest, get: Parameters, answer: (answer: WireAnswer) => void): void => {
    const execution = begin(request, get, `${get("ExecutionName") ?? draw.uuid()}:${draw.uuid()}`);
    timeline.after(truth.endOf(execution) - truth.nowMs, () => {
      if (world.expressKept !== true) execution.isForgotten = true;
      const status = truth.statusOf(execution);
      const { Input: _input, FlowDefinition: _definition, ...body } = bodyOf(execution, status);
      const error = status === "failed" ? { ErrorCode: "ScriptFailed", ErrorMessage: errorOf(world) } : {};
      answer(answerOf({ ...body, ...error }));
    });
  };

  const describe = (get: Parameters, answer: (answer: WireAnswer) => void): void => {
    const [flow, name] = [get("FlowName") ?? "", get("ExecutionName") ?? ""];
    const shown = truth.shown(flow, name);
    if (!shown) {
      answer(missing(flow, name));
      return;
    }
    const waitMs = Number(get("WaitTimeSeconds") ?? 0) * 1000;
    if (shown.status !== "running" || waitMs === 0) {
      answer(answerOf(bodyOf(shown.execution, shown.status)));
      return;
    }
    // Held back until it ends, also where a stop that comes later ends it.
    const untilMs = truth.nowMs + waitMs;
    const look = (): void => {
      const status = truth.statusOf(shown.execution);
      if (status !== "running" || truth.nowMs >= untilMs) answer(answerOf(bodyOf(shown.execution, status)));
      else
        timeline.after(
          Math.min(1_000, untilMs - truth.nowMs, Math.max(1, truth.endOf(shown.execution) - truth.nowMs)),
          look,
        );
    };
    look();
  };

  const list = (get: Parameters): WireAnswer => {
    const limit = Number(get("Limit") ?? 60);
    if (!(limit >= 1 && limit <= 100)) return refusal(400, "InvalidArgument", "Limit is invalid.");
    const [from, to] = [get("StartedTimeBegin"), get("StartedTimeEnd")].map((time) => Date.parse(time ?? ""));
    const [status, prefix] = [get("Status"), get("ExecutionNamePrefix") ?? ""];
    const rows = truth
      .listed(get("FlowName") ?? "")
      .filter(({ execution }) => execution.id.startsWith(prefix))
      .filter(
        ({ execution }) => !(execution.startedAtMs < (from ?? NaN)) && !(execution.startedAtMs > (to ?? NaN)),
      )
      .filter((row) => status === undefined || words[row.status] === status);
    const token = get("NextToken");
    const first =
      token === undefined || token === repeatedToken
        ? 0
        : rows.findIndex(({ execution }) => `at-${String(execution.serial)}` === token);
    if (first === -1) return refusal(400, "InvalidArgument", "NextToken is invalid.");
    const next = rows[first + limit];
    return answerOf({
      Executions: rows.slice(first, first + limit).map((row) => bodyOf(row.execution, row.status)),
      ...(next ? { NextToken: `at-${String(next.execution.serial)}` } : {}),
    });
  };

  const history = (get: Parameters): WireAnswer => {
    const [flow, name] = [get("FlowName") ?? "", get("ExecutionName") ?? ""];
    const shown = truth.shown(flow, name);
    if (!shown) return missing(flow, name);
    const { execution, status } = shown;
    const at = (ms: number): string => new Date(ms).toISOString();
    const endMs = truth.dateOf(execution, truth.endOf(execution));
    const detail = JSON.stringify(
      status === "failed" ? { error: "ScriptFailed", cause: errorOf(world) } : {},
    );
    const event = (EventId: number, Type: string, ms: number, EventDetail = "{}"): unknown => ({
      EventId,
      ScheduleEventId: EventId - 1,
      Type,
      StepName: Type.startsWith("Execution") ? "" : "Work",
      Time: at(ms),
      EventDetail,
    });
    const begun = [
      event(1, "ExecutionStarted", execution.startedAtMs),
      event(2, "StepEntered", execution.startedAtMs),
      event(3, "TaskScheduled", execution.startedAtMs),
    ];
    const ends: Readonly<Record<TrueStatus, readonly unknown[]>> = {
      running: [],
      succeeded: [
        event(4, "StepSucceeded", endMs),
        event(5, "StepExited", endMs),
        event(6, "ExecutionSucceeded", endMs),
      ],
      failed: [
        event(4, "TaskFailed", endMs, detail),
        event(5, "StepFailed", endMs, detail),
        event(6, "ExecutionFailed", endMs, detail),
      ],
      stopped: [event(4, "ExecutionStopped", endMs)],
    };
    return answerOf({ Events: [...begun, ...ends[status]] });
  };

  const stop = (request: WireRequest, get: Parameters): WireAnswer => {
    const [flow, name] = [get("FlowName") ?? "", get("ExecutionName") ?? ""];
    const found = truth.find(flow, name);
    if (!found) return missing(flow, name);
    if (truth.stop(found, request.origin)) return answerOf(bodyOf(found, "running"));
    return refusal(
      400,
      "ExecutionAlreadyCompleted",
      `Execution '${name}' for flow '${flow}' has already completed.`,
    );
  };

  return {
    handle: (request, answer) => {
      const { headers, node } = request;
      const get = parametersOf(request);
      if (isSkewed(headers["x-acs-date"] ?? get("Timestamp"), clockOf(node))) {
        answer(
          world.gatewayCodes === true
            ? refusal(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
            : refusal(
                403,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
              ),
        );
        return;
      }
      switch (headers["x-acs-action"]) {
        case "StartExecution":
          answer(startNamed(request, get));
          return;
        case "StartSyncExecution":
          runExpress(request, get, answer);
          return;
        case "DescribeExecution":
          describe(get, answer);
          return;
        case "ListExecutions":
          answer(list(get));
          return;
        case "GetExecutionHistory":
          answer(history(get));
          return;
        case "StopExecution":
          answer(stop(request, get));
          return;
        default:
          answer(refusal(400, "ActionNotSupported", "The requested API operation is not supported."));
      }
    },
    kindOf: (_method, _url, headers) => kinds[headers["x-acs-action"] ?? ""],
    workflowOf: (request) => parametersOf(request)("FlowName") ?? "",
    renameStarted: (answer, id) =>
      json(200, { ...(JSON.parse(answer.body) as Record<string, unknown>), Name: id }),
    failure: (status, retryAfterSeconds) => {
      const headers: Record<string, string> =
        retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
      if (status !== 429)
        return { ...refusal(status, "InternalServerError", "An internal error has occurred."), headers };
      const refused =
        world.gatewayCodes === true
          ? refusal(400, "Throttling.User", "Request was denied due to user flow control.")
          : refusal(429, "ResourceThrottled", "The request is throttled. Please try again later.");
      return { ...refused, headers };
    },
    cutList: (answer, drop) => {
      const body = JSON.parse(answer.body) as { Executions: unknown[] };
      return json(200, { ...body, Executions: body.Executions.filter((_row, index) => !drop(index)) });
    },
    repeatToken: (answer) => {
      const body = JSON.parse(answer.body) as Record<string, unknown>;
      return json(200, { ...body, NextToken: repeatedToken });
    },
  };
}

function parametersOf({ url, body }: Pick<WireRequest, "url" | "body">): Parameters {
  const form = new URLSearchParams(body);
  return (name) => form.get(name) ?? url.searchParams.get(name) ?? undefined;
}

function tagOf(input: string | undefined): string | undefined {
  try {
    const { sim } = JSON.parse(input ?? "{}") as { sim?: unknown };
    return typeof sim === "string" ? sim : undefined;
  } catch {
    return undefined;
  }
}

function answerOf(body: Record<string, unknown>): WireAnswer {
  return json(200, { ...body, RequestId: "r" });
}

function missing(flow: string, name: string): WireAnswer {
  return refusal(404, "ExecutionNotExists", `Execution ${name} for flow ${flow} does not exist.`);
}

function refusal(status: number, code: string, message: string): WireAnswer {
  return json(status, { RequestId: "r", HostId: "fnf", Code: code, Message: message });
}
