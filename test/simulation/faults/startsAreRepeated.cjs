// The worst mistake of all.
"use strict";

module.exports = {
  name: "a start that carries nothing is sent again after a broken connection",
  changes: [
    {
      search: "return error.retryable && (repeatable || !error.mayHaveArrived);",
      replace: "return error.retryable;",
    },
  ],
};
