import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './repository.js';

const { LONG } = jest.requireActual<{ LONG: string[] }>('./longest-first.js');

test('each suite that is to be begun first exists', () => {
  expect(LONG.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
});
