const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** Names the folder to all suites of a run. Whichever needs the control plane first starts it. */
module.exports = () => {
  process.env.KEELSON_TEST_CONTROL_PLANE = join(mkdtempSync(join(tmpdir(), 'keelson-common-')), 'cluster');
};
