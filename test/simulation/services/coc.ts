/**
 * Huawei Cloud COC jobs, simulated: a start's description is shown, or not; the list is of all jobs and pages by
 * offset, its filter asks for executions that began later; steps are in a list of their own; a request for an unknown
 * object is answered with 200 and without data.
 */
import type { RequestKind } from "../script";
import type { ServiceContext, SimulatedService, WireAnswer, WireRequest } from "./gateway";
import { errorOf, isSkewed, json, outputOf } from "./gateway";
import type { Execution, TrueStatus } from "./truth";

const words: Readonly<Record<TrueStatus, string>> = {
  running: "Running",
  succeeded: "Succeed",
  failed: "Failed",
  stopped: "Canceled",
};

const documentPath = /^\/v1\/documents\/([^/]+)$/;
const executionPath = /^\/v1\/executions(?:\/([^/]+)(\/steps)?)?$/;
const domainsPath = "/v3/auth/domains";
const usualRows = 10;
const mostRows = 100;

/** Makes the service. */
export function simulatedCoc(context: ServiceContext): SimulatedService {
  const { truth, world, draw, clockOf } = context;
  // Ids say nothing of the job.
  const find = (id: string): Execution | undefined =>
    truth.executions.find((execution) => execution.id === id && !execution.isForgotten);

  const bodyOf = (execution: Execution, status: TrueStatus): Record<string, unknown> => {
    const { headers = "shown" } = world;
    const description = headers === "shown" ? execution.headers["description"] : "";
    const endMs = truth.dateOf(execution, truth.endOf(execution));
    return {
      id: `ticket-${execution.id}`,
      execution_id: execution.id,
      document_id: execution.workflow,
      document_version: "v1",
      start_time: execution.startedAtMs,
      end_time: status === "running" ? null : endMs,
      update_time: status === "running" ? execution.startedAtMs : endMs,
      creator: execution.origin.deployment === undefined ? "somebody" : "ci",
      status: words[status],
      ...(headers === "hidden" ? {} : { description }),
      parameters: execution.input,
      type: "NORMAL",
    };
  };

  const stepsOf = (execution: Execution, status: TrueStatus): Record<string, unknown>[] => [
    {
      execution_step_id: `step-${execution.id}`,
      action: "hwc:runbook:scripts@1.0.0",
      name: "Work",
      start_time: execution.startedAtMs,
      end_time: status === "running" ? null : truth.dateOf(execution, truth.endOf(execution)),
      status: words[status],
      message: status === "failed" ? errorOf(world) : "",
      inputs: [],
      outputs:
        status === "succeeded"
          ? Object.entries(outputOf(world, execution) as object).map(([key, value]) => ({
              key,
              value: typeof value === "string" ? value : JSON.stringify(value),
            }))
          : [],
      properties: {},
    },
  ];

  const list = ({ searchParams }: URL): WireAnswer => {
    const number = (name: string): number | undefined =>
      searchParams.has(name) ? Number(searchParams.get(name)) : undefined;
    const [offset, limit] = [number("offset") ?? 0, Math.min(number("limit") ?? usualRows, mostRows)];
    const after = number("start_time") ?? -Infinity;
    const rows = truth
      .listed(searchParams.get("document_id") ?? "")
      .filter(({ execution }) => execution.startedAtMs > after);
    const data = rows
      .slice(offset, offset + limit)
      .map(({ execution, status }) => ({ ...bodyOf(execution, status), sys_tags: [] }));
    return json(200, { data, total: rows.length });
  };

  const begin = (request: WireRequest, workflow: string): Execution => {
    const body = JSON.parse(request.body) as { description?: string; parameters?: unknown };
    return truth.start({
      workflow,
      id: `EX${draw.uuid()}`,
      origin: request.origin,
      node: request.node,
      headers: { description: body.description ?? "" },
      input: body.parameters,
      tag: tagOf(body.parameters),
      handledAfterMs: request.handledAfterMs,
    });
  };

  const operate = ({ body, origin }: WireRequest): WireAnswer => {
    const { execution_id: id } = JSON.parse(body) as { execution_id: string };
    const found = find(id);
    if (!found) return error("COC.00040709", "The execution does not exist.");
    return truth.stop(found, origin) ? json(200, {}) : error("COC.00014002", "Invalid parameter.");
  };

  const serve = (request: WireRequest): WireAnswer => {
    const { method, url, headers, node } = request;
    if (isSkewed(headers["x-sdk-date"], clockOf(node))) {
      const error_msg =
        "Incorrect IAM authentication information: x-sdk-date is too far from the present time";
      return json(401, { error_msg, error_code: "APIGW.0303", request_id: "r" });
    }
    if (url.pathname === domainsPath) return json(200, { domains: [{ id: "d".repeat(32), name: "sim" }] });
    const [, workflow] = documentPath.exec(url.pathname) ?? [];
    // Every job exists; the plugin's preview asks for it.
    if (workflow !== undefined) {
      return json(200, { data: method === "POST" ? begin(request, workflow).id : { document_id: workflow } });
    }
    const [, rawId, steps] = executionPath.exec(url.pathname) ?? [];
    if (rawId === undefined) return method === "POST" ? operate(request) : list(url);
    const id = decodeURIComponent(rawId);
    const shown = truth.shown(find(id)?.workflow ?? "", id);
    if (steps !== undefined) {
      const data = shown ? stepsOf(shown.execution, shown.status) : [];
      return json(200, { data, total: data.length });
    }
    return json(200, shown ? { data: bodyOf(shown.execution, shown.status) } : {});
  };

  return {
    handle: (request, answer) => {
      answer(serve(request));
    },
    kindOf: (method, url): RequestKind | undefined => {
      // A look-up of the account, or of a job: the faults of lists and details are not meant for it.
      if (url.pathname === domainsPath) return "history";
      if (documentPath.test(url.pathname)) return method === "POST" ? "start" : "history";
      const [path, id, steps] = executionPath.exec(url.pathname) ?? [];
      if (path === undefined) return undefined;
      if (id === undefined) return method === "POST" ? "stop" : "list";
      return steps === undefined ? "detail" : "history";
    },
    workflowOf: ({ url, body }) => {
      const [, document] = documentPath.exec(url.pathname) ?? [];
      const [, named] = executionPath.exec(url.pathname) ?? [];
      const asked = /"execution_id":"([^"]+)"/.exec(body)?.[1] ?? named;
      const known = asked === undefined ? undefined : find(decodeURIComponent(asked))?.workflow;
      return document ?? url.searchParams.get("document_id") ?? known ?? "";
    },
    renameStarted: (_answer, id) => json(200, { data: id }),
    failure: (status, retryAfterSeconds) =>
      json(
        status,
        status === 429
          ? { error_msg: "too many requests", error_code: "APIGW.0308", request_id: "r" }
          : { error_msg: "Internal server error.", error_code: "COC.00040701" },
        retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) },
      ),
    cutList: (answer, drop) => {
      const body = JSON.parse(answer.body) as { data: unknown[] };
      return json(200, { ...body, data: body.data.filter((_row, index) => !drop(index)) });
    },
    repeatToken: (answer) => answer,
  };
}

function tagOf(parameters: unknown): string | undefined {
  const pairs = (parameters ?? []) as readonly { readonly key: string; readonly value: string }[];
  return pairs.find(({ key }) => key === "sim")?.value;
}

function error(error_code: string, error_msg: string): WireAnswer {
  return json(400, { error_code, error_msg });
}
