/**
 * The rule for starts that can't be repeated: whatever leaves the outcome open is said to be uncertain.
 */
import { StartUncertainError, messageOf } from "../ground/errors";
import type { HttpRequest } from "../http/request";
import { mayHaveBeenHandled } from "../http/retry";

/**
 * Runs a start.
 * @throws StartUncertainError where the start's own request may have been handled although it failed.
 */
export async function startOnce<T>(request: HttpRequest, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!mayHaveBeenHandled(error, request.operation)) throw error;
    throw new StartUncertainError(messageOf(error), { cause: error });
  }
}
