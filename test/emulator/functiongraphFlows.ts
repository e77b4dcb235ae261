/** The parts that the tests of the emulated FunctionGraph share: paths, and the calls that almost all of them make. */
import type { Answer, CallOptions, Json } from "./emulatorClient";
import { EmulatorClient, testProject } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

export const flowsPath = `/v2/${testProject}/fgs/workflows`;

/** The service's answer for a flow that it does not know. */
export const noFlow = { error_code: "FGS.5002", error_msg: "Function flow not found." };
/** The same for an execution. */
export const noExecution = { error_code: "FGS.5002", error_msg: "Function flow execution not found." };
/** The answer to a request in which something is wrong; `detail` stands in its message. */
export const invalid = (detail: string): unknown => ({
  error_code: "FGS.3002",
  error_msg: expect.stringContaining(detail),
  request_id: expect.stringMatching(/^[0-9a-f]{32}$/),
});

/** The path of a flow's executions. */
export function flowExecutions(flowId: string): string {
  return `${flowsPath}/${encodeURIComponent(flowId)}/executions`;
}

export function flowUrn(name: string): string {
  return `urn:fss:cn-north-4:${testProject}:workflow:default:${name}:latest`;
}

/** FunctionGraph calls on one emulator. */
export class FlowClient {
  readonly #client: EmulatorClient;

  constructor(client: EmulatorClient) {
    this.#client = client;
  }

  /** Starts a flow and returns the execution's id. */
  async start(flowId: string, body: Json = { input: {} }, options: CallOptions = {}): Promise<string> {
    const answer = await this.#client.signed("POST", flowExecutions(flowId), { ...options, body });
    if (answer.status !== 200) throw new Error(`start: ${String(answer.status)} ${answer.text}`);
    return answer.json.execution_id as string;
  }

  async show(flowId: string, executionId: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#client.signed("GET", `${flowExecutions(flowId)}/${executionId}`, { headers });
  }

  async stop(flowId: string, executionId: string): Promise<Answer> {
    return this.#client.signed("POST", `${flowExecutions(flowId)}/${executionId}/terminate`);
  }

  async retry(flowId: string, executionId: string): Promise<Answer> {
    return this.#client.signed("POST", `${flowExecutions(flowId)}/${executionId}/retry`);
  }

  async list(flowId: string, query = ""): Promise<Answer> {
    return this.#client.signed("GET", `${flowExecutions(flowId)}${query}`);
  }

  async page(flowId: string, query: string): Promise<Answer> {
    return this.#client.signed("GET", `${flowsPath}/${flowId}/executions-history${query}`);
  }

  /** Creates a flow and returns the answer. */
  async create(body: Json): Promise<Answer> {
    return this.#client.signed("POST", flowsPath, { body });
  }

  /** Scripts a flow through the control API. */
  async put(id: string, script: Json): Promise<void> {
    const answer = await this.#client.control("PUT", `/workflows/${id}`, {
      service: "functiongraph",
      ...script,
    });
    if (answer.status !== 200) throw new Error(`put: ${answer.text}`);
  }
}

/** Each node with the statuses of its executions, such as `["deploy", "fail", "running"]`. */
export function nodes(detail: Json): string[][] {
  return detail.node_execution_details.map(({ node_id, executions }: Json) => [
    node_id,
    ...executions.map(({ status }: Json) => status),
  ]);
}

/** A definition with one Operation state per function name; changes are laid over it. */
export function definition(name: string, functions: readonly string[], changes: Json = {}): Json {
  return {
    name,
    start: functions[0],
    functions: functions.map((one) => ({
      name: one,
      operation: `urn:fss:cn-north-4:${testProject}:function:default:${one}:latest`,
    })),
    states: functions.map((one, index) => ({
      id: one,
      name: one,
      type: "Operation",
      end: index === functions.length - 1,
      transition: functions[index + 1] ?? "",
      actions: [{ function_ref: { ref_name: one, arguments: {} } }],
    })),
    constants: {},
    retries: [],
    ...changes,
  };
}

/** An emulator for all tests of a file, and the clients that talk to it. */
export interface EmulatedFlows {
  readonly client: EmulatorClient;
  readonly flows: FlowClient;
}

/** Starts an emulator before the first test; before each, it is as new and its clock stands at eight in the morning. */
export function useEmulatedFlows(): EmulatedFlows {
  const client = useEmulator(EmulatorClient);
  beforeEach(() => client.control("POST", "/clock", { now: "2026-11-21T08:00:00Z" }));
  return { client, flows: new FlowClient(client) };
}
