const { rmSync } = require('node:fs');
const { dirname } = require('node:path');
const { createJiti } = require('jiti');

module.exports = async () => {
  const directory = process.env.KEELSON_TEST_CONTROL_PLANE;
  const { stopEmbeddedCluster } = await createJiti(__filename).import(
    '../../../embedded/control-plane/control-plane.ts',
  );
  await stopEmbeddedCluster(directory);
  rmSync(dirname(directory), { recursive: true, force: true });
};
