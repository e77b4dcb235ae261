/**
 * What the person who waits is told while an execution is under way. How an execution stands is told as data: each front
 * shows it as its engine can.
 */
import type { ExecutionSnapshot, ExecutionStep } from "./snapshot";

/** Where news for the person who watches goes. */
export interface Reporter {
  /** What is being done, where that is no news of the execution: it replaces the live line of the resource. */
  status(text: string): void;
  /**
   * How the execution stands. Called only when something other than the time has changed.
   * @param expectedMs how long it usually takes, in milliseconds; left out where that is not known, or means nothing.
   */
  progressed(snapshot: ExecutionSnapshot, expectedMs?: number): void;
  /**
   * A step has ended. Called once for each end: a step that a loop or a retry runs again ends again.
   * @param step one of the snapshot's.
   */
  stepEnded(step: ExecutionStep, snapshot: ExecutionSnapshot): void;
  /** Something that was done, and is worth keeping. */
  info(text: string): void;
  /** Something the person must know although nothing failed. Kept. */
  warn(text: string): void;
}
