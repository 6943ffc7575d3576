import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { scripts } from '../../lib/constructs/redis-cluster/configuration.js';
import { ROOT } from '../support/repository.js';

const FOLDER = join(ROOT, 'lib/constructs/redis-cluster');
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.sh'));
const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;
if (!shellcheck) console.warn('skipped: there is no shellcheck (apt-get install shellcheck)');

test('every script of the folder reaches the pods', () => {
  expect(Object.keys(scripts()).sort()).toEqual(files.sort());
});

(shellcheck ? test : test.skip).each(files)('%s: shellcheck finds nothing', (file) => {
  expect(execFileSync('shellcheck', ['--external-sources', join(FOLDER, file)], { encoding: 'utf8' })).toBe(
    '',
  );
});
