import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';
import { filesWith, holds } from '../support/secret-bytes.js';
import { SecretWatch } from '../support/secret-watch.js';

/*
 * `keelson ci deploy` with the real engine and the real API server: it stops before anything changes where the preview
 * has more than was promised, and applies what was.
 */
const project = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-ci-deploy-'));
const promise = join(project, 'promise.json');

/** Everything that any command wrote. */
let written = '';
let watch: SecretWatch;

const keelson = (...args: readonly string[]) =>
  new Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }>((done) => {
    const env = { ...process.env, KEELSON_USER: '', CI: 'true' };
    const command = [join(ROOT, 'bin/keelson.js'), ...args];
    execFile(process.execPath, command, { cwd: project, env }, (error, stdout, stderr) => {
      written += stdout + stderr;
      done({ status: Number(error?.code ?? 0), stdout, stderr });
    });
  });
const deploy = () => keelson('ci', 'deploy', '--env', 'local', '--embedded', '--promised', promise);
const promised = (...changes: readonly (readonly [action: string, kind: string, name: string])[]) =>
  writeFileSync(
    promise,
    JSON.stringify({
      version: 1,
      pulls: [5],
      changes: changes.map(([action, kind, name]) => ({ stack: 'local', kind, name, action })),
    }),
  );
const setTag = (tag: string) => {
  const file = join(project, 'images.lock.json');
  const images = JSON.parse(readFileSync(file, 'utf8'));
  images.web.local.tag = tag;
  writeFileSync(file, JSON.stringify(images));
};

beforeAll(() => {
  watch = SecretWatch.start();
  for (const file of ['app.ts', 'images.lock.json', 'package.json'])
    cpSync(join(ROOT, 'examples/lunch', file), join(project, file));
});

afterAll(async () => {
  await keelson('down');
  watch.end();
  rmSync(project, { recursive: true, force: true });
});

test('without a promise, and with a file that is none, nothing is even previewed', async () => {
  expect(await keelson('ci', 'deploy', '--embedded')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('--promised FILE: or --unpromised: give one of them'),
  });
  expect(await deploy()).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('cannot be read'),
  });
});

test('a preview with more than was promised stops, before there is a cluster', async () => {
  promised(['create', 'Deployment', 'local/web']);
  const { status, stdout, stderr } = await deploy();
  expect(status).toBe(1);
  expect(stderr).toContain('local: StatefulSet local/sessions: would be created; nothing was said of it');
  expect(stderr).not.toContain('Deployment local/web: would');
  expect(stderr).toContain('nothing was changed: this is more than pull request #5 showed');
  expect(stdout).toContain('not started yet');
});

test('what was promised is applied, and nothing else', async () => {
  expect((await keelson('ci', 'deploy', '--env', 'local', '--embedded', '--unpromised')).status).toBe(0);
  setTag('1.5.0');
  promised(['update', 'Service', 'local/web']);
  const stopped = await deploy();
  expect(stopped.status).toBe(1);
  expect(stopped.stderr).toContain('local: Deployment local/web: would be updated; nothing was said of it');
  promised(['update', 'Deployment', 'local/web']);
  const { status, stdout } = await deploy();
  expect(status).toBe(0);
  expect(stdout).toMatch(/~ 1 updated/);
  expect((await keelson('preview')).stdout).toContain('Nothing to change');
});

test('the passphrase of its state is in its file, and otherwise in the environment alone', () => {
  const file = join(project, '.keelson/embedded/local/pulumi/passphrase');
  const passphrase = readFileSync(file, 'utf8');
  expect(passphrase).toMatch(/^[0-9a-f]{64}$/);
  expect(filesWith(project, [passphrase])).toEqual([file]);
  expect(holds(written, passphrase)).toBe(false);
  expect(watch.placesOf([passphrase], ['PULUMI_CONFIG_PASSPHRASE'])).toEqual([]);
});
