/** A test's requests to an emulator: the package's own client, and a few questions in the words of the tests. */
import { ControlClient } from "runbook-emulator";
import type { EmulatedExecution, Emulator } from "runbook-emulator";

export type { EmulatedExecution };

/** A request that a service has answered. */
export interface LoggedRequest {
  /** The service that it went to; absent where none has such a request. */
  readonly service?: string;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** Calls the control API. */
export async function control(
  emulator: Emulator,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${emulator.url}/_emulator${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** All executions, in the order they were started. */
export async function executionsOf(emulator: Emulator): Promise<EmulatedExecution[]> {
  const executions = await new ControlClient(emulator).executions();
  // CloudFlow's executions are unique within their flow only; the control API puts the flow before the name.
  const named = executions.map((execution) => ({
    ...execution,
    executionId: execution.executionId.split(":").at(-1)!,
  }));
  return named.sort((a, b) => a.startedAt - b.startedAt);
}

/** All requests to the services. */
export async function requestsOf(emulator: Emulator): Promise<LoggedRequest[]> {
  return (await new ControlClient(emulator).requests()) as LoggedRequest[];
}
