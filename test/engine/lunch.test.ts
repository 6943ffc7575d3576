import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ApiClient } from '../../embedded/kubernetes-provider/api-client.js';
import { Discovery } from '../../embedded/kubernetes-provider/discovery.js';
import { readKubeconfig } from '../../embedded/kubernetes-provider/kubeconfig.js';
import lunch from '../../examples/lunch/app.js';
import { type KubeObject, synthesize } from '../../lib/index.js';
import { objectsOf } from '../support/application.js';
import { clientKeyOf } from '../support/client-key.js';
import { filesWith, holds } from '../support/secret-bytes.js';
import { SecretWatch } from '../support/secret-watch.js';

/*
 * The front door as a newcomer uses it: the command line as whole processes, in a project of its own, with the real
 * engine and the real API server, from nothing to everything and back.
 */
const root = resolve(__dirname, '../..');
const project = mkdtempSync(join(tmpdir(), 'keelson-lunch-'));
const cluster = join(project, '.keelson/embedded/local');
const expected = objectsOf(synthesize(lunch, { environments: ['local'] }));
const simulated = ({ kind }: KubeObject) => kind.endsWith('WebhookConfiguration');
/** Everything that any command wrote. */
let written = '';
let watch: SecretWatch;

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function keelson(args: readonly string[], interruptAfter?: RegExp): Promise<Run> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(root, 'bin/keelson.js'), ...args], {
      cwd: project,
      env: { ...process.env, KEELSON_USER: '', CI: 'true' },
    });
    let stdout = '';
    let stderr = '';
    let interrupted = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (interruptAfter?.test(stdout) && !interrupted) {
        interrupted = true;
        child.kill('SIGINT');
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('close', (status) => {
      written += stdout + stderr;
      done({ status, stdout, stderr });
    });
  });
}

function setTag(tag: string): void {
  const file = join(project, 'images.lock.json');
  const images = JSON.parse(readFileSync(file, 'utf8'));
  images.web.local.tag = tag;
  writeFileSync(file, JSON.stringify(images));
}

async function live(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): Promise<KubeObject> {
  const client = new ApiClient(readKubeconfig(join(cluster, 'kubeconfig')));
  const { signal } = new AbortController();
  try {
    const { name, namespace = '' } = object.metadata;
    const { path } = await new Discovery(client).locate(object, name, namespace, signal);
    return (await client.request('GET', path, { signal, tries: 1 })) as unknown as KubeObject;
  } finally {
    client.close();
  }
}

beforeAll(() => {
  watch = SecretWatch.start();
  for (const file of ['app.ts', 'images.lock.json', 'package.json'])
    cpSync(join(root, 'examples/lunch', file), join(project, file));
});

afterAll(async () => {
  await keelson(['down']);
  watch.end();
  rmSync(project, { recursive: true, force: true });
});

test('a preview before there is a cluster shows every object', async () => {
  const { status, stdout } = await keelson(['preview']);
  expect(status).toBe(0);
  expect(stdout).toContain('not started yet; a preview needs none');
  expect(stdout).toMatch(/^local-cluster requests \d+m CPU and \d+ MiB, at most .* during changes$/m);
  expect(stdout).toMatch(/^local requests \d+m CPU and \d+ MiB, at most .* during changes$/m);
  for (const object of expected.filter((one) => !simulated(one))) {
    const { name, namespace } = object.metadata;
    expect(stdout).toContain(`${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`);
  }
});

test('an up that is interrupted leaves a state from which the next one goes on', async () => {
  const { status, stderr } = await keelson(['up'], /created {2}CustomResourceDefinition/);
  expect(status).toBe(1);
  expect(stderr).toMatch(/cancel|interrupt/i);
  const again = await keelson(['up']);
  expect(again.stderr).not.toContain('problem');
  expect(again.status).toBe(0);
});

test('every object is on the real API server', async () => {
  for (const object of expected.filter((one) => !simulated(one)))
    expect((await live(object)).metadata.name).toBe(object.metadata.name);
  expect(
    await live({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'local' } }),
  ).toMatchObject({
    status: { readyReplicas: 2 },
  });
});

test('a second up changes nothing and says so', async () => {
  const { status, stdout } = await keelson(['up']);
  expect(status).toBe(0);
  expect(stdout.match(/Nothing to change: \d+ objects are as described/g)).toHaveLength(2);
  expect(stdout).toContain('https://www.lunch.localhost');
});

test('the diff with the cluster: nothing after an up; then what somebody changed by hand, whoever owns it', async () => {
  expect(await keelson(['diff', 'live'])).toEqual({
    status: 0,
    stdout: expect.stringContaining('live → working tree: no changes'),
    stderr: '',
  });
  const client = new ApiClient(readKubeconfig(join(cluster, 'kubeconfig')));
  const path = '/apis/apps/v1/namespaces/local/deployments/web';
  const scale = (replicas: number) =>
    client.request('PATCH', path, {
      signal: new AbortController().signal,
      contentType: 'application/merge-patch+json',
      query: { fieldManager: 'kubectl-scale' },
      body: { spec: { replicas } },
    });
  await scale(1);
  const found = await keelson(['diff', 'live', '--full']);
  await scale(2);
  client.close();
  expect([found.status, found.stdout]).toEqual([1, expect.stringContaining('~ spec.replicas: 1 → 2')]);
  expect(found.stdout).toMatch(/^live → working tree: 1 updated$/m);
});

test('one changed image updates one object', async () => {
  setTag('1.4.3');
  const preview = await keelson(['preview']);
  expect(preview.stdout).toMatch(/~ update\s+Deployment local\/web/);
  const { status, stdout } = await keelson(['up']);
  expect(status).toBe(0);
  expect(stdout.match(/^~ updated/gm)).toEqual(['~ updated']);
  expect(stdout).not.toMatch(/^[+-] (created|deleted)/m);
  expect(
    await live({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'local' } }),
  ).toMatchObject({
    spec: { template: { spec: { containers: [{ image: 'registry.lunch.example.com/lunch/web:1.4.3' }] } } },
  });
});

test('a secret is nowhere in clear: not in state, configuration, output, arguments or temporary files', async () => {
  const secret = await live({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'web', namespace: 'local' },
  });
  const value = Buffer.from((secret.data as Record<string, string>)['cookie-key'] ?? '', 'base64').toString();
  expect(value).toMatch(/^[0-9a-f]{64}$/);
  const kept = join(cluster, 'pulumi/passphrase');
  const secrets = [value, readFileSync(kept, 'utf8')];
  // etcd is the cluster's own store: what the API server keeps, it keeps as it is.
  expect(filesWith(project, secrets, 'etcd')).toEqual([kept]);
  expect(existsSync(join(cluster, 'pulumi/state/.pulumi/stacks/lunch/local.json'))).toBe(true);
  expect(secrets.filter((one) => holds(written, one))).toEqual([]);
  const key = clientKeyOf(join(cluster, 'kubeconfig'));
  expect(watch.placesOf([...secrets, key], ['PULUMI_CONFIG_PASSPHRASE'])).toEqual([]);
  expect(watch.samples).toBeGreaterThan(100);
});

test('a part is deleted and applied again as one JSON document, and the rest stays', async () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'local' },
  };
  const { uid } = (await live(deployment)).metadata as unknown as { readonly uid: string };
  const gone = await keelson(['destroy', 'sessions', '--json']);
  expect(JSON.parse(gone.stdout)).toMatchObject({
    verb: 'destroy',
    outcome: 'succeeded',
    stacks: [{ stack: 'local', counts: { delete: 5 } }],
  });
  // It alone, and not what it uses.
  const shallow = JSON.parse((await keelson(['up', 'web', '--json'])).stdout);
  expect(shallow).toMatchObject({ outcome: 'succeeded', stacks: [{ counts: { create: 0, update: 0 } }] });
  const back = await keelson(['up', 'web', '--deep', '--json']);
  expect(JSON.parse(back.stdout)).toMatchObject({
    stacks: [{ counts: { create: 5 }, outputs: { urls: ['https://www.lunch.localhost'] } }],
  });
  expect(back.stderr).toContain('+ created  StatefulSet local/sessions');
  expect((await live(deployment)).metadata).toMatchObject({ uid });
});

test('a refresh says what is gone, and the next up brings it back', async () => {
  expect((await keelson(['refresh'])).stdout.match(/No drift: \d+ objects/g)).toHaveLength(2);
  const client = new ApiClient(readKubeconfig(join(cluster, 'kubeconfig')));
  await client.request('DELETE', '/api/v1/namespaces/local/services/web', {
    signal: new AbortController().signal,
  });
  client.close();
  const { status, stdout } = await keelson(['refresh']);
  expect([status, stdout]).toEqual([0, expect.stringContaining('- GONE     Service local/web')]);
  expect(stdout).toContain('The next keelson up makes it what the application says.');
  expect((await keelson(['up'])).stdout).toContain('+ created  Service local/web');
});

test('an import names what it took, and what there is not', async () => {
  const unknown = await keelson(['import', 'local/Service/wep', '--json']);
  expect(unknown.status).toBe(1);
  expect(JSON.parse(unknown.stdout).failure.problems[0].message).toContain(
    'did you mean "local/Service/web"?',
  );
  const known = await keelson(['import', 'local/Service/web']);
  expect([known.status, known.stdout]).toEqual([
    0,
    expect.stringContaining('Nothing was changed in the cluster.'),
  ]);
});

test('a wrong passphrase is told as such, with a mend for a state that is thrown away, and the state stays', async () => {
  const file = join(cluster, 'pulumi/passphrase');
  const right = readFileSync(file);
  writeFileSync(file, 'wrong');
  const { status, stderr } = await keelson(['up']);
  writeFileSync(file, right);
  expect(status).toBe(1);
  expect(stderr).toContain(
    'was encrypted with another passphrase than the one in its folder. Nothing in it is to be kept: keelson down, then keelson up',
  );
  expect((await keelson(['up'])).stdout.match(/Nothing to change/g)).toHaveLength(2);
});

test('a destroy takes everything away, and down leaves no process and no folder', async () => {
  const { status, stdout } = await keelson(['destroy']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/deleted\s+Deployment local\/web/);
  await expect(live({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'local' } })).rejects.toThrow(
    /not found/,
  );
  expect(await keelson(['down'])).toMatchObject({ status: 0 });
  expect(existsSync(cluster)).toBe(false);
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  expect(processes.split('\n').filter((line) => line.includes(cluster))).toEqual([]);
  expect((await keelson(['down'])).stdout).toContain(
    `There is no embedded control plane in ${realpathSync(project)}.`,
  );
});
