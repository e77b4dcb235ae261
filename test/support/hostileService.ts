/**
 * A service that answers what a test says, on the wire of each of ours: for answers that no emulator gives. No sockets: it
 * is what the session fetches from, and time is simulated, so that a day of waiting takes none.
 */
import type { Arguments, LifecycleHost } from "../../provider/src/lifecycle";
import type { ServiceName } from "../../provider/src/services/registry";
import { RunRegister, openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { Fetch } from "../../provider/src/http/httpClient";
import type { RecordingReporter } from "./lifecycleHosts";
import { recordingReporter } from "./lifecycleHosts";
import { demoProjectId, never, settingsOf } from "./sessions";
import { simulatedClock } from "./simulatedClock";

/** What a request asks for. */
export type Asked = "start" | "look" | "list" | "stop" | "history" | "login";

/** A request as it arrived. */
export interface HostileRequest {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What to answer to one request. */
export interface HostileAnswer {
  /** @default 200 */
  readonly status?: number;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Never answers. */
  readonly hang?: boolean;
}

/** A row of a list. */
export interface Row {
  readonly id: unknown;
  readonly status?: "running" | "succeeded";
}

/** How a service says things. */
interface Wire {
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
    asked: ({ headers }) => {
      const known: Readonly<Record<string, Asked>> = {
        StartExecution: "start",
        DescribeExecution: "look",
        ListExecutions: "list",
        StopExecution: "stop",
        GetExecutionHistory: "history",
      };
      return known[headers["x-acs-action"]!]!;
    },
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
    asked: ({ headers }) => {
      const known: Readonly<Record<string, Asked>> = {
        StartExecution: "start",
        DescribeExecution: "look",
        ListExecutions: "list",
        StopExecution: "stop",
        GetExecutionHistory: "history",
      };
      return known[headers["x-amz-target"]!.split(".").at(-1)!]!;
    },
    named: ({ body }) => (JSON.parse(body) as { name?: string }).name,
    started: (id) => ({ executionArn: executionArn(id), startDate: Date.parse(startedAt) / 1000 }),
    looked: stepFunctionsRun,
    listed: (rows, nextToken) => ({
      executions: rows.map(({ id, status = "running" }) => stepFunctionsRun(id, status)),
      nextToken,
    }),
  },
};

/** What AOM says of a workflow in its list: that the list of its executions covers it. */
export const workflowList = (id: string): unknown => ({
  elements: [{ id, enterprise_project_id: "0" }],
  total_elements: 1,
});

/** What to answer: a body as JSON, or an answer of another kind; undefined for what a healthy service says. */
export type Answers = Partial<
  Record<Asked, (request: HostileRequest, count: number) => HostileAnswer | undefined>
>;

/** An answer in JSON. */
export const json = (value: unknown): HostileAnswer => ({ body: JSON.stringify(value) });

/** Refuses for a day. */
export const comeBackTomorrow: HostileAnswer = { status: 429, headers: { "retry-after": "86400" } };

/** A login page. */
export const loginPage: HostileAnswer = { body: "<!DOCTYPE html><html><title>Log in</title></html>" };

/** A hostile service, and a deployment that has to do with it. */
export interface Hostile {
  readonly args: Arguments;
  readonly host: LifecycleHost & { readonly reporter: RecordingReporter };
  /** Lets time pass until the work is done. */
  readonly run: <T>(work: Promise<T>) => Promise<T>;
  /** How often it was asked. */
  readonly count: (asked: Asked) => number;
  /** How much time has passed, in seconds. */
  readonly seconds: () => number;
}

/** The id of the execution that a healthy service starts, unless the start names it. */
export const hostileId = "ex-1";

/** Opens a service; what `answers` leaves out is as it should be: one start, which runs for ever. */
export function hostile(
  service: ServiceName,
  answers: Answers,
  {
    signal = never,
    config: more = {},
  }: { readonly signal?: AbortSignal; readonly config?: Readonly<Record<string, string>> } = {},
): Hostile {
  const wire = wires[service];
  const clock = simulatedClock();
  const counts: Partial<Record<Asked, number>> = {};
  let id = hostileId;
  const healthy: Readonly<Record<Asked, () => unknown>> = {
    start: () => wire.started(id),
    look: () => wire.looked(id, "running"),
    list: () => wire.listed([]),
    history: () => wire.history ?? { Events: [] },
    stop: () => ({}),
    login: () => ({}),
  };
  const answer = (request: HostileRequest): HostileAnswer => {
    if (request.url.pathname.endsWith("/cms/workflow-list")) return json(workflowList("wf"));
    const asked = wire.asked(request);
    const count = (counts[asked] = (counts[asked] ?? 0) + 1);
    if (asked === "start") id = wire.named(request) ?? hostileId;
    return answers[asked]?.(request, count) ?? json(healthy[asked]());
  };
  const config = {
    "huaweicloud:token": "token-of-a-test",
    "huaweicloud:region": "cn-north-4",
    "huaweicloud:projectId": demoProjectId,
    "alicloud:accessKey": "AKEXAMPLE",
    "alicloud:secretKey": "example-secret",
    "alicloud:region": "cn-hangzhou",
    "aws:accessKey": "AKEXAMPLE",
    "aws:secretKey": "example-secret",
    ...more,
  };
  // As in a stack's configuration, what is empty is not set.
  const set = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ""));
  const startMs = clock.now();
  const fetch = fetchFrom(answer);
  return {
    args: wire.args,
    host: {
      definition: services[service],
      session: openSession({ settings: settingsOf({ config: set }), clock, fetch, random: () => 0.5 }),
      reporter: recordingReporter(),
      signal,
      urn: "urn:pulumi:test::test::type::execution",
      // A lock of the machine takes real time.
      register: new RunRegister({ clock, lock: (_workflow, work) => work(() => true) }),
      secretArguments: [],
    },
    run: (work) => clock.run(work),
    count: (asked) => counts[asked] ?? 0,
    seconds: () => (clock.now() - startMs) / 1_000,
  };
}

// As node-fetch does it, as far as our client can tell.
function fetchFrom(answer: (request: HostileRequest) => HostileAnswer): Fetch {
  return async (url, { method, headers, body, size, signal }) => {
    const {
      status = 200,
      headers: given = {},
      body: text = "",
      hang,
    } = answer({
      method: String(method),
      url: new URL(url),
      headers: headers as Record<string, string>,
      body: typeof body === "string" ? body : "",
    });
    if (hang) {
      await new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => {
          reject(new Error("aborted"));
        });
      });
    }
    const read = async (): Promise<string> => {
      if (text.length > (size ?? Infinity)) {
        throw Object.assign(new Error(`content size at ${url} over limit`), { type: "max-size" });
      }
      return text;
    };
    return { status, headers: { get: (name) => given[name.toLowerCase()] ?? null }, text: read };
  };
}
