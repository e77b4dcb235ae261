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
}

/** The yardstick for what waiting may cost: no more requests than asking every ten seconds makes. */
export const tenSecondsMs = 10_000;

// The longest step, for what runs for hours.
const longestMs = 30_000;
// Far from any expected end, a look only shows how things stand, and that nothing failed early.
const farMs = 20_000;
const earlyMs = 3_000;

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
 * Where past durations say that no end is near, looks are saved; where ends lie close together, the saved looks are
 * spent, evenly over the time in which nine of ten of them come. Never later than without a history, but where
 * none of the past ends lies: there at most twice as late, and by 10 s.
 */
export function nextLookDelayMs(plan: LookPlan): number {
  const { elapsedMs, past, cost, saved } = plan;
  const affordable = Math.max(0, saved / cost);
  const aim = aimMs(elapsedMs, affordable);
  const adaptiveMs = adaptiveDelayMs(elapsedMs);
  // Where one request serves many, asking more often still costs each of them less; and what was saved on many may
  // be spent on the last of them.
  const share = affordable > 20 ? 0 : saved > cost ? cost : 1;
  const calmMs = Math.max(aim, Math.min(adaptiveMs, Math.max(2_000, adaptiveMs * share)));
  if (past.length === 0) return calmMs;
  const index = firstAbove(past, elapsedMs);
  const next = past[index];
  if (next === undefined) {
    // Later than ever before: it may end at any moment at first, and is anybody's guess after a while.
    const overdueMs = elapsedMs - (past.at(-1) ?? 0);
    return affordable < 1 ? calmMs : Math.min(calmMs, Math.max(aim, overdueMs * 0.5));
  }
  const marginMs = Math.max(150, next * 0.005);
  // By then nine of ten of those that end about now have ended.
  const mostEndInMs = quantile(past.slice(index, endOfCluster(past, index)), 0.9) - elapsedMs;
  const horizonMs = mostEndInMs + aim;
  const pacedMs = horizonMs / Math.max(1, affordable + horizonMs / (tenSecondsMs * cost));
  const stepMs = Math.min(calmMs, Math.max(aim, pacedMs));
  const untilNextMs = next - elapsedMs + marginMs;
  if (untilNextMs <= stepMs) return Math.min(stepMs, mostEndInMs + marginMs);
  if (plan.looks === 0 && untilNextMs > 2 * earlyMs) return earlyMs;
  const longMs = affordable > 20 ? Math.min(farMs, 2.5 * calmMs) : Math.max(farMs, adaptiveMs);
  return Math.min(untilNextMs, isFar(past, index, elapsedMs) ? longMs : calmMs);
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

function endOfCluster(past: PastDurations, index: number): number {
  let end = index + 1;
  while (end < past.length && !isGap(past[end - 1] ?? 0, past[end] ?? 0)) end += 1;
  return end;
}

// Before the first of the past durations, or in a gap between two groups of them, but not just after an end or before
// one. Where they are scattered, the next one may well come before the first; and what few are left are no group.
function isFar(past: PastDurations, index: number, elapsedMs: number): boolean {
  const next = past[index] ?? 0;
  const previous = past[index - 1];
  if (previous === undefined) {
    const areScattered = isGap(past[0] ?? 0, past.at(-1) ?? 0);
    return elapsedMs < next * (areScattered ? 0.6 : 0.95);
  }
  const areGroups = Math.min(index, past.length - index) >= past.length * 0.1;
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
