// A4: the engine can refuse an answer, or be killed before it writes it.
"use strict";

module.exports = {
  name: "A4: what was answered is taken for recorded in the state",
  changes: [
    {
      search: "    this.#served.deployment.answered.push(",
      replace: [
        "    await this.#served.register.handedOver(service, urn, outcome.id);",
        "    this.#served.deployment.answered.push(",
      ].join("\n"),
    },
  ],
};
