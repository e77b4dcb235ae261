/**
 * A subscription to one execution: the subscriber, the watch's knowledge of the execution, and the conclusions from
 * that alone.
 */
import { messageOf } from "../ground/errors";
import type { DescribeOptions } from "../execution/service";
import type { ExecutionSnapshot } from "../execution/snapshot";

/** A wait for an execution. Times are by the watch's clock, in milliseconds since the epoch. */
export interface Subscriber {
  readonly executionId: string;
  /** True if the execution began just now: the time that it has run is then known without the service's clock. */
  readonly justStarted: boolean;
  /**
   * The start of the execution.
   * @default now
   */
  readonly beganMs?: number | undefined;
  /** The end of the wait at the latest. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** True after a stop: the end does not come when it usually does. */
  readonly isStopping?: boolean | undefined;
  /** Requests the execution's status. */
  poll(options: Pick<DescribeOptions, "signal" | "waitSeconds" | "listed">): Promise<ExecutionSnapshot>;
  /**
   * Reads the steps so far while a long poll is under way, if the rate limit leaves room; resolves with nothing
   * otherwise. Left out if a status tells the steps.
   */
  readProgress?(signal: AbortSignal): Promise<ExecutionSnapshot | undefined> | undefined;
  /** Called with the snapshot of a progress request. */
  readonly onProgress?: ((snapshot: ExecutionSnapshot) => void) | undefined;
  /** Called with how the execution has ended where a list tells its outcome before its steps are read. */
  readonly onEnd?: ((snapshot: ExecutionSnapshot) => void) | undefined;
  /** Called once it is known how long the workflow usually takes. */
  readonly onHistory?: (() => void) | undefined;
}

/** A subscription to an execution's status. */
export interface Subscription {
  /**
   * The next status, when the watch has it.
   * @throws the error of the status request.
   */
  next(): Promise<ExecutionSnapshot>;
  /** The usual duration of this workflow, in milliseconds; undefined if that is not known (yet). */
  expectedMs(): number | undefined;
  /** The time that the execution has run, in milliseconds. */
  elapsedMs(): number;
  /**
   * False if a status request at the deadline could not be sent in time: too many wait for the rate limit, or the
   * service asks to wait.
   */
  mayPollAtDeadline(): boolean;
  /** Ends the subscription. */
  unsubscribe(): void;
}

/** The state of a subscription. Times are by the watch's clock, in milliseconds since the epoch. */
export interface SubscriptionState {
  readonly subscriber: Subscriber;
  /** Derived from the subscriber's: Node warns of more than ten listeners on one, and many may wait under the same. */
  readonly signal: AbortSignal;
  beganMs: number;
  /** By the service's clock; undefined until a status has told it. */
  startedAtMs: number | undefined;
  /** The time at which the next status is due. */
  dueMs: number;
  /** Statuses so far, those from lists included. */
  polls: number;
  lastPollMs: number;
  last: ExecutionSnapshot | undefined;
  /** True while a status request of its own is under way. */
  isPolling: boolean;
  /** The number of consecutive lists that should have had the execution and did not. */
  missed: number;
  /** The number of consecutive long polls that the service answered long before it had to. */
  earlyAnswers: number;
  /** The time at which the steps are to be read next. */
  progressMs: number;
  waiter: { resolve(snapshot: ExecutionSnapshot): void; reject(error: unknown): void } | undefined;
}

// The first steps are read when a person begins to wonder, then after 15, 45 s … and every minute in the end.
const firstProgressMs = 5_000;
const longestProgressMs = 60_000;
const progressGrowth = 2;
// Some gateways cut long answers short, and asking again at once would never end; one early answer may be chance.
const earlyOften = 2;
// The service holds an answer back for whole seconds: with less left, the execution is polled at the deadline instead.
const shortestLongPollMs = 1_000;
// Executions enter lists late and leave them. After this many lists without it, an execution is polled individually.
const missedOften = 2;

/** The state of a new subscription. */
export function subscriptionState(subscriber: Subscriber, now: number): SubscriptionState {
  return {
    subscriber,
    signal: AbortSignal.any([subscriber.signal]),
    beganMs: Math.min(now, subscriber.beganMs ?? now),
    startedAtMs: undefined,
    // An execution that has run for some time may have ended already.
    dueMs: now,
    polls: 0,
    lastPollMs: now,
    last: undefined,
    isPolling: false,
    missed: 0,
    earlyAnswers: 0,
    progressMs: now + firstProgressMs,
    waiter: undefined,
  };
}

/** True if the execution may be long-polled, if the service does that. */
export function mayLongPoll({ earlyAnswers, subscriber }: SubscriptionState, now: number): boolean {
  return earlyAnswers < earlyOften && subscriber.deadlineMs - now >= shortestLongPollMs;
}

/** True if lists do not show the execution: it can only be polled individually. */
export function isMissing({ missed }: SubscriptionState): boolean {
  return missed >= missedOften;
}

/** The next time at which the steps are to be read: the longer the execution runs, the less often. */
export function nextProgressMs({ beganMs }: SubscriptionState, now: number): number {
  return now + Math.min(longestProgressMs, progressGrowth * Math.max(firstProgressMs, now - beganMs));
}

/**
 * The next status of a subscription, when the watch settles its waiter.
 * @throws the error of the status request; Error when the signal aborts first.
 */
export function nextStatus(state: SubscriptionState): Promise<ExecutionSnapshot> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      state.waiter = undefined;
      state.signal.removeEventListener("abort", giveUp);
    };
    const giveUp = (): void => {
      finish();
      reject(new Error("the wait was interrupted"));
    };
    state.waiter = {
      resolve: (snapshot) => {
        finish();
        resolve(snapshot);
      },
      reject: (error) => {
        finish();
        reject(error instanceof Error ? error : new Error(messageOf(error)));
      },
    };
    if (state.signal.aborted) giveUp();
    else state.signal.addEventListener("abort", giveUp, { once: true });
  });
}
