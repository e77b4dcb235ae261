// Changes how the provider of this process waits, for the bench, which compares: a faster clock, fixed polling, no history.
// The compiled modules are changed before anything uses them; the provider itself knows nothing of the bench.
"use strict";
const { join } = require("node:path");
const { fixedInterval } = require("./fixedInterval.cjs");

/**
 * Has to be called before the provider is loaded.
 * @param {string} dist folder of the compiled provider
 * @param {{ clockRate?: number, fixedIntervalMs?: number, withoutHistory?: boolean }} variant `clockRate`: milliseconds
 *   of the provider's clock per real one; `fixedIntervalMs`: also sends without any rate limit
 */
exports.applyVariant = (dist, { clockRate = 1, fixedIntervalMs, withoutHistory = false }) => {
  const load = (file) => require(join(dist, file));
  if (clockRate !== 1) {
    const session = load("execution/session.js");
    const { openSession } = session;
    const clock = fastClock(clockRate, load("ground/clock.js").systemClock);
    session.openSession = (options) => openSession({ ...options, clock });
  }
  if (fixedIntervalMs !== undefined) {
    const { prototype } = load("http/tokenBucket.js").TokenBucket;
    prototype.take = () => Promise.resolve({ hasToken: true, done: () => undefined });
    prototype.drain = () => undefined;
    watchBy(load, fixedInterval(fixedIntervalMs));
  } else if (withoutHistory) {
    const { plannedPolicy } = load("waiting/pollPolicy.js");
    watchBy(load, { ...plannedPolicy, wantsHistory: () => false });
  }
};

function watchBy(load, policy) {
  const watch = load("waiting/workflowWatch.js");
  watch.WorkflowWatch = class extends watch.WorkflowWatch {
    constructor(workflow) {
      super({ ...workflow, policy });
    }
  };
}

// Time that runs as fast as an emulator's clock with the same rate: half an hour of waiting in minutes.
function fastClock(rate, systemClock) {
  const startMs = Date.now();
  return {
    now: () => startMs + (Date.now() - startMs) * rate,
    sleep: (ms, signal) => systemClock.sleep(ms / rate, signal),
  };
}
