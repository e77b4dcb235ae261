// A wait ends at its deadline.
"use strict";

module.exports = {
  name: "the deadline of a wait is an hour late",
  changes: [
    {
      search: "    const result = await this.#wait(this.#limit.timeoutSeconds * 1000);",
      replace: "    const result = await this.#wait(this.#limit.timeoutSeconds * 1000 + 3_600_000);",
    },
  ],
};
