// What is deleted does not run any more.
"use strict";

module.exports = {
  name: "a deletion does not wait for the stop to hold",
  changes: [
    {
      search: ["  await backend.stop(id, host.signal);", "  const seconds"].join("\n"),
      replace: ["  await backend.stop(id, host.signal);", "  if (id) return;", "  const seconds"].join("\n"),
    },
  ],
};
