// A6: a record that can't be read is treated as if there were none.
"use strict";

module.exports = {
  name: "A6: a damaged record is passed over in silence",
  changes: [
    {
      search: ["    if (this.#damaged.has(name)) return;", "    this.#damaged.add(name);"].join("\n"),
      replace: "    if (name) return;",
    },
  ],
};
