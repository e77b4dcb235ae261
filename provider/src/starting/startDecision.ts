/**
 * The decision of a start: by the executions that its batch lists, or later, in another batch. The effect of
 * `concurrency` on other executions is decided here.
 */
import type { Backend } from "../execution/service";
import { WorkflowExecutionError } from "../ground/errors";
import type { ExecutionSummary } from "../execution/snapshot";
import { steadyClock, stopwatch } from "../ground/clock";
import { limitTime, withinTime } from "../ground/timeLimit";
import { describeBusy, describeQueueTimedOut, describeQueued } from "./messages";
import type { StartCall } from "./startCall";
import { messageContext } from "../execution/words";
import { waitLimit } from "../execution/limits";
import { listAgainMs, showsWithinMs } from "./candidates";
import type { Run, Starting } from "./posting";
import { startInterrupted } from "./posting";
import type { ExecutionLists, StartBatches } from "./startBatches";

// The interval of a queue's checks, in milliseconds: it grows from the first to the longest.
const queueMs = { first: 1_000, most: 10_000 };
// The shortest time that a start in doubt waits for each of its batches, in milliseconds.
const doubtMs = 60_000;

/** Outcome of one batch: the run, or why another batch is needed. */
export type Decision = Run | NotYet;

interface NotYet {
  readonly why: string;
  /** The delay before that batch, in milliseconds. @default as a queue is checked */
  readonly againMs?: number;
  /** True if a start may have been handled: its execution is searched for however short the deployment's time is. */
  readonly isInDoubt?: true;
}

/** The conditions under which a start decides. */
export interface StartConditions {
  /** True if the start matters for the next one's decision. */
  readonly alone: boolean;
  /** True if other processes of this machine are to be kept out meanwhile. */
  readonly locked: boolean;
  /**
   * The error for giving up, where a start is in doubt.
   * @default it says that nothing was started
   */
  readonly gaveUp?: (why: string) => Error | undefined;
}

/**
 * Joins batches until one decides on the run.
 * @throws WorkflowExecutionError with code WFX-WORKFLOW-BUSY when no batch took it, or the queue was longer than the
 *   deployment waits; any error of `decide`.
 */
export async function untilDecided(
  { host, backend }: Starting,
  batches: StartBatches,
  { alone, locked, gaveUp = () => undefined }: StartConditions,
  decide: (lists: ExecutionLists) => Promise<Decision>,
): Promise<Run> {
  // A clock that is set back must not make the wait longer.
  const clock = steadyClock(host.session.clock);
  const limit = waitLimit(host);
  const deadlineMs = clock.now() + limit.timeoutSeconds * 1000;
  const interrupted = (): Error =>
    gaveUp("interrupted while searching for the execution") ?? startInterrupted();
  const tooLate = (why: string): Error =>
    gaveUp(why) ??
    new WorkflowExecutionError(
      "WFX-WORKFLOW-BUSY",
      describeQueueTimedOut(why, limit, messageContext(backend, "", host)),
    );
  let waits = 0;
  let why = "waiting for other starts of this workflow";
  // The execution of a start in doubt is searched for however short the deployment's time is.
  let isInDoubt = false;
  for (;;) {
    const untilMs = isInDoubt ? Math.max(deadlineMs, clock.now() + doubtMs) : deadlineMs;
    const permit = limitTime(clock, untilMs - clock.now(), host.signal);
    const decision = await batches
      .join(
        async (lists) => {
          const decided = await decide(lists);
          if (alone && "executionId" in decided && decided.isNew) await untilListed(backend, decided, host);
          return decided;
        },
        {
          alone,
          locked,
          signal: permit.signal,
          workSignal: host.signal,
          onWait: (reason) => {
            why = reason;
            host.reporter.status(reason);
          },
        },
      )
      .finally(() => {
        permit.lift();
      });
    if (decision === undefined) throw host.signal.aborted ? interrupted() : tooLate(why);
    if ("executionId" in decision) return decision;
    ({ why } = decision);
    isInDoubt = decision.isInDoubt === true;
    if (!isInDoubt && clock.now() >= deadlineMs) throw tooLate(why);
    host.reporter.status(why);
    const delayMs =
      decision.againMs ??
      Math.min(queueMs.most, queueMs.first * 1.5 ** waits, Math.max(0, deadlineMs - clock.now()));
    waits += 1;
    await clock.sleep(delayMs, host.signal);
    if (host.signal.aborted) throw interrupted();
  }
}

// The next batch must see this execution; a list can lag behind.
async function untilListed(backend: Backend, run: Run, host: StartCall): Promise<void> {
  const { clock } = host.session;
  const passedMs = stopwatch(clock);
  while (passedMs() < showsWithinMs && !host.signal.aborted) {
    const { executions } = await withinTime(clock, showsWithinMs - passedMs(), host.signal, (signal) =>
      backend.listPage({}, { limit: 20 }, signal),
    ).catch(() => ({ executions: [] as readonly ExecutionSummary[] }));
    if (executions.some(({ executionId }) => executionId === run.executionId)) return;
    await clock.sleep(listAgainMs / 4, host.signal);
  }
}

/**
 * The effect of `concurrency` with the workflow's other executions; undefined if a new one may start.
 * @throws WorkflowExecutionError with code WFX-WORKFLOW-BUSY when it is "reject" and one is running.
 */
export async function decideConcurrency(
  { host, wanted, backend }: Starting,
  lists: ExecutionLists,
): Promise<Decision | undefined> {
  const { concurrency } = host.args.common;
  if (concurrency === undefined || concurrency === "allow") return undefined;
  const running = await lists.unsettled();
  const [newest] = running.filter(({ executionId }) => executionId !== wanted.supersedes?.id);
  if (concurrency === "adopt") {
    if (!newest) return undefined;
    host.register.owned.join(newest.executionId);
    return { executionId: newest.executionId, isNew: false, isJoined: true };
  }
  if (running.length === 0) return undefined;
  if (concurrency === "reject") {
    throw new WorkflowExecutionError(
      "WFX-WORKFLOW-BUSY",
      describeBusy(running, messageContext(backend, "", host)),
    );
  }
  return { why: describeQueued(running) };
}

/** True if `concurrency` lets nothing start beside a running execution. */
export function mindsRunning({ host }: Starting): boolean {
  const { concurrency } = host.args.common;
  return concurrency === "queue" || concurrency === "reject";
}
