/**
 * Chooses the span of starts to list when one page cannot have all executions. Pure; `listSweep` asks it.
 */

/** An execution that waits for a list. */
export interface Overdue {
  /** The start of the execution, in milliseconds by the service's clock. */
  readonly startedMs: number;
  /** The time by which the execution is overdue, in milliseconds. */
  readonly overdueMs: number;
}

/** A span of starts, milliseconds since the epoch by the service's clock, both ends included. */
export interface StartWindow {
  readonly startedAfterMs: number;
  readonly startedBeforeMs: number;
}

// An execution that is not overdue is served along. It counts as if it were overdue by half a second, so that of two spans
// that serve the overdue equally well, the fuller one is listed.
const servedAlongMs = 500;

/**
 * A span of starts that fits on a page: the one that serves the most overdue executions, and among them the one that is
 * overdue the longest, so that none starves.
 * @param waiting at least one.
 * @param starts of all executions that lists have shown, others' too, in any order: they take their room.
 * @param slackMs the largest distance of a start from the time that is known for it.
 */
export function chooseWindow(
  waiting: readonly Overdue[],
  starts: Iterable<number>,
  { pageSize, slackMs }: { readonly pageSize: number; readonly slackMs: number },
): StartWindow {
  const ordered = [...waiting].sort((a, b) => a.startedMs - b.startedMs);
  const longest = ordered.reduce((first, one) => (one.overdueMs > first.overdueMs ? one : first));
  const known = [...starts].sort((a, b) => a - b);
  let best = { weightMs: -1, from: longest.startedMs, to: longest.startedMs };
  let weightMs = 0;
  let first = 0;
  let firstStart = 0;
  let endStart = 0;
  for (const to of ordered) {
    weightMs += servedAlongMs + to.overdueMs;
    while (endStart < known.length && (known[endStart] ?? 0) <= to.startedMs + slackMs) endStart += 1;
    for (let from = ordered[first]; from && from !== to; from = ordered[first]) {
      while ((known[firstStart] ?? Infinity) < from.startedMs - slackMs) firstStart += 1;
      if (endStart - firstStart < pageSize) break;
      weightMs -= servedAlongMs + from.overdueMs;
      first += 1;
    }
    const from = ordered[first]?.startedMs ?? to.startedMs;
    if (from <= longest.startedMs && to.startedMs >= longest.startedMs && weightMs > best.weightMs)
      best = { weightMs, from, to: to.startedMs };
  }
  return { startedAfterMs: best.from - slackMs, startedBeforeMs: best.to + slackMs };
}
