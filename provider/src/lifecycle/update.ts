/**
 * update: the same execution under new arguments, or one whose wait was cut short. Never starts anything.
 */
import type { Arguments } from "../execution/argument";
import type { Backend } from "../execution/service";
import { isSettled } from "../execution/snapshot";
import { withinTime } from "../ground/timeLimit";
import { readCommonArguments } from "../execution/commonArguments";
import { awaitExecution } from "./await";
import { judge } from "./judge";
import type { LifecycleHost, Outcome } from "./outcome";
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
 * Goes on waiting where the stored execution has not settled; makes no request where it has.
 * @throws ConfigurationError where a setting is missing.
 */
export async function update(
  id: string,
  state: StoredState,
  args: Arguments,
  host: LifecycleHost,
): Promise<Outcome> {
  if (isArmed(args)) return { kind: "ready", id, state: makeArmedState(args) };
  await host.register.handedOver(host.definition.service, host.urn, id, { always: true });
  const common = readCommonArguments(args);
  const status = storedStatus(state);
  const kept = withArguments(host.definition, state, args);
  if (!isSettled(status)) {
    if (common.waitFor === "started") return { kind: "ready", id, state: kept };
    const located = connectArguments(host.definition, args, state);
    const backend = await connect(located, host);
    const last = storedSnapshot(id, state);
    return awaitExecution(backend, args, { executionId: id, justStarted: false, last }, host);
  }
  const reason = await explainUnready(id, state, args, host);
  return reason === undefined
    ? { kind: "ready", id, state: kept }
    : { kind: "unready", id, state: kept, reasons: [reason] };
}

/**
 * Says why an execution in this state is not as the program wants it; undefined where it is. Opens the service for the
 * name of the workflow alone: the state says it all.
 * @throws ConfigurationError where a setting is missing.
 */
export async function explainUnready(
  id: string,
  state: StoredState,
  args: Arguments,
  host: LifecycleHost,
): Promise<string | undefined> {
  const verdict = judge(id, state, args);
  if (!verdict) return undefined;
  const backend = await connect(connectArguments(host.definition, args, state), host);
  return verdict(messageContext(backend, id, args));
}

function connect(args: Arguments, host: LifecycleHost): Promise<Backend> {
  const { timeoutSeconds } = waitLimit(host, readCommonArguments(args));
  const { session, definition, signal } = host;
  return withinTime(session.clock, timeoutSeconds * 1000 + requestMs, signal, (limited) =>
    session.connect(definition, args, limited),
  );
}
