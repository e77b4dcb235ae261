/**
 * What a test asks of an emulator through its control API.
 */
import type { Emulator } from "runbook-emulator";

/** An execution as the control API lists it. */
export interface EmulatedExecution {
  readonly executionId: string;
  readonly workflowId: string;
  /** AOM's word. */
  readonly status: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** A request as the control API logs it. */
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
  const answer = (await control(emulator, "GET", "/executions")) as { executions: EmulatedExecution[] };
  // CloudFlow's executions are unique within their flow only; the control API puts the flow before the name.
  const named = answer.executions.map((execution) => ({
    ...execution,
    executionId: execution.executionId.split(":").at(-1)!,
  }));
  return named.sort((a, b) => a.startedAt - b.startedAt);
}

/** All requests to the services. */
export async function requestsOf(emulator: Emulator): Promise<LoggedRequest[]> {
  return ((await control(emulator, "GET", "/requests")) as { requests: LoggedRequest[] }).requests;
}
