/**
 * News for the person who waits while an execution is under way. The status of an execution is reported as data: each
 * front shows the data as its engine can.
 */
import type { ProgressTimes } from "./progress";
import type { ExecutionSnapshot, ExecutionStep } from "./snapshot";

/** The receiver of news for the person who watches. */
export interface Reporter {
  /** Reports the present work, apart from the execution: the text replaces the live line of the resource. */
  status(text: string): void;
  /**
   * Reports the status of the execution. Called only when something other than the time has changed.
   * @param times how long it has run and usually takes; left out where that means nothing.
   */
  progressed(snapshot: ExecutionSnapshot, times?: ProgressTimes): void;
  /**
   * A step has ended. Called once for each end: a step that a loop or a retry runs again ends again.
   * @param step one of the snapshot's.
   */
  stepEnded(step: ExecutionStep, snapshot: ExecutionSnapshot): void;
  /** Something the person must know although nothing failed. Kept. */
  warn(text: string): void;
}
