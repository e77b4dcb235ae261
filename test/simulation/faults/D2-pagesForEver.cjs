// D2: a service that repeats its token is paged on and on, and no deadline ends that. The bound on pages, the deadlines of
// the start and of the wait, and the time that a history may take: each alone would hide that the others are gone.
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
      file: "provider/src/starting/startPhase.ts",
      search: "  const requests = limitTime(session.clock, timeMs + requestMs, signal);",
      replace: "  const requests = limitTime(session.clock, 86_400_000, signal);",
    },
    {
      file: "provider/src/waiting/waitUntilSettled.ts",
      search: "  const limit = limitTime(clock, wait.deadlineMs - clock.now() + requestMs, signal);",
      replace: "  const limit = limitTime(clock, 86_400_000, signal);",
    },
    {
      file: "provider/src/services/alibaba/cloudflow/backend.ts",
      search: "const historyMs = 60_000;",
      replace: "const historyMs = 86_400_000;",
    },
  ],
};
