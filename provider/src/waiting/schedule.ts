/**
 * Schedules the next poll: arithmetic on the time that an execution has run, the usual duration of its workflow, and
 * the request credit that is left. Pure; `pollPolicy` asks it. docs/explanation/waiting.md has the reasoning,
 * bench/README.md the measurements.
 */

/** Durations of earlier executions in milliseconds, ascending. */
export type PastDurations = readonly number[];

/** The facts on which the delay before the next status request depends. */
export interface PollPlan {
  /** The time that the execution has run, in milliseconds. */
  readonly elapsedMs: number;
  /** Empty if nothing is known. */
  readonly history: PastDurations;
  /** Status requests so far. */
  readonly polls: number;
  /** Request credit for this execution: requests saved so far against one every {@link tenSecondsMs}. */
  readonly credit: number;
  /** The cost of the next status, in requests: 1, or less if one request serves several executions. */
  readonly cost: number;
  /** The number of executions that one request serves. */
  readonly together: number;
  /**
   * True if the rate limit allows fewer requests than the executions need: none is made where no end is near.
   * @default false
   */
  readonly isScarce?: boolean | undefined;
  /** The additional cost of an end, in requests: a status request of its own, if a list does not tell all. */
  readonly endCost: number;
}

/** The yardstick for the cost of waiting, in milliseconds: no more requests than one per execution in this time. */
export const tenSecondsMs = 10_000;

// Without a history: the delay is half of the time that has run, at least 1 s. An end is then seen at most half as late
// again as it came.
const growth = 0.5;
const shortestMs = 1_000;
// Past 333 s, 3 % of the time that has run is more than the yardstick's 10 s: the aim allows it, and requests are saved.
const longRunShare = 0.03;
// The live line of an execution that runs for hours is still to move twice a minute.
const longestMs = 30_000;

// An end is to be seen within 1 s or 3 % of the duration. 0.2 s and 0.5 % of that are left for the request itself.
const aimLeastMs = 800;
const aimShare = 0.025;
// With this many requests to spare, polling is as good as free: aim at 1 %.
const plentyOfPolls = 20;
const plentyAimShare = 0.01;
// Shortest delay for an execution that just goes on: below 1 s with requests to spare, 2 s otherwise.
const plentyLeastMs = 900;
const leastMs = 2_000;

// Far from any expected end, polling only refreshes the live line and finds early failures.
const farMs = 20_000;
// With requests to spare, the far delay is this many times the calm one, at most `farMs`.
const farFactor = 2.5;
// The first status of an execution whose end is far: what fails at once fails within seconds.
const earlyMs = 3_000;
// An end is not that near if the early request still fits in this many times before it.
const earlyRoom = 2;

// A request that is timed for an expected end is sent a little after it: by 0.5 % of the duration, at least 150 ms, since
// durations differ that much and the service takes a moment to show the end.
const marginLeastMs = 150;
const marginShare = 0.005;

// Two past durations that differ by more than 30 % and a second have a gap between them where no end is expected. A
// smaller difference is chance among the fifty durations that a history has.
const gapFactor = 1.3;
const gapMs = 1_000;
// With this many past durations, hardly an end comes before the first of them.
const manyDurations = 20;
// "Just before" an expected end begins at 95 % of it. Few scattered durations predict less: there at 60 %.
const nearShare = 0.95;
const nearShareScattered = 0.6;
// "Just after" an end lasts for 10 % of its duration.
const afterShare = 1.1;
// Fewer than a tenth of the durations are outliers, not a group that ends together.
const groupShare = 0.1;
// A step towards a group's end need not go further than nine of ten of its ends.
const mostOfGroup = 0.9;
// The credit has to last until 95 % of a group have ended: the share that the aim is measured for.
const lastingShare = 0.95;

// The delay before the next poll where nothing is known: half of the time that has run, up to 10 s or 3 %.
function adaptiveDelayMs(elapsedMs: number): number {
  const upToMs = Math.min(longestMs, Math.max(tenSecondsMs, elapsedMs * longRunShare));
  return Math.min(upToMs, Math.max(shortestMs, elapsedMs * growth));
}

// The longest acceptable delay until an end is seen: 1 s or 3 % of the duration, with room for the request; 1 % with
// requests to spare.
function aimMs(elapsedMs: number, isPlenty: boolean): number {
  return Math.max(aimLeastMs, elapsedMs * (isPlenty ? plentyAimShare : aimShare));
}

// The part that follows from a plan alone, whatever the history says.
interface Means {
  /** The number of polls that the credit pays for. */
  readonly affordable: number;
  readonly isPlenty: boolean;
  readonly aimMs: number;
  readonly adaptiveMs: number;
  /** The shortest delay for an execution that just goes on. */
  readonly briefMs: number;
  /** The delay where the history says nothing about the moment. */
  readonly calmMs: number;
}

function meansOf({ elapsedMs, credit, cost }: PollPlan): Means {
  const affordable = Math.max(0, credit / cost);
  const isPlenty = affordable > plentyOfPolls;
  const aim = aimMs(elapsedMs, isPlenty);
  const adaptiveMs = adaptiveDelayMs(elapsedMs);
  const briefMs = isPlenty ? plentyLeastMs : leastMs;
  // If one request serves many, polling more often still costs each of them less. The credit that was saved on many may
  // be spent on the last of them.
  const share = isPlenty ? 0 : credit > cost ? cost : 1;
  const calmMs = Math.max(aim, Math.min(adaptiveMs, Math.max(briefMs, adaptiveMs * share)));
  return { affordable, isPlenty, aimMs: aim, adaptiveMs, briefMs, calmMs };
}

/**
 * The delay before the next status request, in milliseconds.
 *
 * If past durations say that no end is near, requests are saved. If ends lie, the credit is spent: each request comes
 * after the same share of the time that has run, so that the credit lasts until nearly all have ended. The delay is never
 * longer than without a history, except where none of the past ends lies: there an end may be seen up to 20 s late, or as
 * late as without a history where that is later.
 */
export function nextPollDelayMs(plan: PollPlan): number {
  const { elapsedMs, history } = plan;
  const means = meansOf(plan);
  if (history.length === 0) return means.calmMs;
  const index = firstAbove(history, elapsedMs);
  return index < history.length ? delayBeforeEnd(plan, means, index) : overdueDelayMs(plan, means);
}

// Later than ever before: the execution may end at any moment at first, and nobody can say when after a while.
function overdueDelayMs({ elapsedMs, history }: PollPlan, { affordable, aimMs: aim, calmMs }: Means): number {
  const overdueMs = elapsedMs - (history.at(-1) ?? 0);
  return affordable < 1 ? calmMs : Math.min(calmMs, Math.max(aim, overdueMs * growth));
}

// `index`: of the first past duration that has not passed yet.
function delayBeforeEnd(plan: PollPlan, means: Means, index: number): number {
  const { elapsedMs, history, cost, credit } = plan;
  const { calmMs, adaptiveMs } = means;
  const next = history[index] ?? 0;
  const previous = history[index - 1];
  const marginMs = Math.max(marginLeastMs, next * marginShare);
  const ends = history.slice(index);
  const group = ends.slice(0, groupLength(ends));
  const paceMs = Math.max(1, elapsedMs) * paceOf(plan, ends, group.length);
  const isAmongEnds = previous !== undefined && !isGap(previous, next);
  // If ends lie close together, the first request for them is worth going into debt. If they are scattered, more requests
  // than without a history would not be.
  const isNarrow = !isGap(Math.max(elapsedMs, next), group.at(-1) ?? 0);
  const earnedInMs = ((isNarrow && !isAmongEnds ? 0 : 1) - credit / cost) * tenSecondsMs * cost;
  const shortestStepMs = isNarrow ? means.aimMs : Math.max(means.aimMs, means.briefMs);
  const stepMs = Math.min(calmMs, Math.max(shortestStepMs, paceMs, earnedInMs));
  const untilNextMs = next - elapsedMs + marginMs;
  if (isAmongEnds || untilNextMs <= stepMs)
    return Math.min(stepMs, Math.max(earnedInMs, quantile(group, mostOfGroup) - elapsedMs + marginMs));
  if (plan.polls === 0 && untilNextMs > earlyRoom * earlyMs) return earlyMs;
  const isToSpare = means.isPlenty && plan.isScarce !== true;
  const longMs = isToSpare ? Math.min(farMs, farFactor * calmMs) : Math.max(farMs, adaptiveMs);
  return Math.min(untilNextMs, isFar(history, index, elapsedMs, isNarrow) ? longMs : calmMs);
}

// The time between two requests, as a share of the time that has run, for which the credit lasts until nearly all of
// the group have ended. The credit includes the requests that are earned meanwhile. Executions that have ended earn no
// more, while a request for the last one costs as much as one for all. An execution that takes longer earns more
// between requests than they cost.
function paceOf(
  { elapsedMs, credit, cost, together, endCost }: PollPlan,
  ends: PastDurations,
  groupSize: number,
): number {
  const fromMs = Math.max(elapsedMs, ends[0] ?? 0);
  const last = Math.floor((groupSize - 1) * lastingShare);
  let pace = 0;
  let earned = 0;
  let atMs = elapsedMs;
  for (let index = 0; index <= last; index += 1) {
    const endMs = ends[index] ?? 0;
    const ended = index / ends.length;
    // The number of executions that still earn, for each execution that still needs a request.
    const earning = (1 - ended) / (1 - ended ** together);
    earned += ((endMs - atMs) / tenSecondsMs) * earning;
    atMs = endMs;
    const polls = (credit + earned - ended * endCost) / cost;
    const needed = Math.log((endMs + aimMs(endMs, false)) / fromMs);
    pace = Math.max(pace, polls > 0 ? needed / polls : Infinity);
  }
  return pace;
}

/** The median of past durations, in milliseconds; undefined if there are none. */
export function medianMs(history: PastDurations): number | undefined {
  return history.length === 0 ? undefined : quantile(history, 0.5);
}

function quantile(ascending: PastDurations, share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0;
}

function isGap(from: number, to: number): boolean {
  return to > from * gapFactor + gapMs;
}

// The number of ends that lie close to the first end, or to another end that does.
function groupLength(ends: PastDurations): number {
  let length = 1;
  while (length < ends.length && !isGap(ends[length - 1] ?? 0, ends[length] ?? 0)) length += 1;
  return length;
}

// Before the first of the past durations, or in a gap between two groups of them, but not just after an end or before one.
// If durations are scattered, the next one may well come before the first; and the few that are left are no group.
function isFar(history: PastDurations, index: number, elapsedMs: number, isNarrow: boolean): boolean {
  const next = history[index] ?? 0;
  const previous = history[index - 1];
  const areMany = history.length >= manyDurations;
  if (previous === undefined) {
    if (isNarrow && areMany) return true;
    const areScattered = isGap(history[0] ?? 0, history.at(-1) ?? 0);
    return elapsedMs < next * (areScattered && !areMany ? nearShareScattered : nearShare);
  }
  const areGroups = Math.min(index, history.length - index) > history.length * groupShare;
  return (
    areGroups && isGap(previous, next) && elapsedMs > previous * afterShare && elapsedMs < next * nearShare
  );
}

// The index of the first duration above the value; the number of durations where none is.
function firstAbove(ascending: PastDurations, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
