import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { explainFailure } from '../../stacks/engine-failure.js';
import { isLeftBehind, lockHolders, lockInFolder } from '../../stacks/stack-lock.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const locks = () => join(folder, '.pulumi/locks/organization/shop/dev');
const hold = () => lockInFolder(folder, 'shop', 'dev');
const refusal = (): string => {
  try {
    hold();
  } catch (error) {
    return String(error);
  }
  return '';
};

test('one has it at a time, until it is given back', () => {
  const unlock = hold();
  expect(lockHolders(refusal())).toEqual([
    {
      user: userInfo().username,
      host: hostname(),
      process: process.pid,
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/),
    },
  ]);
  expect(readdirSync(locks())).toHaveLength(1);
  unlock();
  hold()();
  expect(readdirSync(locks())).toEqual([]);
  expect(readdirSync(join(locks(), '..'))).toEqual(['dev']);
});

test('other stacks are not locked with it', () => {
  hold();
  expect(() => lockInFolder(folder, 'shop', 'production')).not.toThrow();
});

test("an engine's lock is heeded, told as the engine's own refusal, and known to be left behind where it is dead", () => {
  mkdirSync(locks(), { recursive: true });
  const write = (pid: number) =>
    writeFileSync(
      join(locks(), 'engine.json'),
      JSON.stringify({
        pid,
        username: userInfo().username,
        hostname: hostname(),
        timestamp: '2026-11-21T07:14:19Z',
      }),
    );
  writeFileSync(join(locks(), 'engine.json.attrs'), '{}');
  write(process.pid);
  expect(isLeftBehind(refusal())).toBe(false);
  // Above any process number that a system gives.
  write(2 ** 30);
  expect(isLeftBehind(refusal())).toBe(true);
  const { fault, problems } = explainFailure({
    stack: 'dev',
    text: refusal(),
    diagnostics: [],
    cancelled: false,
  });
  expect([fault, problems[0]?.message]).toEqual([
    'locked',
    expect.stringContaining(`(process ${2 ** 30}) since 2026-11-21T07:14:19Z`),
  ]);
  expect(readdirSync(locks()).sort()).toEqual(['engine.json', 'engine.json.attrs']);
});
