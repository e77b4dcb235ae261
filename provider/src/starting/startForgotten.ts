/**
 * Starts on services that may forget executions as they end (express modes), and whose names do not make a second start
 * harmless. A start whose answer is lost is searched for by its name if the service can be asked, and never sent again.
 */
import type { NamedExecution } from "../execution/service";
import { isSettled } from "../execution/snapshot";
import { StartUncertainError, messageOf } from "../ground/errors";
import { stopwatch } from "../ground/clock";
import type { LostSight } from "./messages";
import { describeStartOpen } from "./messages";
import { messageContext } from "../execution/words";
import { listAgainMs, showsWithinMs } from "./candidates";
import type { Run, Starting } from "./posting";
import { newStart, post } from "./posting";
import type { WantedRun } from "./runKey";
import { bearsKey, newRunName, runNameOf } from "./runKey";

/**
 * Takes over the run's execution where the service shows it, else starts it.
 * @throws StartUncertainError when a start was posted on this machine, and nothing shows its result.
 */
export async function startForgotten(starting: Starting): Promise<Run> {
  const { wanted, pending, host } = starting;
  if (pending) return findLost(starting, pending.runName, { isJustPosted: false });
  const found = await findGiven(starting);
  if (found) return takeOver(starting, found);
  const runName = nameElsewhere(wanted) ?? newRunName(wanted, host.session.uuid);
  try {
    // An answer cannot name an execution that is known to be another one.
    const isAnothers = (id: string): boolean =>
      id === wanted.supersedes?.id || host.register.owned.isTaken(id);
    return await post(starting, newStart(starting, runName), isAnothers);
  } catch (error) {
    if (!(error instanceof StartUncertainError)) throw error;
    return findLost(starting, runName, { isJustPosted: true, cause: error });
  }
}

// The execution that a deployment of another machine, or of one that lost its journal, has started under a key that the
// program gave. Names of the program's own may be used by anybody, so they tell nothing.
async function findGiven({ wanted, backend, host }: Starting): Promise<NamedExecution | undefined> {
  if (!wanted.isGiven) return undefined;
  const name = nameElsewhere(wanted);
  const shown = await backend.findStarted?.(name ?? wanted.key, host.signal);
  return latest(shown, (runName) => (name === undefined ? bearsKey(wanted.key, runName) : runName === name));
}

// A replacement under a given key has the same name on all machines, and no other run has that name.
function nameElsewhere(wanted: WantedRun): string | undefined {
  return wanted.isGiven && wanted.supersedes ? runNameOf(wanted) : undefined;
}

// The execution of a start whose answer is lost. The service may show it a little later than it was posted.
async function findLost(
  starting: Starting,
  runName: string,
  { isJustPosted, cause }: { readonly isJustPosted: boolean; readonly cause?: StartUncertainError },
): Promise<Run> {
  const { backend, host } = starting;
  const fail = (sight: LostSight, why: unknown): never => {
    const open = describeStartOpen(messageContext(backend, "", host), sight);
    throw new StartUncertainError(why === undefined ? open : `${messageOf(why)}\n${open}`, { cause: why });
  };
  const { clock } = host.session;
  const passedMs = stopwatch(clock);
  const patienceMs = isJustPosted ? showsWithinMs : 0;
  for (;;) {
    // A slow answer tells the facts at the time of its request.
    const askedMs = passedMs();
    let shown: readonly NamedExecution[] | undefined;
    try {
      shown = await backend.findStarted?.(runName, host.signal);
    } catch (error) {
      // A failure of the search does not make it certain that nothing was started.
      return fail("failed", cause ?? error);
    }
    const found = latest(shown, (name) => name === runName);
    if (found) return { ...(await takeOver(starting, found)), wasPosted: isJustPosted };
    if (shown === undefined) return fail("impossible", cause);
    if (askedMs >= patienceMs || host.signal.aborted) return fail("showsNone", cause);
    host.reporter.status("the start got no answer, searching for the execution");
    await clock.sleep(listAgainMs, host.signal).catch(() => undefined);
  }
}

// Names need not be unique: a running execution takes precedence over one that has ended, and the newest over older
// ones.
function latest(
  shown: readonly NamedExecution[] = [],
  fits: (runName: string) => boolean,
): NamedExecution | undefined {
  const own = shown.filter(({ runName }) => fits(runName));
  return own.find(({ snapshot }) => !isSettled(snapshot.status)) ?? own[0];
}

async function takeOver(starting: Starting, { runName, snapshot }: NamedExecution): Promise<Run> {
  const { executionId } = snapshot;
  starting.host.register.owned.take(executionId);
  await starting.note({ ...(starting.pending ?? newStart(starting, runName)), executionId });
  return { executionId, isNew: false, outcome: snapshot };
}
