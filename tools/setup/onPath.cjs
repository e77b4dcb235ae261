// Programs of this machine: CommonJS, for the set-up's modules and for the tests.
"use strict";

const { accessSync, constants } = require("node:fs");
const { delimiter, join } = require("node:path");

/**
 * Finds a program on the PATH.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} its path
 */
function whichOnPath(name, env) {
  return (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * @param {string} path
 * @returns {boolean}
 */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

module.exports = { isExecutable, whichOnPath };
