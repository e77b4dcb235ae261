/**
 * The two ways to start an execution: by its name, which makes a second start harmless, and synchronously.
 */
import { InputError, StartUncertainError } from "../../../ground/errors";
import { summarize } from "../../../http/request";
import type { StartRequest, StartedExecution } from "../../../execution/service";
import { startByName, startOnce } from "../../startOnce";
import { alreadyExists, parseStartExecution, parseStartSyncExecution } from "./answers";
import type { ExecutionStart } from "./api";
import { buildStartExecution, buildStartSyncExecution } from "./api";
import type { StatesRequests } from "./statesRequests";

/**
 * Runs an EXPRESS state machine to its end. The service keeps nothing of the execution: its answer is all there is.
 * @throws StartUncertainError when the execution may have run although no answer came.
 */
export async function startSync(
  requests: StatesRequests,
  start: ExecutionStart,
  { signal, patience, onSent }: StartRequest,
): Promise<StartedExecution> {
  const { place } = requests;
  const request = buildStartSyncExecution(place, start);
  const asked = { stateMachine: place.machine.name, executionName: start.name };
  const outcome = await startOnce(request, async () => {
    const answer = await requests.send(request, { signal, patience, onSent });
    return parseStartSyncExecution(answer, summarize(request), asked);
  });
  return { executionId: outcome.executionId, outcome };
}

/**
 * Starts an execution of a STANDARD state machine.
 * @throws RunNameTakenError when the name is in use for another input, or was within the last 90 days.
 * @throws StartUncertainError when the execution may have been started although no answer came.
 * @throws InputError when the state machine turns out to be an EXPRESS one.
 */
export async function startNamed(
  requests: StatesRequests,
  start: ExecutionStart,
  { signal, patience, onSent }: StartRequest,
): Promise<StartedExecution> {
  const request = buildStartExecution(requests.place, start);
  return startByName(request, alreadyExists, async (onSendAgain) => {
    const answer = await requests.send(request, { signal, patience, onSent, onSendAgain });
    const { executionArn, startedAt } = parseStartExecution(answer, summarize(request));
    const { executionName: executionId } = executionArn;
    if (executionArn.kind === "express") throw isExpressAfterAll(requests.subject, executionId);
    if (executionId === start.name) return { executionId, startedAt };
    throw new StartUncertainError(
      `StartExecution of "${start.name}" was answered with the execution "${executionId}"`,
    );
  });
}

function isExpressAfterAll(subject: string, executionId: string): InputError {
  return new InputError(
    `${subject} is of type EXPRESS. The service has started its execution "${executionId}", which it does not show or stop, and ` +
      'which ends within five minutes. The next `pulumi up` runs the state machine again: set stateMachineType to "EXPRESS" first.',
  );
}
