import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './support/repository.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-count-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function jest(tests: Readonly<Record<string, string>>, ...options: string[]) {
  const reporters = ['default', join(ROOT, 'test/support/count-reporter.js')];
  writeFileSync(join(folder, 'jest.config.json'), JSON.stringify({ reporters, transform: {} }));
  for (const [file, text] of Object.entries(tests)) writeFileSync(join(folder, file), text);
  const args = [join(ROOT, 'node_modules/jest/bin/jest.js'), '--config=jest.config.json', ...options];
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
}

test('the last line counts, and a file that does not load counts as failed', () => {
  const { stdout, status } = jest({
    'a.test.js': "test('one', () => {}); test('two', () => {}); test.todo('three');",
    'b.test.js': "throw new Error('does not load');",
    'c.test.js': "test('four', () => { throw new Error('fails'); });",
  });
  expect(stdout).toBe('2 passed, 2 failed, 1 skipped\n');
  expect(status).toBe(1);
});

test('where nothing is skipped, two numbers', () => {
  const { stdout, status } = jest({ 'a.test.js': "test('one', () => {});" }, 'a.test.js');
  expect(stdout).toBe('1 passed, 0 failed\n');
  expect(status).toBe(0);
});

test('they come last where Jest forces its exit, too', () => {
  const { stdout } = jest(
    { 'd.test.js': "test('one', () => void setInterval(() => {}, 1000));" },
    'd.test.js',
    '--forceExit',
  );
  expect(stdout).toBe('1 passed, 0 failed\n');
});

test('what is read as JSON stays JSON', () => {
  const { stdout } = jest({}, 'a.test.js', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ numPassedTests: 1 });
});
