/** The course after an attempt at a state has failed: retries, repairs by hand, ignored failures and catches. */
import { endStep, exitStep, success } from "./course";
import type { Course, Ending, Visit } from "./course";
import { evaluate } from "./expressions";
import type { Operations } from "./operations";
import type { ProgramError, RetryRule, State } from "./program";
import type { OpenStep } from "./record";

/** The repair of a failed state: another attempt, or a skip. `at` in epoch milliseconds. */
export interface Repair {
  readonly at: number;
  readonly skips: boolean;
}

/**
 * The retry by the state's rules; without one, the repair by hand where nothing else handles the failure.
 * @param used - counts the retries by each rule
 * @returns `undefined` when the state has failed for good
 */
export function repairOf(
  state: State,
  step: OpenStep,
  ended: Ending,
  used: Map<RetryRule, number>,
  operations: Operations,
): Repair | undefined {
  if (ended.isFinal || ended.ignoresFailure) return undefined;
  const rule = state.retries?.find(({ errors }) => fits(errors, ended.error));
  const count = rule ? (used.get(rule) ?? 0) : 0;
  if (rule && count < rule.maxRetries) {
    used.set(rule, count + 1);
    return { at: ended.at + retryInterval(rule, count), skips: false };
  }
  const isHandled = state.catches?.some(({ errors }) => fits(errors, ended.error));
  if (step.parentKey !== undefined || isHandled) return undefined;
  const byHand = operations.next(["restart", "skip", "retry"], step.key, ended.at);
  return byHand && { at: byHand.at, skips: byHand.kind === "skip" };
}

/**
 * Ends a step that has failed for good. The sequence continues all the same when a person skips the step, when the
 * task's script ignores the failure, or where a rule catches the error.
 * @param skippedAt - the time at which a person skips the step
 */
export function failed(
  state: State,
  step: OpenStep,
  ended: Ending,
  visit: Visit,
  skippedAt?: number,
): Course {
  step.error = ended.error;
  endStep(step, ended.stepOutcome ?? ended.outcome, ended.at);
  visit.record.note("stepFailed", ended.at, step, { error: ended.error });
  if (skippedAt !== undefined) return exitStep(step, success(skippedAt, {}), visit);
  const { ignoresFailure } = ended;
  if (ignoresFailure) return exitStep(step, { ...success(ended.at, {}), ignoresFailure }, visit);
  const rule = ended.isFinal ? undefined : state.catches?.find(({ errors }) => fits(errors, ended.error));
  if (!rule) return { ended };
  const error = { ...ended.error };
  const output = rule.output ? evaluate(rule.output, { ...visit.scope, error }) : { error };
  return exitStep(step, { ...success(ended.at, output), next: { id: rule.next } }, visit);
}

// No time at all stays none, however often it is multiplied: the product with a factor that has overflowed is no number.
function retryInterval({ intervalMs, multiplier, maxIntervalMs }: RetryRule, count: number): number {
  const interval = intervalMs === 0 ? 0 : intervalMs * multiplier ** count;
  return Math.min(interval, maxIntervalMs ?? interval);
}

function fits(errors: readonly string[], error: ProgramError | undefined): boolean {
  return errors.includes("*") || (error !== undefined && errors.includes(error.code));
}
