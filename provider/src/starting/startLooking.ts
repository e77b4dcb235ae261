/**
 * Starts on services that show whose an execution is only in its details, or not at all: look first, then post.
 */
import { StartUncertainError, messageOf } from "../ground/errors";
import type { ExecutionSummary } from "../execution/snapshot";
import { stopwatch } from "../ground/clock";
import { describeStartUncertain, describeStartUndecided } from "./messages";
import { messageContext } from "../execution/words";
import {
  candidatesOf,
  isUnsettled,
  lookAgainMs,
  seenBefore,
  showsWithinMs,
  sort,
  soughtName,
} from "./candidates";
import type { PendingStart } from "./journalEntry";
import { addEvidence } from "./journalEntry";
import type { Run, Starting } from "./posting";
import { newStart, noteFound, post } from "./posting";
import type { Claims } from "./ownership";
import { newRunName, runNameOf } from "./runKey";
import type { Look, StartGate } from "./startGate";
import type { Turn } from "./turns";
import { decideConcurrency, inTurn, mindsRunning } from "./turns";

// How often one that has nothing to look for looks again because others do: as long as they may take.
const maxLooks = 5 + showsWithinMs / lookAgainMs;
// How often the lists are made again where one shows something running and the other does not: as long as they may lag.
const maxDisagreements = showsWithinMs / lookAgainMs;

/**
 * Finds the run's execution among the workflow's, else starts one.
 * @throws StartUncertainError where it can't be told whether one of them is the run's; whatever a start throws.
 */
export function startLooking(starting: Starting, gate: StartGate, isExclusive: boolean): Promise<Run> {
  const { wanted, backend, host, pending } = starting;
  const service = host.definition.service;
  const context = messageContext(backend, "", host.args);
  const passedMs = stopwatch(host.session.clock);
  let runName = pending?.runName ?? runNameOf(wanted) ?? newRunName(wanted, host.session.uuid);
  /** The start whose execution is looked for. */
  let open = pending;
  let postedHere = false;
  let lastError: unknown;
  let searchedFromMs: number | undefined;
  let searches = 0;
  let looks = 0;
  let disagreements = 0;
  /** What is asked where others do not find theirs in time. */
  let question: StartUncertainError | undefined;
  // Once for all that look together: each of a thousand starts would read what a thousand have noted.
  const claimsAt = (look: Look): Promise<Claims> =>
    look.once("claims", () => host.register.owned.claims(service, backend.identity));

  const decideSafely = (look: Look): Promise<Turn> =>
    decide(look).catch((error: unknown) => {
      // What goes wrong while a start is looked for does not make it certain that nothing was started.
      if (!open || error instanceof StartUncertainError) throw error;
      throw new StartUncertainError(describeStartUncertain(messageOf(error), context, false), {
        cause: error,
      });
    });
  const decide = async (look: Look): Promise<Turn> => {
    const wasExclusive = look.isExclusive();
    // A list that took its time tells what was so when it was asked for.
    const askedMs = passedMs();
    const candidates = await candidatesOf(starting, look, open);
    const { taken, unresolved, seenBefore: seenByOthers } = await claimsAt(look);
    const name = soughtName(wanted, open);
    const others = async (): Promise<readonly ExecutionSummary[]> => (await look.newest()).executions;
    const { mine, unmarked, isForeignLikely } = await sort(starting, candidates, {
      ...{ taken, name, others },
      isNoted: open !== undefined,
    });
    // What bears the name although no start of this machine is open is the predecessor, where that is only a guess: another
    // machine has gone on since. One that still runs is taken over.
    const isPredecessor = !open && !wanted.isGiven && wanted.supersedes?.isGuess === true;
    const [found] = isPredecessor ? mine.filter(isUnsettled) : mine;
    if (found) return adopt(found);
    if (mine.length > 0) runName = newRunName(wanted, host.session.uuid);
    // Others of this batch may have taken one while this one was looking.
    const free = unmarked.filter(({ executionId }) => !host.register.owned.isTaken(executionId));
    // Without a key or a memory nothing tells a crash from a resource that was destroyed: then only what runs counts.
    const possible = open?.since || wanted.isGiven ? free : free.filter(isUnsettled);
    if (open?.since) {
      // Executions without a mark are all alike, so are the starts that look for theirs: each takes one. Where another
      // process may be starting at this moment, one of them may be what it has just started.
      const seekers = Math.max(1, unresolved);
      const isTrusted = !isForeignLikely && (look.isExclusive() || seekers === 1);
      const shares = isTrusted ? seekers : 0;
      const likeliest = likeliestOf(possible, seenByOthers);
      if (possible.length > shares) {
        throw new StartUncertainError(describeStartUndecided(possible, context, true));
      }
      searchedFromMs ??= passedMs() - (postedHere ? 0 : await ageMs(open, look, host.session.clock.now()));
      searches += 1;
      // Somebody else's may be listed before ours is, and one list may leave something out.
      if (askedMs - searchedFromMs < showsWithinMs || searches < 2) {
        return {
          againMs: lookAgainMs,
          isInDoubt: true,
          why: "searching for the execution of an interrupted start",
        };
      }
      if (likeliest) return adopt(likeliest);
      if (postedHere) {
        const cause = messageOf(lastError);
        throw new StartUncertainError(describeStartUncertain(cause, context), { cause: lastError });
      }
      open = undefined;
    } else if (possible.length > 0 && doubts(starting)) {
      question = new StartUncertainError(describeStartUndecided(possible, context));
      // They may be what others of this deployment are looking for, whose turn is now too.
      if (unresolved > 0 && looks < maxLooks) {
        looks += 1;
        return {
          againMs: lookAgainMs,
          why: "waiting for other starts to find their executions",
        };
      }
      throw question;
    }
    question = undefined;
    const turn = await decideConcurrency(starting, look);
    if (turn) {
      disagreements = 0;
      return turn;
    }
    const newest = await look.newest();
    // One may have begun while this list was on its way, which can take its time.
    if (mindsRunning(starting) && newest.executions.some(isUnsettled) && disagreements < maxDisagreements) {
      disagreements += 1;
      return { againMs: lookAgainMs, why: "the lists of executions disagree: reading them again" };
    }
    const isKnown = (id: string): boolean => taken.has(id) || host.register.owned.isTaken(id);
    const listed = { ...newest, executions: [...newest.executions, ...candidates] };
    const since = seenBefore(listed, isKnown, host.session.clock.now());
    const start = addEvidence({ ...newStart(starting, runName), since }, pending);
    // This process was suspended so long that another one took its place: what was seen is no longer so.
    if (wasExclusive && !look.isExclusive())
      return { againMs: 0, why: "checking again for running executions" };
    try {
      const before = new Set(listed.executions.map(({ executionId }) => executionId));
      return await post(
        starting,
        start,
        (id) => before.has(id) || isKnown(id) || id === wanted.supersedes?.id,
      );
    } catch (error) {
      if (!(error instanceof StartUncertainError)) throw error;
      [open, postedHere, lastError, searchedFromMs, searches] = [start, true, error, undefined, 0];
      return {
        againMs: 0,
        isInDoubt: true,
        why: "the start got no answer, searching for the execution",
      };
    }
  };
  const adopt = (execution: ExecutionSummary): Run => {
    host.register.owned.take(execution.executionId);
    return {
      executionId: execution.executionId,
      isNew: false,
      ...(postedHere ? { wasPosted: true } : {}),
      ...(isUnsettled(execution) ? { wasRunning: true } : {}),
    };
  };
  const gaveUp = (why: string): Error | undefined =>
    open ? new StartUncertainError(describeStartUncertain(why, context, false)) : question;
  const way = { alone: isExclusive, locked: true, gaveUp };
  return inTurn(starting, gate, way, decideSafely).then(async (run) => {
    // What a start of this call was answered with is noted.
    if (!run.isNew) {
      await noteFound(starting, open ?? newStart(starting, runName), run);
    }
    return run;
  });
}

// The one that the fewest others can have posted; the oldest of those, as far as the service's clocks tell.
function likeliestOf(
  possible: readonly ExecutionSummary[],
  seenByOthers: ReadonlyMap<string, number>,
): ExecutionSummary | undefined {
  const seenBy = ({ executionId }: ExecutionSummary): number => seenByOthers.get(executionId) ?? 0;
  return possible.reduce<ExecutionSummary | undefined>(
    (best, one) => (best && seenBy(best) > seenBy(one) ? best : one),
    undefined,
  );
}

// How long ago a start was posted last, as far as this machine's clock and the service's agree: either may have been set.
async function ageMs(start: PendingStart, look: Look, nowMs: number): Promise<number> {
  const { servedAtMs } = await look.newest();
  const posted = start.again ?? { postedMs: start.postedMs, servedAtMs: start.since?.servedAtMs };
  if (servedAtMs === undefined || posted.servedAtMs === undefined) return 0;
  return Math.max(0, Math.min(nowMs - posted.postedMs, servedAtMs - posted.servedAtMs));
}

// A run that has a key is never started beside what it may be, unless the program says "allow" in so many words. One
// without is asked about only where nothing else is said: every other word deals with what runs.
function doubts({ host, wanted }: Starting): boolean {
  const { concurrency } = host.args.common;
  return concurrency === undefined || (wanted.isGiven && concurrency !== "allow");
}
