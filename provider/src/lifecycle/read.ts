/**
 * read: the service's present answer. A failed runbook is data, not an error; a forgotten one keeps its last outcome.
 */
import type { Backend } from "../execution/service";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import { withinTime } from "../ground/timeLimit";
import { describeIfKnown } from "../execution/describeIfKnown";
import type { LifecycleHost } from "./outcome";
import { statusRequestMs } from "../execution/limits";
import type { StoredState } from "./state";
import { isArmed, makeState, markExpired, storedArguments, storedSnapshot, storedStatus } from "./state";
import { settledLookupOf } from "../waiting/perWorkflow";

/**
 * Reads the status once.
 * @returns the present state; undefined if there is nothing: neither at the service nor in the state.
 * @throws ConfigurationError, ServiceError, TransportError when it can't be told.
 */
export async function read(
  id: string,
  state: StoredState,
  host: LifecycleHost,
): Promise<StoredState | undefined> {
  // A teardown runbook has not run: there is nothing to read.
  if (isArmed(state)) return state;
  const always = state["executionId"] !== undefined;
  await host.register.recorded(host.definition.service, host.urn, id, { always, mayBeCopy: true });
  const args = storedArguments(state);
  return withinTime(host.session.clock, statusRequestMs, host.signal, async (signal) => {
    const backend = await host.session.connect(host.definition, args, signal);
    // A service that may forget executions by design has nothing new to say about one that has ended, and its silence
    // says nothing.
    if (!backend.keepsHistory) {
      const isOpen =
        state["executionId"] !== undefined &&
        !isSettled(storedStatus(state)) &&
        backend.findStarted !== undefined;
      const seen = isOpen ? await describeIfKnown(backend, id, { signal }) : undefined;
      return seen ? makeState(args, backend.location, seen, backend.consoleUrl(id)) : state;
    }
    if (await isConfirmed(id, state, backend, { ...host, signal })) return state;
    const isGiven = state["executionId"] === undefined;
    const snapshot = await describeIfKnown(backend, id, { signal, isGiven });
    if (snapshot) {
      return makeState(args, backend.location, withStoredSteps(snapshot, state), backend.consoleUrl(id));
    }
    // Without a stored outcome, the resource is an execution that never was ours (`get`): it is not there.
    return isGiven ? undefined : markExpired(state);
  });
}

// Keeps the stored steps of the same outcome if the steps could not be read this time.
function withStoredSteps(snapshot: ExecutionSnapshot, state: StoredState): ExecutionSnapshot {
  if (snapshot.stepsOmitted !== true || snapshot.steps.length > 0) return snapshot;
  if (storedStatus(state) !== snapshot.status) return snapshot;
  const stored = storedSnapshot(snapshot.executionId, state);
  const error = snapshot.error ?? storedFailure(state);
  const { stepsOmitted, ...others } = snapshot;
  const truncated = Array.isArray(state["truncated"]) ? (state["truncated"] as unknown[]) : [];
  const isWhole = isSettled(snapshot.status) && !truncated.includes("steps");
  return {
    ...stored,
    ...others,
    steps: stored.steps,
    ...(error === undefined ? {} : { error }),
    ...(isWhole ? {} : { stepsOmitted }),
  };
}

function storedFailure({ failure }: StoredState): string | undefined {
  const message = (failure as { message?: unknown } | undefined)?.message;
  return typeof message === "string" ? message : undefined;
}

// If many are read at once, a list confirms the outcomes of settled executions.
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
