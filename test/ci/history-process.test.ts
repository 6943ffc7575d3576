import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { branchesWithHead, commitsSince } from '../../cli/ci/history.js';

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-history-'));
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
const commit = (message: string) => git('commit', '--quiet', '--allow-empty', '--message', message);
const subjects = (since?: string) =>
  commitsSince(folder, since).map((hash) => git('show', '--no-patch', '--format=%s', hash));

beforeAll(() => {
  git('init', '--quiet', '--initial-branch', 'main');
  commit('begin');
  git('tag', 'v1.0.0');
  for (const name of ['a', 'b']) {
    git('checkout', '--quiet', '-b', `feature/${name}`, 'main');
    commit(`work on ${name}`);
    git('checkout', '--quiet', 'main');
    git('merge', '--quiet', '--no-ff', '--message', `merge ${name}`, `feature/${name}`);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('merged branches count by their merge alone', () => {
  expect(subjects('v1.0.0')).toEqual(['merge b', 'merge a']);
  expect(subjects('HEAD~1')).toEqual(['merge b']);
});

test('without a beginning: the last commit, or of a release all since the one before', () => {
  expect(subjects()).toEqual(['merge b']);
  expect(subjects('0'.repeat(40))).toEqual(['merge b']);
  expect(subjects('')).toEqual(['merge b']);
  git('tag', 'v1.1.0');
  expect(subjects()).toEqual(['merge b', 'merge a']);
  git('tag', '--delete', 'v1.1.0');
});

test('a beginning that is not there, or not before', () => {
  expect(() => subjects('v0.9.0')).toThrow('v0.9.0: is no commit here; a shallow clone lacks the history');
  expect(() => subjects('HEAD')).toThrow('there is nothing to deploy');
  expect(() => commitsSince(tmpdir(), 'HEAD')).toThrow('is in no git repository');
});

test('which branches have a commit', () => {
  expect(branchesWithHead(folder)).toEqual(['main']);
});
