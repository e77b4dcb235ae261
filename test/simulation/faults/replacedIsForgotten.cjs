// From A to B and back to A runs three times.
"use strict";

module.exports = {
  name: "a replacement is not named after what it replaces",
  changes: [
    {
      search: "  if (isFirst) return isGiven || isNamed ? key : undefined;",
      replace: "  if (isFirst || isGiven) return isGiven || isNamed ? key : undefined;",
    },
  ],
};
