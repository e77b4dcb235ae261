// Between the post and the note the process can be killed.
"use strict";

module.exports = {
  name: "a start is noted only when its answer is there",
  changes: [
    {
      search: ["  await note(start);", '  host.reporter.status("starting");'].join("\n"),
      replace: ['  host.reporter.status("starting");'].join("\n"),
    },
  ],
};
