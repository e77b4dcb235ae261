/**
 * update: stores new arguments for the same execution, or resumes a wait that was interrupted. Never starts anything.
 */
import type { Arguments } from "../execution/argument";
import type { Backend } from "../execution/service";
import { isSettled } from "../execution/snapshot";
import { withinTime } from "../ground/timeLimit";
import { awaitExecution } from "./await";
import { judge } from "./judge";
import type { LifecycleHost, Outcome } from "./outcome";
import type { LifecycleCall } from "./call";
import { beginCall } from "./call";
import { messageContext } from "../execution/words";
import { requestMs, waitLimit } from "../execution/limits";
import type { StoredState } from "./state";
import {
  connectArguments,
  isArmed,
  makeArmedState,
  storedSnapshot,
  storedStatus,
  withArguments,
} from "./state";

/**
 * Resumes waiting where the stored execution has not settled; makes no request where it has.
 * @throws ConfigurationError when a setting is missing.
 */
export async function update(
  id: string,
  state: StoredState,
  args: Arguments,
  host: LifecycleHost,
): Promise<Outcome> {
  if (isArmed(args)) return { kind: "ready", id, state: makeArmedState(args) };
  await host.register.recorded(host.definition.service, host.urn, id, { always: true });
  const call = beginCall(args, host);
  const status = storedStatus(state);
  const kept = withArguments(host.definition, state, args);
  if (!isSettled(status)) {
    if (call.args.common.waitFor === "started") return { kind: "ready", id, state: kept };
    const backend = await connect(state, call);
    const last = storedSnapshot(id, state);
    return awaitExecution(backend, { executionId: id, justStarted: false, last }, call);
  }
  const reason = await reasonOf(id, state, call);
  return reason === undefined
    ? { kind: "ready", id, state: kept }
    : { kind: "unready", id, state: kept, reasons: [reason] };
}

/**
 * Says why an execution in this state is not as the program wants it; undefined if it is. Opens the service for the
 * name of the workflow alone: the state says it all.
 * @throws ConfigurationError when a setting is missing.
 */
export function explainUnready(
  id: string,
  state: StoredState,
  args: Arguments,
  host: LifecycleHost,
): Promise<string | undefined> {
  return reasonOf(id, state, beginCall(args, host));
}

async function reasonOf(id: string, state: StoredState, call: LifecycleCall): Promise<string | undefined> {
  const verdict = judge(id, state, call.args);
  if (!verdict) return undefined;
  const backend = await connect(state, call);
  return verdict(messageContext(backend, id, call));
}

// By the new arguments, at the place where the execution is.
function connect(state: StoredState, call: LifecycleCall): Promise<Backend> {
  const { timeoutSeconds } = waitLimit(call);
  const { session, definition, signal } = call;
  const located = connectArguments(definition, call.args.values, state);
  return withinTime(session.clock, timeoutSeconds * 1000 + requestMs, signal, (limited) =>
    session.connect(definition, located, limited),
  );
}
