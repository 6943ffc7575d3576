import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';

/** Runs in a process of its own, as Jest has a loader of its own. */
const run = (lines: readonly string[]): string =>
  execFileSync(process.execPath, ['-e', lines.join('\n')], { cwd: ROOT, encoding: 'utf8' }).trim();

const LOAD = [
  "require('./dist/cli/deferred-modules.js').deferModules();",
  "const pulumi = require('@pulumi/pulumi');",
  'const loaded = () => Object.keys(require.cache).filter((path) => /node_modules.(typescript|pacote)/.test(path)).length;',
];

test('a verb loads the SDK without what serializes functions', () => {
  expect(run([...LOAD, "require('@pulumi/pulumi/automation'); console.log(loaded());"])).toBe('0');
});

test('an application that has a function serialized gets it all the same, from what is loaded then', () => {
  const serialize = [
    "const { join } = require('node:path'); const seven = 7;",
    "pulumi.runtime.serializeFunction(() => join('a', String(seven)))",
    '  .then(({ text }) => console.log(/const seven = 7|seven: 7/.test(text), loaded() > 0));',
  ];
  expect(run([...LOAD, ...serialize])).toBe('true true');
});

test('without an SDK nothing happens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-no-sdk-'));
  const copy = join(folder, 'deferred-modules.js');
  copyFileSync(join(ROOT, 'dist/cli/deferred-modules.js'), copy);
  expect(run([`require(${JSON.stringify(copy)}).deferModules();`, "console.log('goes on');"])).toBe(
    'goes on',
  );
  rmSync(folder, { recursive: true });
});
