import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';

/*
 * Ctrl-C as a terminal sends it, to `keelson` and its engine at once, and SIGTERM as CI sends it, to `keelson` alone;
 * at every moment of a run, with the real engine and the real API server. Each time the next run goes on.
 */
const project = mkdtempSync(join(tmpdir(), 'keelson-interrupted-'));

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param at sends the signal when this was written. @default it is let be */
function keelson(
  args: readonly string[],
  at?: RegExp,
  signal: 'SIGINT' | 'SIGTERM' = 'SIGINT',
): Promise<Run> {
  return new Promise((done) => {
    // A group of its own is what a command has in a terminal.
    const child = spawn(process.execPath, [join(ROOT, 'bin/keelson.js'), ...args], {
      cwd: project,
      env: { ...process.env, KEELSON_USER: '', CI: 'true' },
      detached: true,
    });
    let [stdout, stderr, sent] = ['', '', false];
    const pid = child.pid ?? 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (sent || !at?.test(stdout)) return;
      sent = true;
      process.kill(signal === 'SIGINT' ? -pid : pid, signal);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('close', (status) => done({ status, stdout, stderr }));
  });
}

beforeAll(() => {
  for (const file of ['app.ts', 'images.lock.json', 'package.json'])
    cpSync(join(ROOT, 'examples/lunch', file), join(project, file));
});

afterAll(async () => {
  await keelson(['down']);
  rmSync(project, { recursive: true, force: true });
});

/** Everything is there, and was not made twice. */
async function goesOn(): Promise<void> {
  const up = await keelson(['up']);
  expect([up.status, up.stderr]).toEqual([0, expect.not.stringContaining('problem')]);
  const { stdout } = await keelson(['up']);
  expect(stdout.match(/Nothing to change: \d+ objects are as described/g)).toHaveLength(2);
}

const destroyed = async () => expect(await keelson(['destroy'])).toMatchObject({ status: 0 });

test.each([
  ['a preview before there is a cluster', ['preview'], /^Cluster local/m, 'SIGINT'],
  ['an up, before its engine begins', ['up'], /^Cluster local/m, 'SIGTERM'],
  ['an up, at the first objects of the cluster', ['up'], /created {2}CustomResourceDefinition/, 'SIGINT'],
  ['an up, at what stands on those', ['up'], /created {2}ClusterIssuer/, 'SIGTERM'],
  ['an up, at the objects of the environment', ['up'], /created {2}Service local/, 'SIGINT'],
] as const)('%s: what was interrupted says so, and ends', async (_when, args, at, signal) => {
  const { status, stderr } = await keelson(args, at, signal);
  expect([status, stderr]).toEqual([1, expect.stringMatching(/interrupted; the same command goes on from/)]);
});

test('an up after all of these goes on', goesOn);

test.each([
  ['a preview', ['preview'], /^Cluster local/m, 'SIGTERM'],
  ['a refresh', ['refresh'], /^Cluster local/m, 'SIGINT'],
  ['a destroy, at its first object', ['destroy'], /^- deleted/m, 'SIGINT'],
  ['a destroy, in the midst of the cluster', ['destroy'], /deleted {2}CustomResourceDefinition/, 'SIGTERM'],
] as const)('%s that is interrupted: the next up goes on', async (_what, args, at, signal) => {
  const { status, stderr } = await keelson(args, at, signal);
  expect([status, stderr]).toEqual([1, expect.stringMatching(/interrupted; the same command goes on from/)]);
  await goesOn();
});

test('so does a destroy', async () => {
  expect((await keelson(['destroy'], /^- deleted/m)).status).toBe(1);
  await destroyed();
  expect((await keelson(['destroy'])).stdout).toContain('Nothing to delete');
});
