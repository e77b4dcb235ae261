/**
 * From an execution id to an outcome: waits as the arguments say, and whatever happens from here on keeps the id.
 * Called by create (just started or adopted) and update (resumed).
 */
import type { Arguments } from "../execution/argument";
import type { Backend, DescribeOptions } from "../execution/service";
import { NotFoundError, codeOf, messageOf } from "../ground/errors";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { describeProgress } from "../execution/progress";
import { isSettled } from "../execution/snapshot";
import { nothingTold } from "../waiting/waitUntilSettled";
import { withinTime } from "../ground/timeLimit";
import { readCommonArguments } from "../execution/commonArguments";
import { sayFailed, sayForgotten, sayInterrupted, sayLostSight, sayStopCutShort, sayTimedOut } from "./messages";
import type { LifecycleHost, Outcome } from "./outcome";
import { messageContext } from "../execution/words";
import { requestMs, waitLimit } from "../execution/limits";
import type { StoredState } from "./state";
import { makeState, markExpired } from "./state";
import { waitForEnd } from "../waiting/waitForEnd";

// A service may show an execution a little later than it names it.
const invisibleMs = 30_000;
// How long a stop that nobody asked to be awaited (onTimeout) may take to be sent, and then to be confirmed.
const confirmStopMs = 60_000;

/** What is known of the execution before the wait. */
export interface AwaitStart {
  readonly executionId: string;
  /** True where it was started in this call. */
  readonly justStarted: boolean;
  /** True where it was started, or found, just now: a service can show an execution in one place before another. */
  readonly mayBeInvisible?: boolean;
  /** When it began, by our clock, where it was started in this call. */
  readonly beganMs?: number | undefined;
  /** What was seen before, if anything. */
  readonly last?: ExecutionSnapshot | undefined;
}

/** Waits, and says how it went. Never throws: a mistake of ours must not cost the id either. */
export async function awaitExecution(
  backend: Backend,
  args: Arguments,
  start: AwaitStart,
  host: LifecycleHost,
): Promise<Outcome> {
  try {
    return await waitForOutcome(backend, args, start, host);
  } catch (error) {
    const { executionId, last } = start;
    const seen = last ?? { executionId, status: "running", rawStatus: "", steps: [] };
    const context = { subject: "workflow", consoleUrl: undefined, common: readCommonArguments(args) };
    return {
      kind: "unready",
      id: executionId,
      state: makeState(args, {}, seen, undefined),
      reasons: [sayLostSight(executionId, { message: messageOf(error), code: codeOf(error) }, context)],
    };
  }
}

async function waitForOutcome(
  backend: Backend,
  args: Arguments,
  start: AwaitStart,
  host: LifecycleHost,
): Promise<Outcome> {
  const { executionId } = start;
  const { clock } = host.session;
  const common = readCommonArguments(args);
  const context = messageContext(backend, executionId, args);
  const limit = waitLimit(host, common);
  let last = start.last ?? { executionId, status: "running", rawStatus: "", steps: [] };
  const describe = async (options: DescribeOptions): Promise<ExecutionSnapshot> =>
    (last = await backend.describe(executionId, options));

  const state = (): StoredState => makeState(args, backend.location, last, context.consoleUrl);
  const ready = (): Outcome => ({ kind: "ready", id: executionId, state: state() });
  const unready = (reason: string, kept = state()): Outcome => ({
    kind: "unready",
    id: executionId,
    state: kept,
    reasons: [reason],
  });

  const settled = (): Outcome =>
    last.status === "succeeded" || common.onFailure === "continue"
      ? ready()
      : unready(sayFailed(last, context));

  // A synchronous run has ended with its start, and there may be no other way to see it.
  if (isSettled(last.status)) {
    host.reporter.status(describeProgress(last));
    return settled();
  }
  if (common.waitFor === "started") {
    try {
      const withinMs = Math.min(limit.timeoutSeconds * 1000, requestMs) + requestMs;
      await withinTime(clock, withinMs, host.signal, (signal) => describe({ signal }));
    } catch (error) {
      host.reporter.warn(
        `execution ${executionId} was started, but its status can't be read: ${messageOf(error)}`,
      );
    }
    return ready();
  }

  const told = nothingTold();
  let isStopSent = false;
  const isSeenRunning = (): boolean => start.justStarted || told.isSeen;
  const interrupted = (): Outcome =>
    unready(
      isStopSent
        ? sayStopCutShort(executionId, context)
        : sayInterrupted(executionId, isSeenRunning(), context),
    );
  const mayBeInvisible = start.justStarted || start.mayBeInvisible === true;
  const mayBeInvisibleUntilMs = mayBeInvisible ? clock.now() + invisibleMs : 0;
  const wait = async (
    deadlineMs: number,
    isStopping = false,
  ): Promise<Awaited<ReturnType<typeof waitForEnd>>> => {
    // What was seen before a stop says nothing of what came of it.
    told.isSeen = false;
    const result = await waitForEnd(
      backend,
      executionId,
      {
        ...(backend.peek ? { peek: (signal) => backend.peek?.(executionId, signal) } : {}),
        isStopping,
        // A stop takes as long as a stop takes, however long the execution has run.
        beganMs: isStopping ? undefined : start.beganMs,
        deadlineMs,
        mayBeInvisibleUntilMs,
        told,
      },
      host,
    );
    last = (result.kind === "settled" ? result.value : result.last) ?? last;
    return result;
  };
  try {
    const result = await wait(clock.now() + limit.timeoutSeconds * 1000);
    if (result.kind === "settled") return settled();
    if (result.kind === "aborted") return interrupted();
    const timedOut = { ...context, ...limit, executionId };
    if (common.onTimeout === "leave") {
      // A failure that has passed is no news.
      const lastError = result.tally.failuresInARow > 0 ? result.tally.lastError : undefined;
      const end = isSeenRunning() ? "left" : "unseen";
      return unready(sayTimedOut(last, { ...timedOut, end, lastError }));
    }
    host.reporter.status("takes too long, is being stopped (onTimeout)");
    isStopSent = true;
    try {
      await withinTime(clock, confirmStopMs, host.signal, (signal) => backend.stop(executionId, signal));
    } catch (error) {
      if (host.signal.aborted) throw error;
      return unready(sayTimedOut(last, { ...timedOut, end: "stopFailed", lastError: error }));
    }
    const afterStop = await wait(clock.now() + confirmStopMs, true);
    if (afterStop.kind === "aborted") return interrupted();
    // It may have come to its own end before the stop took hold.
    if (isSettled(last.status) && last.status !== "stopped") return settled();
    if (isSettled(last.status)) return unready(sayTimedOut(last, { ...timedOut, end: "stopped" }));
    const { lastError } = afterStop.tally;
    const stop = told.isSeen ? { end: "stopping" as const } : { end: "stopUnseen" as const, lastError };
    return unready(sayTimedOut(last, { ...timedOut, ...stop }));
  } catch (error) {
    // What was seen before it is kept.
    last = told.last ?? last;
    if (host.signal.aborted) return interrupted();
    if (error instanceof NotFoundError)
      return unready(sayForgotten(executionId, context), markExpired(state()));
    return unready(sayLostSight(executionId, { message: messageOf(error), code: codeOf(error) }, context));
  }
}
