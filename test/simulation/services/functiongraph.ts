/**
 * Huawei Cloud FunctionGraph flows, simulated: a start's headers are shown, or not; lists page by offset within a window of
 * whole seconds; EXPRESS flows answer when they have ended and keep nothing.
 */
import type { RequestKind } from "../script";
import type { ServiceContext, SimulatedService, WireAnswer, WireRequest } from "./gateway";
import { errorOf, isSkewed, json, outputOf } from "./gateway";
import type { Execution, TrueStatus } from "./truth";

const words: Readonly<Record<TrueStatus, string>> = {
  running: "running",
  succeeded: "success",
  failed: "fail",
  stopped: "cancel",
};

const path =
  /^\/v2\/[^/]+\/fgs\/workflows\/([^/]+)\/(executions-history|sync-executions|executions)(?:\/([^/]+)(?:\/(terminate|retry))?)?$/;
const threeDaysMs = 3 * 24 * 3_600_000;

/** Makes the service. */
export function simulatedFunctionGraph(context: ServiceContext): SimulatedService {
  const { truth, world, draw, clockOf, timeline } = context;

  const brief = (execution: Execution, status: TrueStatus): Record<string, unknown> => {
    const endMs = truth.dateOf(execution, truth.endOf(execution));
    return {
      workflow_id: execution.workflow,
      workflow_urn: `urn:fss:cn-north-4:p:workflow:default:${execution.workflow}:latest`,
      execution_id: execution.id,
      status: words[status],
      begin_time: text(execution.startedAtMs),
      end_time: status === "running" ? "" : text(endMs),
      last_update_time: text(status === "running" ? execution.startedAtMs : endMs),
      created_by: execution.origin.deployment === undefined ? "somebody" : "ci",
    };
  };

  const detail = (execution: Execution, status: TrueStatus): Record<string, unknown> => {
    const { headers = "shown" } = world;
    const shown =
      headers === "shown" ? { headers: execution.headers } : headers === "empty" ? { headers: {} } : {};
    return {
      ...brief(execution, status),
      ...shown,
      input: execution.input,
      output: status === "succeeded" ? outputOf(world, execution) : {},
      node_execution_details: [
        {
          node_id: "n1",
          node_name: "Work",
          executions: [
            {
              status: words[status],
              begin_time: execution.startedAtMs,
              ...(status === "running" ? {} : { end_time: truth.dateOf(execution, truth.endOf(execution)) }),
              ...(status === "failed" ? { error_message: { detail: errorOf(world) } } : {}),
            },
          ],
        },
      ],
    };
  };

  const list = (workflow: string, url: URL, node: number): WireAnswer => {
    const isPaged = url.pathname.endsWith("executions-history");
    const query = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
    const limit = Math.min(Number(query("limit") ?? 100), isPaged ? 100 : 200);
    const offset = Math.max(0, Number(query("offset") ?? 0));
    if (isPaged && (query("limit") === undefined || query("offset") === undefined)) return invalid();
    const nowMs = clockOf(node);
    const given = [query("start_time"), query("end_time")].map((time) =>
      time === undefined ? undefined : Date.parse(`${time.replace(" ", "T")}Z`),
    );
    const toMs = given[1] ?? (given[0] === undefined ? nowMs : given[0] + threeDaysMs);
    const fromMs = given[0] ?? toMs - threeDaysMs;
    const status = query("status");
    const rows = truth
      .listed(workflow)
      .filter(({ execution }) => {
        const second = Math.floor(execution.startedAtMs / 1000) * 1000;
        return second >= fromMs && second <= toMs;
      })
      .filter((row) => status === undefined || words[row.status] === status);
    const executions = rows.slice(offset, offset + limit).map((row) => brief(row.execution, row.status));
    return json(200, isPaged ? { total: rows.length, size: executions.length, executions } : { executions });
  };

  const begin = (request: WireRequest, workflow: string): Execution => {
    const body = JSON.parse(request.body === "" ? "{}" : request.body) as {
      headers?: Record<string, unknown>;
      input?: { sim?: string };
    };
    return truth.start({
      workflow,
      id: draw.uuid(),
      origin: request.origin,
      node: request.node,
      headers: body.headers,
      input: body.input,
      tag: body.input?.sim,
      handledAfterMs: request.handledAfterMs,
    });
  };

  const serve = (request: WireRequest, answer: (answer: WireAnswer) => void): void => {
    const { method, url, headers, origin, node } = request;
    if (isSkewed(headers["x-sdk-date"], clockOf(node))) {
      const error_msg =
        "Incorrect IAM authentication information: x-sdk-date is too far from the present time";
      answer(json(401, { error_msg, error_code: "APIGW.0303", request_id: "r" }));
      return;
    }
    const [, workflow = "", what, rawId, action] = path.exec(url.pathname) ?? [];
    if (what === "sync-executions") {
      const execution = begin(request, workflow);
      // Its record goes with its end.
      timeline.after(truth.endOf(execution) - truth.nowMs, () => {
        execution.isForgotten = true;
        const status = truth.statusOf(execution);
        const times = {
          begin_time: text(execution.startedAtMs),
          end_time: text(truth.dateOf(execution, truth.nowMs)),
        };
        const errors = [{ node_id: "n1", error_message: errorOf(world), ...times }];
        answer(
          json(200, {
            execution_id: execution.id,
            status: words[status],
            output: status === "succeeded" ? outputOf(world, execution) : {},
            errors: status === "failed" ? errors : [],
            ...times,
          }),
        );
      });
      return;
    }
    if (rawId === undefined) {
      if (method === "POST") answer(json(200, { execution_id: begin(request, workflow).id }));
      else answer(list(workflow, url, node));
      return;
    }
    const id = decodeURIComponent(rawId);
    if (action === "terminate") {
      const found = truth.find(workflow, id);
      if (!found) answer(notFound());
      else if (truth.stop(found, origin)) answer({ status: 200, headers: {}, body: "" });
      else answer(invalid());
      return;
    }
    const shown = truth.shown(workflow, id);
    answer(shown ? json(200, detail(shown.execution, shown.status)) : notFound());
  };

  return {
    handle: serve,
    kindOf: (method, url): RequestKind | undefined => {
      const [, , what, id, action] = path.exec(url.pathname) ?? [];
      if (what === undefined) return undefined;
      if (action !== undefined) return "stop";
      if (id !== undefined) return "detail";
      return method === "POST" ? "start" : "list";
    },
    workflowOf: ({ url }) => path.exec(url.pathname)?.[1] ?? "",
    renameStarted: (answer, id) =>
      json(200, { ...(JSON.parse(answer.body) as Record<string, unknown>), execution_id: id }),
    failure: (status, retryAfterSeconds) =>
      json(
        status,
        status === 429
          ? { error_msg: "too many requests", error_code: "FSS.0429", request_id: "r" }
          : { error_msg: "Internal Error.", error_code: "FGS.3002", request_id: "r" },
        retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) },
      ),
    cutList: (answer, drop) => {
      const body = JSON.parse(answer.body) as { executions: unknown[] };
      return json(200, { ...body, executions: body.executions.filter((_row, index) => !drop(index)) });
    },
    repeatToken: (answer) => answer,
  };
}

// `yyyy-MM-ddTHH:mm:ssZ`.
function text(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function invalid(): WireAnswer {
  return json(400, { error_code: "FGS.3002", error_msg: "Invalid parameters.", request_id: "r" });
}

function notFound(): WireAnswer {
  return json(404, { error_code: "FGS.5002", error_msg: "Function flow not found." });
}
