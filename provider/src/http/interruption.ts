/**
 * The error of a request that was given up, by whoever gave it up: a person, or a limit of time.
 */
import type { RequestSummary, TransportError } from "../ground/errors";
import { OutOfTimeError, RequestInterruptedError } from "../ground/errors";
import { isOutOfTime } from "../ground/timeLimit";

/** The error of a request whose signal has aborted. */
export function interruptionOf(
  signal: AbortSignal,
  request: RequestSummary,
  options: { readonly mayHaveArrived: boolean },
): TransportError {
  return isOutOfTime(signal)
    ? new OutOfTimeError(request, options)
    : new RequestInterruptedError(request, options);
}
