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
