/**
 * Which of a workflow's executions can be the one of a wanted run, on services that do not show it in their lists.
 */
import type { Backend } from "../../backends/backend";
import { NotFoundError } from "../../errors";
import type { ExecutionSummary } from "../../execution/snapshot";
import { isSettled } from "../../execution/snapshot";
import type { LifecycleHost } from "../outcome";
import type { SeenBefore } from "./journal";
import type { Starting } from "./posting";
import { attemptOf } from "./runKey";
import type { Look } from "./startGate";

/** How long a posted start may take until the service shows it, in milliseconds. */
export const showsWithinMs = 15_000;
/** How long until the next look for one that is not shown yet, in milliseconds. */
export const lookAgainMs = 1_000;
/** Clocks of machines and services differ by less than this, in milliseconds. */
export const skewMs = 60_000;
// How far back a key that does not tell its age can have been used.
const keyAgeMs = 7 * 24 * 3_600_000;

/** The executions among which that of the wanted run can be, newest first. */
export async function candidatesOf(
  { wanted, host }: Starting,
  look: Look,
  since: SeenBefore | undefined,
): Promise<readonly ExecutionSummary[]> {
  const { supersedes } = wanted;
  if (since) {
    const list = await look.since(since.newestMs);
    return list.filter(
      ({ executionId }) => !since.ids.includes(executionId) && executionId !== supersedes?.id,
    );
  }
  if (supersedes?.startedAt !== undefined) {
    const list = await look.since(Date.parse(supersedes.startedAt));
    // Some services tell whole seconds: within the same one, the list's order counts.
    const place = list.findIndex(({ executionId }) => executionId === supersedes.id);
    const beganAt = Date.parse(supersedes.startedAt);
    return list.filter(
      (execution, index) =>
        execution.executionId !== supersedes.id &&
        (startedMs(execution) > beganAt || place === -1 || index < place),
    );
  }
  const now = host.session.clock.now();
  const list = wanted.isGiven
    ? await look.since(wanted.keyMadeMs === undefined ? now - keyAgeMs : wanted.keyMadeMs - skewMs)
    : await look.unsettled();
  return list.filter(({ executionId }) => executionId !== supersedes?.id);
}

// What does not say when it began may have begun just now.
function startedMs({ startedAt }: ExecutionSummary): number {
  return startedAt === undefined ? Infinity : Date.parse(startedAt);
}

/** True for an execution that has not settled. */
export function isUnsettled({ status }: ExecutionSummary): boolean {
  return !isSettled(status);
}

/** Which of them are this run's, and of which it can't be told because they show no mark. */
export async function sort(
  { backend, wanted, host }: Starting,
  candidates: readonly ExecutionSummary[],
  taken: ReadonlySet<string>,
): Promise<{ readonly mine: readonly ExecutionSummary[]; readonly unmarked: readonly ExecutionSummary[] }> {
  // A key that the program gave is one execution, also where another resource has it.
  const eligible = wanted.isGiven
    ? candidates
    : candidates.filter(({ executionId }) => !taken.has(executionId));
  const marks = await inParallel(eligible, 8, ({ executionId }) => markOf(executionId, backend, host));
  // One execution that shows what it was started with proves that the service shows it.
  const isProven = marks.some((mark) => mark !== undefined);
  const mine = eligible.filter((_execution, index) => {
    const mark = marks[index];
    return typeof mark === "string" && attemptOf(wanted.key, mark) !== undefined;
  });
  const unmarked = eligible.filter(
    ({ executionId }, index) => marks[index] === undefined && !isProven && !taken.has(executionId),
  );
  return { mine, unmarked };
}

// A list can be ahead of the details.
async function markOf(
  executionId: string,
  backend: Backend,
  { register, session, signal }: LifecycleHost,
): Promise<string | null | undefined> {
  const { clock } = session;
  const untilMs = clock.now() + showsWithinMs;
  for (;;) {
    try {
      return await register.mark(executionId, () => backend.readRunName(executionId, signal));
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      if (clock.now() >= untilMs || signal.aborted) return undefined;
      await clock.sleep(lookAgainMs, signal);
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

/** What a list shows before a start, so that what comes with it is known as new. */
export function seenBefore(list: readonly ExecutionSummary[]): SeenBefore {
  const known = list.map(startedMs).filter((ms) => ms !== Infinity);
  const newestMs = Math.max(0, ...known);
  const ids = list
    .filter((execution) => startedMs(execution) >= newestMs)
    .map(({ executionId }) => executionId);
  return { newestMs, ids: [...new Set(ids)] };
}
