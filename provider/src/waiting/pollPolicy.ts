/**
 * Decides when and how to poll next: long polls where the service has them, a status request per execution, or one list
 * for many. Pure: reads the watch's view and decides; `workflowWatch` sends.
 */
import type { BackendCapabilities } from "../execution/capabilities";
import type { Backend } from "../execution/service";
import type { PastDurations } from "./schedule";
import { nextPollDelayMs } from "./schedule";
import type { SubscriptionState } from "./subscription";
import { isMissing, mayLongPoll } from "./subscription";

/**
 * The view by which a policy decides. Live: a request that was sent shows in the budgets and in the subscription's
 * state.
 */
export interface PollView {
  /** By the watch's clock, in milliseconds since the epoch. */
  readonly now: number;
  readonly workflow: Pick<BackendCapabilities, "longPollSeconds" | "pageSize" | "listTells"> &
    Pick<Backend, "budgets"> & {
      /** 0 ≤ x < 1. */
      readonly random: () => number;
    };
  /** In the order of their starts. */
  readonly subscriptions: ReadonlySet<SubscriptionState>;
  readonly lists: {
    readonly isRunning: boolean;
    /** The time at which lists are tried again after a failure; Infinity if lists are not allowed. */
    readonly pausedUntilMs: number;
    /** Rows of the last page. */
    readonly lastRows: number;
  };
  /** The request credit for each execution, where this many wait. */
  readonly credit: { each(waiting: number): number };
  readonly history: PastDurations;
}

/** A request to send. */
export type PollRequest =
  | { readonly kind: "longPoll" | "poll"; readonly state: SubscriptionState }
  | { readonly kind: "list"; readonly batch: readonly SubscriptionState[] };

/** Decides for all subscriptions of a watch. */
export interface PollPolicy {
  /** The requests to send now. Each is sent before the next one is decided, since it takes from the budget. */
  requests(view: PollView): Iterable<PollRequest>;
  /** The time of the next decision, if nothing happens before: milliseconds since the epoch, or Infinity. */
  wakeAtMs(view: PollView): number;
  /** Milliseconds until the next status of an execution is due. */
  delayMs(state: SubscriptionState, view: PollView): number;
  /** True if the workflow's history is worth a request now. */
  wantsHistory(view: PollView): boolean;
}

// A list is waited for so long: for the rate limit, for the end of a pause, or for its answer. Then the execution is polled
// individually, if that request need not queue too. The yardstick's ten seconds: nobody is polled less often.
const listPatienceMs = 10_000;
// Past its deadline by more than this, an execution is polled individually anyway.
const deadlinePatienceMs = 1_000;
// Executions that wait for a list are checked again this often.
const impatientMs = 1_000;
// A list also serves executions that are due within half of the time since their last status: they need no request soon
// after the list.
const servedAlongShare = 0.5;
// A list without pages grows with the history: as many rows as this weigh as much as a request of its own.
const rowsPerRequest = 500;
// A page of many costs one request: it is cheaper from two executions on.
const fewestPerPage = 2;
// With long polls, the history is only for the person's line: read when the person has waited a little.
const historyAfterMs = 3_000;
// Executions that began together must not be polled in step. The share of the delay is small, and so is the limit: a
// request that is timed for an expected end is not to be late by chance.
const jitterShare = 0.05;
const longestJitterMs = 200;

/** The policy of all deployments: spends no more than one request per execution every ten seconds. */
export const plannedPolicy: PollPolicy = {
  *requests(view) {
    const { now, workflow } = view;
    const waiting = [...view.subscriptions].filter(isWaiting);
    if (workflow.longPollSeconds > 0) yield* longPolls(waiting, view);
    const idle = waiting.filter(({ isPolling }) => !isPolling);
    const due = idle.filter(({ dueMs }) => dueMs <= now);
    yield* individualPolls(due, view);
    const others = due.filter((state) => !state.isPolling && !isMissing(state));
    if (others.length > 0) yield* sharedPolls(others, idle, view);
  },
  wakeAtMs,
  delayMs,
  wantsHistory: ({ now, workflow, subscriptions }) =>
    // The usual duration of an execution tells nothing about a stop.
    [...subscriptions].some(
      ({ subscriber, beganMs }) =>
        subscriber.isStopping !== true && (workflow.longPollSeconds === 0 || now - beganMs >= historyAfterMs),
    ),
};

function isWaiting({ waiter, isPolling }: SubscriptionState): boolean {
  return waiter !== undefined && !isPolling;
}

// In the order of their starts: those that are then left for lists lie close together. Executions missing from lists come
// first, since they can only be polled individually.
function* longPolls(
  waiting: readonly SubscriptionState[],
  { now, workflow }: PollView,
): Generator<PollRequest> {
  const missing = waiting.filter(isMissing);
  for (const state of [...missing, ...waiting.filter((other) => !isMissing(other))]) {
    if (workflow.budgets.describe.delayMs() > 0) break;
    if (mayLongPoll(state, now)) yield { kind: "longPoll", state };
  }
}

// Executions that lists do not show. If the service has long polls, status requests are scarce and taken as they come: an
// execution that queued for one now could not be served by a list meanwhile.
function* individualPolls(
  due: readonly SubscriptionState[],
  { now, workflow }: PollView,
): Generator<PollRequest> {
  const mayQueue = workflow.longPollSeconds === 0;
  for (const state of due) {
    if (isMissing(state) && (mayQueue || !mayLongPoll(state, now))) yield { kind: "poll", state };
  }
}

function* sharedPolls(
  due: SubscriptionState[],
  idle: readonly SubscriptionState[],
  view: PollView,
): Generator<PollRequest> {
  const { now, lists } = view;
  const { longPollSeconds, budgets } = view.workflow;
  const isScarce = longPollSeconds > 0 && budgets.describe.delayMs() > 0;
  const listsInMs = Math.max(lists.pausedUntilMs - now, budgets.list.delayMs());
  const batch = idle.filter(
    ({ isPolling, dueMs, lastPollMs }) => !isPolling && dueMs - now <= (now - lastPollMs) * servedAlongShare,
  );
  const isForLists = listsInMs <= listPatienceMs && (isScarce || isListCheaper(batch.length, view));
  const isPaused = now < lists.pausedUntilMs;
  if (isForLists && !isPaused && !lists.isRunning && (!isScarce || listsInMs <= 0))
    yield { kind: "list", batch };
  // If requests are few, the execution that is overdue the longest comes first.
  for (const state of due.sort((a, b) => a.dueMs - b.dueMs)) {
    const isLate = isPaused || now - state.dueMs > listPatienceMs;
    const isPastDeadline = now - state.subscriber.deadlineMs >= deadlinePatienceMs;
    if (!isForLists || isPastDeadline || (isLate && budgets.describe.delayMs() === 0))
      yield { kind: "poll", state };
  }
}

function isListCheaper(polls: number, { workflow, lists }: PollView): boolean {
  return workflow.pageSize === undefined ? polls > costOfWholeList(lists) : polls >= fewestPerPage;
}

function costOfWholeList({ lastRows }: PollView["lists"]): number {
  return 1 + lastRows / rowsPerRequest;
}

function wakeAtMs({ now, workflow, subscriptions, lists }: PollView): number {
  const { longPollSeconds, budgets } = workflow;
  const pollMs = now + budgets.describe.delayMs();
  const longPollMs = longPollSeconds > 0 ? pollMs : Infinity;
  // Overdue executions wait for the list under way, for a token, or until lists are tried again.
  const listMs =
    now < lists.pausedUntilMs ? Math.min(lists.pausedUntilMs, pollMs) : now + budgets.list.delayMs();
  const overdueMs = lists.isRunning ? now + impatientMs : Math.min(now + impatientMs, listMs);
  let nextMs = Infinity;
  for (const state of subscriptions) {
    if (!isWaiting(state)) continue;
    nextMs = Math.min(
      nextMs,
      state.dueMs > now ? state.dueMs : isMissing(state) ? Infinity : overdueMs,
      mayLongPoll(state, now) ? longPollMs : Infinity,
    );
  }
  return nextMs;
}

function delayMs(state: SubscriptionState, view: PollView): number {
  const { now, workflow, lists } = view;
  const { longPollSeconds, pageSize, listTells } = workflow;
  const waiting = Math.max(1, view.subscriptions.size);
  const hasLists =
    now >= lists.pausedUntilMs && (pageSize === undefined || waiting >= fewestPerPage || longPollSeconds > 0);
  const pages = pageSize === undefined ? costOfWholeList(lists) : Math.ceil(waiting / pageSize);
  const planMs = nextPollDelayMs({
    elapsedMs: now - state.beganMs,
    history: state.subscriber.isStopping === true ? [] : view.history,
    polls: state.polls,
    credit: view.credit.each(waiting),
    cost: hasLists ? Math.min(1, pages / waiting) : 1,
    together: hasLists ? waiting : 1,
    isScarce: longPollSeconds > 0,
    endCost: hasLists && listTells === "status" ? 1 : 0,
  });
  return planMs + Math.min(jitterShare * planMs, longestJitterMs) * workflow.random();
}
