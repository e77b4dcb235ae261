// A Jest reporter that closes a run with one line of numbers, and fails a run in which no test was executed.
"use strict";

/** Counts suites that could not even be loaded as failures: their tests have no numbers of their own. */
class ClosingLine {
  #executed = 0;

  /**
   * @param {unknown} _contexts
   * @param {import("@jest/reporters").AggregatedResult} results
   */
  onRunComplete(_contexts, results) {
    const passed = results.numPassedTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    this.#executed = passed + failed;
    // Jest prints its own summary after all reporters have had their say.
    process.once("exit", () => {
      process.stdout.write(`\nTests: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    });
  }

  /** Jest fails the run, without a word, when a reporter returns an error. */
  getLastError() {
    if (this.#executed > 0) {
      return undefined;
    }
    process.stderr.write("\nNo test was executed, so the run has failed.\n");
    return new Error("No test was executed.");
  }
}

module.exports = ClosingLine;
