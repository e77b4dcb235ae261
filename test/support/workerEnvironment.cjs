/**
 * Jest's environment of Node.js, with a temporary folder for each worker. The provider keeps its locks there, named after the
 * workflow: emulators of two workers have the same workflows, and would wait for each other.
 */
const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { TestEnvironment } = require("jest-environment-node");

// Once per worker, outside of the tests' own globals: os.tmpdir() and the programs that tests start read this process's.
const folder = mkdtempSync(join(tmpdir(), "runbook-tests-"));
for (const name of ["TMPDIR", "TMP", "TEMP"]) process.env[name] = folder;
process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

module.exports = TestEnvironment;
