import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';

/*
 * `keelson ci deploy` with the real engine and the real API server: it stops before anything changes where the preview
 * has more than was promised, and applies what was.
 */
const project = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-ci-deploy-'));
const promise = join(project, 'promise.json');

const keelson = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'bin/keelson.js'), ...args], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, KEELSON_USER: '', CI: 'true' },
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
  for (const file of ['app.ts', 'images.lock.json', 'package.json'])
    cpSync(join(ROOT, 'examples/lunch', file), join(project, file));
});

afterAll(() => {
  keelson('down');
  rmSync(project, { recursive: true, force: true });
});

test('without a promise, and with a file that is none, nothing is even previewed', () => {
  expect(keelson('ci', 'deploy', '--embedded')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('--promised FILE: or --unpromised: give one of them'),
  });
  expect(deploy()).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('cannot be read'),
  });
});

test('a preview with more than was promised stops, before there is a cluster', () => {
  promised(['create', 'Deployment', 'local/web']);
  const { status, stdout, stderr } = deploy();
  expect(status).toBe(1);
  expect(stderr).toContain('local: StatefulSet local/sessions: would be created; nothing was said of it');
  expect(stderr).not.toContain('Deployment local/web: would');
  expect(stderr).toContain('nothing was changed: this is more than pull request #5 showed');
  expect(stdout).toContain('not started yet');
});

test('what was promised is applied, and nothing else', () => {
  expect(keelson('ci', 'deploy', '--env', 'local', '--embedded', '--unpromised').status).toBe(0);
  setTag('1.5.0');
  promised(['update', 'Service', 'local/web']);
  const stopped = deploy();
  expect(stopped.status).toBe(1);
  expect(stopped.stderr).toContain('local: Deployment local/web: would be updated; nothing was said of it');
  promised(['update', 'Deployment', 'local/web']);
  const { status, stdout } = deploy();
  expect(status).toBe(0);
  expect(stdout).toMatch(/~ 1 updated/);
  expect(keelson('preview').stdout).toContain('Nothing to change');
});
