import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { version } from '@pulumi/pulumi/version';
import { ROOT } from '../support/repository.js';
import { freePort } from '../support/until.js';

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-doctor-'));
const SECRETS = ['the-token-of-ada', 'the-password-of-ada', 'the-key-in-the-lock'];

const doctor = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'bin/keelson.js'), 'doctor', ...args],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    },
  );
  expect(stderr).toBe('');
  for (const secret of SECRETS) expect(stdout).not.toContain(secret);
  return { status, stdout };
};
interface Told {
  readonly isWell: boolean;
  readonly findings: readonly { what: string; state: string; found: string; mend?: string }[];
}
const told = (text: string, what: string) =>
  (JSON.parse(text) as Told).findings.find((finding) => finding.what.startsWith(what));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a folder without an application gets an answer, and the command that makes one', () => {
  const { status, stdout } = doctor(['--offline', '--json']);
  expect(status).toBe(1);
  expect(told(stdout, 'node')).toMatchObject({ state: 'ok', found: process.versions.node });
  expect(told(stdout, 'git')).toMatchObject({ state: 'ok' });
  expect(told(stdout, 'application')).toMatchObject({ state: 'missing', mend: 'keelson new NAME' });
});

test('an engine that was fetched before and does not start is told, and what to do about it', () => {
  const cache = join(folder, 'cache');
  const release = join(cache, 'releases', `pulumi-v${version}`);
  mkdirSync(join(release, 'bin'), { recursive: true });
  writeFileSync(join(release, 'bin', 'pulumi'), 'cut off', { mode: 0o644 });
  const { stdout } = doctor(['--offline', '--json'], { KEELSON_CACHE: cache, PATH: folder });
  expect(told(stdout, 'pulumi')).toMatchObject({
    state: 'broken',
    found: expect.stringContaining('does not run: spawn '),
    mend: `rm -r ${release}; keelson up (fetches or builds it, once)`,
  });
});

describe('in the folder of an application', () => {
  beforeAll(async () => {
    for (const file of ['app.ts', 'images.lock.json', 'package.json'])
      cpSync(join(ROOT, 'examples/lunch', file), join(folder, file));
    const port = await freePort();
    writeFileSync(
      join(folder, 'kubeconfig.yaml'),
      JSON.stringify({
        clusters: [{ name: 'main', cluster: { server: `https://ada:${SECRETS[1]}@127.0.0.1:${port}` } }],
        users: [{ name: 'ada', user: { token: SECRETS[0] } }],
        contexts: [{ name: 'main', context: { cluster: 'main', user: 'ada' } }],
      }),
    );
    writeFileSync(
      join(folder, 'Pulumi.staging.yaml'),
      'config:\n  keelson:kubeconfig: ./kubeconfig.yaml\n  keelson:context: main\n',
    );
  });

  test('a cluster that does not answer, by its address alone; programs that are missing', () => {
    const { status, stdout } = doctor(['--offline', '--json'], { PATH: dirname(process.execPath) });
    expect(status).toBe(1);
    expect(told(stdout, 'cluster of Pulumi.staging.yaml')).toMatchObject({
      state: 'unreachable',
      found: expect.stringMatching(/^context main, https:\/\/127\.0\.0\.1:\d+: ECONNREFUSED$/),
    });
    expect(told(stdout, 'application')).toMatchObject({ state: 'ok', found: 'lunch: 4 environments' });
    expect(told(stdout, 'images.lock.json')).toMatchObject({
      state: 'ok',
      found: '4 images, 0 of them by digest',
    });
    expect(told(stdout, 'docker or buildctl')).toMatchObject({ state: 'missing' });
  });

  test('a lock file that is nonsense, and a kubeconfig that is none, are told without what is in them', () => {
    writeFileSync(join(folder, 'images.lock.json'), `{ "web": "${SECRETS[2]}`);
    writeFileSync(join(folder, 'kubeconfig.yaml'), `users: [{ token: ${SECRETS[0]} }\n`);
    const { status, stdout } = doctor(['--offline', '--json']);
    expect(status).toBe(1);
    expect(told(stdout, 'images.lock.json')).toMatchObject({ state: 'broken', found: 'is no JSON' });
    expect(told(stdout, 'application')).toMatchObject({ state: 'broken' });
    expect(told(stdout, 'cluster of')).toMatchObject({
      state: 'broken',
      found: expect.stringContaining('cannot be read as YAML'),
    });
  });
});
