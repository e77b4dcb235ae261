// A1: the evidence of the first attempt is overwritten by the second.
"use strict";

module.exports = {
  name: "A1: a retry forgets the attempt that it repeats",
  changes: [
    {
      search: "  if (earlier?.runName !== start.runName || earlier.executionId !== undefined) return start;",
      replace: "  return start;",
    },
    {
      search:
        "  const name = pending?.runName ?? (await newerOfKey(starting)) ?? (await usableName(starting));",
      replace: "  const name = (await newerOfKey(starting)) ?? (await usableName(starting));",
    },
  ],
};
