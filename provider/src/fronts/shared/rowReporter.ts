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
  return {
    status: (text) => {
      row.status(text);
    },
    progressed: (snapshot, expectedMs) => {
      row.status(describeProgress(snapshot, expectedMs));
    },
    stepEnded: (step, snapshot) => {
      const { executionId } = snapshot;
      const lines = stepLines.get(executionId) ?? 0;
      if (lines >= maxStepLines) return;
      stepLines.set(executionId, lines + 1);
      row.info(describeStepEnd(snapshot, step));
    },
    info: (text) => {
      row.info(text);
    },
    warn: (text) => {
      row.warn(text);
    },
  };
}
