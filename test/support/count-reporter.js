const { writeSync } = require('node:fs');

/** Ends Jest's output with one plain line that a script can read: `12 passed, 0 failed, 1 skipped`. */
module.exports = class CountReporter {
  constructor({ json }) {
    this.silent = json;
  }

  onRunComplete(_contexts, results) {
    // Jest writes its own summary after the last reporter has been called, and where it forces its exit it has
    // closed the streams by then: so at the end, and to the descriptor.
    if (!this.silent) process.once('exit', () => writeSync(1, `${line(results)}\n`));
  }
};

function line(results) {
  const skipped = results.numPendingTests + results.numTodoTests;
  // A file that does not load has no test to count, and yet it failed.
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
