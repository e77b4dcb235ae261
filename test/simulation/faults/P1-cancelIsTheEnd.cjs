// The plugin's Cancel ends the calls that are under way.
"use strict";

module.exports = {
  name: "the plugin takes Cancel for the engine's goodbye",
  changes: [
    {
      file: "provider/src/fronts/plugin/deployment.ts",
      search: "    this.#ending.abort();",
      replace: "",
    },
  ],
};
