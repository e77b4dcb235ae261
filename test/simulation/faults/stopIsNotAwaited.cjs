// A deleted execution must not be running any more.
"use strict";

module.exports = {
  name: "a deletion does not wait for the stop to hold",
  changes: [
    {
      search: "        await seeStopped(backend, executionId, { call, deadlineMs, seconds });",
      replace:
        "        void seeStopped(backend, executionId, { call, deadlineMs, seconds }).catch(() => undefined);",
    },
  ],
};
