/**
 * A run that a deployment had started before it was cut short, for arguments that the program has changed since: the
 * state never had it, so nobody else would stop it.
 */
import type { Backend } from "../execution/service";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import { lookAt } from "../execution/lookAt";
import type { StartCall } from "./startCall";
import type { PendingStart } from "./journal";
import type { Starting } from "./posting";
import type { NotedStart } from "./register";

/** Stops it, or leaves it, as `onDelete` says of what is replaced; says so. */
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
  const what = `execution ${id} of an earlier deployment, which was cut short, still runs with other arguments`;
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
 * True where a start was for this workflow. Of one that was not, whose resource has been given another workflow since, it
 * is said that it may still run: nobody else knows.
 */
export function isHere(
  { workflow, executionId, runName }: NotedStart,
  backend: Backend,
  { reporter }: StartCall,
): boolean {
  if (workflow === backend.identity) return true;
  const which = executionId ?? `that was to be named ${runName}`;
  reporter.warn(
    `execution ${which} of an earlier deployment, which was cut short, is of another workflow (${workflow}) and may still run; ` +
      "it is not stopped from here: look for it there",
  );
  return false;
}

/** The execution of a start that no state has; undefined where there is none. */
export async function findLeftover(
  backend: Backend,
  start: PendingStart,
  host: StartCall,
): Promise<ExecutionSnapshot | undefined> {
  if (!backend.keepsHistory) return undefined;
  const id = start.executionId ?? (await findByMark(backend, start, host));
  if (id === undefined) return undefined;
  // An error ends the deployment: nothing has been started yet, and after the next start nobody would know of it.
  return lookAt(backend, id, { signal: host.signal, sparing: true });
}

// The answer never came: the execution is known by what its start carried, if at all.
async function findByMark(
  backend: Backend,
  { runName, isNamed }: PendingStart,
  { definition, register, signal }: StartCall,
): Promise<string | undefined> {
  const { runMark } = definition.capabilities;
  // Under a name that the program chose, what runs may be anybody's.
  if (runMark === "name") return isNamed === true ? undefined : runName;
  if (runMark === "none") return undefined;
  for (const { executionId } of await backend.listUnsettled(signal)) {
    const mark = await register.mark(executionId, () => backend.readRunName(executionId, signal), signal);
    if (mark === runName) return executionId;
  }
  return undefined;
}
