/**
 * From an execution id to an outcome: waits as the arguments say, and keeps the id in every case. Called by create
 * (just started or adopted) and update (resumed).
 */
import type { Backend } from "../execution/service";
import { NotFoundError, codeOf, messageOf } from "../ground/errors";
import type { ExecutionSnapshot } from "../execution/snapshot";
import { isSettled } from "../execution/snapshot";
import { withinTime } from "../ground/timeLimit";
import {
  describeFailed,
  describeForgotten,
  describeInterrupted,
  describeLostSight,
  describeStopCutShort,
  describeTimedOut,
  describeTolerated,
} from "./messages";
import type { LifecycleCall } from "./call";
import type { Outcome } from "./outcome";
import type { MessageContext } from "../execution/words";
import { messageContext } from "../execution/words";
import type { CommonArguments } from "../execution/commonArguments";
import type { WaitLimit } from "../execution/limits";
import { invisibleMs, requestMs, waitLimit } from "../execution/limits";
import type { StoredState } from "./state";
import { makeState, markExpired } from "./state";
import { nothingReported } from "../waiting/waitReport";
import type { WaitOutcome } from "../waiting/waitUntilSettled";
import { waitUntilSettled } from "../waiting/waitUntilSettled";

// The time limit for sending a stop whose end nobody asked to wait for (onTimeout), and then for its confirmation, in
// milliseconds.
const confirmStopMs = 60_000;

/** The known facts of the execution before the wait. */
export interface AwaitStart {
  readonly executionId: string;
  /** True if it was started in this call. */
  readonly justStarted: boolean;
  /** True if it was started, or found, just now: a service can show an execution in one place before another. */
  readonly mayBeInvisible?: boolean;
  /** The start of the execution, by our clock; set if it was started in this call. */
  readonly beganMs?: number | undefined;
  /** The last snapshot before the wait, if any. */
  readonly last?: ExecutionSnapshot | undefined;
}

/** Waits, and says how it went. Never throws: a mistake of ours must not cost the id either. */
export async function awaitExecution(
  backend: Backend,
  start: AwaitStart,
  call: LifecycleCall,
): Promise<Outcome> {
  try {
    return await new ExecutionWait(backend, start, call).outcome();
  } catch (error) {
    const { executionId, last } = start;
    const seen = last ?? { executionId, status: "running", rawStatus: "", steps: [] };
    const { values, common } = call.args;
    const context = { subject: "workflow", consoleUrl: undefined, common };
    return {
      kind: "unready",
      id: executionId,
      state: makeState(values, {}, seen, undefined),
      reasons: [describeLostSight(executionId, { message: messageOf(error), code: codeOf(error) }, context)],
    };
  }
}

type TimedOut = Pick<Parameters<typeof describeTimedOut>[1], "end" | "lastError">;

/** One execution's way to its outcome. */
class ExecutionWait {
  readonly #backend: Backend;
  readonly #start: AwaitStart;
  readonly #call: LifecycleCall;
  readonly #common: CommonArguments;
  readonly #context: MessageContext;
  readonly #limit: WaitLimit;
  readonly #mayBeInvisibleUntilMs: number;
  readonly #reported = nothingReported();
  #last: ExecutionSnapshot;
  // The reason why no status has come since the last one; a failure that has passed is no news.
  #outage: Error | undefined;
  #isStopSent = false;

  constructor(backend: Backend, start: AwaitStart, call: LifecycleCall) {
    const { executionId, justStarted, mayBeInvisible = false, last } = start;
    this.#backend = backend;
    this.#start = start;
    this.#call = call;
    this.#common = call.args.common;
    this.#context = messageContext(backend, executionId, call);
    this.#limit = waitLimit(call);
    const isNew = justStarted || mayBeInvisible;
    this.#mayBeInvisibleUntilMs = isNew ? call.session.clock.now() + invisibleMs : 0;
    this.#last = last ?? { executionId, status: "running", rawStatus: "", steps: [] };
  }

  async outcome(): Promise<Outcome> {
    // A synchronous run has ended with its start, and there may be no other way to see it.
    if (isSettled(this.#last.status)) {
      this.#call.reporter.progressed(this.#last);
      return this.#settled();
    }
    if (this.#common.waitFor === "started") return this.#whenStarted();
    try {
      return await this.#whenSettled();
    } catch (error) {
      // The last snapshot before the error is kept.
      this.#last = this.#reported.last ?? this.#last;
      if (this.#call.signal.aborted) return this.#interrupted();
      const { executionId } = this.#start;
      if (error instanceof NotFoundError)
        return this.#unready(describeForgotten(executionId, this.#context), markExpired(this.#state()));
      const reason = { message: messageOf(error), code: codeOf(error) };
      return this.#unready(describeLostSight(executionId, reason, this.#context));
    }
  }

  async #whenStarted(): Promise<Outcome> {
    const { session, signal, reporter } = this.#call;
    const { executionId } = this.#start;
    try {
      const withinMs = Math.min(this.#limit.timeoutSeconds * 1000, requestMs) + requestMs;
      await withinTime(session.clock, withinMs, signal, async (limited) => {
        this.#last = await this.#backend.describe(executionId, { signal: limited });
      });
    } catch (error) {
      reporter.warn(
        `execution ${executionId} was started, but its status can't be read: ${messageOf(error)}`,
      );
    }
    return this.#ready();
  }

  async #whenSettled(): Promise<Outcome> {
    const result = await this.#wait(this.#limit.timeoutSeconds * 1000);
    if (result.kind === "settled") return this.#settled();
    if (result.kind === "aborted") return this.#interrupted();
    if (this.#common.onTimeout !== "leave") return this.#stop();
    return this.#timedOut({ end: this.#isSeenRunning() ? "left" : "unseen", lastError: this.#outage });
  }

  async #stop(): Promise<Outcome> {
    const { session, signal, reporter } = this.#call;
    reporter.status("the wait timed out, stopping (onTimeout)");
    this.#isStopSent = true;
    try {
      await withinTime(session.clock, confirmStopMs, signal, (limited) =>
        this.#backend.stop(this.#start.executionId, limited),
      );
    } catch (error) {
      if (signal.aborted) throw error;
      return this.#timedOut({ end: "stopFailed", lastError: error });
    }
    const result = await this.#wait(confirmStopMs, true);
    if (result.kind === "aborted") return this.#interrupted();
    // It may have come to its own end before the stop took hold.
    if (isSettled(this.#last.status))
      return this.#last.status === "stopped" ? this.#timedOut({ end: "stopped" }) : this.#settled();
    const isSeenStopping = this.#reported.isSeen && this.#outage === undefined;
    return this.#timedOut({ end: isSeenStopping ? "stopping" : "stopUnseen", lastError: this.#outage });
  }

  async #wait(forMs: number, isStopping = false): Promise<WaitOutcome> {
    const wait = {
      readsProgress: true,
      isStopping,
      // A stop takes as long as a stop takes, however long the execution has run.
      beganMs: isStopping ? undefined : this.#start.beganMs,
      deadlineMs: this.#call.session.clock.now() + forMs,
      mayBeInvisibleUntilMs: this.#mayBeInvisibleUntilMs,
      reported: this.#reported,
    };
    // A snapshot before a stop says nothing about the result of the stop.
    this.#reported.isSeen = false;
    const result = await waitUntilSettled(this.#backend, this.#start.executionId, wait, this.#call);
    this.#last = (result.kind === "settled" ? result.value : result.last) ?? this.#last;
    this.#outage = result.kind !== "settled" && result.failuresInARow > 0 ? result.lastError : undefined;
    return result;
  }

  #isSeenRunning(): boolean {
    return (this.#start.justStarted || this.#reported.isSeen) && this.#outage === undefined;
  }

  #state(): StoredState {
    return makeState(this.#call.args.values, this.#backend.location, this.#last, this.#context.consoleUrl);
  }

  #ready(): Outcome {
    return { kind: "ready", id: this.#start.executionId, state: this.#state() };
  }

  #unready(reason: string, state = this.#state()): Outcome {
    return { kind: "unready", id: this.#start.executionId, state, reasons: [reason] };
  }

  #settled(): Outcome {
    if (this.#last.status === "succeeded") return this.#ready();
    if (this.#common.onFailure !== "continue")
      return this.#unready(describeFailed(this.#last, this.#context));
    const { reporter } = this.#call;
    reporter.warn(describeTolerated(this.#last, this.#context));
    // The last word on the row is the outcome, which stands behind an id in the warning.
    reporter.progressed(this.#last);
    return this.#ready();
  }

  #interrupted(): Outcome {
    const { executionId } = this.#start;
    return this.#unready(
      this.#isStopSent
        ? describeStopCutShort(executionId, this.#context)
        : describeInterrupted(executionId, this.#isSeenRunning(), this.#context),
    );
  }

  #timedOut(how: TimedOut): Outcome {
    const { executionId } = this.#start;
    return this.#unready(
      describeTimedOut(this.#last, { ...this.#context, ...this.#limit, executionId, ...how }),
    );
  }
}
