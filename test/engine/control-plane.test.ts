import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClusterClient, clusterClient } from '../../embedded/control-plane/cluster-client.js';
import { readRecord, writeRecord } from '../../embedded/control-plane/cluster-record.js';
import {
  type EmbeddedCluster,
  findEmbeddedCluster,
  startEmbeddedCluster,
  stopEmbeddedCluster,
} from '../../embedded/control-plane/control-plane.js';
import { isFree } from '../../embedded/control-plane/ports.js';
import { endProcesses, isRunning } from '../../embedded/control-plane/processes.js';
import { strays } from '../../embedded/control-plane/strays.js';

// The first start may have to build the binaries.
jest.setTimeout(45 * 60_000);

const root = mkdtempSync(join(tmpdir(), 'keelson-control-plane-'));
const directory = join(root, 'cluster');
const report = jest.fn();
let cluster: EmbeddedCluster;
let startedFirst: boolean;
let client: ClusterClient;

const start = () => startEmbeddedCluster({ directory, report });

beforeAll(async () => {
  ({ started: startedFirst, ...cluster } = await start());
  client = await clusterClient(directory);
});
afterAll(async () => {
  await stopEmbeddedCluster(directory);
  rmSync(root, { recursive: true, force: true });
});

async function get<T>(path: string): Promise<T> {
  return JSON.parse((await client(path)).body) as T;
}

async function create(path: string, body: object): Promise<number> {
  return (await client(path, { method: 'POST', body })).status;
}

async function eventually(look: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await look())) {
    if (Date.now() > end) throw new Error('not within 60 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const pods = async (namespace: string) =>
  (await get<{ items: { status: { phase: string } }[] }>(`/api/v1/namespaces/${namespace}/pods`)).items;

/** The folder that a new claim is given, where nothing is mounted. */
async function claimedFolder(): Promise<string> {
  const provisioner = 'kubernetes.io/host-path';
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'folders' },
    provisioner,
  };
  expect(await create('/apis/storage.k8s.io/v1/storageclasses', storageClass)).toBe(201);
  const spec = {
    storageClassName: 'folders',
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
  };
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec };
  expect(await create('/api/v1/namespaces/default/persistentvolumeclaims', claim)).toBe(201);
  const volumes = async () =>
    (await get<{ items: { spec: { hostPath: { path: string } } }[] }>('/api/v1/persistentvolumes')).items;
  await eventually(async () => (await volumes()).length === 1);
  return (await volumes())[0]?.spec.hostPath.path ?? '';
}

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'example.com/web:1' }] },
};
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const availableReplicas = async () =>
  (await get<{ status: { availableReplicas?: number } }>(`${deployments}/web`)).status.availableReplicas;

async function killComponent(...names: string[]): Promise<void> {
  const processes = (await readRecord(directory))?.processes ?? {};
  await endProcesses(
    Object.entries(processes).flatMap(([name, found]) => (names.includes(name) ? [found] : [])),
  );
}

test('the cluster is of the pinned version and closed to other users of the machine', () => {
  expect(startedFirst).toBe(true);
  expect(cluster.version).toMatch(/^v1\.3[45]\./);
  expect(cluster.server).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(cluster.kubeconfig).mode & 0o777).toBe(0o600);
  expect(statSync(join(directory, 'pki', 'ca.key')).mode & 0o777).toBe(0o600);
  expect(readFileSync(cluster.kubeconfig, 'utf8')).toContain(`"current-context": "${cluster.context}"`);
});

test('nobody without a certificate gets an answer from the API server or from etcd', async () => {
  const ask = (url: string) =>
    new Promise<number | string>((resolve) => {
      const outgoing = request(url, { rejectUnauthorized: false, agent: false }, ({ statusCode = 0 }) => {
        outgoing.destroy();
        resolve(statusCode);
      });
      outgoing.once('error', (error) => resolve(String(error))).end();
    });
  expect(await ask(`${cluster.server}/version`)).toBe(401);
  const ports = (await readRecord(directory))?.ports;
  for (const port of [ports?.etcd, ports?.etcdPeer]) {
    expect(await ask(`https://127.0.0.1:${port}/version`)).toMatch(/certificate required|ECONNRESET|hang up/);
  }
});

test('a Deployment becomes ready, and its pods go with it', async () => {
  const spec = { replicas: 3, selector: { matchLabels: { app: 'web' } }, template };
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
  expect(await create(deployments, deployment)).toBe(201);
  await eventually(async () => (await availableReplicas()) === 3);

  const second = { ...deployment, metadata: { name: 'gone' } };
  expect(await create(deployments, second)).toBe(201);
  await eventually(async () => (await pods('default')).length === 6);
  await client(`${deployments}/gone`, { method: 'DELETE' });
  await eventually(async () => (await pods('default')).length === 3);
});

test('a Job completes', async () => {
  const spec = { template: { spec: { ...template.spec, restartPolicy: 'Never' } } };
  const jobs = '/apis/batch/v1/namespaces/default/jobs';
  expect(await create(jobs, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec })).toBe(
    201,
  );
  await eventually(async () => {
    const { status } = await get<{ status: { succeeded?: number } }>(`${jobs}/once`);
    return status.succeeded === 1;
  });
});

test('a pod has an address, and its first step is over while its sidecar runs', async () => {
  const container = (name: string) => ({ name, image: 'example.com/web:1' });
  const spec = {
    initContainers: [container('first'), { ...container('sidecar'), restartPolicy: 'Always' }],
    containers: [container('web')],
    readinessGates: [{ conditionType: 'example.com/known' }],
  };
  const path = '/api/v1/namespaces/default/pods';
  expect(await create(path, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'whole' }, spec })).toBe(201);
  type Container = { readonly name: string; readonly ready: boolean; readonly state: object };
  type Status = Partial<{
    phase: string;
    podIP: string;
    conditions: { type: string; status: string }[];
    initContainerStatuses: Container[];
    containerStatuses: Container[];
  }>;
  const status = async () => (await get<{ status: Status }>(`${path}/whole`)).status;
  await eventually(async () => (await status()).phase === 'Running');
  const { podIP, conditions = [], initContainerStatuses = [], containerStatuses = [] } = await status();
  expect(podIP).toMatch(/^10\.42\./);
  for (const type of ['Ready', 'ContainersReady', 'example.com/known'])
    expect(conditions).toContainEqual(expect.objectContaining({ type, status: 'True' }));
  const states = [...initContainerStatuses, ...containerStatuses].map(({ name, ready, state }) => [
    name,
    ready,
    ...Object.keys(state),
  ]);
  expect(states).toEqual([
    ['first', true, 'terminated'],
    ['sidecar', true, 'running'],
    ['web', true, 'running'],
  ]);
  await client(`${path}/whole`, { method: 'DELETE' });
  await eventually(async () => (await client(`${path}/whole`)).status === 404);
});

test('admission is on: Pod Security, and what a namespace is given', async () => {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'strict', labels } };
  expect(await create('/api/v1/namespaces', namespace)).toBe(201);
  await eventually(
    async () => (await client('/api/v1/namespaces/strict/serviceaccounts/default')).status === 200,
  );
  await eventually(
    async () => (await client('/api/v1/namespaces/strict/configmaps/kube-root-ca.crt')).status === 200,
  );
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'loose' }, spec: template.spec };
  expect(await create('/api/v1/namespaces/strict/pods', pod)).toBe(403);
});

test('a second start returns the running cluster', async () => {
  report.mockClear();
  expect(await start()).toEqual({ ...cluster, started: false });
  expect(await findEmbeddedCluster(directory)).toEqual(cluster);
  expect(report).not.toHaveBeenCalled();
});

test('an API server that was killed is started again, at its address and with the data', async () => {
  await killComponent('kube-apiserver');
  expect(await findEmbeddedCluster(directory)).toBeUndefined();
  expect(await start()).toEqual({ ...cluster, started: true });
  expect(await availableReplicas()).toBe(3);
});

test('after a reboot all of it is started again, once, however many ask for it', async () => {
  await killComponent('kwok', 'kube-scheduler', 'kube-controller-manager', 'kube-apiserver', 'etcd');
  const [one, other] = await Promise.all([start(), start()]);
  expect([one.started, other.started].sort()).toEqual([false, true]);
  expect(one.server).toBe(cluster.server);
  await eventually(async () => (await availableReplicas()) === 3);
});

test('a cluster that an older Keelson left running goes on with the pinned programs', async () => {
  const record = await readRecord(directory);
  if (record) await writeRecord(directory, { ...record, pinned: 'kubernetes v1.33.0' });
  report.mockClear();
  expect(await start()).toEqual({ ...cluster, started: true });
  expect(report).toHaveBeenCalledWith(expect.stringMatching(/ran kubernetes v1\.33\.0; it goes on with/));
  expect(Object.values(record?.processes ?? {}).some(isRunning)).toBe(false);
  expect(await availableReplicas()).toBe(3);
});

test('a port that somebody else has taken meanwhile is named', async () => {
  await killComponent('kube-apiserver');
  const port = Number(new URL(cluster.server).port);
  expect(await isFree(port, 10_000)).toBe(true);
  // The cluster's clients go on asking at the port, and a server closes after its last connection.
  const thief = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    thief.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  await expect(start()).rejects.toThrow(
    /which the embedded cluster's kube-apiserver had, is taken by another process/,
  );
  await new Promise((resolve) => thief.close(resolve));
  expect(await start()).toEqual({ ...cluster, started: true });
});

test('more nodes can be asked for', async () => {
  await startEmbeddedCluster({ directory, report, nodes: 2 });
  const { items } = await get<{ items: { status: { allocatable: object } }[] }>('/api/v1/nodes');
  expect(items).toHaveLength(2);
  expect(items[0]?.status.allocatable).toMatchObject({ cpu: '2', memory: '4Gi' });
});

test('a directory that was removed under the running cluster leaves no process behind', async () => {
  const before = Object.values((await readRecord(directory))?.processes ?? {});
  rmSync(directory, { recursive: true, force: true });
  expect((await start()).started).toBe(true);
  client = await clusterClient(directory);
  expect(before.some(isRunning)).toBe(false);
});

test('a start that is called off leaves nothing', async () => {
  const other = join(root, 'called-off');
  const controller = new AbortController();
  const onReport = (message: string) => {
    if (message.startsWith('Starting')) setTimeout(() => controller.abort(), 1_500);
  };
  const starting = startEmbeddedCluster({ directory: other, report: onReport, signal: controller.signal });
  await expect(starting).rejects.toThrow('abort');
  expect(existsSync(other)).toBe(false);
  expect(await strays(other)).toEqual([]);
});

test('a program that fails is quoted from its log, and the others are ended', async () => {
  const other = join(root, 'failing');
  const assets = join(root, 'assets');
  mkdirSync(assets);
  writeFileSync(join(assets, 'etcd'), '#!/bin/sh\necho "no room on the disk"\nexit 1\n');
  chmodSync(join(assets, 'etcd'), 0o755);
  process.env.KUBEBUILDER_ASSETS = assets;
  try {
    const starting = startEmbeddedCluster({ directory: other, report });
    await expect(starting).rejects.toThrow(/etcd ended while .*\/logs\/etcd.log:\n {2}no room on the disk/);
  } finally {
    delete process.env.KUBEBUILDER_ASSETS;
  }
  expect(await strays(other)).toEqual([]);
  expect(await findEmbeddedCluster(other)).toBeUndefined();
});

test('stopping ends every process and removes everything, folders of claims too', async () => {
  const folder = await claimedFolder();
  expect(existsSync(folder)).toBe(true);
  const processes = Object.values((await readRecord(directory))?.processes ?? {});
  expect(processes.filter(isRunning)).toHaveLength(5);
  expect(await stopEmbeddedCluster(directory)).toBe(true);
  expect(processes.some(isRunning)).toBe(false);
  expect(existsSync(directory)).toBe(false);
  expect(existsSync(folder)).toBe(false);
  expect(await stopEmbeddedCluster(directory)).toBe(false);
});
