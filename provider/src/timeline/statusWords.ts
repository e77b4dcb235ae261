/**
 * The look of a status: a word, a sign that needs no colour, and a tone. Pure.
 */
import type { ExecutionStatus } from "../execution/snapshot";

/** The tone of a status; the style of the page gives each a colour. */
export type Tone = "good" | "bad" | "active" | "idle";

/** The look of a status. */
export interface StatusWords {
  readonly word: string;
  readonly sign: string;
  readonly tone: Tone;
}

const statusWords: Readonly<Record<ExecutionStatus, StatusWords>> = {
  succeeded: { word: "succeeded", sign: "✓", tone: "good" },
  failed: { word: "failed", sign: "✗", tone: "bad" },
  timedOut: { word: "timed out", sign: "✗", tone: "bad" },
  stopped: { word: "stopped", sign: "■", tone: "bad" },
  running: { word: "running", sign: "▶", tone: "active" },
  waiting: { word: "waiting", sign: "◷", tone: "active" },
  unknown: { word: "unknown", sign: "?", tone: "idle" },
};

const armed: StatusWords = { word: "runs on destroy", sign: "○", tone: "idle" };

/** The words for an execution or a step. An unknown status is shown in the vendor's word, if there is one. */
export function wordsOf(shown: {
  readonly status: ExecutionStatus;
  readonly rawStatus: string;
  readonly isArmed?: boolean;
}): StatusWords {
  if (shown.isArmed === true) return armed;
  const words = statusWords[shown.status];
  return shown.status === "unknown" && shown.rawStatus !== "" ? { ...words, word: shown.rawStatus } : words;
}
