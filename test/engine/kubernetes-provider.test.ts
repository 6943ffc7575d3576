import { join } from 'node:path';
import type { EngineEvent, OpMap, Stack } from '@pulumi/pulumi/automation';
import { list, text } from '../../embedded/kubernetes-provider/property-values.js';
import { clientKeyOf } from '../support/client-key.js';
import { filesWith, holds } from '../support/secret-bytes.js';
import { SecretWatch } from '../support/secret-watch.js';
import { ProviderBed } from './kubernetes-provider-bed.js';
import {
  application,
  ClusterProvider,
  KubeResource,
  meta,
  podTemplate,
  type Wishes,
} from './kubernetes-provider-program.js';

const password = 'never-in-clear-7c1f';
const namespace = '/api/v1/namespaces/shop';
let bed: ProviderBed;
let stack: Stack;
let watch: SecretWatch;

beforeAll(async () => {
  bed = await ProviderBed.start({ standInAlone: 'what it does is tested here' });
  stack = await bed.stack('shop', { password });
  watch = SecretWatch.start();
  stack.workspace.program = async () => application(bed.cluster, {});
}, 3_600_000);
afterAll(() => {
  watch?.end();
  return bed?.stop();
}, 60_000);

/** What the application has become after the changes of the tests. */
const wishes: Wishes = { image: 'web:2', data: { greeting: 'hi' }, label: 'b' };

const events: EngineEvent[] = [];
const output: string[] = [];
const record = {
  onEvent: (event: EngineEvent) => void events.push(event),
  onOutput: (text: string) => void output.push(text),
};

async function up(wanted: Wishes): Promise<OpMap> {
  stack.workspace.program = async () => application(bed.cluster, wanted);
  return (await stack.up(record)).summary.resourceChanges ?? {};
}

/** The names of the resources that one operation concerns. */
function steps(some: readonly EngineEvent[], op: string): string[] {
  return some.flatMap(({ resourcePreEvent: pre }) =>
    pre?.metadata.op === op ? [pre.metadata.urn.split('::').at(-1) ?? ''] : [],
  );
}

/** The path of the application's Deployment, say. */
const inShop = (group: string, name: string) => `/apis/${group}/namespaces/shop/${name}`;

test('a preview shows every object, with definitions and namespace not there yet', async () => {
  const { changeSummary } = await stack.preview(record);
  expect(changeSummary).toEqual({ create: 12 });
}, 60_000);

test('the first run creates everything and waits until it is ready', async () => {
  expect(await up({})).toEqual({ create: 12 });
  expect(await bed.find(inShop('apps/v1', 'deployments/web'))).toMatchObject({
    status: { availableReplicas: 2 },
  });
  expect(await bed.find(inShop('apps/v1', 'statefulsets/store'))).toMatchObject({
    status: { readyReplicas: 3 },
  });
  expect(await bed.find(inShop('batch/v1', 'jobs/migrate'))).toMatchObject({
    status: { succeeded: 1 },
  });
  const encoded = Buffer.from(password).toString('base64');
  expect(await bed.find(`${namespace}/secrets/login`)).toMatchObject({ data: { password: encoded } });
}, 120_000);

test('the second run changes nothing', async () => {
  expect(await up({})).toEqual({ same: 12 });
}, 60_000);

test('one change is one update, which removes what is left out', async () => {
  expect(await up({ image: 'web:2' })).toEqual({ same: 11, update: 1 });
  expect(await up({ image: 'web:2', data: { farewell: 'bye' } })).toEqual({ same: 11, update: 1 });
  expect((await bed.find(`${namespace}/configmaps/settings`))?.data).toEqual({ farewell: 'bye' });
  expect(await up({ ...wishes, data: { farewell: 'bye', greeting: 'hi' } })).toEqual({ same: 2, update: 10 });
  expect(await up(wishes)).toEqual({ same: 11, update: 1 });
  expect((await bed.find(`${namespace}/configmaps/settings`))?.data).toEqual({ greeting: 'hi' });
}, 120_000);

test('a refresh finds drift; a field that somebody else took is taken back by force only', async () => {
  expect((await stack.refresh(record)).summary.resourceChanges).toEqual({ same: 12 });
  await bed.meddle('PATCH', `${namespace}/configmaps/settings`, { data: { greeting: 'moin', other: 'x' } });
  expect((await stack.refresh(record)).summary.resourceChanges).toEqual({ same: 11, update: 1 });
  await expect(up(wishes)).rejects.toThrow(/\.data\.greeting: conflict with "somebody"[\s\S]*patchForce/);
  expect(await up({ ...wishes, force: true })).toEqual({ same: 11, update: 1 });
  expect((await bed.find(`${namespace}/configmaps/settings`))?.data).toEqual({ greeting: 'hi', other: 'x' });
}, 120_000);

test('what is gone from the cluster is made again after a refresh', async () => {
  await bed.meddle('DELETE', `${namespace}/configmaps/settings`);
  expect((await stack.refresh(record)).summary.resourceChanges).toEqual({ same: 11, delete: 1 });
  expect(await up(wishes)).toEqual({ same: 11, create: 1 });
}, 60_000);

test('what cannot change is replaced, after the old one is gone', async () => {
  const { length } = events;
  expect(await up({ ...wishes, selector: 'web2' })).toEqual({ same: 10, replace: 1, update: 1 });
  expect(steps(events.slice(length), 'delete-replaced')).toEqual(['Deployment-web']);
  expect(await bed.find(inShop('apps/v1', 'deployments/web'))).toMatchObject({
    spec: { selector: { matchLabels: { app: 'web2' } } },
    status: { availableReplicas: 2 },
  });
}, 60_000);

test('an object that is there already is refused by name, and another cluster altogether', async () => {
  const twin = await bed.stack('twin');
  const settings = (kubeconfig: string) => async () => {
    const provider = new ClusterProvider('cluster', { kubeconfig });
    new KubeResource({ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('settings') }, { provider });
  };
  twin.workspace.program = settings(bed.kubeconfig);
  await expect(twin.up()).rejects.toThrow(/ConfigMap "shop\/settings".*already exists.*pulumi import/);
  twin.workspace.program = settings(bed.kubeconfig.replace(bed.cluster.server, 'https://10.0.0.1'));
  await expect(twin.up()).rejects.toThrow(/leads to https:\/\/10.0.0.1.*serves the embedded cluster/);
}, 60_000);

test('what is secret is nowhere in clear: not in state, working files, events, arguments or temporary files', () => {
  const secrets = [password, clientKeyOf(bed.cluster.kubeconfig)];
  expect(filesWith(join(bed.folder, 'shop'), secrets)).toEqual([]);
  expect(events.length).toBeGreaterThan(100);
  const told = `${JSON.stringify(events)}${output.join('')}`;
  expect(secrets.filter((one) => holds(told, one))).toEqual([]);
  expect(watch.placesOf(secrets)).toEqual([]);
});

test('what does not become ready is kept, with its reasons, and the next run goes on from there', async () => {
  const deploy = (nodeSelector: Record<string, string>) => async () => {
    const provider = new ClusterProvider('cluster', { kubeconfig: bed.kubeconfig });
    const { metadata, spec } = podTemplate('late', 'late:1');
    const template = { metadata, spec: { ...spec, nodeSelector } };
    const object = { selector: { matchLabels: { app: 'late' } }, template };
    const late = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta('late'), spec: object };
    new KubeResource(late, { provider, customTimeouts: { create: '3s' } });
  };
  const slow = await bed.stack('slow');
  slow.workspace.program = deploy({ zone: 'nowhere' });
  await expect(slow.up()).rejects.toThrow(
    /"shop\/late" is there, but did not become ready within 3 s: 0 of 1 replicas available[\s\S]*pod late-\S+: 0\/1 nodes/,
  );
  slow.workspace.program = deploy({});
  expect((await slow.up()).summary.resourceChanges).toEqual({ same: 2, update: 1 });
  expect((await slow.destroy()).summary.resourceChanges).toEqual({ delete: 3 });
}, 60_000);

test('destroy leaves nothing', async () => {
  expect((await stack.destroy(record)).summary.resourceChanges).toEqual({ delete: 12 });
  expect(await bed.find(namespace)).toBeUndefined();
  const definitions = await bed.find('/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
  expect(list(definitions, 'items').map((item) => text(item, 'metadata', 'name'))).not.toContain(
    'widgets.keelson.test',
  );
}, 120_000);
