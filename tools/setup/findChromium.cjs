// The Chromium of this machine, for the set-up and for the tests of pages.
"use strict";

const { accessSync, constants } = require("node:fs");
const { delimiter, join } = require("node:path");

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Finds the browser that `CHROMIUM_BIN` names, or the first one on the PATH.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} its path; undefined where the machine has none
 */
function findChromium(env) {
  const given = env["CHROMIUM_BIN"];
  if (given !== undefined && given !== "") return given;
  const folders = (env["PATH"] ?? "").split(delimiter).filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/**
 * @param {string} file
 * @returns {boolean}
 */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

module.exports = { findChromium };
