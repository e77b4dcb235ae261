/**
 * Hears of an abort where many wait under the same signal.
 */

/**
 * Calls `listener` once when the signal aborts; not for one that has aborted already.
 * @returns takes the listener away.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  // A derived signal: Node warns of more than ten listeners on one.
  const own = AbortSignal.any([signal]);
  own.addEventListener("abort", listener, { once: true });
  return () => {
    own.removeEventListener("abort", listener);
  };
}

/**
 * Waits for work that may not hear of the signal itself.
 * @param interrupted gives no error where the reason of the abort is none to stop waiting.
 * @throws the error of `interrupted`, if the signal aborts before the work is done; otherwise the error of the work.
 */
export function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  interrupted: () => Error | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      const error = interrupted();
      if (error) reject(error);
    };
    const stay = onAbort(signal, leave);
    work.finally(stay).then(resolve, reject);
    if (signal.aborted) leave();
  });
}
