/**
 * The part of a deployment before there is an execution: logins, lists, throttling and the start itself end in time, and
 * where they do, it is said whether anything was started.
 */
import type { Backend, StartRequest, StartedExecution } from "../execution/service";
import {
  OutOfTimeError,
  RequestInterruptedError,
  StartUncertainError,
  WorkflowExecutionError,
  isWorkflowExecutionError,
  messageOf,
} from "../ground/errors";
import { limitTime } from "../ground/timeLimit";
import { describeStartTimedOut, describeStartUncertain } from "./messages";
import type { StartCall } from "./startCall";
import { messageContext } from "../execution/words";
import { requestMs, waitLimit } from "../execution/limits";

/** The means of the phase before there is an execution. */
export interface StartPhase {
  /** The host, whose signal ends with the phase too. */
  readonly host: StartCall;
  /** A backend for starting: nothing is started by it after the phase, and a start that was sent extends the phase. */
  readonly bind: (backend: Backend) => Backend;
}

// The time for the search of a start that may have been handled, its last requests included, in milliseconds: however
// short the deployment's time is.
const lookUpMs = 45_000;

/**
 * Runs the work that leads to an execution, in the time that the deployment waits (and one request more). A start that
 * would have to wait longer is not sent. A start that was sent is seen through, and searched for if its answer is lost.
 * @throws WorkflowExecutionError with code WFX-START-TIMEOUT when nothing was started in time.
 * @throws StartUncertainError when a start may have been handled, whatever error came afterwards.
 * @throws any other error of `work`.
 */
export async function inStartPhase<T>(host: StartCall, work: (phase: StartPhase) => Promise<T>): Promise<T> {
  const { signal, session } = host;
  const limit = waitLimit(host);
  const timeMs = limit.timeoutSeconds * 1000;
  const patience = limitTime(session.clock, timeMs, signal);
  const requests = limitTime(session.clock, timeMs + requestMs, signal);
  // With a time of a second a login may take it all; a start that has to wait for nothing then still goes.
  const starts = limitTime(session.clock, Math.max(timeMs, requestMs), signal);
  const seen: { isInDoubt: boolean; backend?: Backend } = { isInDoubt: false };

  const start = async (backend: Backend, request: StartRequest): Promise<StartedExecution> => {
    const onSent = (): void => {
      requests.extend(requestMs + lookUpMs);
    };
    try {
      return await backend.start({ ...request, signal: starts.signal, patience: patience.signal, onSent });
    } catch (error) {
      seen.isInDoubt ||= error instanceof StartUncertainError;
      throw error;
    } finally {
      requests.extend(lookUpMs);
    }
  };
  const bind = (backend: Backend): Backend => {
    seen.backend = backend;
    const { key, budgets, subject, identity, location, keepsHistory } = backend;
    return {
      ...{ key, budgets, subject, identity, location, keepsHistory },
      consoleUrl: (id) => backend.consoleUrl(id),
      start: (request) => start(backend, request),
      describe: (id, options) => backend.describe(id, options),
      listPage: (filter, page, given) => backend.listPage(filter, page, given),
      listUnsettled: (given) => backend.listUnsettled(given),
      ...(backend.findStarted
        ? { findStarted: async (prefix, given) => backend.findStarted?.(prefix, given) }
        : {}),
      readRunName: (id, given) => backend.readRunName(id, given),
      stop: (id, given, reason) => backend.stop(id, given, reason),
    };
  };

  try {
    return await work({ host: { ...host, signal: requests.signal }, bind });
  } catch (error) {
    const bound = seen.backend;
    if (seen.isInDoubt && bound && !(error instanceof StartUncertainError)) {
      const message = describeStartUncertain(messageOf(error), messageContext(bound, "", host), false);
      throw new StartUncertainError(message, { cause: error });
    }
    if (signal.aborted || !patience.hasPassed() || !isCutOff(error)) throw error;
    const message = describeStartTimedOut(messageOf(error), bound?.subject, limit);
    throw new WorkflowExecutionError("WFX-START-TIMEOUT", message, { cause: error });
  } finally {
    for (const limited of [patience, requests, starts]) limited.lift();
  }
}

// An error that may pass would have led to another attempt, had there been time.
function isCutOff(error: unknown): boolean {
  if (error instanceof OutOfTimeError || error instanceof RequestInterruptedError) return true;
  return isWorkflowExecutionError(error) && (error.retryable || error.code === "WFX-INTERRUPTED");
}
