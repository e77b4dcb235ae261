// A message must not claim an unknown result.
"use strict";

module.exports = {
  name: "an uncertain start says that nothing was started",
  changes: [
    {
      search: '  if (error instanceof StartUncertainError || code === "WFX-WORKFLOW-BUSY") return error;',
      replace: '  if (code === "WFX-WORKFLOW-BUSY") return error;',
    },
  ],
};
