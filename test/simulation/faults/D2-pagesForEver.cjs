// D2: a service that repeats its token is paged on and on, and no deadline ends that.
"use strict";

module.exports = {
  name: "D2: pages that repeat themselves are read for ever",
  changes: [
    {
      file: "provider/src/execution/pageWalk.ts",
      search: "    return this.#cutShort === undefined;",
      replace: "    return true;",
    },
    {
      file: "provider/src/waiting/waitForEnd.ts",
      search: "  const limit = limitTime(clock, wait.deadlineMs - clock.now() + requestMs, signal);",
      replace: "  const limit = limitTime(clock, 86_400_000, signal);",
    },
  ],
};
