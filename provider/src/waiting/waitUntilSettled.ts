/**
 * Waits for one execution: subscribes to its status until it has settled, time is up, or the deployment ends.
 */
import type { Clock } from "../ground/clock";
import { limitTime } from "../ground/timeLimit";
import { requestMs } from "../execution/limits";
import type { Backend } from "../execution/service";
import type { ServiceCall } from "../execution/serviceCall";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import { watchOf } from "./perWorkflow";
import { WaitFailures } from "./waitFailures";
import type { Reported } from "./waitReport";
import { WaitReport, nothingReported } from "./waitReport";
import type { Subscriber, Subscription } from "./subscription";

/** The options of one wait. Times are by the session's clock, in milliseconds since the epoch. */
export interface Wait {
  readonly deadlineMs: number;
  /**
   * Until when "there is no such execution" is taken as "not yet visible"; 0 for an execution that was not just
   * started. A service may list an execution later than it names it.
   */
  readonly mayBeInvisibleUntilMs: number;
  /**
   * The start of the execution.
   * @default now
   */
  readonly beganMs?: number | undefined;
  /**
   * True after a stop: the end does not come when it usually does.
   * @default false
   */
  readonly isStopping?: boolean | undefined;
  /**
   * True if the steps so far are read while a long poll is under way.
   * @default false
   */
  readonly readsProgress?: boolean | undefined;
  /** @default nothing */
  readonly reported?: Reported | undefined;
}

/** The end of a wait. */
export type WaitOutcome =
  | { readonly kind: "settled"; readonly value: ExecutionSnapshot }
  | {
      readonly kind: "timedOut" | "aborted";
      /** The last snapshot of this wait. */
      readonly last: ExecutionSnapshot | undefined;
      /** Failures after the last status, with a request that the deadline cut off. */
      readonly failuresInARow: number;
      /** The last failure, also where it has passed. */
      readonly lastError: Error | undefined;
    };

/**
 * Waits until the execution has settled, the deadline has passed or the signal aborts. Ends one request after the
 * deadline at the latest, even if a request is under way then. An end that was seen counts, also where its steps can't
 * be read any more.
 * @throws an error that will not pass without a change (credentials refused, nothing but unreadable answers).
 */
export async function waitUntilSettled(
  backend: Backend,
  executionId: string,
  wait: Wait,
  call: ServiceCall,
): Promise<WaitOutcome> {
  const { session, signal, reporter } = call;
  const { clock } = session;
  let end: ExecutionSnapshot | undefined;
  const onEnd = (snapshot: ExecutionSnapshot): void => {
    end = { ...snapshot, stepsOmitted: true };
  };
  const onStatus = (snapshot: ExecutionSnapshot): void => {
    if (isSettled(snapshot.status)) onEnd(snapshot);
  };
  const poll: Subscriber["poll"] = async (options) => {
    const how = { ...options, attempts: 1, sparing: true, onStatus };
    const snapshot = await backend.describe(executionId, how);
    // A list may have been wrong.
    if (!isSettled(snapshot.status)) end = undefined;
    return snapshot;
  };
  const settledAt = (value: ExecutionSnapshot): WaitOutcome => {
    reporter.progressed(value);
    return { kind: "settled", value };
  };
  const limit = limitTime(clock, wait.deadlineMs - clock.now() + requestMs, signal);
  try {
    const subscriber = { executionId, poll, onEnd, signal: limit.signal };
    const outcome = await subscribeUntilSettled(backend, subscriber, wait, call);
    if (outcome.kind !== "settled" && end) return settledAt(end);
    if (outcome.kind !== "aborted" || signal.aborted) return outcome;
    // Cut off by the limit, and by nobody else: the last request has failed.
    const { failuresInARow, lastError } = outcome;
    return {
      ...outcome,
      kind: "timedOut",
      failuresInARow: failuresInARow + 1,
      lastError: failuresInARow > 0 ? lastError : new Error("no answer in time"),
    };
  } catch (error) {
    if (!end) throw error;
    return settledAt(end);
  } finally {
    limit.lift();
  }
}

async function subscribeUntilSettled(
  backend: Backend,
  subscriber: Pick<Subscriber, "executionId" | "poll" | "onEnd" | "signal">,
  wait: Wait,
  { definition, session, reporter }: ServiceCall,
): Promise<WaitOutcome> {
  const { reported = nothingReported(), isStopping = false, beganMs, readsProgress = false } = wait;
  const { executionId, signal } = subscriber;
  const watch = watchOf(definition, backend, session);
  // The watch's clock never goes back, so it may be ahead of the session's.
  const { clock } = watch;
  const aheadMs = clock.now() - session.clock.now();
  const begun: ExecutionSnapshot = { executionId, status: "running", rawStatus: "", steps: [] };
  const report = new WaitReport({
    reporter,
    reported,
    expectedMs: () => (isStopping ? undefined : subscription.expectedMs()),
  });
  const justStarted = wait.mayBeInvisibleUntilMs > 0 && !isStopping;
  const deadlineMs = wait.deadlineMs + aheadMs;
  const subscription = watch.subscribe({
    ...subscriber,
    justStarted,
    isStopping,
    deadlineMs,
    beganMs: beganMs === undefined ? undefined : beganMs + aheadMs,
    ...(readsProgress && backend.readProgress
      ? { readProgress: (progressSignal) => backend.readProgress?.(executionId, progressSignal) }
      : {}),
    onProgress: (snapshot) => {
      report.show(snapshot);
    },
    onHistory: () => {
      if (!isStopping) report.showAgain(begun);
    },
  });
  if (justStarted) report.show(begun);
  const failures = new WaitFailures({
    clock,
    random: session.random,
    mayBeInvisibleUntilMs: wait.mayBeInvisibleUntilMs + aheadMs,
    onOutage: (error) => {
      report.showOutage(error);
    },
  });
  try {
    return await followUntilSettled(subscription, { clock, deadlineMs, signal, failures, report });
  } finally {
    subscription.unsubscribe();
  }
}

interface Following {
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly failures: WaitFailures;
  readonly report: WaitReport;
}

// The watch decides when there is a status; only failures are paused after here.
async function followUntilSettled(
  subscription: Subscription,
  { clock, deadlineMs, signal, failures, report }: Following,
): Promise<WaitOutcome> {
  let last: ExecutionSnapshot | undefined;
  const unsettled = (kind: "timedOut" | "aborted"): WaitOutcome => {
    return { kind, last, failuresInARow: failures.inARow, lastError: failures.last };
  };
  // A function, because the compiler does not expect the property to change between two reads.
  const aborted = (): boolean => signal.aborted;
  for (;;) {
    if (aborted()) return unsettled("aborted");
    // Decided before the request: a request that is sent at the deadline is the last one, even if it takes long.
    const isLastPoll = clock.now() >= deadlineMs;
    if (isLastPoll && !subscription.mayPollAtDeadline()) return unsettled("timedOut");
    const snapshot = await nextStatus(subscription, signal, failures);
    if (snapshot) {
      report.showStatus(snapshot);
      if (isSettled(snapshot.status)) return { kind: "settled", value: snapshot };
      last = snapshot;
    }
    if (aborted()) return unsettled("aborted");
    if (isLastPoll) return unsettled("timedOut");
    const pauseMs = Math.min(failures.pauseMs(), Math.max(0, deadlineMs - clock.now()));
    if (pauseMs > 0) await clock.sleep(pauseMs, signal);
  }
}

// Undefined if it failed in a way that may pass, or was cut off, which is no failure.
async function nextStatus(
  subscription: Subscription,
  signal: AbortSignal,
  failures: WaitFailures,
): Promise<ExecutionSnapshot | undefined> {
  try {
    const snapshot = await subscription.next();
    failures.pass();
    return snapshot;
  } catch (error) {
    if (!signal.aborted) failures.take(error);
    return undefined;
  }
}
