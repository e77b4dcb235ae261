// The first Ctrl-C ends a wait at once.
"use strict";

module.exports = {
  name: "Ctrl-C does not reach a wait",
  changes: [
    {
      file: "provider/src/waiting/waitUntilSettled.ts",
      search: "  const limit = limitTime(clock, wait.deadlineMs - clock.now() + requestMs, signal);",
      replace:
        "  const limit = limitTime(clock, wait.deadlineMs - clock.now() + requestMs, new AbortController().signal);",
    },
  ],
};
