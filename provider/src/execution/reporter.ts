/**
 * News for the person who waits while an execution is under way. The status of an execution is reported as data: each
 * front shows the data as its engine can.
 */
import type { ExecutionSnapshot, ExecutionStep } from "./snapshot";

/** The receiver of news for the person who watches. */
export interface Reporter {
  /** Reports the present work, apart from the execution: the text replaces the live line of the resource. */
  status(text: string): void;
  /**
   * Reports the status of the execution. Called only when something other than the time has changed.
   * @param expectedMs the usual duration, in milliseconds; left out if it is not known, or means nothing.
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
