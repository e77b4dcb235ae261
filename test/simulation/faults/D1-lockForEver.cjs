// D1: neither the deadline nor Ctrl-C reaches the wait for the lock.
"use strict";

module.exports = {
  name: "D1: a lock is waited for without an end",
  changes: [
    {
      search: "        signal: this.#nobodyWaits.signal,",
      replace: "        signal: new AbortController().signal,",
    },
    {
      search: [
        "    if (options.signal.aborted) return Promise.resolve(undefined);",
        "    return new Promise<T | undefined>((resolve, reject) => {",
        "      const stay = onAbort(options.signal, () => {",
      ].join("\n"),
      replace: [
        "    return new Promise<T | undefined>((resolve, reject) => {",
        "      const stay = onAbort(new AbortController().signal, () => {",
      ].join("\n"),
    },
  ],
};
