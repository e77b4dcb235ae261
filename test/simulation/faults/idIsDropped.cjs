// After the start every failure has to keep the id.
"use strict";

module.exports = {
  name: "a failed execution is an ordinary error",
  changes: [
    {
      search:
        "  throw new CreatedButNotReady(outcome.id.toWellFormed(), outs, outcome.reasons.map(call.hide));",
      replace: ['  throw new Error(outcome.reasons.join("\\n"));'].join("\n"),
    },
  ],
};
