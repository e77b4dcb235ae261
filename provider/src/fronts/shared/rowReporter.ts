/**
 * News of an execution as lines on its resource's row: the one place that makes their texts.
 */
import { describeProgress, describeStepEnd } from "../../execution/progress";
import type { Reporter } from "../../lifecycle";

/** The lines of a resource, wherever they are shown. */
export interface Row {
  /** Replaces the live line. */
  status(text: string): void;
  /** Something that happened and is worth keeping. */
  info(text: string): void;
  /** Something the person must know although nothing failed. Kept. */
  warn(text: string): void;
}

// A workflow can have hundreds of steps; past this many, their ends are in the outputs only.
const maxStepLines = 30;

/** Reports one call on a row. */
export function rowReporter(row: Row): Reporter {
  const stepLines = new Map<string, number>();
  // The live line that the row shows; undefined if a line that is kept stands there.
  let live: string | undefined;
  // A log would have the same line twice.
  const status = (text: string): void => {
    if (text !== live) row.status(text);
    live = text;
  };
  return {
    status,
    progressed: (snapshot, expectedMs) => {
      status(describeProgress(snapshot, expectedMs));
    },
    stepEnded: (step, snapshot) => {
      const { executionId } = snapshot;
      const lines = stepLines.get(executionId) ?? 0;
      if (lines >= maxStepLines) return;
      stepLines.set(executionId, lines + 1);
      live = undefined;
      row.info(describeStepEnd(snapshot, step));
    },
    info: (text) => {
      live = undefined;
      row.info(text);
    },
    warn: (text) => {
      live = undefined;
      row.warn(text);
    },
  };
}
