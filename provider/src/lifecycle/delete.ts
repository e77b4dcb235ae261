/**
 * delete: stops an execution that still runs, unless it is to be left, and sees it stopped before the resource goes.
 */
import { NotFoundError, WorkflowExecutionError } from "../errors";
import { isSettled } from "../execution/snapshot";
import { waitUntilSettled } from "../execution/waitUntilSettled";
import { readCommonArguments } from "./arguments";
import { sayNotStopped, sayStopInterrupted } from "./messages";
import type { LifecycleHost } from "./outcome";
import { messageContext } from "./outcome";
import type { StoredState } from "./state";
import { storedStatus } from "./state";

const defaultStopSeconds = 300;

/**
 * Deletes the resource. Makes no request where the execution has settled or is left.
 * @throws WorkflowExecutionError with code WFX-EXECUTION-NOT-STOPPED where it goes on running in spite of the stop.
 */
export async function deleteExecution(id: string, state: StoredState, host: LifecycleHost): Promise<void> {
  const { onDelete } = readCommonArguments(state);
  // A record that could not be found (`expired`) is no proof that nothing runs: only an end that was seen is.
  if (onDelete === "leave" || isSettled(storedStatus(state))) return;
  const { clock, random } = host.session;
  const backend = await host.session.connect(host.definition, state, host.signal);
  host.reporter.status("stopping");
  await backend.stop(id, host.signal);
  const seconds = host.operationTimeoutSeconds ?? defaultStopSeconds;
  try {
    const result = await waitUntilSettled({
      describe: (signal, waitSeconds) => backend.describe(id, { signal, attempts: 1, waitSeconds }),
      longPollSeconds: host.definition.capabilities.longPollSeconds,
      deadlineMs: clock.now() + seconds * 1000,
      mayBeInvisibleUntilMs: 0,
      clock,
      random,
      signal: host.signal,
      reporter: host.reporter,
    });
    if (result.kind === "settled") return;
    if (result.kind === "aborted") {
      const interrupted = sayStopInterrupted(id, messageContext(backend, id, state));
      throw new WorkflowExecutionError("WFX-INTERRUPTED", interrupted);
    }
  } catch (error) {
    // What the service does not know can't run.
    if (error instanceof NotFoundError) return;
    throw error;
  }
  const message = sayNotStopped(id, seconds, messageContext(backend, id, state));
  throw new WorkflowExecutionError("WFX-EXECUTION-NOT-STOPPED", message);
}
