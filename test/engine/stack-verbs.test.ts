import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { list, text } from '../../embedded/kubernetes-provider/property-values.js';
import { Redis, synthesize } from '../../lib/index.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { ClusterManifests } from '../../stacks/cluster-manifests.js';
import { destroyStack, previewStack, refreshStack, upStack } from '../../stacks/deploy.js';
import { runEngine } from '../../stacks/engine-command.js';
import { kubeconfig } from '../../stacks/kubeconfig.js';
import { KubernetesProvider } from '../../stacks/kubernetes-provider.js';
import { objectsOf, smallApplication } from '../support/application.js';
import { configMap, maps, StackBed } from './stack-bed.js';

/* What each verb does to a stack and to what lies beside it, with the real engine and the real API server. */
let stacks: StackBed;
beforeAll(async () => {
  stacks = await StackBed.start();
});
afterAll(() => stacks?.stop());

const changesOf = async (run: Promise<{ readonly changes: readonly object[] }>) =>
  (await run).changes.map((change) => {
    const { operation, name, paths } = change as { operation: string; name: string; paths: string[] };
    return [operation, name, ...paths];
  });

test('a refresh shows drift by object and field, changes nothing, and the next up mends it', async () => {
  const wanted = stacks.options('drift', [
    configMap('drift', 'a', { x: '1', y: '1' }),
    configMap('drift', 'gone', { x: '1' }),
  ]);
  await upStack(wanted);
  await stacks.bed.meddle('PATCH', maps('drift', 'a'), { data: { x: '2', other: 'not ours' } });
  await stacks.bed.meddle('DELETE', maps('drift', 'gone'));
  const found = await changesOf(refreshStack(wanted));
  expect(found.sort()).toEqual([
    ['delete', 'drift/gone'],
    ['update', 'drift/a', 'data.x'],
  ]);
  expect((await stacks.bed.find(maps('drift', 'a')))?.data).toMatchObject({ x: '2' });
  await expect(upStack(wanted)).rejects.toThrow(
    'ConfigMap drift/a: has fields that somebody else changed in the cluster: .data.x (somebody). Take them back',
  );
  await upStack({ ...wanted, forceConflicts: true });
  expect((await stacks.bed.find(maps('drift', 'a')))?.data).toEqual({ x: '1', y: '1', other: 'not ours' });
  expect(await stacks.bed.find(maps('drift', 'gone'))).toBeDefined();
  expect(await changesOf(refreshStack(wanted))).toEqual([]);
});

test('an up of a selection touches nothing else: nothing new, nothing changed, nothing removed', async () => {
  const before = [
    configMap('part', 'chosen', { x: '1' }),
    configMap('part', 'other', { x: '1' }),
    configMap('part', 'removed', { x: '1' }),
  ];
  await upStack(stacks.options('part', before));
  const after = stacks.options('part', [
    configMap('part', 'chosen', { x: '2' }),
    configMap('part', 'other', { x: '2' }),
    configMap('part', 'new', { x: '1' }),
  ]);
  const only = ['part/ConfigMap/chosen'];
  const update = [['update', 'part/chosen', 'data.x']];
  expect(await changesOf(previewStack({ ...after, only }))).toEqual(update);
  expect(await changesOf(upStack({ ...after, only }))).toEqual(update);
  const valueIn = async (name: string) => text(await stacks.bed.find(maps('part', name)), 'data', 'x');
  expect([await valueIn('chosen'), await valueIn('other'), await valueIn('removed')]).toEqual([
    '2',
    '1',
    '1',
  ]);
  expect(await stacks.bed.find(maps('part', 'new'))).toBeUndefined();
  // What was left out is not lost: the next whole run has it to do.
  const rest = await changesOf(upStack(after));
  expect(rest.sort()).toEqual([
    ['create', 'part/new'],
    ['delete', 'part/removed'],
    ['update', 'part/other', 'data.x'],
  ]);
  expect(await changesOf(destroyStack({ ...after, only }))).toEqual([['delete', 'part/chosen']]);
  expect(await valueIn('other')).toBe('2');
});

test('a selection is the first that a stack hears of', async () => {
  const wanted = stacks.options('first', [configMap('first', 'a', {}), configMap('first', 'b', {})]);
  const only = ['Namespace/first', 'first/ConfigMap/a'];
  expect((await upStack({ ...wanted, only })).counts).toMatchObject({ create: 2, same: 0 });
  await expect(
    upStack({ ...stacks.options('second', [configMap('second', 'a', {})]), only: ['second/ConfigMap/a'] }),
  ).rejects.toThrow('needs Namespace/second, which was not chosen and is not there yet');
});

test('an object that moves to another file of the application stays what it is', async () => {
  const wanted = stacks.options('moved', [configMap('moved', 'a', { x: '1' })]);
  await upStack(wanted);
  const [stack] = wanted.synthesis.stacks;
  const manifests = (stack?.manifests ?? []).flatMap(({ objects }) =>
    objects.map((object) => ({ name: `of-${object.metadata.name}`, objects: [object] })),
  );
  const moved = { ...wanted.synthesis, stacks: stack ? [{ ...stack, manifests }] : [] };
  expect(await changesOf(upStack({ ...wanted, synthesis: moved }))).toEqual([]);
});

test("single fields of somebody else's object are set by a patch, and given back", async () => {
  const { cluster } = stacks.bed;
  const foreign = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'theirs', namespace: 'default' } };
  await stacks.bed.client.request('POST', maps('default'), {
    body: { ...foreign, data: { theirs: '1' } },
    query: { fieldManager: 'somebody' },
    signal: new AbortController().signal,
  });
  const program = async () => {
    const { content, clusterIdentity } = kubeconfig({ file: cluster.kubeconfig, context: cluster.context });
    const provider = new KubernetesProvider('cluster', { kubeconfig: content, clusterIdentity });
    const patches = [{ ...foreign, data: { ours: '1' } }];
    new ClusterManifests('patched', { provider, manifests: [], patches });
  };
  const wanted = { ...stacks.options('patched', []), program };
  expect(await changesOf(upStack(wanted))).toEqual([['create', 'default/theirs']]);
  expect((await stacks.bed.find(maps('default', 'theirs')))?.data).toEqual({ theirs: '1', ours: '1' });
  expect(await changesOf(upStack(wanted))).toEqual([]);
  await destroyStack(wanted);
  expect((await stacks.bed.find(maps('default', 'theirs')))?.data).toEqual({ theirs: '1' });
});

const deployment = (app: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'fixed' },
  spec: {
    selector: { matchLabels: { app } },
    template: {
      metadata: { labels: { app } },
      spec: { containers: [{ name: 'web', image: 'x.test/web:1' }] },
    },
  },
});

test('what cannot change is replaced: the preview says why, and the old one goes first', async () => {
  await upStack(stacks.options('fixed', [deployment('one')]));
  const next = stacks.options('fixed', [deployment('two')]);
  expect((await previewStack(next)).changes).toMatchObject([
    { operation: 'replace', name: 'fixed/web', forcing: ['spec.selector.matchLabels.app'] },
  ]);
  const operations: string[] = [];
  await upStack({
    ...next,
    onEvent: ({ resOutputsEvent: done }) => {
      if (done?.metadata.urn.endsWith('Deployment/web')) operations.push(done.metadata.op);
    },
  });
  expect(operations.indexOf('delete-replaced')).toBeLessThan(operations.indexOf('create-replacement'));
  expect(
    text(
      await stacks.bed.find('/apis/apps/v1/namespaces/fixed/deployments/web'),
      'spec',
      'selector',
      'matchLabels',
      'app',
    ),
  ).toBe('two');
});

test('a Redis that is taken out of the application stays, until the command of the error was run', async () => {
  const objects = objectsOf(
    synthesize(
      smallApplication({
        environments: { data: { cluster: 'main' } },
        services: (env) => void new Redis(env, 'store'),
      }),
    ),
    'data',
  ).map((object) =>
    // Nobody provides volumes here, so no pod of it would run.
    object.kind === 'StatefulSet'
      ? ({ ...object, spec: { ...(object.spec as object), replicas: 0 } } as KubeObject)
      : object,
  );
  const whole = stacks.options('data', objects, { protectData: true });
  const without = stacks.options('data', [], { protectData: true });
  const path = '/apis/apps/v1/namespaces/data/statefulsets/store';
  await upStack(whole);
  const error = await upStack(without).catch((thrown: Error) => thrown.message);
  const [, urn = ''] =
    /StatefulSet data\/store: holds data and is protected, so it is not deleted.*pulumi state unprotect --stack dev '(\S+)'/.exec(
      `${error}`,
    ) ?? [];
  expect(await stacks.bed.find(path)).toBeDefined();
  await expect(destroyStack({ ...without, only: ['data/StatefulSet/store'] })).rejects.toThrow('holds data');
  await runEngine(['state', 'unprotect', '--yes', urn], without);
  expect(await changesOf(upStack(without))).toContainEqual(['delete', 'data/store']);
  expect(await stacks.bed.find(path)).toBeUndefined();
});

test('a Job that failed runs anew at the next up, once its cause is mended', async () => {
  const migrate: KubeObject = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'migrate', namespace: 'migrated' },
    spec: {
      // What runs has to complete within it, on a busy machine too.
      activeDeadlineSeconds: 10,
      template: {
        spec: {
          restartPolicy: 'Never',
          nodeSelector: { disk: 'fast' },
          containers: [{ name: 'migrate', image: 'x.test/api:1' }],
        },
      },
    },
  };
  const wanted = stacks.options('migrated', [migrate]);
  await expect(upStack(wanted)).rejects.toThrow('longer than specified deadline');
  const [node] = list(await stacks.bed.find('/api/v1/nodes'), 'items');
  await stacks.bed.meddle('PATCH', `/api/v1/nodes/${text(node, 'metadata', 'name')}`, {
    metadata: { labels: { disk: 'fast' } },
  });
  const { changes } = await upStack(wanted);
  // Pulumi's own plugin does not say of what.
  const paths = stacks.bed.provider.isReal ? [] : ['metadata.annotations["pulumi.com/replaceUnready"]'];
  expect(changes).toMatchObject([{ operation: 'replace', name: 'migrated/migrate', paths }]);
  expect(await changesOf(upStack(wanted))).toEqual([]);
});

test('a stack whose file lies where older engines kept it is found, and not made a second time', async () => {
  const wanted = stacks.options('older', [configMap('older', 'm', { x: '1' })], {
    env: { PULUMI_CONFIG_PASSPHRASE: 'test', PULUMI_DIY_BACKEND_LEGACY_LAYOUT: 'true' },
  });
  await upStack(wanted);
  expect(existsSync(join(wanted.workDir, 'state/.pulumi/stacks/dev.json'))).toBe(true);
  expect((await upStack(wanted)).changes).toEqual([]);
});

test('two people at once: one goes on, the other is told who does; another stack is not held up', async () => {
  const hanging: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'slow', namespace: 'both' },
    spec: {
      selector: { matchLabels: { app: 'slow' } },
      template: {
        metadata: { labels: { app: 'slow' } },
        spec: { nodeSelector: { zone: 'nowhere' }, containers: [{ name: 'a', image: 'x.test/a:1' }] },
      },
    },
  };
  const stop = new AbortController();
  let started = () => {};
  const isUp = new Promise<void>((resolve) => {
    started = resolve;
  });
  const first = upStack({
    ...stacks.options('both', [hanging]),
    signal: stop.signal,
    onEvent: ({ resourcePreEvent }) =>
      resourcePreEvent?.metadata.urn.endsWith('Deployment/slow') && started(),
  }).catch((error: { readonly fault?: string }) => error.fault);
  await isUp;
  await expect(upStack(stacks.options('both', [hanging]))).rejects.toThrow(
    /stack dev: is being updated by somebody else; wait for the end.*It is: \S+@\S+ \(process \d+\) since/,
  );
  expect((await upStack(stacks.options('beside', [configMap('beside', 'a', {})]))).counts.create).toBe(2);
  stop.abort();
  expect(await first).toBe('cancelled');
});

test('an interrupt that comes before the engine is started is not lost', async () => {
  const stop = new AbortController();
  const wanted = stacks.options('early', [configMap('early', 'a', {})], {
    secrets: [{ name: 'key', namespace: 'early', keys: ['k'], generate: true }],
  });
  const interrupted = upStack({
    ...wanted,
    signal: stop.signal,
    // Told between two runs of the engine: for longer than a run waits until it hands an interrupt on.
    report: () => {
      stop.abort();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
    },
  });
  await expect(interrupted).rejects.toMatchObject({ fault: 'cancelled' });
  expect(await stacks.bed.find('/api/v1/namespaces/early')).toBeUndefined();
  expect((await upStack(wanted)).counts).toMatchObject({ create: 3 });
});

test('a state that was cut off is mended from the one before, and nothing is lost', async () => {
  const wanted = stacks.options('cut', [
    configMap('cut', 'a', { x: '1' }),
    configMap('cut', 'b', { x: '1' }),
  ]);
  await upStack(wanted);
  const state = join(wanted.workDir, 'state/.pulumi/stacks/cut/dev.json');
  const whole = readFileSync(state);
  truncateSync(state, Math.floor(whole.length / 2));
  stacks.told.length = 0;
  await upStack(wanted);
  expect(stacks.told).toContain('the state of dev was cut off by a killed run; took the one before it');
  expect(await changesOf(upStack(wanted))).toEqual([]);
  // Killed while it wrote: the state before has what the run deleted, and the run's note is still there.
  await upStack(stacks.options('cut', [configMap('cut', 'a', { x: '1' })]));
  truncateSync(state, 10);
  mkdirSync(join(wanted.workDir, 'state/.pulumi/keelson/cut/dev'), { recursive: true });
  writeFileSync(join(wanted.workDir, 'state/.pulumi/keelson/cut/dev/1-1.json'), '{"version":1,"objects":[]}');
  expect((await upStack(wanted)).counts).toMatchObject({ create: 1 });
  expect(await stacks.bed.find(maps('cut', 'b'))).toBeDefined();
  // Without the earlier one nobody can mend it; then the error says where to look.
  truncateSync(state, 10);
  writeFileSync(`${state}.bak`, '');
  await expect(upStack(wanted)).rejects.toThrow(/state of dev: is cut off/);
});
