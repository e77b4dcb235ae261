/**
 * When to look next: arithmetic on how long something has run, how long it usually takes, and what may be spent.
 * Pure; the planner in `execution/` asks it. docs/waiting.md has the reasoning and the figures.
 */

/** How long something has taken before: durations in milliseconds, ascending. */
export type PastDurations = readonly number[];

/** What the next look depends on. */
export interface LookPlan {
  /** How long it has run, in milliseconds. */
  readonly elapsedMs: number;
  /** Empty where nothing is known. */
  readonly past: PastDurations;
  /** How many looks there have been. */
  readonly looks: number;
  /** What may be spent: looks saved so far against one every {@link tenSecondsMs}. */
  readonly saved: number;
  /** What a look costs: 1, or less where one request serves several. */
  readonly cost: number;
  /** How many one request serves. */
  readonly together: number;
  /** True where requests are fewer than the executions that need them: none is made where no end is near. */
  readonly isScarce?: boolean | undefined;
  /** What the end costs besides: a look at it alone, where the request does not tell all. */
  readonly endCost: number;
}

/** The yardstick for what waiting may cost: no more requests than asking every ten seconds makes. */
export const tenSecondsMs = 10_000;

// The longest step, for what runs for hours.
const longestMs = 30_000;
// Far from any expected end, a look only shows how things stand, and that nothing failed early.
const farMs = 20_000;
const earlyMs = 3_000;
// Of so many past ends the first is early enough: hardly any comes before it.
const manyPast = 20;

/** The delay before the next look where nothing is known: half as long again as it has run, up to 10 s or 3 %. */
export function adaptiveDelayMs(elapsedMs: number): number {
  const upToMs = Math.min(longestMs, Math.max(tenSecondsMs, elapsedMs * 0.03));
  return Math.min(upToMs, Math.max(1_000, elapsedMs * 0.5));
}

/**
 * How late an end may be seen: 1 s or 3 % of the duration, with room for the request itself; 1 % where looks are as
 * good as free.
 */
export function aimMs(elapsedMs: number, affordable: number): number {
  return Math.max(800, elapsedMs * (affordable > 20 ? 0.01 : 0.025));
}

/**
 * The delay before the next look, in milliseconds.
 *
 * Where past durations say that no end is near, looks are saved; where ends lie, the saved looks are spent: each time
 * after the same share of what has run, so that they last until nearly all have ended. Never later than without a
 * history, but where none of the past ends lies: there an end may be seen up to 20 s late, or as late as without a
 * history where that is later.
 */
export function nextLookDelayMs(plan: LookPlan): number {
  const { elapsedMs, past, cost, saved } = plan;
  const affordable = Math.max(0, saved / cost);
  const aim = aimMs(elapsedMs, affordable);
  const adaptiveMs = adaptiveDelayMs(elapsedMs);
  // Where one request serves many, asking more often still costs each of them less; and what was saved on many may
  // be spent on the last of them.
  const share = affordable > 20 ? 0 : saved > cost ? cost : 1;
  const briefMs = affordable > 20 ? 900 : 2_000;
  const calmMs = Math.max(aim, Math.min(adaptiveMs, Math.max(briefMs, adaptiveMs * share)));
  if (past.length === 0) return calmMs;
  const index = firstAbove(past, elapsedMs);
  const next = past[index];
  if (next === undefined) {
    // Later than ever before: it may end at any moment at first, and is anybody's guess after a while.
    const overdueMs = elapsedMs - (past.at(-1) ?? 0);
    return affordable < 1 ? calmMs : Math.min(calmMs, Math.max(aim, overdueMs * 0.5));
  }
  const marginMs = Math.max(150, next * 0.005);
  const ends = past.slice(index);
  const group = ends.slice(0, groupLength(ends));
  const paceMs = Math.max(1, elapsedMs) * paceOf(plan, ends, group.length);
  const previous = past[index - 1];
  const isAmongEnds = previous !== undefined && !isGap(previous, next);
  // Where ends lie close together, the first look at them is worth going into debt; where they are scattered, more looks
  // than without a history would not be.
  const isNarrow = !isGap(Math.max(elapsedMs, next), group.at(-1) ?? 0);
  const earnedInMs = ((isNarrow && !isAmongEnds ? 0 : 1) - saved / cost) * tenSecondsMs * cost;
  const leastMs = isNarrow ? aim : Math.max(aim, briefMs);
  const stepMs = Math.min(calmMs, Math.max(leastMs, paceMs, earnedInMs));
  const untilNextMs = next - elapsedMs + marginMs;
  if (isAmongEnds || untilNextMs <= stepMs)
    return Math.min(stepMs, Math.max(earnedInMs, quantile(group, 0.9) - elapsedMs + marginMs));
  if (plan.looks === 0 && untilNextMs > 2 * earlyMs) return earlyMs;
  const longMs =
    affordable > 20 && plan.isScarce !== true ? Math.min(farMs, 2.5 * calmMs) : Math.max(farMs, adaptiveMs);
  return Math.min(untilNextMs, isFar(past, index, elapsedMs, isNarrow) ? longMs : calmMs);
}

// The time between two looks, as a share of the time that has run, for which the looks last until nearly all of the
// group have ended: those that were saved, and those that are earned meanwhile. Those that have ended earn no more, while
// a request for the last one costs as much as one for all. What takes longer earns more between looks than they cost.
function paceOf(
  { elapsedMs, saved, cost, together, endCost }: LookPlan,
  ends: PastDurations,
  groupSize: number,
): number {
  const fromMs = Math.max(elapsedMs, ends[0] ?? 0);
  const last = Math.floor((groupSize - 1) * 0.95);
  let pace = 0;
  let earned = 0;
  let atMs = elapsedMs;
  for (let index = 0; index <= last; index += 1) {
    const endMs = ends[index] ?? 0;
    const ended = index / ends.length;
    // How many still earn, for each that a request is still made for.
    const earning = (1 - ended) / (1 - ended ** together);
    earned += ((endMs - atMs) / tenSecondsMs) * earning;
    atMs = endMs;
    const looks = (saved + earned - ended * endCost) / cost;
    const needed = Math.log((endMs + aimMs(endMs, 0)) / fromMs);
    pace = Math.max(pace, looks > 0 ? needed / looks : Infinity);
  }
  return pace;
}

/** The middle of past durations; undefined where there are none. */
export function expectedMs(past: PastDurations): number | undefined {
  return past.length === 0 ? undefined : quantile(past, 0.5);
}

function quantile(ascending: PastDurations, share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0;
}

// A small gap between two past durations is chance; in a wide one no end is to be expected.
function isGap(from: number, to: number): boolean {
  return to > from * 1.3 + 1_000;
}

// How many of them lie close to the first, or to one that does.
function groupLength(ends: PastDurations): number {
  let length = 1;
  while (length < ends.length && !isGap(ends[length - 1] ?? 0, ends[length] ?? 0)) length += 1;
  return length;
}

// Before the first of the past durations, or in a gap between two groups of them, but not just after an end or before
// one. Where they are scattered, the next one may well come before the first; and what few are left are no group.
function isFar(past: PastDurations, index: number, elapsedMs: number, isNarrow: boolean): boolean {
  const next = past[index] ?? 0;
  const previous = past[index - 1];
  if (previous === undefined) {
    if (isNarrow && past.length >= manyPast) return true;
    const areScattered = isGap(past[0] ?? 0, past.at(-1) ?? 0);
    return elapsedMs < next * (areScattered && past.length < manyPast ? 0.6 : 0.95);
  }
  const areGroups = Math.min(index, past.length - index) > past.length * 0.1;
  return areGroups && isGap(previous, next) && elapsedMs > previous * 1.1 && elapsedMs < next * 0.95;
}

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
