/**
 * Starts on services that show the owner of an execution only in its details, or not at all: search first, then post.
 */
import { StartUncertainError, messageOf } from "../ground/errors";
import type { ExecutionSummary } from "../execution/snapshot";
import { stopwatch } from "../ground/clock";
import { describeStartUncertain, describeStartUndecided } from "./messages";
import type { MessageContext } from "../execution/words";
import { messageContext } from "../execution/words";
import {
  candidatesOf,
  isUnsettled,
  listAgainMs,
  seenBefore,
  showsWithinMs,
  sort,
  soughtName,
} from "./candidates";
import type { PendingStart } from "./journalEntry";
import { addEvidence } from "./journalEntry";
import type { Run, Starting } from "./posting";
import { freshNameOf, newStart, noteFound, pastOf, post } from "./posting";
import type { Claims } from "./ownership";
import { newRunName, runNameOf } from "./runKey";
import type { ExecutionLists, StartBatches } from "./startBatches";
import type { Decision } from "./startDecision";
import { decideConcurrency, untilDecided, mindsRunning } from "./startDecision";

// The number of times that a start with nothing to search for lists again because others search: as long as they may
// take.
const maxRelists = 5 + showsWithinMs / listAgainMs;
// The number of times that the lists are read again if one shows a running execution and the other does not: as long as
// they may lag.
const maxDisagreements = showsWithinMs / listAgainMs;

/**
 * Finds the run's execution among the workflow's, else starts one.
 * @throws StartUncertainError when it cannot be told whether one of them is the run's; any error of a start.
 */
export async function startBySearch(
  starting: Starting,
  batches: StartBatches,
  isExclusive: boolean,
): Promise<Run> {
  return new StartSearch(starting, await pastOf(starting)).run(batches, isExclusive);
}

/** The executions that one batch lists, sorted, and when they were asked for. */
interface Found {
  /** Those that can be the run's. */
  readonly possible: readonly ExecutionSummary[];
  readonly isForeignLikely: boolean;
  readonly claims: Claims;
  /** A slow list tells the facts at the time of its request. By the search's stopwatch. */
  readonly askedMs: number;
}

/** One call's batches, until one of them decides on the run. */
class StartSearch {
  readonly #starting: Starting;
  readonly #context: MessageContext;
  readonly #passedMs: () => number;
  #runName: string;
  readonly #freshName: string | undefined;
  readonly #past: readonly string[];
  /** The start whose execution is searched for. */
  #open: PendingStart | undefined;
  #postedHere = false;
  #lastError: unknown;
  #searchedFromMs: number | undefined;
  #searches = 0;
  #relists = 0;
  #disagreements = 0;
  /** Executions that a list of this call had as not settled: they may settle while the search continues. */
  readonly #seenRunning = new Set<string>();
  /** The error if others do not find their executions in time. */
  #question: StartUncertainError | undefined;

  constructor(starting: Starting, past: readonly string[]) {
    const { wanted, backend, host, pending } = starting;
    this.#starting = starting;
    this.#context = messageContext(backend, "", host);
    this.#passedMs = stopwatch(host.session.clock);
    this.#past = past;
    this.#freshName = pending ? undefined : freshNameOf(starting, past);
    this.#runName =
      pending?.runName ?? this.#freshName ?? runNameOf(wanted) ?? newRunName(wanted, host.session.uuid);
    this.#open = pending;
  }

  /** Joins batches; errors as {@link startBySearch}. */
  async run(batches: StartBatches, isExclusive: boolean): Promise<Run> {
    const gaveUp = (why: string): Error | undefined => (this.#open ? this.#uncertain(why) : this.#question);
    const way = { alone: isExclusive, locked: true, gaveUp };
    const run = await untilDecided(this.#starting, batches, way, (lists) => this.#decideSafely(lists));
    // The answer to a start of this call is noted already.
    if (!run.isNew) {
      await noteFound(this.#starting, this.#open ?? newStart(this.#starting, this.#runName), run);
    }
    return run;
  }

  async #decideSafely(lists: ExecutionLists): Promise<Decision> {
    try {
      return await this.#decide(lists);
    } catch (error) {
      // A failure of the search does not make it certain that nothing was started.
      if (!this.#open || error instanceof StartUncertainError) throw error;
      throw this.#uncertain(messageOf(error), error);
    }
  }

  #uncertain(why: string, cause?: unknown): StartUncertainError {
    return new StartUncertainError(describeStartUncertain(why, this.#context, false), { cause });
  }

  async #decide(lists: ExecutionLists): Promise<Decision> {
    const { host, wanted } = this.#starting;
    const wasExclusive = lists.isExclusive();
    const askedMs = this.#passedMs();
    const candidates = await candidatesOf(this.#starting, lists, this.#open);
    for (const { executionId } of candidates.filter(isUnsettled)) this.#seenRunning.add(executionId);
    const claims = await claimsAt(lists, this.#starting);
    const others = async (): Promise<readonly ExecutionSummary[]> => (await lists.newest()).executions;
    const { mine, unmarked, isForeignLikely } = await sort(this.#starting, candidates, {
      ...{ taken: claims.taken, name: this.#freshName ?? soughtName(wanted, this.#open), others },
      isNoted: this.#open !== undefined,
    });
    // An execution that bears the name although no start of this machine is open is the predecessor, if the predecessor
    // is only a guess: another machine has gone on since. An execution that is still running is taken over.
    const isPredecessor = !this.#open && !wanted.isGiven && wanted.supersedes?.isGuess === true;
    const found = mine.find(
      (one) => !isPredecessor || (isUnsettled(one) && !this.#past.includes(one.executionId)),
    );
    if (found) return this.#adopt(found);
    if (mine.length > 0) this.#runName = newRunName(wanted, host.session.uuid);
    const possible = this.#possibleOf(unmarked);
    const decision = this.#open?.since
      ? await this.#searchOn(this.#open, lists, { possible, isForeignLikely, claims, askedMs })
      : this.#clearDoubts(possible, claims);
    if (decision) return decision;
    this.#question = undefined;
    return (await this.#letOthersFinish(lists)) ?? this.#post(lists, wasExclusive, candidates, claims);
  }

  #possibleOf(unmarked: readonly ExecutionSummary[]): readonly ExecutionSummary[] {
    const { host, wanted } = this.#starting;
    // Others of this batch may have taken an execution during this search.
    const free = unmarked.filter(({ executionId }) => !host.register.owned.isTaken(executionId));
    // Without a key or a memory nothing tells a crash from a resource that was destroyed: then only running executions
    // count.
    return this.#open?.since || wanted.isGiven ? free : free.filter(isUnsettled);
  }

  // Searches on for the execution of a start. If there is none, the next batch decides as if none was noted.
  async #searchOn(
    open: PendingStart,
    lists: ExecutionLists,
    { possible, isForeignLikely, claims, askedMs }: Found,
  ): Promise<Decision> {
    // Executions without a mark are all alike, and so are the starts that search for theirs: each takes one. If another
    // process may be starting at this moment, one of them may be the execution that it has just started.
    const seekers = Math.max(1, claims.unresolved);
    const isTrusted = !isForeignLikely && (lists.isExclusive() || seekers === 1);
    const shares = isTrusted ? seekers : 0;
    if (possible.length > shares) {
      throw new StartUncertainError(describeStartUndecided(possible, this.#context, true));
    }
    const { clock } = this.#starting.host.session;
    this.#searchedFromMs ??=
      this.#passedMs() - (this.#postedHere ? 0 : await ageMs(open, lists, clock.now()));
    this.#searches += 1;
    // Somebody else's may be listed before ours is, and one list may leave something out.
    if (askedMs - this.#searchedFromMs < showsWithinMs || this.#searches < 2) {
      const why = "searching for the execution of an interrupted start";
      return { againMs: listAgainMs, isInDoubt: true, why };
    }
    const likeliest = likeliestOf(possible, claims.seenBefore);
    if (likeliest) return this.#adopt(likeliest);
    if (this.#postedHere) {
      const cause = this.#lastError;
      throw new StartUncertainError(describeStartUncertain(messageOf(cause), this.#context), { cause });
    }
    // Another machine may have started this run, under another name.
    this.#open = undefined;
    return { againMs: 0, isInDoubt: true, why: "checking for a start of another machine" };
  }

  #clearDoubts(possible: readonly ExecutionSummary[], { unresolved }: Claims): Decision | undefined {
    if (possible.length === 0 || !doubts(this.#starting)) return undefined;
    this.#question = new StartUncertainError(describeStartUndecided(possible, this.#context));
    // They may be the executions that other starts of this deployment search for in the same batch.
    if (unresolved === 0 || this.#relists >= maxRelists) throw this.#question;
    this.#relists += 1;
    return { againMs: listAgainMs, why: "waiting for other starts to find their executions" };
  }

  async #letOthersFinish(lists: ExecutionLists): Promise<Decision | undefined> {
    const decision = await decideConcurrency(this.#starting, lists);
    if (decision) {
      this.#disagreements = 0;
      return decision;
    }
    // One may have begun while this list was on its way, which can take its time.
    const { executions } = await lists.newest();
    if (!mindsRunning(this.#starting) || !executions.some(isUnsettled)) return undefined;
    if (this.#disagreements >= maxDisagreements) return undefined;
    this.#disagreements += 1;
    return { againMs: listAgainMs, why: "the lists of executions disagree: reading them again" };
  }

  async #post(
    lists: ExecutionLists,
    wasExclusive: boolean,
    candidates: readonly ExecutionSummary[],
    { taken, noted }: Claims,
  ): Promise<Decision> {
    const { host, wanted, pending } = this.#starting;
    const newest = await lists.newest();
    const { owned } = host.register;
    const isKnown = (id: string): boolean => taken.has(id) || owned.isTaken(id);
    // An execution of which only this process knows whose it is would be a candidate to the next one.
    const isNoted = (id: string): boolean => noted.has(id) || owned.isNoted(id);
    const listed = { ...newest, executions: [...newest.executions, ...candidates] };
    const since = seenBefore(listed, isNoted, host.session.clock.now());
    const start = addEvidence({ ...newStart(this.#starting, this.#runName), since }, pending);
    // This process was suspended so long that another one took its place: the lists that it read are out of date.
    if (wasExclusive && !lists.isExclusive())
      return { againMs: 0, why: "checking again for running executions" };
    try {
      const before = new Set(listed.executions.map(({ executionId }) => executionId));
      return await post(
        this.#starting,
        start,
        (id) => before.has(id) || isKnown(id) || id === wanted.supersedes?.id,
      );
    } catch (error) {
      if (!(error instanceof StartUncertainError)) throw error;
      this.#open = start;
      this.#postedHere = true;
      this.#lastError = error;
      this.#searchedFromMs = undefined;
      this.#searches = 0;
      const why = "the start got no answer, searching for the execution";
      return { againMs: 0, isInDoubt: true, why };
    }
  }

  #adopt(execution: ExecutionSummary): Run {
    this.#starting.host.register.owned.take(execution.executionId);
    return {
      executionId: execution.executionId,
      isNew: false,
      ...(this.#postedHere ? { wasPosted: true } : {}),
      ...(this.#seenRunning.has(execution.executionId) ? { wasRunning: true } : {}),
    };
  }
}

// Once for all starts of a batch: each of a thousand starts would read the notes of a thousand.
function claimsAt(lists: ExecutionLists, { host, backend }: Starting): Promise<Claims> {
  return lists.once("claims", () => host.register.owned.claims(host.definition.service, backend.identity));
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

// The time since a start was last posted, as far as this machine's clock and the service's agree: either may have been
// set.
async function ageMs(start: PendingStart, lists: ExecutionLists, nowMs: number): Promise<number> {
  const { servedAtMs } = await lists.newest();
  const posted = start.again ?? { postedMs: start.postedMs, servedAtMs: start.since?.servedAtMs };
  if (servedAtMs === undefined || posted.servedAtMs === undefined) return 0;
  return Math.max(0, Math.min(nowMs - posted.postedMs, servedAtMs - posted.servedAtMs));
}

// A run that has a key is never started beside an execution that may be the run's, unless the program says "allow"
// explicitly. A run without a key is in doubt only if no `concurrency` is set: every other value says how to treat a
// running execution.
function doubts({ host, wanted }: Starting): boolean {
  const { concurrency } = host.args.common;
  return concurrency === undefined || (wanted.isGiven && concurrency !== "allow");
}
