/**
 * Gets the execution of a wanted run: the one that is there already, else a new one. Never posts while it can't be
 * excluded that the run has been started before.
 */
import type { Backend } from "../execution/service";
import { StartUncertainError } from "../ground/errors";
import { messageContext } from "../execution/words";
import { describeStartUncertain } from "./messages";
import type { StartCall } from "./startCall";
import type { PendingStart } from "./journalEntry";
import { dealWithLeftover, isHere } from "./leftover";
import type { Run, Starting } from "./posting";
import type { WantedRun } from "./runKey";
import { startForgotten } from "./startForgotten";
import { StartBatches, listOnce } from "./startBatches";
import { startBySearch } from "./startBySearch";
import { startNamed } from "./startNamed";

/**
 * Finds or starts the execution of a run.
 * @throws InputError, ConfigurationError, ServiceError, TransportError when nothing was started.
 * @throws StartUncertainError when it can't be told whether the run has been started: nothing was started in addition.
 */
export async function startRun(backend: Backend, wanted: WantedRun, host: StartCall): Promise<Run> {
  const { register, urn } = host;
  const { service } = host.definition;
  const noted = await register.pending(service, urn);
  const open = noted && isStillOpen(noted, wanted) ? noted : undefined;
  const pending = open && isHere(open, backend, host) ? open : undefined;
  const isOfRun = pending && isOf(pending, wanted);
  if (pending && !isOfRun) {
    await dealWithLeftover({ backend, wanted, host }, pending);
  }
  const starting: Starting = {
    backend,
    wanted,
    host,
    pending: isOfRun ? pending : undefined,
    note: (start) => register.note(service, urn, backend.identity, start),
  };
  if (starting.pending?.executionId !== undefined) {
    return { executionId: starting.pending.executionId, isNew: false };
  }
  if (!backend.keepsHistory) return startForgotten(starting);
  const batches = register.shared.batches(backend.identity, () => batchesOf(starting));
  const { concurrency } = host.args.common;
  const isExclusive = concurrency !== undefined && concurrency !== "allow";
  if (host.definition.capabilities.runMark === "name") return startNamed(starting, batches, isExclusive);
  const start = (): Promise<Run> => startBySearch(starting, batches, isExclusive);
  if (!wanted.isGiven) return start();
  const key = `${backend.identity} ${wanted.key} ${wanted.supersedes?.id ?? ""}`;
  let own: Run | undefined;
  const outOfTime = (): Error =>
    new StartUncertainError(
      describeStartUncertain(
        "another resource of this deployment with the same executionKey is still starting",
        messageContext(backend, "", host),
        false,
      ),
    );
  const { id, isFirst } = await register.shared.onePerKey(
    key,
    async () => {
      own = await start();
      return own.executionId;
    },
    { signal: host.signal, error: outOfTime },
  );
  return isFirst && own ? own : { executionId: id, isNew: false };
}

// A name that the program chose is the same for every arming of a teardown runbook.
function isOf(pending: PendingStart, { key, isNamed, armedId }: WantedRun): boolean {
  return pending.key === key && (!isNamed || pending.armedId === armedId);
}

// The state may have moved on since the entry was written, by a deployment from elsewhere.
function isStillOpen(pending: PendingStart, { supersedes }: WantedRun): boolean {
  if (supersedes === undefined) return true;
  // The guess of the replaced execution may be another one now; the start is the same.
  if (supersedes.isGuess === true) return supersedes.id !== pending.executionId;
  return supersedes.id !== pending.executionId && supersedes.id === pending.supersedesId;
}

// Other processes of this machine are kept out while a batch lists and posts: if executions bear no run key, an
// execution that they are just starting would seem to be nobody's.
function batchesOf({ backend, host }: Starting): StartBatches {
  const { pageSize } = host.definition.capabilities;
  return new StartBatches({
    workflow: backend.identity,
    lock: host.register.lock,
    makeLists: (isExclusive, signal) => listOnce(backend, pageSize, isExclusive, signal),
  });
}
