import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { list, type Properties, text } from '../../embedded/kubernetes-provider/property-values.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { previewStack, upStack } from '../../stacks/deploy.js';
import { runEngine } from '../../stacks/engine-command.js';
import { importStack } from '../../stacks/import-objects.js';
import type { ProviderBed } from './kubernetes-provider-bed.js';
import { configMap, maps, StackBed } from './stack-bed.js';

/* Which objects a stack takes back that its state does not have, with the real engine and the real API server. */
const OWNER = 'keelson.dev/stack';
const map = (name: string, data: Record<string, string>) => configMap('shop', name, data);
const deployment = (nodeSelector: Record<string, string>): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { nodeSelector, containers: [{ name: 'web', image: 'example.com/web:1' }] },
    },
  },
});
const web = '/apis/apps/v1/namespaces/shop/deployments/web';

let stacks: StackBed;
let bed: ProviderBed;
let told: string[];

const options = (objects: readonly KubeObject[]) =>
  stacks.options('shop', objects, {
    secrets: [{ name: 'key', namespace: 'shop', keys: ['k'], generate: true }],
  });

/** The engine that this process started for the stack. */
function engine(): number {
  const lines = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n');
  const own = lines
    .map((line) => /^ *(\d+) +(\d+) (.*)$/.exec(line) ?? [])
    .find(([, , parent, args = '']) => Number(parent) === process.pid && /pulumi\S* up /.test(args));
  return Number(own?.[1]);
}

/** Kills the engine while the Deployment is on the API server and not in the state: it never becomes ready. */
async function killBetweenCreateAndCheckpoint(): Promise<void> {
  const running = expect(upStack(options([deployment({ zone: 'nowhere' })]))).rejects.toThrow(/killed/);
  while ((await bed.find(web)) === undefined) await sleep(50);
  process.kill(engine(), 'SIGKILL');
  await running;
}

const forget = (name: string) => {
  const urn = `urn:pulumi:dev::shop::keelson:kubernetes:ClusterManifests$keelson:kubernetes:Manifest$kubernetes:core/v1:${name}`;
  return runEngine(['state', 'delete', urn, '--yes'], options([]));
};

beforeAll(async () => {
  stacks = await StackBed.start();
  ({ bed, told } = stacks);
});
afterAll(() => stacks?.stop());
beforeEach(() => {
  told.length = 0;
});

test('what an engine made that was killed before it noted it is taken back', async () => {
  await killBetweenCreateAndCheckpoint();
  const uid = text(await bed.find(web), 'metadata', 'uid');
  await upStack(options([deployment({})]));
  expect(told).toContainEqual(expect.stringMatching(/this stack's own: .*Deployment shop\/web/));
  expect(text(await bed.find(web), 'metadata', 'uid')).toBe(uid);
  expect((await upStack(options([deployment({})]))).changes).toEqual([]);
});

test('what the state has lost is taken back by its annotation, a Secret too', async () => {
  await upStack(options([map('a', { greeting: 'hello' })]));
  await forget('ConfigMap::shop/ConfigMap/a');
  await forget('Secret::shop/Secret/key');
  const { counts } = await upStack(options([map('a', { greeting: 'good day' })]));
  expect(told).toContainEqual(expect.stringMatching(/this stack's own: .*ConfigMap shop\/a/));
  expect(counts).toMatchObject({ create: 0, replace: 0 });
  expect(text(await bed.find(maps('shop', 'a')), 'data', 'greeting')).toBe('good day');
  expect((await upStack(options([map('a', { greeting: 'good day' })]))).changes).toEqual([]);
});

test("somebody else's object is refused and left alone, until it is handed over as the error says", async () => {
  const foreign = await bed.client.request('POST', maps('shop'), {
    body: map('b', { greeting: 'hello' }) as unknown as Properties,
    query: { fieldManager: 'somebody' },
    signal: new AbortController().signal,
  });
  const ours = (greeting: string) => options([map('a', { greeting: 'good day' }), map('b', { greeting })]);
  await expect(upStack(ours('hello'))).rejects.toThrow(
    'hand it to this stack: keelson import shop/ConfigMap/b, which changes nothing',
  );
  expect(await bed.find(maps('shop', 'b'))).toEqual(foreign);
  const { imported } = await importStack({ ...ours('good day'), only: ['shop/ConfigMap/b'] });
  expect(imported).toEqual(['shop/ConfigMap/b']);
  expect(await bed.find(maps('shop', 'b'))).toEqual(foreign);
  // The preview shows what up would change in it: what it has, and whose it is.
  expect((await previewStack({ ...ours('good day'), forceConflicts: true })).changes).toMatchObject([
    {
      operation: 'update',
      name: 'shop/b',
      paths: expect.arrayContaining(['data.greeting']),
    },
  ]);
  // What somebody else wrote is not overwritten in passing.
  await expect(upStack(ours('good day'))).rejects.toThrow(
    /changed in the cluster: \.data\.greeting \(somebody\)\. Take them back with --force-conflicts/,
  );
  expect(text(await bed.find(maps('shop', 'b')), 'data', 'greeting')).toBe('hello');
  await upStack(ours('hello'));
  expect(text(await bed.find(maps('shop', 'b')), 'metadata', 'uid')).toBe(text(foreign, 'metadata', 'uid'));
  expect((await upStack(ours('hello'))).changes).toEqual([]);
  await upStack({ ...ours('good day'), forceConflicts: true });
  expect(text(await bed.find(maps('shop', 'b')), 'data', 'greeting')).toBe('good day');
});

test('what somebody else applied is adopted as a whole, whatever it is, and nothing of it is made anew', async () => {
  const [namespace, labels] = ['adopted', { app: 'db' }];
  const object = (apiVersion: string, kind: string, content: object): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name: 'db', namespace },
    ...content,
  });
  const pod = {
    metadata: { labels },
    spec: { serviceAccountName: 'db', containers: [{ name: 'db', image: 'example.com/db:1' }] },
  };
  const theirs = [
    object('v1', 'ServiceAccount', {}),
    object('v1', 'Service', { spec: { selector: labels, ports: [{ port: 5432 }] } }),
    object('v1', 'PersistentVolumeClaim', {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }),
    object('rbac.authorization.k8s.io/v1', 'Role', {
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    }),
    object('apps/v1', 'Deployment', { spec: { selector: { matchLabels: labels }, template: pod } }),
    object('batch/v1', 'CronJob', {
      spec: {
        schedule: '0 3 * * *',
        jobTemplate: { spec: { template: { spec: { ...pod.spec, restartPolicy: 'Never' } } } },
      },
    }),
  ];
  const { signal } = new AbortController();
  const collection = ({ apiVersion, kind }: KubeObject) =>
    `/${apiVersion === 'v1' ? 'api' : 'apis'}/${apiVersion}/namespaces/${namespace}/${kind.toLowerCase()}s`;
  const post = (path: string, body: object) =>
    bed.client.request('POST', path, {
      body: body as Properties,
      query: { fieldManager: 'kubectl-client-side-apply' },
      signal,
    });
  const uids = () =>
    Promise.all(theirs.map(async (one) => text(await bed.find(`${collection(one)}/db`), 'metadata', 'uid')));
  await post('/api/v1/namespaces', { metadata: { name: namespace } });
  for (const one of theirs) await post(collection(one), one);
  const before = await uids();
  const ours = stacks.options(namespace, theirs);
  await expect(upStack(ours)).rejects.toThrow('keelson import');
  const only = ['Namespace/adopted', ...theirs.map(({ kind }) => `adopted/${kind}/db`)];
  expect((await importStack({ ...ours, only })).imported).toHaveLength(only.length);
  expect((await upStack(ours)).counts).toMatchObject({ create: 0, replace: 0, delete: 0 });
  expect(await uids()).toEqual(before);
  expect((await upStack(ours)).changes).toEqual([]);
});

test('what is not in the cluster cannot be handed over, and is not noted', async () => {
  const wanted = options([map('a', { greeting: 'good day' }), map('nowhere', {})]);
  await expect(importStack({ ...wanted, only: ['shop/ConfigMap/nowhere'] })).rejects.toThrow(
    'shop/ConfigMap/nowhere: is not in the cluster, so there is nothing to hand over',
  );
  expect((await upStack(wanted)).counts).toMatchObject({ create: 1 });
});

test("an object that is annotated as this stack's needs no import", async () => {
  await bed.client.request('POST', maps('shop'), {
    body: map('c', { greeting: 'hello' }) as unknown as Properties,
    query: { fieldManager: 'somebody' },
    signal: new AbortController().signal,
  });
  await bed.meddle('PATCH', maps('shop', 'c'), { metadata: { annotations: { [OWNER]: 'shop/dev' } } });
  expect((await upStack(options([map('c', { greeting: 'hello' })]))).counts).toMatchObject({ create: 0 });
});

test("another stack's object that came meanwhile is not taken for what a killed engine made", async () => {
  await upStack(options([]));
  await killBetweenCreateAndCheckpoint();
  const mine = await bed.find(web);
  await bed.meddle('PATCH', web, { metadata: { annotations: { [OWNER]: 'shop/production' } } });
  await expect(upStack(options([deployment({})]))).rejects.toThrow(
    'Deployment shop/web: is in the cluster already',
  );
  const left = await bed.find(web);
  expect(text(left, 'metadata', 'uid')).toBe(text(mine, 'metadata', 'uid'));
  expect(text(left, 'spec', 'template', 'spec', 'nodeSelector', 'zone')).toBe('nowhere');
  const state = JSON.parse(await runEngine(['stack', 'export'], options([])));
  expect(list(state, 'deployment', 'resources').map(({ type }) => type)).not.toContain(
    'kubernetes:apps/v1:Deployment',
  );
});
