// A4: the engine can refuse an answer, or be killed before it writes it.
"use strict";

module.exports = {
  name: "A4: what was answered is taken for recorded in the state",
  changes: [
    {
      search: "      this.#process.deployment.answered.push(",
      replace: [
        "      await this.#process.register.handedOver(this.#definition.service, call.urn, outcome.id);",
        "      this.#process.deployment.answered.push(",
      ].join("\n"),
    },
  ],
};
