// An import gives the arguments that the next deployment compares with.
"use strict";

module.exports = {
  name: "an import of the plugin does not say of what it is",
  changes: [
    {
      file: "provider/src/fronts/plugin/resources.ts",
      search: "      const raw = { ...args, ...call.raw };",
      replace: "      const raw = { ...call.raw };",
    },
  ],
};
