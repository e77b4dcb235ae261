/**
 * create: starts an execution, or takes over a named one, and waits for it. The boundary is the id: before there is
 * one, errors are thrown and nothing exists; afterwards everything is an outcome that keeps it.
 */
import type { Arguments, StartedExecution } from "../backends/backend";
import { StartUncertainError, messageOf } from "../errors";
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
  if (adoptExecutionId !== undefined) {
    const last = await backend.describe(adoptExecutionId, { signal: host.signal });
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
