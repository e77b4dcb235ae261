/** The wire formats of our services: the purposes of requests, and the bodies of answers. */
import type { Arguments } from "../../provider/src/lifecycle";
import type { ServiceName } from "../../provider/src/services/registry";

/** The purpose of a request. */
export type Asked = "start" | "look" | "list" | "stop" | "history" | "login";

/** A request as it arrived. */
export interface HostileRequest {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A row of a list. */
export interface Row {
  readonly id: unknown;
  readonly status?: "running" | "succeeded";
}

/** The wire format of a service. */
export interface Wire {
  readonly args: Arguments;
  asked(request: HostileRequest): Asked;
  /** The id that a start asks for, where it names one. */
  named(request: HostileRequest): string | undefined;
  started(id: unknown): unknown;
  looked(id: unknown, status: "running" | "succeeded"): unknown;
  listed(rows: readonly Row[], nextToken?: string): unknown;
  /** Of an execution's events or steps. @default without any */
  readonly history?: unknown;
}

const startedAt = "2026-11-21T06:00:00.000Z";
const settledAt = "2026-11-21T06:00:02.000Z";

// CloudFlow and Step Functions name their operations alike.
const askedBy: Readonly<Record<string, Asked>> = {
  StartExecution: "start",
  DescribeExecution: "look",
  ListExecutions: "list",
  StopExecution: "stop",
  GetExecutionHistory: "history",
};

const huaweiPath = (request: HostileRequest): Asked => {
  const { pathname } = request.url;
  if (pathname.startsWith("/v3/")) return "login";
  if (pathname.endsWith("/terminate")) return "stop";
  if (request.method === "POST") return "start";
  return /\/executions(-history)?$/.test(pathname) ? "list" : "look";
};
const huaweiWord = { running: "running", succeeded: "success" };
const huaweiRow = ({ id, status = "running" }: Row): unknown => ({
  execution_id: id,
  status: huaweiWord[status],
  begin_time: startedAt,
  ...(status === "succeeded" ? { end_time: settledAt } : {}),
});

const cocRow = ({ id, status = "running" }: Row): unknown => ({
  execution_id: id,
  document_id: "wf",
  status: { running: "Running", succeeded: "Succeed" }[status],
  description: "",
  start_time: Date.parse(startedAt),
  end_time: status === "succeeded" ? Date.parse(settledAt) : null,
});

const cocStep = {
  execution_step_id: "s",
  name: "Work",
  status: "Succeed",
  start_time: Date.parse(startedAt),
  end_time: Date.parse(settledAt),
  outputs: [{ key: "version", value: "1.4.2" }],
};

const cloudFlowRun = (Name: unknown, status: "running" | "succeeded"): unknown => ({
  Name,
  FlowName: "wf",
  Status: { running: "Running", succeeded: "Succeeded" }[status],
  StartedTime: startedAt,
  ...(status === "succeeded" ? { StoppedTime: settledAt, Output: '{"version":"1.4.2"}' } : {}),
});

const executionArn = (id: unknown): unknown =>
  typeof id === "string" ? `arn:aws:states:us-east-1:123456789012:execution:wf:${id}` : id;
const stepFunctionsRun = (id: unknown, status: "running" | "succeeded"): unknown => ({
  executionArn: executionArn(id),
  status: status.toUpperCase(),
  startDate: Date.parse(startedAt) / 1000,
  ...(status === "succeeded"
    ? { stopDate: Date.parse(settledAt) / 1000, output: '{"version":"1.4.2"}' }
    : {}),
});

/** The services' wires. */
export const wires: Readonly<Record<ServiceName, Wire>> = {
  aom: {
    args: { workflowId: "wf" },
    asked: huaweiPath,
    named: () => undefined,
    started: (id) => ({ execution_id: id }),
    looked: (id, status) => ({
      ...(huaweiRow({ id, status }) as object),
      execution_result_list: [{ node_id: "n", status: "success", output: { version: "1.4.2" } }],
    }),
    listed: (rows) => rows.map(huaweiRow),
  },
  functiongraph: {
    args: { workflowId: "wf" },
    asked: huaweiPath,
    named: () => undefined,
    started: (id) => ({ execution_id: id }),
    looked: (id, status) => ({
      ...(huaweiRow({ id, status }) as object),
      ...(status === "succeeded" ? { output: { version: "1.4.2" } } : {}),
    }),
    listed: (rows) => ({ executions: rows.map(huaweiRow) }),
  },
  coc: {
    args: { documentId: "wf" },
    asked: ({ method, url: { pathname } }) => {
      if (pathname.startsWith("/v3/")) return "login";
      if (pathname.endsWith("/steps")) return "history";
      if (method === "POST") return pathname.startsWith("/v1/documents/") ? "start" : "stop";
      return pathname.endsWith("/executions") ? "list" : "look";
    },
    named: () => undefined,
    started: (data) => ({ data }),
    looked: (id, status) => ({ data: cocRow({ id, status }) }),
    listed: (rows) => ({ data: rows.map(cocRow), total: rows.length }),
    history: { data: [cocStep], total: 1 },
  },
  cloudflow: {
    args: { flowName: "wf" },
    asked: ({ headers }) => askedBy[headers["x-acs-action"]!]!,
    named: ({ body }) => new URLSearchParams(body).get("ExecutionName") ?? undefined,
    started: (id) => cloudFlowRun(id, "running"),
    looked: cloudFlowRun,
    listed: (rows, NextToken) => ({
      Executions: rows.map(({ id, status = "running" }) => cloudFlowRun(id, status)),
      NextToken,
    }),
  },
  stepfunctions: {
    args: { stateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:wf" },
    asked: ({ headers }) => askedBy[headers["x-amz-target"]!.split(".").at(-1)!]!,
    named: ({ body }) => (JSON.parse(body) as { name?: string }).name,
    started: (id) => ({ executionArn: executionArn(id), startDate: Date.parse(startedAt) / 1000 }),
    looked: stepFunctionsRun,
    listed: (rows, nextToken) => ({
      executions: rows.map(({ id, status = "running" }) => stepFunctionsRun(id, status)),
      nextToken,
    }),
  },
};
