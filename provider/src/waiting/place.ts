/**
 * What the planner knows of one execution that is waited for, and what follows from it alone. Pure.
 */
import type { ExecutionSnapshot } from "../execution/snapshot";
import type { WatchMember } from "./watchedWorkflow";

/** A member of the watch. */
export interface Place {
  readonly member: WatchMember;
  /** Derived from the member's: Node warns of more than ten listeners on one, and many may wait under the same. */
  readonly signal: AbortSignal;
  beganMs: number;
  /** By the service's clock. */
  startedAtMs: number | undefined;
  dueMs: number;
  looks: number;
  lastLookMs: number;
  last: ExecutionSnapshot | undefined;
  /** True while a look is under way. */
  looking: boolean;
  /** How many lists in a row should have had it and did not. */
  missed: number;
  /** How many held looks in a row the service answered long before it had to. */
  earlyAnswers: number;
  peekMs: number;
  waiter: { resolve(snapshot: ExecutionSnapshot): void; reject(error: unknown): void } | undefined;
}

const firstPeekMs = 5_000;
const longestPeekMs = 60_000;
// Some gateways cut long answers short, and asking again at once would never end; one early answer may be chance.
const earlyOften = 2;
// What could be held back for less is looked at at the deadline instead.
const shortestHoldMs = 1_000;

/** The place of a new member. */
export function newPlace(member: WatchMember, now: number): Place {
  return {
    member,
    signal: AbortSignal.any([member.signal]),
    beganMs: Math.min(now, member.beganMs ?? now),
    startedAtMs: undefined,
    // What has run for some time may have ended already.
    dueMs: now,
    looks: 0,
    lastLookMs: now,
    last: undefined,
    looking: false,
    missed: 0,
    earlyAnswers: 0,
    peekMs: now + firstPeekMs,
    waiter: undefined,
  };
}

/** True where a look at it may be held back, if the service does that. */
export function mayHold({ earlyAnswers, member }: Place, now: number): boolean {
  return earlyAnswers < earlyOften && member.deadlineMs - now >= shortestHoldMs;
}

/** When its steps are to be read the next time: the longer it runs, the more seldom. */
export function nextPeekMs({ beganMs }: Place, now: number): number {
  return now + Math.min(longestPeekMs, 2 * Math.max(firstPeekMs, now - beganMs));
}
