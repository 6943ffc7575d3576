import { diffManifests, type MarkedChange } from '../../lib/diff/index.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { changes, claim, object, workload } from './objects.js';

const told = (found: readonly MarkedChange[]): string[] =>
  found.map(({ action, before, after }) =>
    [action, (after ?? before)?.kind, before?.metadata.name, after?.metadata.name].filter(Boolean).join(' '),
  );
const actions = (before: readonly KubeObject[], after: readonly KubeObject[]) => told(changes(before, after));

const component = (name: string, image = name): KubeObject[] => [
  object('ServiceAccount', name),
  workload('Deployment', name, { main: { image: `registry.example.com/shop/${image}:1.0.0` } }),
  object('Service', name, { spec: { selector: { app: name }, ports: [{ port: 80 }] } }),
];

test('created, updated, deleted; what is the same is not there', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => object('ConfigMap', name, { data: { x: name } }));
  const changed = object('ConfigMap', 'b', { data: { x: 'other' } });
  expect(
    actions(
      [a, b].flatMap((one) => one ?? []),
      [changed, c].flatMap((one) => one ?? []),
    ),
  ).toEqual(['update ConfigMap b b', 'create ConfigMap c', 'delete ConfigMap a']);
});

test('an object is the same in another version of its group, and another one in another group or namespace', () => {
  const one = object('Widget', 'a', { apiVersion: 'example.com/v1' });
  expect(actions([one], [{ ...one, apiVersion: 'example.com/v2' }])).toEqual(['update Widget a a']);
  expect(actions([one], [{ ...one, apiVersion: 'example.org/v1' }])).toHaveLength(2);
  expect(
    actions([one], [object('Widget', 'a', { apiVersion: 'example.com/v1' }, { namespace: 'other' })]),
  ).toHaveLength(2);
});

test('a stack that one side lacks is new or gone', () => {
  const objects = [object('ConfigMap', 'a')];
  expect(diffManifests([], [{ name: 'shop', objects }])).toMatchObject([{ name: 'shop', missing: 'before' }]);
  expect(diffManifests([{ name: 'shop', objects }], [])).toMatchObject([{ name: 'shop', missing: 'after' }]);
});

describe('replaced: fields that no update changes', () => {
  const job = (image: string) => workload('Job', 'a', { main: { image } });
  const set = (spec: object) => workload('StatefulSet', 'a', { spec: { serviceName: 'a', ...spec } });
  test.each<[string, KubeObject, KubeObject]>([
    [
      'a selector',
      workload('Deployment', 'a'),
      workload('Deployment', 'a', { spec: { selector: { matchLabels: { a: 'b' } } } }),
    ],
    ['the template of a job', job('example.com/a:1'), job('example.com/a:2')],
    [
      'the template of a claim',
      set({ volumeClaimTemplates: [claim('1Gi')] }),
      set({ volumeClaimTemplates: [claim('2Gi')] }),
    ],
    [
      'an address',
      object('Service', 'a', { spec: { clusterIP: 'None' } }),
      object('Service', 'a', { spec: {} }),
    ],
    [
      'the storage class of a claim',
      object('PersistentVolumeClaim', 'a', { spec: { storageClassName: 'x' } }),
      object('PersistentVolumeClaim', 'a', { spec: { storageClassName: 'y' } }),
    ],
    [
      'the role of a binding',
      object('RoleBinding', 'a', { roleRef: { name: 'x' } }),
      object('RoleBinding', 'a', { roleRef: { name: 'y' } }),
    ],
    [
      'a frozen ConfigMap',
      object('ConfigMap', 'a', { immutable: true, data: { x: '1' } }),
      object('ConfigMap', 'a', { immutable: true, data: { x: '2' } }),
    ],
  ])('%s', (_what, before, after) => {
    expect(changes([before], [after])).toMatchObject([
      { action: 'replace', replacing: expect.arrayContaining([expect.anything()]) },
    ]);
  });

  test.each<[string, KubeObject, KubeObject]>([
    ['replicas', workload('Deployment', 'a'), workload('Deployment', 'a', { spec: { replicas: 3 } })],
    [
      'the size of a claim',
      object('PersistentVolumeClaim', 'a', { spec: claim('1Gi').spec }),
      object('PersistentVolumeClaim', 'a', { spec: claim('2Gi').spec }),
    ],
    [
      'a ConfigMap',
      object('ConfigMap', 'a', { data: { x: '1' } }),
      object('ConfigMap', 'a', { data: { x: '2' } }),
    ],
    [
      'the template of a scheduled job',
      object('CronJob', 'a', { spec: { schedule: '@daily' } }),
      object('CronJob', 'a', { spec: { schedule: '@hourly' } }),
    ],
  ])('but not %s', (_what, before, after) => {
    expect(changes([before], [after])).toMatchObject([{ action: 'update', replacing: [] }]);
  });

  test('another spelling of an immutable field: the engine compares what is written', () =>
    expect(
      changes(
        [set({ volumeClaimTemplates: [claim('1Gi')] })],
        [set({ volumeClaimTemplates: [claim('1024Mi')] })],
      ),
    ).toMatchObject([{ action: 'replace', fields: [{ path: ['spec', 'volumeClaimTemplates'] }] }]));
});

describe('renamed', () => {
  test('a workload with the same image, and what carries its name along', () =>
    expect(actions(component('rates'), component('prices', 'rates')).sort()).toEqual([
      'rename Deployment rates prices',
      'rename Service rates prices',
      'rename ServiceAccount rates prices',
    ]));

  test('the image may carry the name', () =>
    expect(actions(component('rates'), component('prices'))).toContain('rename Deployment rates prices'));

  test('only what else differs is shown', () => {
    const [, before] = component('rates');
    const after = workload('Deployment', 'prices', {
      main: { image: 'registry.example.com/shop/rates:1.1.0' },
    });
    expect(changes(before ? [before] : [], [after])).toMatchObject([
      {
        action: 'rename',
        fields: [
          { before: 'registry.example.com/shop/rates:1.0.0', after: 'registry.example.com/shop/rates:1.1.0' },
        ],
        marks: [{ kind: 'downtime' }, { kind: 'image' }],
      },
    ]);
  });

  test('another image is another thing', () =>
    expect(
      actions(component('rates'), component('prices', 'other')).filter((text) => text.startsWith('rename')),
    ).toEqual([]));

  test('the same image with little else in common is another thing', () => {
    const worker = workload('Deployment', 'worker', {
      main: {
        image: 'registry.example.com/shop/web:1.0.0',
        ports: [],
        args: ['a', 'b'],
        env: [{ name: 'A', value: 'b' }],
      },
      pod: {
        volumes: [{ name: 'a', emptyDir: {} }],
        terminationGracePeriodSeconds: 600,
        nodeSelector: { a: 'b' },
      },
    });
    expect(actions(component('web').slice(1, 2), [worker]).sort()).toEqual([
      'create Deployment worker',
      'delete Deployment web',
    ]);
  });

  test('one that many could be is renamed once', () => {
    const found = actions(component('a'), [...component('b', 'a'), ...component('c', 'a')]);
    expect(found.filter((text) => text.startsWith('rename Deployment'))).toHaveLength(1);
    expect(found.filter((text) => text.startsWith('create'))).toHaveLength(3);
  });

  test('an object without much of its own is no sign of a rename', () => {
    expect(actions([object('ServiceAccount', 'a')], [object('ServiceAccount', 'b')])).toHaveLength(2);
    const config = (name: string) => object('ConfigMap', name, { data: { x: '1', y: '2', z: '3' } });
    expect(actions([config('a')], [config('b')])).toEqual(['rename ConfigMap a b']);
  });
});

test('of a Secret it is said which value changed, and never what it is', () => {
  const secret = (fields: object) =>
    object('Secret', 'a', fields, { annotations: { [LAST_APPLIED]: JSON.stringify(fields) } });
  const before = secret({ data: { key: 'b2xkLXNlY3JldA==' }, stringData: { token: 'old-secret' } });
  const after = secret({ data: { key: 'bmV3LXNlY3JldA==', more: 'bW9yZS1zZWNyZXQ=' } });
  const { fields = [] } = changes([before], [after])[0] ?? {};
  expect(fields.map(({ path }) => path.join('.'))).toEqual(['data.key', 'data.more', 'stringData']);
  expect(JSON.stringify(fields)).not.toMatch(/secret|c2VjcmV0|zZWNy|b2xk|bmV3/);
});

test('nor of a renamed one', () => {
  const secret = (name: string, key: string) =>
    object('Secret', name, {
      type: 'example.com/x',
      stringData: {
        a: 'same',
        b: 'same',
        ...Object.fromEntries([...'cdefghijklmnopqrs'].map((one) => [one, one])),
        key,
      },
    });
  const [change] = changes([secret('a', 'old-secret')], [secret('b', 'new-secret')]);
  expect(change).toMatchObject({ action: 'rename', fields: [{ path: ['stringData', 'key'] }] });
  expect(JSON.stringify(change?.fields)).not.toContain('-secret');
});

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
