/**
 * A run that a deployment had started before it was interrupted, for arguments that the program has changed since: the
 * state never had it, so nobody else would stop it.
 */
import type { Backend } from "../execution/service";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import { describeIfKnown } from "../execution/describeIfKnown";
import { stopwatch } from "../ground/clock";
import { listAgainMs, showsWithinMs } from "./candidates";
import type { StartCall } from "./startCall";
import type { PendingStart } from "./journalEntry";
import type { Starting } from "./posting";
import type { NotedStart } from "./register";

/** Stops the execution, or leaves it, as `onDelete` says for a replaced execution. Reports which. */
export async function dealWithLeftover(
  { backend, wanted, host }: Pick<Starting, "backend" | "host" | "wanted">,
  leftover: PendingStart,
): Promise<void> {
  const found = await findLeftover(backend, leftover, host);
  if (!found || found.executionId === wanted.supersedes?.id) {
    await host.register.dropped(host.definition.service, host.urn);
    return;
  }
  const id = found.executionId;
  // A finished execution counts as over too: a run that the program wants later is another one.
  if (isSettled(found.status)) {
    await host.register.dropped(host.definition.service, host.urn, id);
    return;
  }
  const what = `execution ${id} of an interrupted deployment is still running with other arguments`;
  if (host.args.common.onDelete === "leave") {
    host.reporter.warn(`${what}; it is left running (onDelete)`);
  } else {
    host.reporter.warn(`${what}; it is stopped (onDelete)`);
    await backend.stop(id, host.signal);
  }
  // Known as ours from now on, however long it runs.
  await host.register.dropped(host.definition.service, host.urn, id);
}

/**
 * True if a start was for this workflow. If it was not, because the resource has been given another workflow since, a
 * message says that the execution may still be running: nobody else knows.
 */
export function isHere(
  { workflow, executionId, runName }: NotedStart,
  backend: Backend,
  { reporter }: StartCall,
): boolean {
  if (workflow === backend.identity) return true;
  const which = executionId ?? `named ${runName}`;
  reporter.warn(
    `execution ${which} of an interrupted deployment belongs to another workflow (${workflow}) and may still be running; ` +
      "it is not stopped: check that workflow's executions",
  );
  return false;
}

/** The execution of a start that no state has; undefined if there is none. */
export async function findLeftover(
  backend: Backend,
  start: PendingStart,
  host: StartCall,
): Promise<ExecutionSnapshot | undefined> {
  if (!backend.keepsHistory || !canBeFound(start, host)) return undefined;
  const { clock } = host.session;
  const passedMs = stopwatch(clock);
  // The service may show it later than it was posted; how long ago that was, only clocks could tell.
  const patienceMs = start.executionId === undefined ? showsWithinMs : 0;
  for (;;) {
    const askedMs = passedMs();
    const id = start.executionId ?? (await findByMark(backend, start, host));
    // An error ends the deployment: nothing has been started yet, and after the next start nobody would know of it.
    const found =
      id === undefined
        ? undefined
        : await describeIfKnown(backend, id, { signal: host.signal, sparing: true });
    if (found || askedMs >= patienceMs) return found;
    host.reporter.status("searching for the execution of an interrupted start");
    await clock.sleep(listAgainMs, host.signal);
  }
}

// An execution under a name that the program chose may be anybody's.
function canBeFound({ executionId, isNamed }: PendingStart, { definition }: StartCall): boolean {
  const { runMark } = definition.capabilities;
  return executionId !== undefined || (runMark !== "none" && !(runMark === "name" && isNamed === true));
}

// The answer never came: the execution is known by the name that its start carried, if at all.
async function findByMark(
  backend: Backend,
  { runName }: PendingStart,
  { definition, register, signal }: StartCall,
): Promise<string | undefined> {
  if (definition.capabilities.runMark === "name") return runName;
  for (const { executionId } of await backend.listUnsettled(signal)) {
    const mark = await register.shared.mark(
      executionId,
      () => backend.readRunName(executionId, signal),
      signal,
    );
    if (mark === runName) return executionId;
  }
  return undefined;
}
