// One after the other.
"use strict";

module.exports = {
  name: "a queue does not look at what runs",
  changes: [
    {
      search: "  if (running.length === 0) return undefined;",
      replace: "  if (running.length >= 0) return undefined;",
    },
    {
      search: '  return concurrency === "queue" || concurrency === "reject";',
      replace: '  return concurrency === "queue" && concurrency === "reject";',
    },
  ],
};
