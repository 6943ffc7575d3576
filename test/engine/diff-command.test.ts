import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';
import { until } from '../support/until.js';

const application = (services: string, environments = 'staging: { cluster: "main" }') => `
import { defineApplication, Redis, Service } from 'keelson';

export default defineApplication({
  name: 'shop',
  domain: 'shop.example.com',
  contact: 'ops@example.com',
  clusters: { main: {} },
  environments: { ${environments} },
  services(env) {
    const image = (name: string, version: string) => \`registry.example.com/shop/\${name}:\${version}\`;
    ${services}
  },
});
`;
const BASE = `
    const cache = new Redis(env, 'cache');
    const rates = new Service(env, 'rates', { image: image('rates', '2.0.0'), ports: { http: 8081 } });
    new Service(env, 'web', { image: image('web', '1.0.0'), ports: { http: 8080 }, host: 'www', uses: [rates, cache] });
`;
const FEATURE = `
    const prices = new Service(env, 'prices', { image: image('rates', '2.0.0'), ports: { http: 8081 } });
    new Service(env, 'web', { image: image('web', '1.1.0'), ports: { http: 8080 }, host: ['www', 'shop'], uses: [prices] });
`;
const LOCK =
  '{ "name": "shop", "lockfileVersion": 3, "requires": true, "packages": { "": { "name": "shop" } } }\n';
const MACHINES =
  "{ region: 'fra1', operatorCidrs: ['203.0.113.7/32'], sshKeys: { ada: 'ssh-ed25519 AAAA ada@example.com' } }";
const COMMAND = join(ROOT, 'bin/keelson.js');

let folder: string;
let temporary: string;

const git = (...args: readonly string[]) =>
  execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
const commit = (message: string) => {
  git('add', '--all');
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '--message', message);
};
const branch = (name: string, ...changed: readonly (readonly [file: string, text: string])[]) => {
  git('checkout', '--quiet', '-B', name, 'main');
  for (const [file, text] of changed) write(file, text);
  commit(name);
};
const environment = () => ({ ...process.env, KEELSON_USER: '', NO_COLOR: '', TMPDIR: temporary });
const diff = (...args: readonly string[]) =>
  spawnSync(process.execPath, [COMMAND, 'diff', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: environment(),
  });

/** Nothing of a comparison stays: no tree, no folder, no file in the repository. */
const left = () => ({
  trees: git('worktree', 'list', '--porcelain').match(/^worktree /gm)?.length,
  temporary: readdirSync(temporary).filter((name) => name.startsWith('keelson-diff-')),
  status: git('status', '--porcelain'),
});
const CLEAN = { trees: 1, temporary: [], status: '' };

beforeAll(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-diff-test-'));
  temporary = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-diff-temporary-'));
  git('init', '--quiet', '--initial-branch', 'main');
  write('package.json', '{ "name": "shop", "keelson": { "application": "app.ts" } }\n');
  write('package-lock.json', LOCK);
  write('.gitignore', 'node_modules/\ndist/\n');
  write('app.ts', application(BASE));
  commit('main');
  branch('feature/prices', ['app.ts', application(FEATURE)]);
  branch('docs', ['README.md', 'Only words.\n']);
  branch('broken', [
    'app.ts',
    application("new Service(env, 'web', { image: 'web', ports: { http: 8080 } });"),
  ]);
  branch('half', [
    'app.ts',
    application(
      `${BASE} if (env.name === 'production') new Service(env, 'BAD', { image: image('a', '1.0.0'), ports: { http: 1 } });`,
      'staging: { cluster: "main" }, production: { cluster: "main" }',
    ),
  ]);
  branch('whole', [
    'app.ts',
    application(FEATURE, 'staging: { cluster: "main" }, production: { cluster: "main" }'),
  ]);
  branch('machines', [
    'app.ts',
    application(BASE).replace('clusters: { main: {} }', `clusters: { main: { machines: ${MACHINES} } }`),
  ]);
  branch('locked', ['package-lock.json', LOCK.replace('"requires": true', '"requires": false')]);
});

afterAll(() => {
  for (const one of [folder, temporary]) rmSync(one, { recursive: true, force: true });
});

beforeEach(() => {
  git('checkout', '--quiet', 'feature/prices');
});

afterEach(() => expect(left()).toEqual(CLEAN));

test('machines: what a commit would have made, and what the working tree would', () => {
  git('checkout', '--quiet', 'machines');
  write('app.ts', readFileSync(join(folder, 'app.ts'), 'utf8').replace("region: 'fra1'", "region: 'ams3'"));
  const { status, stdout } = diff('machines', '--env', 'staging');
  const all = diff('main').stdout;
  git('checkout', '--', '.');
  expect(status).toBe(1);
  expect(stdout).toMatch(/^main-machines: .*replaced/m);
  expect(stdout).toMatch(/± Volume main-data \[data loss\]/);
  expect(stdout).toContain('~ spec.region: fra1 → ams3');
  expect(all).toMatch(/^main-machines \(new\): /m);
});

test('a terminal: a renamed service, another image, an opened host and a deleted Redis', () => {
  const { status, stdout } = diff('main');
  expect(status).toBe(1);
  expect(stdout).toContain(`main (${git('rev-parse', 'main').slice(0, 7)}) → working tree:`);
  expect(stdout).toMatch(/» Deployment rates → prices \[downtime\]/);
  expect(stdout).toContain('· image: registry.example.com/shop/web:1.0.0 → :1.1.0');
  expect(stdout).toContain('! exposure: shop.staging.shop.example.com is opened');
  expect(stdout).toMatch(/- StatefulSet cache \[data loss, downtime\]/);
  expect(stdout).not.toContain('\x1b');
});

test('Markdown, to a file: the same four', () => {
  const { status, stdout } = diff('main', 'feature/prices', '--format', 'markdown', '--out', 'dist/diff.md');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  const text = readFileSync(join(folder, 'dist/diff.md'), 'utf8');
  expect(text).toMatch(/^- `staging`: .*\*\*data loss 1\*\*/m);
  expect(text).toContain('- **renamed** `Deployment rates → prices`');
  expect(text).toContain('  - **image**: `registry.example.com/shop/web:1.0.0 → :1.1.0`');
  expect(text).toContain('  - **exposure**: `shop.staging.shop.example.com is opened`');
  expect(text).toContain('- **deleted** `StatefulSet cache`');
});

test('JSON: the same four', () => {
  const { status, stdout } = diff('main', '--format', 'json', '--env', 'staging');
  expect(status).toBe(1);
  const { stacks } = JSON.parse(stdout) as {
    stacks: {
      changes: { action: string; kind: string; name: string; oldName?: string; marks: { kind: string }[] }[];
    }[];
  };
  const told = stacks.flatMap(({ changes }) =>
    changes.map(({ action, kind, name, marks }) =>
      [action, kind, name, ...new Set(marks.map((mark) => mark.kind))].join(' '),
    ),
  );
  expect(told).toEqual(
    expect.arrayContaining([
      'rename Deployment prices downtime',
      'update Deployment web image',
      'update Ingress web exposure',
      'delete StatefulSet cache data loss downtime',
    ]),
  );
});

test('from the other side it is the other way round', () => {
  git('checkout', '--quiet', 'main');
  const { status, stdout } = diff('feature/prices');
  expect(status).toBe(1);
  expect(stdout).toContain('+ StatefulSet cache');
  expect(stdout).toContain('! downtime: shop.staging.shop.example.com does not answer any more');
});

test('the same tree, the same manifests: no change', () => {
  expect(diff('HEAD')).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringContaining('no changes'),
  });
  expect(diff('main', 'docs')).toMatchObject({ status: 0, stdout: expect.stringContaining('no changes') });
  expect(JSON.parse(diff('HEAD', '--format', 'json').stdout)).toMatchObject({
    summary: { actions: {}, marks: {} },
  });
});

test('what is not committed counts', () => {
  appendFileSync(join(folder, 'app.ts'), '\n// more\n');
  expect(diff('HEAD').status).toBe(0);
  write('app.ts', application(FEATURE.replace('1.1.0', '1.2.0')));
  const { status, stdout } = diff('HEAD');
  git('checkout', '--', '.');
  expect(status).toBe(1);
  expect(stdout).toContain('· image: registry.example.com/shop/web:1.1.0 → :1.2.0');
});

test('folders of manifests', () => {
  const synth = (name: string) =>
    execFileSync(process.execPath, [COMMAND, 'synth', '--out', `dist/${name}`], {
      cwd: folder,
      env: environment(),
    });
  synth('new');
  git('checkout', '--quiet', 'main');
  synth('old');
  expect(diff('dist/old', 'dist/old').status).toBe(0);
  expect(diff('dist/old', './dist/new')).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('- StatefulSet cache'),
  });
  expect(diff('dist/old').status).toBe(0);
  mkdirSync(join(folder, 'dist/other'));
  writeFileSync(join(folder, 'dist/other/a.yaml'), 'kind: Nothing\n');
  expect(diff('dist/old', './dist/other')).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining('document 1 is no object of Kubernetes'),
  });
});

test('a base that does not synthesize: the error, and what the other side has', () => {
  const { status, stdout } = diff('broken');
  expect(status).toBe(2);
  expect(stdout).toContain('broken does not synthesize:');
  expect(stdout).toContain('image');
  expect(stdout).toMatch(/staging is not compared; the other side has \d+ objects/);
  expect(stdout).not.toContain(temporary);
});

test('one environment of the base does not synthesize: the others are compared', () => {
  const { status, stdout } = diff('half', 'whole');
  expect(status).toBe(2);
  expect(stdout).toContain('half does not synthesize production:');
  expect(stdout).toContain('"BAD" is no valid name');
  expect(stdout).toContain('production is not compared');
  expect(stdout).toMatch(/^staging: .*renamed/m);
  expect(stdout).not.toMatch(/^production: /m);
  expect(diff('half', 'whole', '--env', 'staging').status).toBe(1);
});

test('another lock file is said, and its packages are installed for that side alone', () => {
  const { status, stderr } = diff('locked');
  expect(stderr).toContain('locked has another lock file: installing its packages (npm ci --ignore-scripts)');
  expect(status).toBe(1);
  expect(existsSync(join(folder, 'node_modules'))).toBe(false);
});

test.each([
  [['mian'], 'did you mean "main"?'],
  [['feature/price'], 'did you mean "feature/prices"?'],
  [['./nowhere'], 'there is no folder'],
  [['live'], 'the embedded control plane does not run; start it: keelson up'],
  [['live', 'live'], 'is on both sides'],
  [['live', '--kubeconfig', 'x'], '--context'],
  [['--', '--upload-pack=x'], 'is neither a commit'],
  [['main', '--env', 'stagin'], 'did you mean "staging"?'],
  [['main', '--format', 'yaml'], 'Allowed choices are terminal, markdown, json'],
  [[], "missing required argument 'base'"],
])('%j is an error', (args, message) => {
  const { status, stdout, stderr } = diff(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s: nothing is left', async (signal) => {
  const child = spawn(process.execPath, [COMMAND, 'diff', 'main'], {
    cwd: folder,
    env: environment(),
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  await until('the tree is there', () => Number(left().trees) > 1);
  child.kill(signal);
  await ended;
});
