// After the start every failure of the plugin has to keep the id.
"use strict";

module.exports = {
  name: "the plugin answers a failed execution with an ordinary error",
  changes: [
    {
      file: "provider/src/fronts/plugin/failures.ts",
      search: "  if (thrown instanceof InitFailed) return initFailure(thrown);\n",
      replace: "",
    },
  ],
};
