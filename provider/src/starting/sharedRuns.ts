/**
 * The work that the calls of one process do once for all of them: start batches per workflow, one start per key and name,
 * one reading of an execution's name.
 */
import { OutOfTimeError, RequestInterruptedError, StartUncertainError } from "../ground/errors";
import { isOutOfTime } from "../ground/timeLimit";
import { unlessAborted } from "../ground/onAbort";
import type { StartBatches } from "./startBatches";
import { leftBehind } from "./startBatches";

/** The way in which a call that waits for another call's start leaves. */
export interface Leaving {
  readonly signal: AbortSignal;
  /** The error that it leaves with. */
  readonly error: () => Error;
}

/** The work that one process shares among its calls. */
export class SharedRuns {
  readonly #batches = new Map<string, StartBatches>();
  // Executions under way by a key that a program gave: each call with the same key gets the same execution.
  readonly #byKey = new Map<string, Promise<string>>();
  // Executions that starts of this process were answered with, by the name that the start carried.
  readonly #accepted = new Map<string, string>();
  // Names that executions were found to bear; they never change.
  readonly #marks = new Map<string, Promise<string | null | undefined>>();

  /** The start batches of a workflow. */
  batches(workflow: string, make: () => StartBatches): StartBatches {
    const known = this.#batches.get(workflow) ?? make();
    this.#batches.set(workflow, known);
    return known;
  }

  /**
   * Runs `start` for a key unless this process is at it already; both get the same execution.
   * @param leaving for a call that finds another call at it: a call whose time is over does not wait for the other.
   */
  async onePerKey(
    key: string,
    start: () => Promise<string>,
    leaving?: Leaving,
  ): Promise<{ id: string; isFirst: boolean }> {
    const known = this.#byKey.get(key);
    if (known) {
      // An interrupted call waits for the other call, which is interrupted too and can tell what became of the start.
      if (!leaving) return { id: await known, isFirst: false };
      const { signal, error } = leaving;
      const late = (): Error | undefined => (isOutOfTime(signal) ? error() : undefined);
      return { id: await unlessAborted(known, signal, late), isFirst: false };
    }
    const mine = start();
    this.#byKey.set(key, mine);
    try {
      return { id: await mine, isFirst: true };
    } catch (error) {
      this.#byKey.delete(key);
      throw error;
    }
  }

  /**
   * Asserts that a start is not posted again after it was answered: one more would be one too many, whatever the
   * reason.
   * @throws StartUncertainError when this process was answered with an execution of that name.
   */
  assertNotAccepted(workflow: string, runName: string): void {
    const id = this.#accepted.get(`${workflow} ${runName}`);
    if (id === undefined) return;
    throw new StartUncertainError(
      `this process already started run ${runName} as execution ${id}; nothing was started a second time. ` +
        "This is a defect of this package: please report it",
    );
  }

  /** Notes that the service has answered a start with an execution. */
  accepted(workflow: string, runName: string, id: string): void {
    this.#accepted.set(`${workflow} ${runName}`, id);
  }

  /**
   * The name that an execution bears, read once for all calls.
   * @param signal the call's: the call does not wait for another call's reading beyond its own time.
   * @throws OutOfTimeError, RequestInterruptedError when the signal aborts; any error of `read`.
   */
  async mark(
    id: string,
    read: () => Promise<string | null | undefined>,
    signal: AbortSignal,
  ): Promise<string | null | undefined> {
    const known = this.#marks.get(id);
    const reading = known ?? read();
    this.#marks.set(id, reading);
    try {
      return await unlessAborted(reading, signal, () => leftBehind("the name of an execution", signal));
    } catch (error) {
      if (this.#marks.get(id) === reading) this.#marks.delete(id);
      // The time of the one that reads may be over before that of those that wait for it.
      const isCutOff = error instanceof OutOfTimeError || error instanceof RequestInterruptedError;
      if (known && isCutOff && !signal.aborted) return this.mark(id, read, signal);
      throw error;
    }
  }
}
