import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
  readonly link?: boolean;
}

const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};

test('the lock file holds the packages of every platform, or npm ci refuses it', () => {
  const missing = Object.entries(lock.packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        !(`node_modules/${name}` in lock.packages || `${parent}/node_modules/${name}` in lock.packages),
    ),
  );
  expect({ missing, mend: 'node tools/complete-lock.js' }).toMatchObject({ missing: [] });
});

test('the lock file binds nobody to one registry', () => {
  const bound = Object.values(lock.packages).filter(({ resolved, link }) => resolved && !link);
  expect(bound).toEqual([]);
});
