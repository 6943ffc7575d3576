import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';

const folder = mkdtempSync(join(tmpdir(), 'keelson-group-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Makes a group where version 2 has these controllers. */
function makeGroup(controllers: string, prepare = (_: string) => {}) {
  const root = mkdtempSync(join(folder, 'root-'));
  writeFileSync(join(root, 'cgroup.controllers'), `${controllers}\n`);
  prepare(root);
  const { status, stdout } = spawnSync('test/lab/make-group', ['lab', root], { cwd: ROOT, encoding: 'utf8' });
  return { status, stdout: stdout.replaceAll(root, 'ROOT'), made: existsSync(join(root, 'lab')) };
}

test('a group is made where every controller that the kubelet needs can be handed on', () => {
  expect(makeGroup('cpuset cpu io memory pids')).toEqual({ status: 0, stdout: '', made: true });
});

test('a machine without one of them is told by its name, and no group is left', () => {
  const { status, stdout, made } = makeGroup('cpuset cpu io pids');
  expect(stdout).toBe('its control groups have no controller "memory"\n');
  expect([status, made]).toEqual([1, false]);
});

test('a group that the kernel lets hand nothing on is told', () => {
  // As in a container whose processes are in the group itself: nothing can be written there.
  const { status, stdout, made } = makeGroup('cpu memory pids', (root) =>
    mkdirSync(join(root, 'cgroup.subtree_control')),
  );
  expect(stdout).toBe(
    'ROOT cannot hand the controller "cpu" on (in a container: give it the host\'s control groups)\n',
  );
  expect([status, made]).toEqual([1, false]);
});
