// The Chromium of this machine, for the set-up and for the tests of pages.
"use strict";

const { whichOnPath } = require("./onPath.cjs");

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Finds the browser that `CHROMIUM_BIN` names, or the first one on the PATH.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} its path; undefined where the machine has none
 */
function findChromium(env) {
  const given = env["CHROMIUM_BIN"];
  if (given !== undefined && given !== "") return given;
  return NAMES.map((name) => whichOnPath(name, env)).find((path) => path !== undefined);
}

module.exports = { findChromium };
