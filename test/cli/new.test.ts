import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRepository } from '../../cli/new/repository.js';
import { ROOT, readPackage } from '../support/repository.js';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-new-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const textOf = (file: string) => readFileSync(join(folder, 'shop', file), 'utf8');

test('a whole repository under its own name, domain and address', () => {
  const files = createRepository(
    { name: 'shop', domain: 'starter-shop.example.org', contact: 'ada@example.org' },
    folder,
  );
  expect(files).toEqual(
    expect.arrayContaining([
      '.gitignore',
      '.npmrc',
      'Pulumi.yaml',
      'README.md',
      'app.ts',
      'test/app.test.ts',
      'tsconfig.json',
    ]),
  );
  for (const file of files)
    expect([file, textOf(file).replaceAll('starter-shop', '').includes('starter')]).toEqual([file, false]);
  expect(textOf('app.ts')).toContain(
    "name: 'shop',\n  domain: 'starter-shop.example.org',\n  contact: 'ada@example.org',",
  );
  expect(textOf('images.lock.json')).toContain('"registry.starter-shop.example.org/shop/web"');
  expect(textOf('.gitignore')).toContain('kubeconfig*.yaml');
  expect(statSync(join(folder, 'shop')).mode & 0o077).toBe(0o777 & 0o077 & ~process.umask());
  expect(readdirSync(folder)).toEqual(['shop']);
});

test('its packages are those that Keelson is tried with', () => {
  createRepository({ name: 'shop' }, folder);
  const own = readPackage(ROOT);
  const { dependencies = {}, devDependencies = {} } = readPackage(join(folder, 'shop'));
  expect(dependencies).toMatchObject({ keelson: own.version, cdk8s: own.devDependencies?.cdk8s });
  expect(
    Object.values({ ...dependencies, ...devDependencies }).filter((version) => !/^\d/.test(version)),
  ).toEqual([]);
});

test('copies of the workflows, or those of another repository by their commit', () => {
  expect(createRepository({ name: 'shop' }, folder)).toContain('.github/workflows/keelson-check.yml');
  expect(textOf('.github/workflows/check.yml')).toContain('uses: ./.github/workflows/keelson-check.yml');
  rmSync(join(folder, 'shop'), { recursive: true });
  const files = createRepository({ name: 'shop', workflows: `acme/keelson@${COMMIT}` }, folder);
  expect(files.filter((file) => file.includes('keelson-'))).toEqual([]);
  for (const name of ['check', 'comment', 'deploy'])
    expect(textOf(`.github/workflows/${name}.yml`)).toContain(
      `uses: acme/keelson/.github/workflows/keelson-${name}.yml@${COMMIT}`,
    );
});

test('a folder that is empty is taken, one that is not stays as it is', () => {
  mkdirSync(join(folder, 'shop'));
  createRepository({ name: 'shop' }, folder);
  writeFileSync(join(folder, 'shop/app.ts'), '// mine\n');
  expect(() => createRepository({ name: 'shop' }, folder)).toThrow('is there and not empty');
  expect(textOf('app.ts')).toBe('// mine\n');
});

test.each(['', '.', '..', '../shop', 'a/b', 'Shop', '-rf', 'shop-', 'a'.repeat(64)])(
  '%j is no name',
  (name) => {
    expect(() => createRepository({ name }, folder)).toThrow('is no valid name');
    expect(readdirSync(folder)).toEqual([]);
  },
);

test('everything else that is wrong is said at once, and nothing is written', () => {
  const options = {
    name: 'shop',
    domain: 'example',
    contact: "x'); evil('@example.org",
    workflows: 'acme/keelson@main',
  };
  const create = () => createRepository({ ...options, domain: 'a b' }, folder);
  for (const where of ['--domain', '--contact', '--workflows']) expect(create).toThrow(where);
  expect(existsSync(join(folder, 'shop'))).toBe(false);
});
