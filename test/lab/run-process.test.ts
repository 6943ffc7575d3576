import { spawnSync } from 'node:child_process';
import { ROOT } from '../support/repository.js';

const setpriv = spawnSync('setpriv', ['--version']).status === 0 && process.getuid?.() === 0;
if (!setpriv)
  console.warn('skipped: an attempt without root needs root and setpriv (util-linux) to give it up');

(setpriv ? test : test.skip)('without root the lab says so and ends well', () => {
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const { status, stdout } = spawnSync('setpriv', [...nobody, 'test/lab/run'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(stdout).toBe('No lab on this machine: it needs root (sudo make lab).\n');
  expect(status).toBe(0);
});
