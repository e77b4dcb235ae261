/**
 * What the person who waits is told while an execution is under way.
 */

/** Where messages for the person who watches go. */
export interface Reporter {
  /** Replaces the live line of the resource. Called only when something has changed. */
  status(text: string): void;
  /** Something that happened and is worth keeping: the end of a step. */
  info(text: string): void;
  /** Something the person must know although nothing failed. Kept. */
  warn(text: string): void;
}
