/**
 * All services and their IAM on one scripted server, where every text is a test's: its words to a start that it
 * refuses, in errors, outputs, steps, logs, status words and request ids. The workflow's name decides its course.
 */
import { randomUUID } from "node:crypto";
import type { RecordedRequest, ScriptedAnswer, ScriptedServer } from "./scriptedServer";
import { startScriptedServer } from "./scriptedServer";

/** The texts of the service, by workflow. */
export interface Sayings {
  /** Any of its texts. */
  readonly text: (workflow: string) => string;
  /** The output of a workflow, besides its texts. */
  readonly output?: (workflow: string) => unknown;
  /** The token that a login is answered with. */
  readonly token?: string;
}

/**
 * Starts it. By the beginning of its name, a workflow `refuses` its start, `fails`, is `odd` (a status word that nobody
 * knows, then success), gets `lost` (no status can be read) or succeeds.
 */
export function startSayingService(sayings: Sayings): Promise<ScriptedServer> {
  const looks = new Map<string, number>();
  const known = new Set<string>();
  return startScriptedServer((request) => {
    if (request.url.startsWith("/v3/auth/tokens")) return login(sayings.token ?? "token");
    if (request.url.startsWith("/v3/auth/domains")) return json({ domains: [{ id: "d".repeat(32) }] });
    // An empty list of executions makes the client ask which enterprise project the workflow belongs to.
    if (request.url.includes("/cms/workflow-list")) {
      const elements = [...known].map((id) => ({ id, name: sayings.text(id), enterprise_project_id: "0" }));
      return json({ elements, total_elements: elements.length });
    }
    if (/^\/v1\/(documents|executions)/.test(request.url)) return coc(request, sayings, looks);
    const huawei = /^\/v[12]\/[^/]+\/(?:cms\/workflow|fgs\/workflows)\/([^/]+)\/([^?]*)/.exec(request.url);
    if (!huawei) return cloudFlow(request, sayings, looks);
    const workflow = decodeURIComponent(huawei[1]!);
    known.add(workflow);
    const path = huawei[2]!;
    if (path === "executions" && request.method === "POST") {
      return workflow.startsWith("refuses")
        ? huaweiError(400, sayings, workflow)
        : json({ execution_id: `${workflow}-${randomUUID()}` });
    }
    const isAom = request.url.includes("/cms/");
    if (!path.includes("/") || path.includes("history")) return json(isAom ? [] : { executions: [] });
    if (workflow.startsWith("lost")) return huaweiError(403, sayings, workflow);
    const text = sayings.text(workflow);
    const status = statusOf(workflow, looks, path, text, { failed: "fail", ended: "success" });
    const times = { begin_time: 1_764_000_000_000, end_time: 1_764_000_002_000, created_by: text };
    const output = sayings.output?.(workflow) ?? { [text]: text, error_msg: text };
    if (!isAom) {
      const executions = [{ status, ...times, error_message: { detail: text, [text]: text } }];
      const nodes = [{ node_id: text, node_name: text, executions }];
      return json({
        status,
        ...times,
        output: { [text]: text, ...output },
        node_execution_details: nodes,
      });
    }
    const fail = [
      { id: text, name: text, ip: text, exit_code: text, error_msg: text, log: `${text}\n${text}` },
    ];
    const result = { node_id: "n", status, output: { ...output, success: [], fail }, ...times };
    const snapshot = { nodes: [{ id: "n", name: text }] };
    return json({ status, ...times, workflow_snapshot: snapshot, execution_result_list: [result] });
  });
}

const uuidLength = 36;

function coc({ url, method }: RecordedRequest, sayings: Sayings, looks: Map<string, number>): ScriptedAnswer {
  const [, document] = /^\/v1\/documents\/([^/?]+)/.exec(url) ?? [];
  if (document !== undefined) {
    const workflow = decodeURIComponent(document);
    return workflow.startsWith("refuses")
      ? huaweiError(400, sayings, workflow)
      : json({ data: `${workflow}-${randomUUID()}` });
  }
  const [, named, steps] = /^\/v1\/executions\/([^/?]+)(\/steps)?/.exec(url) ?? [];
  if (named === undefined) return json(method === "POST" ? {} : { data: [], total: 0 });
  const id = decodeURIComponent(named);
  const workflow = id.slice(0, -uuidLength - 1);
  const text = sayings.text(workflow);
  if (workflow.startsWith("lost")) return huaweiError(403, sayings, workflow);
  const times = { start_time: 1_764_000_000_000, end_time: 1_764_000_002_000 };
  if (steps === undefined) {
    const status = statusOf(workflow, looks, id, text, { failed: "Failed", ended: "Succeed" });
    return json({ data: { execution_id: id, status, description: text, creator: text, ...times } });
  }
  const outputs = Object.entries(sayings.output?.(workflow) ?? { [text]: text }).map(([key, value]) => ({
    key,
    value: typeof value === "string" ? value : JSON.stringify(value),
  }));
  const status = workflow.startsWith("fails") ? "Failed" : "Succeed";
  const step = { execution_step_id: text, name: text, status, message: text, outputs, ...times };
  return json({ data: [step], total: 1 });
}

function cloudFlow(request: RecordedRequest, sayings: Sayings, looks: Map<string, number>): ScriptedAnswer {
  const operation = String(request.headers["x-acs-action"]);
  const query = new URLSearchParams(request.method === "GET" ? request.url.split("?")[1] : request.body);
  const workflow = query.get("FlowName") ?? "";
  const name = query.get("ExecutionName") ?? "";
  const text = sayings.text(workflow);
  const times = { StartedTime: "2025-11-24T16:00:00Z", StoppedTime: "2025-11-24T16:00:02Z" };
  if (operation === "ListExecutions") return json({ Executions: [] });
  if (operation === "StartExecution") {
    return workflow.startsWith("refuses")
      ? json({ Code: text, Message: text, RequestId: text }, 400)
      : json({ Name: name, Status: "Running", FlowName: workflow, ...times });
  }
  if (workflow.startsWith("lost")) return json({ Code: text, Message: text, RequestId: text }, 403);
  const status = statusOf(workflow, looks, name, text, { failed: "Failed", ended: "Succeeded" });
  if (operation === "GetExecutionHistory") {
    const isFailed = status === "Failed";
    const EventDetail = JSON.stringify({ error: text, cause: text });
    const event = (EventId: number, Type: string): object => ({
      ...{
        EventId,
        ScheduleEventId: EventId - 1,
        Type,
        StepName: text,
        Time: times.StartedTime,
        EventDetail,
      },
    });
    return json({
      Events: [
        event(1, "StepEntered"),
        event(2, isFailed ? "StepFailed" : "StepSucceeded"),
        event(3, isFailed ? "ExecutionFailed" : "ExecutionSucceeded"),
      ],
    });
  }
  const Output = JSON.stringify(sayings.output?.(workflow) ?? { [text]: text });
  return json({
    Name: name,
    FlowName: workflow,
    Status: status,
    Output,
    ErrorCode: text,
    ErrorMessage: text,
    ...times,
  });
}

function statusOf(
  workflow: string,
  looks: Map<string, number>,
  execution: string,
  word: string,
  { failed, ended }: { readonly failed: string; readonly ended: string },
): string {
  if (workflow.startsWith("fails")) return failed;
  const count = (looks.get(execution) ?? 0) + 1;
  looks.set(execution, count);
  return workflow.startsWith("odd") && count === 1 ? `${word} thinking` : ended;
}

function huaweiError(status: number, { text }: Sayings, workflow: string): ScriptedAnswer {
  const said = text(workflow);
  return json({ error_code: said, error_msg: said, request_id: said }, status);
}

function login(token: string): ScriptedAnswer {
  return {
    status: 201,
    headers: { "x-subject-token": token },
    body: JSON.stringify({ token: { expires_at: "2100-01-01T00:00:00Z" } }),
  };
}

function json(body: unknown, status = 200): ScriptedAnswer {
  return { status, body: JSON.stringify(body) };
}
