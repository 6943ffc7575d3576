import { Shop, type ShopRun } from '../support/shop.js';

const REGISTRY = 'registry.example.com';
const image = (service: string, tag: string) => ({ repository: `${REGISTRY}/shop/${service}`, tag });

let shop: Shop;
/** Writes what the environments run, and commits it. */
const deploy = (message: string, staging: string, production: string, api = '1.0.0') => {
  const lock = {
    web: { staging: image('web', staging), production: image('web', production) },
    api: { staging: image('api', api), production: image('api', api) },
  };
  shop.write('images.lock.json', `${JSON.stringify(lock, null, 2)}\n`);
  return shop.commit(message);
};
const tagOf = (service: string, environment: string) => shop.lock()[service]?.[environment]?.tag;
const rollback = (...args: readonly string[]): Promise<ShopRun> => shop.keelson(['rollback', ...args]);
const state = () => ({ head: shop.git('rev-parse', 'HEAD'), status: shop.git('status', '--porcelain') });

beforeEach(() => {
  shop = new Shop(REGISTRY);
  shop.git('init', '--quiet', '--initial-branch', 'main');
  shop.git('config', 'user.name', 'Ada');
  shop.git('config', 'user.email', 'ada@example.com');
});
afterEach(() => shop.remove());

test('images go back as one commit, after the difference; once more goes further back', async () => {
  const first = deploy('first', '1.0.0', '1.0.0');
  deploy('second', '1.1.0', '1.1.0');
  deploy('third', '1.2.0', '1.2.0');
  deploy('staging only', '1.3.0', '1.2.0');
  const before = state();
  const asked = await rollback('production', '--images-only');
  expect([asked.status, asked.stderr]).toEqual([1, expect.stringContaining('--yes: is missing')]);
  expect(asked.stdout).toContain(`image: ${REGISTRY}/shop/web:1.2.0 → :1.1.0`);
  expect(state()).toEqual(before);

  const { status, stdout } = await rollback('production', '--images-only', '--yes');
  expect([status, stdout]).toEqual([0, expect.stringContaining('keelson up --env production')]);
  expect([tagOf('web', 'production'), tagOf('web', 'staging')]).toEqual(['1.1.0', '1.3.0']);
  expect(state().status).toBe('');
  expect(shop.git('rev-parse', 'HEAD^')).toBe(before.head);
  expect(shop.git('diff', '--name-only', 'HEAD^', 'HEAD')).toBe('images.lock.json');
  expect(shop.git('log', '-1', '--format=%s')).toMatch(/^Roll production back to the images of [0-9a-f]{7}$/);

  expect((await rollback('production', '--images-only', '--yes')).status).toBe(0);
  expect(tagOf('web', 'production')).toBe('1.0.0');
  expect(shop.git('log', '-1', '--format=%B')).toContain(`Keelson-Rollback: production ${first}`);
  const none = await rollback('production', '--images-only', '--yes');
  expect([none.status, none.stderr]).toEqual([
    1,
    expect.stringContaining('has run nothing else in the history'),
  ]);
});

test('one service goes back, the other stays', async () => {
  deploy('first', '1.0.0', '1.0.0');
  deploy('second', '1.1.0', '1.1.0', '2.0.0');
  expect((await rollback('production', 'web', '--yes')).status).toBe(0);
  expect([tagOf('web', 'production'), tagOf('api', 'production')]).toEqual(['1.0.0', '2.0.0']);
});

test('configuration: a change of the application alone is taken back, whatever else was committed since', async () => {
  shop.write('app.ts', shop.application('', 'production'));
  deploy('first', '1.0.0', '1.0.0');
  shop.write('settings.ts', "export const web = { host: 'www' };\n");
  const imported = `import { web } from './settings.js';\n${shop.application('...web', 'production')}`;
  shop.write('app.ts', imported.replace('settings.js', 'settings'));
  deploy('second', '1.1.0', '1.1.0');
  shop.write('settings.ts', "export const web = { host: 'shop' };\n");
  shop.commit('another host');
  shop.write('README.md', 'Words.\n');
  shop.append('app.ts', '\n// a comment\n');
  shop.commit('words');
  const { status, stdout, stderr } = await rollback('production', '--yes');
  expect([status, stderr]).toEqual([
    0,
    expect.stringMatching(/^ {2}Looking at what [0-9a-f]{7} changed …\n/),
  ]);
  expect(stdout).toContain('www.production.shop.example.com');
  expect(shop.read('settings.ts')).toContain("'www'");
  expect([tagOf('web', 'production'), shop.read('README.md')]).toEqual(['1.1.0', 'Words.\n']);

  // Before that neither the module nor the image was there: the module stays, and nothing imports it.
  expect((await rollback('production', '--yes')).status).toBe(0);
  expect(shop.read('app.ts')).not.toContain('./settings');
  expect([tagOf('web', 'production'), state().status]).toEqual(['1.0.0', '']);
});

test('configuration that another environment shares is not taken back silently', async () => {
  deploy('first', '1.0.0', '1.0.0');
  shop.write('app.ts', shop.application("host: 'www'"));
  deploy('second', '1.1.0', '1.1.0');
  const before = state();
  const { status, stderr } = await rollback('production', '--yes');
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining("staging: would change too, by the application's files"),
  ]);
  expect(state()).toEqual(before);
  expect((await rollback('production', '--with-others', '--yes')).status).toBe(0);
  expect([tagOf('web', 'production'), tagOf('web', 'staging')]).toEqual(['1.0.0', '1.1.0']);
  expect(shop.read('app.ts')).not.toContain("'www'");
});

test('what cannot be taken back is said, and nothing changes', async () => {
  deploy('first', '1.0.0', '1.0.0');
  const second = deploy('second', '1.1.0', '1.1.0');
  shop.append('web/content', 'more\n');
  const before = state();
  const dirty = await rollback('production', '--yes');
  expect(dirty.stderr).toContain('web/content: is not committed');
  expect(state()).toEqual(before);
  shop.git('checkout', '--quiet', '--', '.');
  for (const [args, words] of [
    [['prodution'], 'did you mean "production"?'],
    [['production', 'wbe', '--yes'], 'wbe'],
    [['production', '--to', 'nowhere'], '--to nowhere: is no commit'],
    [['production', 'web', '--to', second, '--yes'], 'is as in'],
  ] as const) {
    const { status, stderr } = await rollback(...args);
    expect([args, status, stderr]).toEqual([args, 1, expect.stringContaining(words)]);
  }
  expect(shop.git('rev-parse', 'HEAD')).toBe(second);
});
