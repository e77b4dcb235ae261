/**
 * Finds the executions of a workflow that can belong to a wanted run, on services that do not show run keys in their
 * lists.
 */
import type { Backend } from "../execution/service";
import { NotFoundError } from "../ground/errors";
import type { ExecutionSummary } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import { stopwatch } from "../ground/clock";
import type { StartCall } from "./startCall";
import type { PendingStart, SeenBefore } from "./journalEntry";
import type { Starting } from "./posting";
import type { Superseded, WantedRun } from "./runKey";
import { bearsKey, runNameOf } from "./runKey";
import type { ExecutionLists, Newest } from "./startBatches";

/** The longest delay until the service shows a posted start, in milliseconds. */
export const showsWithinMs = 15_000;
/** The delay before the next search for an execution that is not shown yet, in milliseconds. */
export const listAgainMs = 1_000;

// The clocks of one service's machines differ by less than this. It only matters where nothing else tells of a start: on
// a machine without the journal, for executions that bear no name.
const skewMs = 10_000;
// The services refuse requests of a machine whose clock is off by more than fifteen minutes.
const machineSkewMs = 16 * 60_000;
// The age of the oldest executions that are remembered before a start: first if the service's own clock is known, then
// if it is not.
const searchBackMs = 20 * 60_000;
const longSearchBackMs = 24 * 3_600_000;
// At most this many of the newest executions are read to find out whether the service shows names.
const maxProbes = 10;
// The longest time for which a key that does not tell its age can have been in use.
const keyAgeMs = 7 * 24 * 3_600_000;

/**
 * The executions among which that of the wanted run can be, newest first.
 * @param noted the start whose execution is searched for, where a start was noted.
 */
export async function candidatesOf(
  { wanted, host }: Starting,
  lists: ExecutionLists,
  noted: PendingStart | undefined,
): Promise<readonly ExecutionSummary[]> {
  const since = noted?.since;
  const list = await newerThan(wanted, lists, since, host.session.clock.now());
  const { supersedes } = wanted;
  const known = new Set([...(since?.ids ?? []), supersedes?.id, noted?.supersedesId]);
  // If the replaced execution is only a guess, the state does not tell since when.
  const at = list.findIndex(({ executionId }) => executionId === supersedes?.id);
  const newer = supersedes?.isGuess === true && !noted && at !== -1 ? list.slice(0, at) : list;
  return newer.filter(({ executionId }) => !known.has(executionId));
}

function newerThan(
  { isGiven, keyMadeMs, supersedes }: WantedRun,
  lists: ExecutionLists,
  since: SeenBefore | undefined,
  nowMs: number,
): Promise<readonly ExecutionSummary[]> {
  if (since) return lists.since(since.fromMs);
  const fromMs = supersedes && afterSupersededMs(supersedes);
  if (fromMs !== undefined) return lists.since(fromMs);
  if (!isGiven) return lists.unsettled();
  return lists.since(keyMadeMs === undefined ? nowMs - keyAgeMs : keyMadeMs - machineSkewMs);
}

// The execution that replaces another begins when the other has ended, or while the other is still running. The service
// tells both times, though perhaps by different clocks.
function afterSupersededMs({ startedAt, settledAt }: Superseded): number | undefined {
  const at = settledAt ?? startedAt;
  return at === undefined ? undefined : Date.parse(at) - skewMs;
}

/** True for an execution that has not settled. */
export function isUnsettled({ status }: ExecutionSummary): boolean {
  return !isSettled(status);
}

/** The facts that tell candidates apart. */
export interface Sorting {
  /** Executions that are somebody's. */
  readonly taken: ReadonlySet<string>;
  /** The name that the start carried, if that is known; otherwise any name with the run's key matches. */
  readonly name: string | undefined;
  /**
   * True if a start of that name is noted: its execution is this run's, even if another resource has taken it over
   * meanwhile.
   */
  readonly isNoted: boolean;
  /** Executions that are no candidates, and may show whether the service shows names at all. */
  readonly others: () => Promise<readonly ExecutionSummary[]>;
}

/** Candidates, told apart as far as that can be. */
export interface Sorted {
  /** They are this run's. */
  readonly mine: readonly ExecutionSummary[];
  /** Their owner is unknown. */
  readonly unmarked: readonly ExecutionSummary[];
  /**
   * True if one of those shows the name that its start carried, and the name is not ours: the execution may be somebody
   * else's.
   */
  readonly isForeignLikely: boolean;
}

/** Separates the candidates that are this run's from those that show no name, whose owner is unknown. */
export async function sort(
  { backend, wanted, host }: Starting,
  candidates: readonly ExecutionSummary[],
  { taken, name, isNoted, others }: Sorting,
): Promise<Sorted> {
  // A key that the program gave is one execution, also where another resource has it.
  const eligible =
    wanted.isGiven || isNoted ? candidates : candidates.filter(({ executionId }) => !taken.has(executionId));
  const marks = await inParallel(eligible, 8, ({ executionId }) => markOf(executionId, backend, host));
  const mine = eligible.filter((_execution, index) => {
    const mark = marks[index];
    if (typeof mark !== "string") return false;
    return name === undefined ? bearsKey(wanted.key, mark) : mark === name;
  });
  // One execution that shows our name proves that the service shows names. An execution without a name proves nothing:
  // the service may never show the names that starts carry.
  const isProven =
    marks.some((mark) => typeof mark === "string") ||
    (marks.includes(null) && (await showsNames(await others(), taken, backend, host)));
  const unmarked = isProven
    ? []
    : eligible.filter(
        ({ executionId }, index) => typeof marks[index] !== "string" && !taken.has(executionId),
      );
  return { mine, unmarked, isForeignLikely: marks.includes(null) };
}

async function showsNames(
  others: readonly ExecutionSummary[],
  taken: ReadonlySet<string>,
  backend: Backend,
  host: StartCall,
): Promise<boolean> {
  // Executions that this machine has started carried a name.
  const own = others.filter(({ executionId }) => taken.has(executionId)).slice(0, 1);
  for (const { executionId } of new Set([...own, ...others.slice(0, maxProbes)])) {
    if (typeof (await markOf(executionId, backend, host)) === "string") return true;
  }
  return false;
}

/** The name to search for: the name that a noted start carried, or the name that every start of the run carries. */
export function soughtName(
  wanted: WantedRun,
  noted: { readonly runName: string } | undefined,
): string | undefined {
  if (noted) return noted.runName;
  // If the predecessor is only a guess, any attempt will do, the newest first. Another machine may have gone on from
  // elsewhere, and a state that was lost does not tell which attempt under a given key is the last.
  const { supersedes } = wanted;
  return supersedes && supersedes.isGuess !== true ? runNameOf(wanted) : undefined;
}

// A list can be ahead of the details.
async function markOf(
  executionId: string,
  backend: Backend,
  { register, session, signal }: StartCall,
): Promise<string | null | undefined> {
  const passedMs = stopwatch(session.clock);
  for (;;) {
    // A slow answer tells the facts at the time of its request.
    const askedMs = passedMs();
    try {
      return await register.shared.mark(executionId, () => backend.readRunName(executionId, signal), signal);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      if (askedMs >= showsWithinMs || signal.aborted) return undefined;
      await session.clock.sleep(listAgainMs, signal);
    }
  }
}

async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}

/**
 * The executions that a list shows before a start, so that the execution of the start is known as new.
 * @param isKnown true for executions that need not be remembered: resources of this machine have them.
 */
export function seenBefore(
  { executions, servedAtMs }: Newest,
  isKnown: (executionId: string) => boolean,
  nowMs: number,
): SeenBefore {
  // A search further back than needed only remembers more. So of several clocks the one that is behind counts.
  const fromMs =
    servedAtMs === undefined ? nowMs - longSearchBackMs : Math.min(nowMs, servedAtMs) - searchBackMs;
  const ids = executions
    .filter((execution) => startedMs(execution) >= fromMs && !isKnown(execution.executionId))
    .map(({ executionId }) => executionId);
  return { fromMs, ids: [...new Set(ids)], ...(servedAtMs === undefined ? {} : { servedAtMs }) };
}

// An execution that does not say when it began may have begun just now.
function startedMs({ startedAt }: ExecutionSummary): number {
  return startedAt === undefined ? Infinity : Date.parse(startedAt);
}
