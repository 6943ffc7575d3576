import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tarball } from '../../lib/machine/tarball.js';
import { temporaryFolders } from './tools.js';

const temporaryFolder = temporaryFolders();

test('tar reads the archive: modes, owners and contents', () => {
  const folder = temporaryFolder();
  const contents = { 'b/run.sh': '#!/bin/sh\n', 'a.nix': `{ }${'é'.repeat(600)}\n`, empty: '' };
  writeFileSync(join(folder, 'a.tar'), tarball(contents));
  const listing = execFileSync('tar', ['-tvf', join(folder, 'a.tar'), '--utc', '--numeric-owner'], {
    encoding: 'utf8',
  });
  expect(listing.trim().split('\n')).toEqual([
    expect.stringMatching(/^-rw-r--r-- 0\/0 +1204 1970-01-01 00:00 a\.nix$/),
    expect.stringMatching(/^-rwxr-xr-x 0\/0 +10 1970-01-01 00:00 b\/run\.sh$/),
    expect.stringMatching(/^-rw-r--r-- 0\/0 +0 1970-01-01 00:00 empty$/),
  ]);
  execFileSync('tar', ['-xf', join(folder, 'a.tar'), '-C', folder]);
  for (const [path, text] of Object.entries(contents))
    expect(readFileSync(join(folder, path), 'utf8')).toBe(text);
  expect(() => tarball({ [`${'long/'.repeat(21)}x`]: '' })).toThrow(RangeError);
});
