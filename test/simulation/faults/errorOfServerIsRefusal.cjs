// A server's error leaves open whether the service has handled the request.
"use strict";

module.exports = {
  name: "a 500 to a start is taken for a refusal",
  changes: [
    {
      search: "return error.request.operation === operation && (status >= 500 || status === 408);",
      replace: "return false;",
    },
  ],
};
