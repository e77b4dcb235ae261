// D3: a service's demand to wait is obeyed beyond the deadline: before a request is sent again, and before the next one
// is sent. A wait tries each status request several times, and nothing ends a status request early.
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
    {
      file: "provider/src/http/httpClient.ts",
      search: "        const permit = await bucket?.take(waiting);",
      replace: "        const permit = await bucket?.take(new AbortController().signal);",
    },
    {
      file: "provider/src/waiting/waitUntilSettled.ts",
      search: "    const how = { ...options, attempts: 1, sparing: true, onStatus };",
      replace: "    const how = { ...options, attempts: 4, sparing: true, onStatus };",
    },
    {
      file: "provider/src/waiting/waitUntilSettled.ts",
      search: "  const limit = limitTime(clock, wait.deadlineMs - clock.now() + requestMs, signal);",
      replace: "  const limit = limitTime(clock, 86_400_000, signal);",
    },
  ],
};
