/**
 * Failures of a wait's status requests: which of them may pass, and how long to pause after them.
 */
import { backoffDelayMs } from "../ground/backoff";
import type { Clock } from "../ground/clock";
import { NotFoundError, ResponseFormatError, ServiceError, WorkflowExecutionError } from "../ground/errors";

/** The means by which failures are judged. */
export interface WaitFailuresOptions {
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /** Until when "there is no such execution" may pass, in milliseconds since the epoch. */
  readonly mayBeInvisibleUntilMs: number;
  /** Called at the third failure in a row. */
  readonly onOutage: (error: unknown) => void;
}

// The service gets the time to recover, and an end is seen at most half a minute after it has.
const pause = { firstMs: 1_000, factor: 2, maxMs: 30_000 };
// One hiccup is nobody's concern; an outage is.
const outageFailures = 3;
// A proxy that restarts, a login page, an answer that was cut: an unreadable answer may pass, but not for ever. With the
// pauses above, this many in a row take the time below.
const unreadableOften = 15;
const unreadableMs = 300_000;

/** The failures of one wait. */
export class WaitFailures {
  readonly #options: WaitFailuresOptions;
  #inARow = 0;
  #last: WorkflowExecutionError | undefined;
  #unreadable: { readonly sinceMs: number; count: number } | undefined;

  constructor(options: WaitFailuresOptions) {
    this.#options = options;
  }

  /** The number of failures after the last status. */
  get inARow(): number {
    return this.#inARow;
  }

  /** The last one, also where it has passed. */
  get last(): Error | undefined {
    return this.#last;
  }

  /** A status was read. */
  pass(): void {
    this.#inARow = 0;
    this.#unreadable = undefined;
  }

  /**
   * Takes a failure that may pass.
   * @throws the error itself when it will not pass: credentials refused, nothing but unreadable answers.
   */
  take(error: unknown): void {
    const { clock, mayBeInvisibleUntilMs, onOutage } = this.#options;
    if (isTransient(error, clock.now() < mayBeInvisibleUntilMs)) this.#unreadable = undefined;
    else if (!isForeign(error) || !this.#mayPass()) throw error;
    this.#inARow += 1;
    this.#last = error;
    if (this.#inARow === outageFailures) onOutage(error);
  }

  /** The pause now, in milliseconds: 0 after a status, and never less than the service asks for. */
  pauseMs(): number {
    if (this.#inARow === 0) return 0;
    const askedMs = this.#last instanceof ServiceError ? (this.#last.retryAfterMs ?? 0) : 0;
    return Math.max(backoffDelayMs(pause, this.#inARow - 1, this.#options.random), askedMs);
  }

  #mayPass(): boolean {
    const { clock } = this.#options;
    this.#unreadable ??= { sinceMs: clock.now(), count: 0 };
    this.#unreadable.count += 1;
    return this.#unreadable.count < unreadableOften && clock.now() - this.#unreadable.sinceMs < unreadableMs;
  }
}

function isTransient(error: unknown, mayBeInvisible: boolean): error is WorkflowExecutionError {
  if (error instanceof NotFoundError) return mayBeInvisible;
  return error instanceof WorkflowExecutionError && error.retryable;
}

// Not the service's own word on the execution.
function isForeign(error: unknown): error is WorkflowExecutionError {
  return error instanceof ResponseFormatError || (error instanceof ServiceError && error.isForeign);
}
