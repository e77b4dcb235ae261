/**
 * What the person who watches is told while a wait goes on: each change, each step's end, each oddity once.
 */
import { messageOf } from "../ground/errors";
import { describeProgress, formatWord } from "../execution/progress";
import type { Reporter } from "../execution/reporter";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";

/**
 * What the person has been told of an execution. Kept by the caller where waits for the same execution follow each
 * other, so that nothing is told twice.
 */
export interface Told {
  /** How it stood, in words without times: the same words are no news. */
  line: string;
  readonly endedSteps: Set<string>;
  unknownStatus: boolean;
  outage: boolean;
  /** True where a status of this deployment has shown the execution. */
  isSeen: boolean;
  /** What was seen last. */
  last?: ExecutionSnapshot;
}

/** What has been told before the first wait. */
export function nothingTold(): Told {
  return { line: "", endedSteps: new Set(), unknownStatus: false, outage: false, isSeen: false };
}

/** What a report works with. */
export interface WaitReportOptions {
  readonly reporter: Reporter;
  readonly told: Told;
  /** How long it usually takes, in milliseconds; undefined after a stop, which takes its own time. */
  readonly expectedMs: () => number | undefined;
}

/** The report of one wait. */
export class WaitReport {
  readonly #options: WaitReportOptions;

  constructor(options: WaitReportOptions) {
    this.#options = options;
  }

  /** Tells what has changed since the last time. */
  show(snapshot: ExecutionSnapshot): void {
    const { told, reporter, expectedMs } = this.#options;
    told.last = snapshot;
    snapshot.steps.forEach((step, index) => {
      // A step of the same name may run again: loops, retries.
      const key = `${String(index)} ${step.id}`;
      if (!isSettled(step.status) || told.endedSteps.has(key)) return;
      told.endedSteps.add(key);
      reporter.stepEnded(step, snapshot);
    });
    // Time alone is no change: the engine's row has a clock, and a plain log is not to be flooded.
    const line = describeProgress(snapshot);
    if (line === told.line) return;
    told.line = line;
    reporter.progressed(snapshot, expectedMs());
  }

  /** Tells a status that was read. */
  showStatus(snapshot: ExecutionSnapshot): void {
    const { told, reporter } = this.#options;
    told.isSeen = true;
    if (snapshot.status === "unknown" && !told.unknownStatus) {
      told.unknownStatus = true;
      reporter.warn(
        `the service reports the unknown status "${formatWord(snapshot.rawStatus)}"; waiting continues`,
      );
    }
    this.show(snapshot);
  }

  /** Tells again, with the time that it usually takes, where nothing was told but this snapshot. */
  showAgain(snapshot: ExecutionSnapshot): void {
    const { told } = this.#options;
    if (told.line !== describeProgress(snapshot)) return;
    told.line = "";
    this.show(snapshot);
  }

  /** Warns that the status can't be read, once. */
  showOutage(error: unknown): void {
    const { told, reporter } = this.#options;
    if (told.outage) return;
    told.outage = true;
    reporter.warn(`the status can't be read at the moment, waiting continues: ${messageOf(error)}`);
  }
}
