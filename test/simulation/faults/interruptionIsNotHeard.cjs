// The first Ctrl-C ends a wait at once.
"use strict";

module.exports = {
  name: "Ctrl-C does not reach a wait",
  changes: [
    {
      search: ["    random,", "    signal,", "    reporter,"].join("\n"),
      replace: ["    random,", "    signal: new AbortController().signal,", "    reporter,"].join("\n"),
    },
  ],
};
