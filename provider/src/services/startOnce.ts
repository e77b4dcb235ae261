/**
 * The rules for starts: any failure that leaves the outcome of a start open is reported as uncertain.
 */
import { RunNameTakenError, ServiceError, StartUncertainError, messageOf } from "../ground/errors";
import type { HttpRequest } from "../http/request";
import { mayHaveBeenHandled } from "../http/retry";

/**
 * Runs a start.
 * @throws StartUncertainError when the start's own request may have been handled although it failed.
 */
export async function startOnce<T>(request: HttpRequest, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!mayHaveBeenHandled(error, request.operation)) throw error;
    throw new StartUncertainError(messageOf(error), { cause: error });
  }
}

/**
 * Runs a start whose name makes a second one harmless, so that the request may be sent again.
 * @param nameTakenCode the service's code for a name that was used before.
 * @param send sends the start, and reports the reason of every repetition.
 * @throws RunNameTakenError when the name was used before.
 * @throws StartUncertainError when one of the requests may have been handled although the last one failed.
 */
export async function startByName<T>(
  request: HttpRequest,
  nameTakenCode: string,
  send: (onSendAgain: (reason: unknown) => void) => Promise<T>,
): Promise<T> {
  let sentAgain = 0;
  let leftOpen = 0;
  const onSendAgain = (reason: unknown): void => {
    sentAgain += 1;
    if (mayHaveBeenHandled(reason, request.operation)) leftOpen += 1;
  };
  try {
    return await startOnce(request, () => send(onSendAgain));
  } catch (error) {
    if (error instanceof ServiceError && error.serviceCode === nameTakenCode) {
      throw new RunNameTakenError(messageOf(error), { isSentAgain: sentAgain > 0, cause: error });
    }
    // An earlier attempt with an open outcome stays open, however the last attempt failed.
    if (leftOpen > 0) throw new StartUncertainError(messageOf(error), { cause: error });
    throw error;
  }
}
