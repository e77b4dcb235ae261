/**
 * Starts on services where the name of an execution makes a second start harmless. An execution with a name of ours is
 * ours, whatever its times say, so posting also finds out whether the run is there.
 */
import { InputError, RunNameTakenError, StartUncertainError, messageOf } from "../ground/errors";
import type { ExecutionSummary } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import { describeIfKnown } from "../execution/describeIfKnown";
import { describeNameInDoubt, describeNamedStartUncertain } from "./messages";
import { messageContext, urnArgument } from "../execution/words";
import { listAll, pageLimit } from "../execution/pages";
import { isUnsettled } from "./candidates";
import { addEvidence } from "./journalEntry";
import type { Run, Starting } from "./posting";
import { freshNameOf, newStart, noteFound, pastOf, post } from "./posting";
import type { WantedRun } from "./runKey";
import { bearsKey, newRunName, runNameOf } from "./runKey";
import type { ExecutionLists, StartBatches } from "./startBatches";
import { decideConcurrency, untilDecided } from "./startDecision";

/**
 * Takes over the run's execution where it is there, else starts it.
 * @throws InputError when the program chose a name that is used up.
 * @throws StartUncertainError when the answer got lost, or the owner of an execution cannot be told.
 */
export async function startNamed(
  starting: Starting,
  batches: StartBatches,
  isExclusive: boolean,
): Promise<Run> {
  const { wanted, pending, host } = starting;
  const name = pending?.runName ?? (await newerOfKey(starting)) ?? (await usableName(starting));
  // If the replaced execution is only a guess, another machine may have started the run under another name.
  const isSure = pending !== undefined || !mayBePredecessors(wanted);
  if (name !== undefined && isSure && !isExclusive) return postNamed(starting, name);
  const run = await untilDecided(
    starting,
    batches,
    { alone: isExclusive, locked: isExclusive },
    async (lists) => {
      const running = name === undefined || !isSure ? await findRunning(starting, lists) : undefined;
      const found = running ?? (name === undefined ? undefined : await findNamed(starting, name));
      if (found !== undefined && found !== "used up") return found;
      const decision = await decideConcurrency(starting, lists);
      const free = found === "used up" ? undefined : name;
      return decision ?? postNamed(starting, free ?? newRunName(wanted, host.session.uuid));
    },
  );
  if (!run.isNew) await noteFound(starting, newStart(starting, run.executionId), run);
  return run;
}

async function postNamed(starting: Starting, runName: string): Promise<Run> {
  const { pending, backend } = starting;
  const { args } = starting.host;
  const start = addEvidence(newStart(starting, runName), pending);
  try {
    return await post(starting, start);
  } catch (error) {
    if (error instanceof StartUncertainError) throw uncertain(starting, runName, error);
    if (!(error instanceof RunNameTakenError)) throw error;
    const isInDoubt = error.isSentAgain || pending?.runName === runName;
    if (isAnybodys(starting)) {
      const context = messageContext(backend, runName, starting.host);
      if (!isInDoubt) {
        throw new InputError(
          args.common.runOn === "destroy"
            ? `${messageOf(error)} A name can be used only once. Set another executionName, run \`pulumi up\` and destroy again. ` +
                `To remove the resource without this run, run \`pulumi state delete ${urnArgument(context)}\`.`
            : `${messageOf(error)} A name can be used only once. Set another executionName, or remove the argument.`,
        );
      }
      throw new StartUncertainError(describeNameInDoubt(runName, context), { cause: error });
    }
    const executionId = await latestOf(starting, runName).catch((cause: unknown) => {
      throw isInDoubt ? uncertain(starting, runName, cause) : cause;
    });
    const isOver = await isPredecessor(starting, executionId).catch((cause: unknown) => {
      throw isInDoubt ? uncertain(starting, runName, cause) : cause;
    });
    if (isOver) {
      const { wanted, host } = starting;
      if (isInDoubt && wanted.isNamed) {
        const message = describeNameInDoubt(runName, messageContext(backend, runName, starting.host));
        throw new StartUncertainError(message, { cause: error });
      }
      const next = wanted.isNamed ? runNameOf({ ...wanted, supersedes: { id: executionId } }) : undefined;
      if (!isInDoubt) return postNamed(starting, next ?? newRunName(wanted, host.session.uuid));
    }
    await starting.note({ ...start, executionId });
    return { executionId, isNew: false, wasPosted: error.isSentAgain };
  }
}

// A name that the program chose may have been used by anybody. One that replaces an execution has its number or digest.
function isAnybodys({ wanted }: Starting): boolean {
  return wanted.isNamed && wanted.supersedes === undefined;
}

// If the replaced execution is only a guess, the guess may be one too old: then the execution of that name is the one
// to be replaced. An execution that is still running is taken over.
function mayBePredecessors({ isGiven, supersedes }: WantedRun): boolean {
  return !isGiven && supersedes?.isGuess === true;
}

async function isPredecessor({ wanted, backend, host }: Starting, executionId: string): Promise<boolean> {
  if (!mayBePredecessors(wanted)) return false;
  const snapshot = await describeIfKnown(backend, executionId, { signal: host.signal });
  return snapshot !== undefined && isSettled(snapshot.status);
}

function uncertain(
  { backend, host, wanted }: Starting,
  runName: string,
  cause: unknown,
): StartUncertainError {
  const context = messageContext(backend, runName, host);
  const isKnownEverywhere = runNameOf(wanted) !== undefined;
  const message = describeNamedStartUncertain(messageOf(cause), runName, context, isKnownEverywhere);
  return new StartUncertainError(message, { cause });
}

// One key is one execution. If the replaced execution is only a guess, another machine may have started the run since,
// by the key or as the replacement of something else.
async function newerOfKey(starting: Starting): Promise<string | undefined> {
  const { wanted, host } = starting;
  const { supersedes, isGiven } = wanted;
  if (!isGiven || supersedes?.isGuess !== true) return undefined;
  const past = await host.register.past(host.definition.service, host.urn);
  const list = await listOfKey(starting);
  const at = list.findIndex(({ executionId }) => executionId === supersedes.id);
  const newer = at === -1 ? list : list.slice(0, at);
  return newer.find(({ executionId }) => bearsKey(wanted.key, executionId) && !past.includes(executionId))
    ?.executionId;
}

async function usableName(starting: Starting): Promise<string | undefined> {
  return freshNameOf(starting, await pastOf(starting)) ?? runNameOf(starting.wanted);
}

// The run's execution where it is there already. A name that may be the predecessor's is not posted to find out: where the
// answer got lost, nobody could tell which of the two it is.
async function findNamed(starting: Starting, name: string): Promise<Run | "used up" | undefined> {
  const { backend, host, wanted, pending } = starting;
  const snapshot = await describeIfKnown(backend, name, { signal: host.signal });
  if (!snapshot) return undefined;
  // Its end, which may be seen a moment later, is for this deployment to tell.
  if (!isSettled(snapshot.status)) return { executionId: name, isNew: false, outcome: snapshot };
  // Posting the name shows how to treat a name that is used up.
  if (isAnybodys(starting)) return undefined;
  if (mayBePredecessors(wanted)) return wanted.isNamed || pending ? undefined : "used up";
  return { executionId: await latestOf(starting, name), isNew: false };
}

// A run without a name yet, which a deployment of another machine may have started before it was interrupted.
async function findRunning({ wanted, host }: Starting, lists: ExecutionLists): Promise<Run | undefined> {
  const past = await host.register.past(host.definition.service, host.urn);
  const known = [...past, wanted.supersedes?.id];
  const running = (await lists.unsettled()).find(
    ({ executionId }) => bearsKey(wanted.key, executionId) && !known.includes(executionId),
  );
  if (!running) return undefined;
  host.register.owned.take(running.executionId);
  return { executionId: running.executionId, isNew: false, wasRunning: true };
}

// Under a given key there may have been further attempts, of a state that was lost: the one that runs, else the newest.
async function latestOf(starting: Starting, runName: string): Promise<string> {
  const { wanted } = starting;
  if (!wanted.isGiven || wanted.supersedes) return runName;
  const attempts = (await listOfKey(starting)).filter(({ executionId }) => bearsKey(wanted.key, executionId));
  return (attempts.find(isUnsettled) ?? attempts[0])?.executionId ?? runName;
}

// Newest first. A name that begins with the key need not be one of its own.
function listOfKey({ wanted, backend, host }: Starting): Promise<readonly ExecutionSummary[]> {
  const limit = pageLimit(host.definition.capabilities.pageSize);
  return listAll(backend, { namePrefix: wanted.key }, limit, host.signal);
}
