/**
 * read: what the service says now. A failed runbook is data, not an error; a forgotten one keeps its last outcome.
 */
import type { Backend } from "../backends/backend";
import { isSettled } from "../execution/snapshot";
import { lookAt } from "./lookAt";
import type { LifecycleHost } from "./outcome";
import type { StoredState } from "./state";
import { isArmed, makeState, markExpired, outputs, storedStatus } from "./state";
import { settledLookupOf } from "./watch";

/**
 * Looks once.
 * @returns the present state; undefined where there is nothing: neither at the service nor in the state.
 * @throws ConfigurationError, ServiceError, TransportError where it can't be told.
 */
export async function read(
  id: string,
  state: StoredState,
  host: LifecycleHost,
): Promise<StoredState | undefined> {
  // A teardown runbook has not run: there is nothing to look at.
  if (isArmed(state)) return state;
  const always = state["executionId"] !== undefined;
  await host.register.handedOver(host.definition.service, host.urn, id, { always });
  const args = Object.fromEntries(Object.entries(state).filter(([name]) => !outputs.includes(name)));
  const backend = await host.session.connect(host.definition, args, host.signal);
  // What the service has forgotten by design has nothing new to say.
  if (!backend.keepsHistory) return state;
  if (await isConfirmed(id, state, backend, host)) return state;
  const snapshot = await lookAt(backend, id, { signal: host.signal });
  if (snapshot) return makeState(args, backend.location, snapshot, backend.consoleUrl(id));
  // Without a stored outcome this is a look at something that never was ours (`get`): it is not there.
  return state["executionId"] === undefined ? undefined : markExpired(state);
}

// Where many are read at once, a list tells that what has settled still is as it was.
async function isConfirmed(
  id: string,
  state: StoredState,
  backend: Backend,
  { session, definition, signal }: LifecycleHost,
): Promise<boolean> {
  const stored = storedStatus(state);
  if (!isSettled(stored) || state["expired"] === true) return false;
  const listed = await settledLookupOf(definition, backend, session).find(id, signal);
  return listed?.status === stored && (listed.settledAt ?? null) === (state["settledAt"] ?? null);
}
