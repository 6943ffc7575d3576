import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './repository.js';

const { LONG, SHARING } = jest.requireActual<{ LONG: string[]; SHARING: string[] }>('./suite-order.js');

test('each suite that is to be begun first exists', () => {
  expect(LONG.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
});

test('the suites that share a control plane are the last', () => {
  const suites = readdirSync(join(ROOT, 'test/engine')).filter((name) => name.endsWith('.test.ts'));
  const sharing = suites
    .map((name) => `/test/engine/${name}`)
    .filter((path) => readFileSync(join(ROOT, path), 'utf8').includes('StackBed.start()'));
  expect([...SHARING].sort()).toEqual(sharing);
});
