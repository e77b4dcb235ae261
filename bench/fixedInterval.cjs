// Fixed polling, which the bench and the tests compare with: a policy for the provider's watch in place of all planning.
"use strict";

/**
 * Polls every execution individually, at this interval.
 * @param {number} intervalMs
 * @returns {import("../provider/src/waiting/pollPolicy").PollPolicy}
 */
exports.fixedInterval = (intervalMs) => {
  const isWaiting = ({ waiter, isPolling }) => waiter !== undefined && !isPolling;
  return {
    *requests({ subscriptions, now }) {
      for (const state of subscriptions) {
        if (isWaiting(state) && state.dueMs <= now) yield { kind: "poll", state };
      }
    },
    wakeAtMs: ({ subscriptions }) =>
      Math.min(...[...subscriptions].map((state) => (isWaiting(state) ? state.dueMs : Infinity))),
    delayMs: () => intervalMs,
    wantsHistory: () => false,
  };
};
