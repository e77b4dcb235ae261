// D3: what a service asks to wait is waited, whatever the deadline says.
"use strict";

module.exports = {
  name: "D3: a Retry-After of a day outlasts the deadline",
  changes: [
    {
      file: "provider/src/http/httpClient.ts",
      search: "        await this.#options.clock.sleep(Math.max(askedMs, delayMs), waiting);",
      replace:
        "        await this.#options.clock.sleep(Math.max(askedMs, delayMs), new AbortController().signal);",
    },
  ],
};
