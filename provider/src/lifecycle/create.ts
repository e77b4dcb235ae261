/**
 * create: starts an execution, or takes over a named one, and waits for it. The boundary is the id: before there is
 * one, errors are thrown and nothing exists; afterwards everything is an outcome that keeps it.
 */
import type { Arguments, Backend, StartedExecution } from "../backends/backend";
import { InputError, NotFoundError, StartUncertainError, messageOf } from "../errors";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { readCommonArguments } from "./arguments";
import { awaitExecution } from "./await";
import { sayStartUncertain } from "./messages";
import type { LifecycleHost, Outcome } from "./outcome";
import { messageContext } from "./outcome";
import { newRunName } from "./runName";

/**
 * Starts (or adopts) and waits.
 * @throws ConfigurationError, ServiceError, TransportError where nothing was started.
 * @throws StartUncertainError where nobody can know.
 */
export async function create(args: Arguments, host: LifecycleHost): Promise<Outcome> {
  const backend = await host.session.connect(host.definition, args, host.signal);
  const { adoptExecutionId } = readCommonArguments(args);
  // What this one replaces has had its turn: to take it over again would run nothing.
  if (adoptExecutionId !== undefined && adoptExecutionId !== host.supersedes) {
    const last = await adopt(backend, adoptExecutionId, host);
    return awaitExecution(backend, args, { executionId: adoptExecutionId, justStarted: false, last }, host);
  }
  host.reporter.status("starting");
  let started: StartedExecution;
  try {
    started = await backend.start({ runName: newRunName(host.urn), signal: host.signal });
  } catch (error) {
    if (!(error instanceof StartUncertainError)) throw error;
    const message = sayStartUncertain(messageOf(error), messageContext(backend, "", args));
    throw new StartUncertainError(message, { cause: error });
  }
  return awaitExecution(backend, args, { ...started, justStarted: true, last: started.outcome }, host);
}

async function adopt(backend: Backend, executionId: string, host: LifecycleHost): Promise<ExecutionSnapshot> {
  try {
    return await backend.describe(executionId, { signal: host.signal });
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new InputError(
      `"adoptExecutionId" names execution ${executionId}, which ${backend.subject} does not have: correct it, or leave ` +
        `it out to start a new one. (${messageOf(error)})`,
    );
  }
}
