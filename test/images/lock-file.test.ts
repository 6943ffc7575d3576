import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { changeLock, lockText, parseLock } from '../../cli/images/lock-file.js';
import { imagesToPromote } from '../../cli/images/promote.js';
import { messageOf } from '../support/application.js';
import { ROOT } from '../support/repository.js';

const folder = mkdtempSync(join(tmpdir(), 'keelson-lock-'));
const file = join(folder, 'images.lock.json');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const IMAGE = { repository: 'registry.example.com/shop/web', tag: '1.0.0' };
const names = fc.stringMatching(/^[a-z]([-a-z0-9]{0,8}[a-z0-9])?$/);
const images = fc.record(
  {
    repository: fc.constantFrom('registry.example.com/shop/web', 'localhost:5000/api'),
    tag: fc.constantFrom('1.0.0', '1.1.0-rc.1', 'ada'),
    digest: fc.constantFrom(`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`),
  },
  { requiredKeys: ['repository'] },
);
const locks = fc.dictionary(names, fc.dictionary(names, images, { noNullPrototype: true }), {
  noNullPrototype: true,
});

test.each([
  'templates/repository',
  ...readdirSync(join(ROOT, 'examples')).map((example) => `examples/${example}`),
])('the lock file of %s changes in one line when one tag does', (where) => {
  const text = readFileSync(join(ROOT, where, 'images.lock.json'), 'utf8');
  expect(lockText(parseLock(text, where))).toBe(text);
});

test('what is written is what is read, whatever it is', () => {
  fc.assert(fc.property(locks, (lock) => expect(parseLock(lockText(lock), 'lock')).toEqual(lock)));
});

test('a change gives one environment its images and leaves everything else as it was', () => {
  fc.assert(
    fc.property(locks, names, fc.dictionary(names, images), (lock, environment, wanted) => {
      writeFileSync(file, lockText(lock));
      const changes = changeLock(file, environment, new Map(Object.entries(wanted)));
      const after = parseLock(readFileSync(file, 'utf8'), 'lock');
      for (const service of new Set([...Object.keys(lock), ...Object.keys(after)])) {
        const { [environment]: mine, ...others } = after[service] ?? {};
        const { [environment]: old, ...same } = lock[service] ?? {};
        expect(others).toEqual(same);
        expect(mine).toEqual(Object.hasOwn(wanted, service) ? wanted[service] : old);
      }
      expect(changeLock(file, environment, new Map(Object.entries(wanted)))).toEqual([]);
      expect(changes.length).toBeLessThanOrEqual(Object.keys(wanted).length);
    }),
  );
});

test('no change, no write; a write leaves no draft behind', () => {
  writeFileSync(file, JSON.stringify({ web: { staging: IMAGE } }));
  const { mtimeNs, ino } = statSync(file, { bigint: true });
  expect(changeLock(file, 'staging', new Map([['web', IMAGE]]))).toEqual([]);
  expect(statSync(file, { bigint: true })).toMatchObject({ mtimeNs, ino });
  changeLock(file, 'production', new Map([['web', IMAGE]]));
  expect(readdirSync(folder)).toEqual(['images.lock.json']);
});

test('a promotion changes only the lines of what it promotes', () => {
  const newer = { ...IMAGE, tag: '1.1.0' };
  const lock = { web: { staging: newer, production: IMAGE }, api: { staging: IMAGE, production: IMAGE } };
  writeFileSync(file, lockText(lock));
  const before = readFileSync(file, 'utf8').split('\n');
  changeLock(file, 'production', imagesToPromote(lock, 'staging', []));
  const after = readFileSync(file, 'utf8').split('\n');
  const changed = after.filter((line, index) => line !== before[index]);
  expect([changed.map((line) => line.trim()), after.length]).toEqual([['"tag": "1.1.0"'], before.length]);
});

test.each([
  ['{ "web": ', 'is no JSON'],
  ['[]', 'is a list; expected service'],
  ['{ "web": [] }', 'web: is a list'],
  ['null', 'null was given; expected Object'],
  ['<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x\n', 'holds both sides of a conflict'],
  ['{\n\t"web": {},\n\t"web": {}\n}', 'has a key twice, at 3:'],
  ['{ "web": { "staging": { "tag": "1" }, "staging": {} } }', 'has a key twice, at 1:'],
])('%j is refused, and stays as it is', (text, words) => {
  writeFileSync(file, text);
  expect(messageOf(() => changeLock(file, 'staging', new Map([['web', IMAGE]])))).toContain(words);
  expect(readFileSync(file, 'utf8')).toBe(text);
});
