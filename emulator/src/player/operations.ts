/** The interventions that a play waits for at its steps: each is used once, in the order of time. */
import type { Intervention, Operation, Retry } from "./play";

const kinds: readonly string[] = ["continue", "restart", "skip", "retry"];

/** The interventions of people in the steps of an execution, and in a failed execution as a whole. */
export class Operations {
  readonly #pending: (Operation | Retry)[];

  constructor(past: readonly Intervention[]) {
    const stoppedAt = past.findIndex(({ kind }) => kind === "stop");
    // A retry is of the whole execution, which can have failed before the stop took effect.
    this.#pending = past.filter(
      (one, index): one is Operation | Retry =>
        kinds.includes(one.kind) && (stoppedAt < 0 || index < stoppedAt || one.kind === "retry"),
    );
  }

  /**
   * The next one of these kinds that is for the step, or for no step in particular. Those before it are out of date.
   * @param notBefore - epoch milliseconds
   */
  next(wanted: readonly string[], stepKey: string, notBefore: number): Operation | Retry | undefined {
    const index = this.#pending.findIndex(
      (one) =>
        wanted.includes(one.kind) && one.at >= notBefore && (one.kind === "retry" || one.nodeId === stepKey),
    );
    return index < 0 ? undefined : this.#pending.splice(0, index + 1).at(-1);
  }
}
