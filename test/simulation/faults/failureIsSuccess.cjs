// A state records the execution's real outcome.
"use strict";

module.exports = {
  name: "a failed execution is taken for a success",
  changes: [
    {
      search: ['fail: "failed",'].join("\n"),
      replace: ['fail: "succeeded",'].join("\n"),
    },
    {
      search: ['Failed: "failed",'].join("\n"),
      replace: ['Failed: "succeeded",'].join("\n"),
    },
  ],
};
