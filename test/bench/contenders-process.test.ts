import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readObjects } from '../../bench/same-objects.js';

// An application's own limits must not stop the largest count, which nobody runs by chance.
test.each([
  ['objects', 3],
  ['service', 3],
  ['full', 7],
])('a thousand services as %s give %i objects each', (what, each) => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  try {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(__dirname, '../../bench/contenders/keelson.js'), what, '1000', folder],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readObjects(folder)).toHaveLength(each * 1000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
