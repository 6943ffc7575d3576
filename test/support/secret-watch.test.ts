import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretWatch } from './secret-watch.js';

const before = [tmpdir(), process.env.TMPDIR];
/** Made here, so that it stands in no other process. */
const secret = `${process.pid}-${Date.now()}-secret`;
let watch: SecretWatch;
beforeEach(() => {
  watch = SecretWatch.start();
});
afterEach(() => watch.end());

/** Runs a program of JavaScript to its end, for a few looks. */
const node = (program: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
  new Promise((done) => {
    const code = `${program}; setTimeout(() => {}, 200)`;
    spawn(process.execPath, ['-e', code, '--', ...args], { env: { ...process.env, ...env } }).on(
      'close',
      done,
    );
  });

test('a secret that nobody wrote is nowhere', async () => {
  await node('');
  expect(watch.placesOf([secret])).toEqual([]);
  expect(watch.samples).toBeGreaterThan(2);
});

test('an argument of a process that has ended', async () => {
  await node('', [`--password=${secret}`]);
  expect(watch.placesOf([secret])).toEqual([`an argument of ${process.execPath}`]);
});

test('an environment variable, but for those in which it is given', async () => {
  await node('', [], { HIDDEN: Buffer.from(secret).toString('base64') });
  expect(watch.placesOf([secret])).toEqual([`HIDDEN in the environment of ${process.execPath}`]);
  expect(watch.placesOf([secret], ['HIDDEN'])).toEqual([]);
});

test('a temporary file of a process, which is gone by then', async () => {
  const write = `const { mkdtempSync, rmSync, writeFileSync } = require('fs');
    const folder = mkdtempSync(require('os').tmpdir() + '/run-');
    writeFileSync(folder + '/key', process.env.GIVEN);
    setTimeout(() => rmSync(folder, { recursive: true }), 150)`;
  await node(write, [], { GIVEN: secret });
  expect(watch.placesOf([secret], ['GIVEN'])).toEqual([expect.stringMatching(/run-\w+\/key$/)]);
});

test('a temporary file of this process, whose content is another by then', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'run-'));
  writeFileSync(join(folder, 'key'), secret);
  await node('');
  writeFileSync(join(folder, 'key'), 'nothing');
  await node('');
  expect(watch.placesOf([secret])).toEqual([join(folder, 'key')]);
  rmSync(folder, { recursive: true });
});

test('it leaves nothing behind', () => {
  const folder = tmpdir();
  expect([folder, process.env.TMPDIR]).not.toEqual(before);
  watch.end();
  expect([tmpdir(), process.env.TMPDIR]).toEqual(before);
  expect(existsSync(folder)).toBe(false);
});
