/**
 * create: gets the execution of the run that the program wants, and waits for it. The boundary is the id: before there
 * is one, errors are thrown and nothing exists; afterwards everything is an outcome that keeps it.
 */
import type { Arguments } from "../execution/argument";
import type { Backend } from "../execution/service";
import { InputError, NotFoundError, StartUncertainError, codeOf, messageOf } from "../ground/errors";
import type { ExecutionSnapshot } from "../execution/snapshot";
import type { AwaitStart } from "./await";
import { awaitExecution } from "./await";
import { describeNotStarted } from "./messages";
import type { LifecycleHost, Outcome } from "./outcome";
import { beginCall } from "./call";
import type { StartPhase } from "../starting/startPhase";
import { inStartPhase } from "../starting/startPhase";
import type { Superseded } from "../starting/runKey";
import { newArmedId, wantedRun } from "../starting/runKey";
import { startRun } from "../starting/startRun";
import { makeArmedState } from "./state";

/**
 * Starts an execution, or takes over one that has been started before, and waits. A teardown runbook is only armed.
 * @throws ConfigurationError, InputError, ServiceError, TransportError when nothing was started.
 * @throws WorkflowExecutionError with code WFX-START-TIMEOUT when nothing was started in time.
 * @throws StartUncertainError when it cannot be told whether the run has been started.
 */
export async function create(args: Arguments, host: LifecycleHost): Promise<Outcome> {
  const call = beginCall(args, host);
  if (call.args.common.runOn === "destroy") {
    const id = newArmedId(host.session.uuid);
    await host.register.armed(host.definition.service, host.urn, id);
    call.reporter.info("armed: runs on destroy");
    return { kind: "ready", id, state: makeArmedState(args) };
  }
  const { backend, start } = await inStartPhase(call, async (phase) => {
    const opened = await host.session.connect(host.definition, args, phase.host.signal);
    return { backend: opened, start: await begin(opened, phase) };
  });
  return awaitExecution(backend, start, call);
}

/** An error of `create` as a front shows it: nothing was started, unless the error itself names an execution. */
export function asNotStarted(error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof StartUncertainError || code === "WFX-WORKFLOW-BUSY") return error;
  return new Error(describeNotStarted({ message: messageOf(error), code }), { cause: error });
}

async function begin(backend: Backend, { host, bind }: StartPhase): Promise<AwaitStart> {
  const { adoptExecutionId } = host.args.common;
  const superseded = host.supersedes ?? (await supersededByForce(host));
  // The execution that this one replaces is finished, and so is the one that was taken over before: to take it over again
  // would run nothing, and put an old outcome in place of the new one.
  const hadTurn = superseded?.isUnseen === true ? [] : [superseded?.id, superseded?.adoptedId];
  if (adoptExecutionId !== undefined && !hadTurn.includes(adoptExecutionId)) {
    const last = await adopt(backend, adoptExecutionId, host.signal);
    host.register.owned.take(adoptExecutionId);
    return { executionId: adoptExecutionId, justStarted: false, last };
  }
  const { urn, secretArguments } = host;
  const wanted = await wantedRun(host.args, { urn, secretArguments, supersedes: superseded });
  const { executionId, isNew, beganMs, outcome } = await startRun(bind(backend), wanted, host);
  return {
    executionId,
    justStarted: isNew,
    // One that was seen in a list may be there before it is in the details.
    mayBeInvisible: backend.keepsHistory || outcome !== undefined,
    beganMs,
    last: outcome,
  };
}

async function adopt(backend: Backend, executionId: string, signal: AbortSignal): Promise<ExecutionSnapshot> {
  try {
    return await backend.describe(executionId, { signal, isGiven: true });
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new InputError(
      `"adoptExecutionId" names execution ${executionId}, which ${backend.subject} does not have: correct the id, or ` +
        `remove the argument to start a new execution. (${messageOf(error)})`,
    );
  }
}

// A replacement that the engine forces (`--replace`, `replacementTrigger`) is not compared before, so nobody names the
// replaced execution. If the previous deployment came to its regular end, the replaced execution is the one with which
// that deployment answered. Exception: Pulumi may not have saved the answer, which shows when the engine does not
// delete that execution now. Then the next deployment takes over. In all other cases, the replaced execution is the
// last one that was seen in the state. This machine knows no more: another machine may have deployed since.
async function supersededByForce(host: LifecycleHost): Promise<Superseded | undefined> {
  const { definition, register, reporter, urn } = host;
  const noted = await register.pending(definition.service, urn);
  const isUnseen = host.isInState !== true;
  // If nothing was replaced, the execution in the state can only be the one that was started.
  const isFirst = noted?.supersedesId === undefined && noted?.replacesUnknown !== true && !isUnseen;
  if (noted?.executionId !== undefined && (noted.isAnswered === true || isFirst)) {
    const id = noted.executionId;
    if (noted.supersedesUnseen !== true || !isUnseen || noted.isUnready === true)
      return { id, isUnseen, isGuess: true };
    reporter.warn(
      `execution ${id} of an earlier deployment on this machine is missing from Pulumi's state; it is taken over`,
    );
    return undefined;
  }
  const inState = await register.inState(definition.service, urn);
  return inState && { ...inState, isUnseen, isGuess: true };
}
