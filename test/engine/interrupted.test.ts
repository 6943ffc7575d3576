import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../../embedded/kubernetes-provider/api-client.js';
import { readKubeconfig } from '../../embedded/kubernetes-provider/kubeconfig.js';
import { text } from '../../embedded/kubernetes-provider/property-values.js';
import { clientKeyOf } from '../support/client-key.js';
import { ROOT } from '../support/repository.js';
import { filesWith, holds } from '../support/secret-bytes.js';
import { SecretWatch } from '../support/secret-watch.js';

/*
 * Ctrl-C as a terminal sends it, to `keelson` and its engine at once, and SIGTERM as CI sends it, to `keelson` alone;
 * at every moment of a run, with the real engine and the real API server. Each time the next run goes on.
 */
const project = mkdtempSync(join(tmpdir(), 'keelson-interrupted-'));
const cluster = join(project, '.keelson/embedded/local');
const secrets = new Set<string>();
/** Everything that any command wrote. */
let written = '';
let watch: SecretWatch;

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param at sends the signal when this was written. @default it is let be */
function keelson(
  args: readonly string[],
  at?: RegExp,
  signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' = 'SIGINT',
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
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      stdout += more;
      if (sent || !at?.test(stdout)) return;
      sent = true;
      process.kill(signal === 'SIGTERM' ? pid : -pid, signal);
    });
    child.stderr.setEncoding('utf8').on('data', (more: string) => {
      stderr += more;
    });
    child.on('close', (status) => {
      written += stdout + stderr;
      done({ status, stdout, stderr });
    });
  });
}

beforeAll(() => {
  watch = SecretWatch.start();
  for (const file of ['app.ts', 'images.lock.json', 'package.json'])
    cpSync(join(ROOT, 'examples/lunch', file), join(project, file));
});

afterAll(async () => {
  await keelson(['down']);
  watch.end();
  rmSync(project, { recursive: true, force: true });
});

async function goesOn(): Promise<void> {
  const up = await keelson(['up']);
  expect([up.status, up.stderr]).toEqual([0, expect.not.stringContaining('problem')]);
  secrets.add(await cookieKey());
}

/** Everything is there, and was not made twice. */
async function isComplete(): Promise<void> {
  const { stdout } = await keelson(['up']);
  expect(stdout.match(/Nothing to change: \d+ objects are as described/g)).toHaveLength(2);
}

async function cookieKey(): Promise<string> {
  const client = new ApiClient(readKubeconfig(join(cluster, 'kubeconfig')));
  try {
    const { signal } = new AbortController();
    const secret = await client.find('/api/v1/namespaces/local/secrets/web', signal);
    return Buffer.from(text(secret, 'data', 'cookie-key'), 'base64').toString();
  } finally {
    client.close();
  }
}

const destroyed = async () => expect(await keelson(['destroy'])).toMatchObject({ status: 0 });

test.each([
  ['a preview before there is a cluster', ['preview'], /^Cluster local/m, 'SIGINT'],
  ['an up, before its engine begins', ['up'], /^Cluster local/m, 'SIGTERM'],
  ['an up, at the first objects of the cluster', ['up'], /created {2}CustomResourceDefinition/, 'SIGINT'],
  ['an up, at what stands on those', ['up'], /created {2}ClusterIssuer/, 'SIGHUP'],
  ['an up, at the objects of the environment', ['up'], /created {2}Service local/, 'SIGINT'],
] as const)('%s: what was interrupted says so, and ends', async (_when, args, at, signal) => {
  const { status, stderr } = await keelson(args, at, signal);
  expect([status, stderr]).toEqual([1, expect.stringMatching(/interrupted; the same command goes on from/)]);
});

test('an up after all of these goes on', async () => {
  await goesOn();
  await isComplete();
});

test.each([
  ['a preview', ['preview'], /^Cluster local/m, 'SIGTERM'],
  ['a refresh', ['refresh'], /^Cluster local/m, 'SIGINT'],
  ['a destroy, at its first object', ['destroy'], /^- deleted/m, 'SIGINT'],
  ['a destroy, in the midst of the cluster', ['destroy'], /deleted {2}CustomResourceDefinition/, 'SIGHUP'],
] as const)('%s that is interrupted: the next up goes on', async (_what, args, at, signal) => {
  const { status, stderr } = await keelson(args, at, signal);
  expect([status, stderr]).toEqual([1, expect.stringMatching(/interrupted; the same command goes on from/)]);
  await goesOn();
});

test('an up whose output nobody reads any more comes to its end', async () => {
  const child = spawn(process.execPath, [join(ROOT, 'bin/keelson.js'), 'up'], {
    cwd: project,
    env: { ...process.env, KEELSON_USER: '', CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.once('data', () => {
    child.stdout.destroy();
    child.stderr.destroy();
  });
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  await isComplete();
});

test('a destroy that is interrupted goes on', async () => {
  expect((await keelson(['destroy'], /^- deleted/m)).status).toBe(1);
  await destroyed();
  expect((await keelson(['destroy'])).stdout).toContain('Nothing to delete');
});

test('none of these wrote a secret in clear: not in state, configuration, output, arguments or temporary files', () => {
  // The namespace was made anew, the value was kept.
  expect([...secrets]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  const kept = join(cluster, 'pulumi/passphrase');
  const hidden = [...secrets, readFileSync(kept, 'utf8')];
  // etcd is the cluster's own store: what the API server keeps, it keeps as it is.
  expect(filesWith(project, hidden, 'etcd')).toEqual([kept]);
  expect(hidden.filter((one) => holds(written, one))).toEqual([]);
  const key = clientKeyOf(join(cluster, 'kubeconfig'));
  expect(watch.placesOf([...hidden, key], ['PULUMI_CONFIG_PASSPHRASE'])).toEqual([]);
  expect(watch.samples).toBeGreaterThan(100);
});
