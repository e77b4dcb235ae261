/**
 * Huawei Cloud AOM workflows, simulated: a start carries nothing, a list has everything at once.
 */
import { workflowName } from "../program";
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

const path = /^\/v1\/[^/]+\/cms\/workflow\/([^/]+)\/executions(?:\/([^/]+)\/(status|terminate))?$/;

/** Makes the service. */
export function simulatedAom(context: ServiceContext): SimulatedService {
  const { truth, world, draw, clockOf } = context;
  const wireTime = (ms: number): number => (world.inSeconds === true ? Math.floor(ms / 1000) : ms);

  const bodyOf = (execution: Execution, status: TrueStatus): Record<string, unknown> => {
    const hasEnded = status !== "running";
    const endMs = truth.dateOf(execution, truth.endOf(execution));
    const output =
      status === "failed" ? { ...failed(), error_msg: errorOf(world) } : outputOf(world, execution);
    return {
      workflow_id: execution.workflow,
      execution_id: execution.id,
      status: words[status],
      begin_time: wireTime(execution.startedAtMs),
      end_time: hasEnded ? wireTime(endMs) : 0,
      last_update_time: wireTime(hasEnded ? endMs : execution.startedAtMs),
      execution_result_list: [
        {
          node_id: "node-1",
          status: words[status],
          begin_time: wireTime(execution.startedAtMs),
          end_time: hasEnded ? wireTime(endMs) : 0,
          ...(hasEnded ? { output } : {}),
        },
      ],
      created_by: execution.origin.deployment === undefined ? "somebody" : "ci",
    };
  };

  const serve = (request: WireRequest): WireAnswer => {
    const { method, url, headers, origin, node } = request;
    if (isSkewed(headers["x-sdk-date"], clockOf(node))) {
      return json(401, {
        error_msg: "Incorrect IAM authentication information: x-sdk-date is too far from the present time",
        error_code: "APIGW.0303",
        request_id: "r",
      });
    }
    if (url.pathname.endsWith("/cms/workflow-list")) {
      const elements = Array.from({ length: world.workflows }, (_, index) => ({
        id: workflowName(index),
        enterprise_project_id: "0",
      }));
      return json(200, { elements, total_elements: elements.length });
    }
    const [, workflow = "", rawId, action] = path.exec(url.pathname) ?? [];
    if (workflow === "")
      return json(404, { error_msg: "API does not exist", error_code: "APIGW.0101", request_id: "r" });
    if (rawId === undefined) {
      if (method === "POST") {
        const id = draw.uuid();
        truth.start({ workflow, id, origin, node, handledAfterMs: request.handledAfterMs });
        return json(200, { execution_id: id });
      }
      return json(
        200,
        truth.listed(workflow).map(({ execution, status }) => bodyOf(execution, status)),
      );
    }
    const id = decodeURIComponent(rawId);
    if (action === "status") {
      const shown = truth.shown(workflow, id);
      if (!shown) return json(404, error("AOM.31001306", "Execution not exist. recordInfo is not exist."));
      const nodes = [{ id: "node-1", name: "Run script" }];
      return json(200, { ...bodyOf(shown.execution, shown.status), workflow_snapshot: { nodes } });
    }
    const found = truth.find(workflow, id);
    if (!found) return json(404, error("AOM.31001306", "Execution not exist. recordInfo is not exist."));
    if (!truth.stop(found, origin)) {
      return json(400, error("AOM.31001418", "The task does not support the current operation."));
    }
    return json(200, { result: "success" });
  };

  return {
    handle: (request, answer) => {
      answer(serve(request));
    },
    kindOf: (method, url): RequestKind | undefined => {
      const [, , id, action] = path.exec(url.pathname) ?? [];
      // A list too, but of workflows: the faults of lists are not meant for it.
      if (url.pathname.endsWith("/cms/workflow-list")) return "history";
      if (id !== undefined) return action === "status" ? "detail" : "stop";
      return method === "POST" ? "start" : "list";
    },
    workflowOf: ({ url }) => path.exec(url.pathname)?.[1] ?? "",
    renameStarted: (_answer, id) => json(200, { execution_id: id }),
    failure: (status, retryAfterSeconds) =>
      json(
        status,
        status === 429
          ? {
              error_msg: "The throttling threshold has been reached",
              error_code: "APIGW.0308",
              request_id: "r",
            }
          : error("AOM.31001405", "execution internal server error."),
        retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) },
      ),
    cutList: (answer, drop) => {
      const rows = JSON.parse(answer.body) as unknown[];
      return json(
        200,
        rows.filter((_row, index) => !drop(index)),
      );
    },
    repeatToken: (answer) => answer,
  };
}

function failed(): Record<string, unknown> {
  const target = { id: "ecs-1", name: "web-1", ip: "10.0.0.1", exit_code: "1", log: "failed" };
  return { success: [], fail: [target], in_execution: [], not_performed: [] };
}

function error(code: string, text: string): Record<string, unknown> {
  return { error_code: code, error_msg: text, http_code: 400 };
}
