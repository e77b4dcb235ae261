/**
 * Reports a wait to the person who watches: each change, each step's end, each oddity once.
 */
import { messageOf } from "../ground/errors";
import { describeProgress, formatWord } from "../execution/progress";
import type { Reporter } from "../execution/reporter";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";

/**
 * The news that the person has received about an execution. Kept by the caller if waits for the same execution follow
 * each other, so that nothing is reported twice.
 */
export interface Reported {
  /** The last status, in words without times: the same words are no news. */
  line: string;
  readonly endedSteps: Set<string>;
  unknownStatus: boolean;
  outage: boolean;
  /** True if a status of this deployment has shown the execution. */
  isSeen: boolean;
  /** The last snapshot. */
  last?: ExecutionSnapshot;
}

/** The state before the first wait: no news yet. */
export function nothingReported(): Reported {
  return { line: "", endedSteps: new Set(), unknownStatus: false, outage: false, isSeen: false };
}

/** The means of a report. */
export interface WaitReportOptions {
  readonly reporter: Reporter;
  readonly reported: Reported;
  /** The usual duration, in milliseconds; undefined after a stop, which takes its own time. */
  readonly expectedMs: () => number | undefined;
}

/** The report of one wait. */
export class WaitReport {
  readonly #options: WaitReportOptions;

  constructor(options: WaitReportOptions) {
    this.#options = options;
  }

  /** Reports the changes since the last time. */
  show(snapshot: ExecutionSnapshot): void {
    const { reported, reporter, expectedMs } = this.#options;
    reported.last = snapshot;
    snapshot.steps.forEach((step, index) => {
      // A step of the same name may run again: loops, retries.
      const key = `${String(index)} ${step.id}`;
      if (!isSettled(step.status) || reported.endedSteps.has(key)) return;
      reported.endedSteps.add(key);
      reporter.stepEnded(step, snapshot);
    });
    // Time alone is no change: the engine's row has a clock, and a plain log is not to be flooded.
    const line = describeProgress(snapshot);
    if (line === reported.line) return;
    reported.line = line;
    reporter.progressed(snapshot, expectedMs());
  }

  /** Tells a status that was read. */
  showStatus(snapshot: ExecutionSnapshot): void {
    const { reported, reporter } = this.#options;
    reported.isSeen = true;
    if (snapshot.status === "unknown" && !reported.unknownStatus) {
      reported.unknownStatus = true;
      reporter.warn(
        `the service reports the unknown status "${formatWord(snapshot.rawStatus)}"; waiting continues`,
      );
    }
    this.show(snapshot);
  }

  /** Tells again, with the time that it usually takes, where nothing was told but this snapshot. */
  showAgain(snapshot: ExecutionSnapshot): void {
    const { reported } = this.#options;
    if (reported.line !== describeProgress(snapshot)) return;
    reported.line = "";
    this.show(snapshot);
  }

  /** Warns that the status can't be read, once. */
  showOutage(error: unknown): void {
    const { reported, reporter } = this.#options;
    if (reported.outage) return;
    reported.outage = true;
    reporter.warn(`the status can't be read at the moment, waiting continues: ${messageOf(error)}`);
  }
}
