/**
 * delete: stops an execution that is still running, unless it is to be left, and sees it stopped before the resource
 * goes. A teardown runbook is run instead, and seen through.
 */
import type { Backend } from "../execution/service";
import { NotFoundError, WorkflowExecutionError, messageOf } from "../ground/errors";
import { isSettled } from "../execution/snapshot";
import type { TimeLimit } from "../ground/timeLimit";
import { limitTime } from "../ground/timeLimit";
import { describeNotAskedToStop, describeNotStopped, describeStopInterrupted } from "./messages";
import type { LifecycleCall } from "./call";
import { beginCall } from "./call";
import type { LifecycleHost } from "./outcome";
import { messageContext } from "../execution/words";
import { invisibleMs, requestMs } from "../execution/limits";
import { findLeftover, isHere } from "../starting/leftover";
import type { StoredState } from "./state";
import { isArmed, storedArguments, storedStatus } from "./state";
import { isReplacedArming, tearDown } from "./teardown";
import { waitUntilSettled } from "../waiting/waitUntilSettled";

const defaultStopSeconds = 300;

/**
 * Deletes the resource. Makes no request where the execution has settled or is left.
 * @throws WorkflowExecutionError with code WFX-EXECUTION-NOT-STOPPED when it is still running despite the stop; the
 *   outcome of a teardown runbook when the outcome is not as wanted. The resource stays in the state.
 */
export async function deleteExecution(id: string, state: StoredState, host: LifecycleHost): Promise<void> {
  const { service } = host.definition;
  const call = beginCall(storedArguments(state), host);
  if (isArmed(state)) {
    host.register.disarm(id);
    // Replaced, not destroyed: its successor is armed.
    if (host.isReplacement === true || (await isReplacedArming(id, host))) return;
    await tearDown(id, call);
    return;
  }
  const { onDelete } = call.args.common;
  // A record that could not be found (`expired`) is no proof that nothing runs: only an end that was seen is.
  const ids = onDelete === "leave" || isSettled(storedStatus(state)) ? [] : [id];
  // A replacement whose deployment was interrupted runs without the state knowing: it is deleted with the execution
  // that it was to replace.
  const mayBeUnarrived = onDelete === "stop" && host.isReplacement !== true;
  const noted = mayBeUnarrived ? await host.register.pending(service, host.urn) : undefined;
  const unarrived = noted?.supersedesId === id ? noted : undefined;
  let unarrivedId: string | undefined;
  if (ids.length > 0 || unarrived) {
    const seconds = host.operationTimeoutSeconds ?? defaultStopSeconds;
    const limit = limitTime(host.session.clock, seconds * 1000 + requestMs, host.signal);
    const limited = { ...call, signal: limit.signal };
    try {
      const deadlineMs = host.session.clock.now() + seconds * 1000;
      const backend = await host.session.connect(host.definition, call.args.values, limit.signal);
      if (unarrived && isHere(unarrived, backend, call)) {
        const found = await findLeftover(backend, unarrived, limited);
        unarrivedId = found?.executionId;
        if (found && !isSettled(found.status)) ids.push(found.executionId);
      }
      for (const executionId of ids) {
        await askToStop(backend, executionId, { call: limited, limit, seconds });
        await seeStopped(backend, executionId, { call, deadlineMs, seconds });
      }
    } finally {
      limit.lift();
    }
  }
  await host.register.released(service, host.urn, id, {
    isDestroyed: host.isReplacement !== true,
    unarrivedId,
  });
}

async function askToStop(
  backend: Backend,
  id: string,
  {
    call,
    limit,
    seconds,
  }: { readonly call: LifecycleCall; readonly limit: TimeLimit; readonly seconds: number },
): Promise<void> {
  call.reporter.status("stopping");
  try {
    await backend.stop(id, call.signal);
  } catch (error) {
    // A request that failed before the time was over would have been tried again.
    if (!limit.hasPassed()) throw error;
    const message = describeNotAskedToStop(id, messageOf(error), seconds, messageContext(backend, id, call));
    throw new WorkflowExecutionError("WFX-EXECUTION-NOT-STOPPED", message, { cause: error });
  }
}

async function seeStopped(
  backend: Backend,
  id: string,
  {
    call,
    deadlineMs,
    seconds,
  }: { readonly call: LifecycleCall; readonly deadlineMs: number; readonly seconds: number },
): Promise<void> {
  let isSeenRunning: boolean;
  try {
    // It may have begun just now, and a service can show an execution in one place before another.
    const mayBeInvisibleUntilMs = call.session.clock.now() + invisibleMs;
    const wait = { isStopping: true, deadlineMs, mayBeInvisibleUntilMs };
    const result = await waitUntilSettled(backend, id, wait, call);
    if (result.kind === "settled") return;
    if (result.kind === "aborted") {
      const interrupted = describeStopInterrupted(id, messageContext(backend, id, call));
      throw new WorkflowExecutionError("WFX-INTERRUPTED", interrupted);
    }
    isSeenRunning = result.last !== undefined && result.failuresInARow === 0;
  } catch (error) {
    // An execution that the service does not know cannot run.
    if (error instanceof NotFoundError) return;
    throw error;
  }
  const message = describeNotStopped(id, seconds, isSeenRunning, messageContext(backend, id, call));
  throw new WorkflowExecutionError("WFX-EXECUTION-NOT-STOPPED", message);
}
